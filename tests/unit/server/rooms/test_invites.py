"""Tests of `rooms.invites`."""

from __future__ import annotations

from nanomeet_widget import _tokens
from nanomeet_widget.server.protocol import common, meeting
from tests.unit.server.conftest import SECRET, House
from tests.unit.server.fakes import Page, claims

HERE = "https://meet.example.org"


def made(page: Page, *, moderator: bool = False) -> _tokens.Claims:
    page.ask(meeting.CreateInvite(ref=1, moderator=moderator, server=HERE))
    answer = page.last(meeting.InviteCreated)
    assert answer.ref == 1
    return _tokens.verify(answer.token, SECRET)


def test_a_moderator_invites_moderators_and_participants(house: House) -> None:
    own = claims(moderator=True)
    anna = house.page().join(own)
    for moderator in (False, True):
        invite = made(anna, moderator=moderator)
        assert (invite.room, invite.moderator) == (own.room, moderator)
        assert invite.jti != own.jti
        assert invite.expiration <= own.expiration


def test_a_granted_moderator_invites_only_participants(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    anna.ask(meeting.GrantModerator(id=ben.id))
    assert made(ben).moderator is False
    ben.ask(meeting.CreateInvite(ref=2, moderator=True, server=HERE))
    refused = ben.last(common.Error)
    assert (refused.kind, refused.ref) == ("forbidden", 2)
    assert len(house.store.tokens.all("R")) == 1


def test_an_invite_is_gone_with_the_token_it_came_from(house: House) -> None:
    own = claims(moderator=True)
    house.store.tokens.add(own, parent="")
    invite = made(house.page().join(own))
    assert set(house.store.tokens.revoke(own.jti)) == {own.jti, invite.jti}


def test_a_wrong_address_makes_nothing(house: House) -> None:
    anna = house.moderator()
    anna.ask(meeting.CreateInvite(ref=3, server="javascript:alert(1)"))
    assert (anna.last(common.Error).kind, anna.last(common.Error).ref) == ("invalid", 3)
    assert house.store.tokens.all("R") == []


def test_a_token_is_in_no_repr() -> None:
    assert "secret" not in repr(meeting.InviteCreated(ref=1, token="secret"))
