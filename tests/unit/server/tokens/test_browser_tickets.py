from __future__ import annotations

import pytest

from nanomeet_widget import AuthenticationError
from nanomeet_widget.server.tokens import browser_tickets as tickets
from nanomeet_widget.server.tokens.browser_tickets import BrowserTickets


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_ticket_gives_its_token_once() -> None:
    desk = BrowserTickets()
    ticket, other = desk.issue("a.b.c", moderator=False), desk.issue("d.e.f", moderator=False)
    assert ticket != other
    assert desk.redeem(ticket) == "a.b.c"
    with pytest.raises(AuthenticationError, match="already used"):
        desk.redeem(ticket)
    assert desk.redeem(other) == "d.e.f"


def test_a_ticket_is_good_for_two_minutes() -> None:
    clock = Clock()
    desk = BrowserTickets(clock)
    ticket, late = desk.issue("a.b.c", moderator=False), desk.issue("a.b.c", moderator=False)
    clock.now += 119.9
    assert desk.redeem(ticket) == "a.b.c"
    clock.now += 0.2
    with pytest.raises(AuthenticationError, match="has expired"):
        desk.redeem(late)


def test_one_token_pushes_out_only_its_own_tickets() -> None:
    desk = BrowserTickets()
    own = [desk.issue("g.g.g", moderator=False) for _ in range(2)]
    moderator = desk.issue("m.m.m", moderator=True)
    other = desk.issue("a.b.c", moderator=False)
    for _ in range(3 * tickets.LIMIT):
        last = desk.issue("g.g.g", moderator=False)
    for ticket in own:
        with pytest.raises(AuthenticationError):
            desk.redeem(ticket)
    assert desk.redeem(moderator) == "m.m.m"
    assert desk.redeem(other) == "a.b.c"
    assert desk.redeem(last) == "g.g.g"


def test_no_number_of_guests_pushes_out_a_moderator() -> None:
    desk = BrowserTickets()
    moderator = desk.issue("m.m.m", moderator=True)
    first = desk.issue("0", moderator=False)
    for number in range(1, 2 * tickets.LIMIT):
        last = desk.issue(str(number), moderator=False)
    assert desk.redeem(moderator) == "m.m.m"
    # There is a bound nevertheless.
    with pytest.raises(AuthenticationError):
        desk.redeem(first)
    assert desk.redeem(last) == str(2 * tickets.LIMIT - 1)


def test_of_many_tokens_the_busiest_makes_place() -> None:
    desk = BrowserTickets()
    quiet = desk.issue("quiet", moderator=False)
    for number in range(tickets.LIMIT // tickets.EACH * 2):
        for _ in range(tickets.EACH):
            desk.issue(f"busy{number}", moderator=False)
    assert desk.redeem(quiet) == "quiet"


def test_a_class_gets_its_tickets_at_once() -> None:
    desk = BrowserTickets()
    issued = [desk.issue("shared", moderator=False) for _ in range(100)]
    assert {desk.redeem(ticket) for ticket in issued} == {"shared"}
