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
    ticket, other = desk.issue("a.b.c"), desk.issue("d.e.f")
    assert ticket != other
    assert desk.redeem(ticket) == "a.b.c"
    with pytest.raises(AuthenticationError, match="already used"):
        desk.redeem(ticket)
    assert desk.redeem(other) == "d.e.f"


def test_a_ticket_is_good_for_two_minutes() -> None:
    clock = Clock()
    desk = BrowserTickets(clock)
    ticket, late = desk.issue("a.b.c"), desk.issue("a.b.c")
    clock.now += 119.9
    assert desk.redeem(ticket) == "a.b.c"
    clock.now += 0.2
    with pytest.raises(AuthenticationError, match="has expired"):
        desk.redeem(late)


def test_many_tickets_push_the_oldest_out() -> None:
    desk = BrowserTickets()
    first = desk.issue("a.b.c")
    for _ in range(tickets.LIMIT):
        last = desk.issue("d.e.f")
    with pytest.raises(AuthenticationError):
        desk.redeem(first)
    assert desk.redeem(last) == "d.e.f"
