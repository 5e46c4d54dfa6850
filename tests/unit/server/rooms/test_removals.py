"""Tests of `rooms.removals`: who is removed, who stays, and how a removed person could return."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nanomeet_widget import _tokens
from nanomeet_widget._errors import TokenError
from nanomeet_widget._tokens import Claims
from nanomeet_widget.server.protocol import common, meeting
from nanomeet_widget.server.store.store import Store
from nanomeet_widget.server.tokens.issuer import Issuer
from tests.unit.server.conftest import SECRET, House, build
from tests.unit.server.fakes import Clock, Page, claims

HERE = "https://meet.example.org"


def made(house: House, parent: Claims | None = None, *, moderator: bool = False) -> Claims:
    """A token that the server knows, made with another token or an API key."""
    token = claims(moderator=moderator)
    house.store.tokens.add(token, parent=parent.jti if parent else "")
    return token


def invited(page: Page, *, moderator: bool = False) -> Claims:
    """An invite that is created in the room."""
    page.ask(meeting.CreateInvite(ref=7, moderator=moderator, server=HERE))
    return _tokens.verify(page.last(meeting.InviteCreated).token, SECRET)


def browser(number: int) -> str:
    return f"the-browser-of-person-{number}"


def comes(house: House, token: Claims, number: int, **fields: object) -> Page:
    page = house.page()
    entered = house.rooms.enter(
        token,
        page,
        meeting.Join(v=1, token="t", person=browser(number)),
        **fields,  # type: ignore[arg-type]
    )
    if entered is not None:
        page.dispatcher, page.who = entered
    return page


def is_out(page: Page) -> bool:
    return page.farewell is not None and page.farewell.kind == "kicked"


def is_in(page: Page) -> bool:
    return page.farewell is None and bool(page.all(meeting.Welcome))


def kick(by: Page, target: Page, **options: bool) -> None:
    by.ask(meeting.Kick(id=target.id, ref=9, **options))
    assert any(isinstance(m, (meeting.Ack, common.Error)) and m.ref == 9 for m in by.sent)


# --- a shared link -----------------------------------------------------------------------------


def test_from_a_shared_link_one_person_goes(house: House) -> None:
    root = made(house, moderator=True)
    link = made(house, root)
    anna = comes(house, root, 0)
    ben, eve = comes(house, link, 1), comes(house, link, 2)
    kick(anna, ben)
    assert is_out(ben)
    assert is_in(eve)
    # The others come and go, and so do people who have not joined yet.
    eve.leave()
    assert is_in(comes(house, link, 2))
    assert is_in(comes(house, link, 3))
    assert is_out(comes(house, link, 1))


def test_a_link_is_shared_for_good(house: House) -> None:
    root = made(house, moderator=True)
    link = made(house, root)
    first = [comes(house, link, number) for number in (1, 2)]
    for page in first:
        page.leave()
    # In the next meeting the first person is alone, and the link is still shared.
    anna, ben = comes(house, root, 0), comes(house, link, 1)
    kick(anna, ben)
    assert is_out(comes(house, link, 1))
    assert is_in(comes(house, link, 2))


def test_the_moderator_says_that_others_have_the_link_too(house: House) -> None:
    root = made(house, moderator=True)
    link = made(house, root)
    anna, ben = comes(house, root, 0), comes(house, link, 1)
    kick(anna, ben, shared=True)
    assert is_out(comes(house, link, 1))
    assert is_in(comes(house, link, 2))


def test_an_own_link_is_removed_in_every_browser(house: House) -> None:
    root = made(house, moderator=True)
    link = made(house, root)
    anna, ben = comes(house, root, 0), comes(house, link, 1)
    kick(anna, ben)
    for number in (1, 2):
        assert is_out(comes(house, link, number))
    assert is_out(house.page().join(link))
    # A new invite admits them again.
    assert is_in(comes(house, made(house, root), 1))


def test_reloading_without_storage_makes_no_link_shared(house: House) -> None:
    root = made(house, moderator=True)
    link = made(house, root)
    anna = comes(house, root, 0)
    house.page().join(link).leave()
    ben = house.page().join(link)
    kick(anna, ben)
    assert is_out(house.page().join(link))


def test_people_in_the_lobby_are_removed_with_the_link(house: House) -> None:
    root = made(house, moderator=True)
    deputy = made(house, root, moderator=True)
    guests = made(house, deputy)
    anna, ben = comes(house, root, 0), comes(house, deputy, 1)
    anna.ask(meeting.SetLobby(active=True))
    waiting = comes(house, guests, 2)
    assert waiting.all(meeting.Waiting)
    kick(anna, ben)
    assert is_out(waiting)


def test_moderators_alone_are_told_which_links_are_shared(house: House) -> None:
    root = made(house, moderator=True)
    link = made(house, root)
    anna = comes(house, root, 0)
    ben = comes(house, link, 1)
    assert not anna.all(meeting.LinksChanged)
    eve = comes(house, link, 2)
    (told,) = anna.last(meeting.LinksChanged).links
    assert (told.people, told.here) == (2, [ben.id, eve.id])
    assert link.jti not in repr(anna.sent)
    assert not ben.all(meeting.LinksChanged)
    anna.ask(meeting.GrantModerator(id=ben.id))
    assert ben.last(meeting.LinksChanged).links == [told]
    # Each page is told once, and a new one at the beginning.
    again = comes(house, root, 0)
    assert [news.links for news in again.all(meeting.LinksChanged)] == [[told]]


# --- a moderator and the family ----------------------------------------------------------------


def issuer(house: House) -> Issuer:
    return Issuer(
        signing=(SECRET,),
        server="example.org",
        organisation="local",
        store=house.store,
    )


@pytest.mark.parametrize("how", ["in the room", "by HTTP"])
def test_a_removed_moderator_does_not_come_back(house: House, how: str) -> None:
    root = made(house, moderator=True)
    deputy = made(house, root, moderator=True)
    anna, ben = comes(house, root, 0), comes(house, deputy, 1)

    def child(parent: Claims, *, moderator: bool) -> Claims:
        if how == "in the room" and parent is deputy and ben.farewell is None:
            return invited(ben, moderator=moderator)
        token = issuer(house).issue(parent, {"moderator": moderator})
        return _tokens.verify(token, SECRET)

    before = [child(deputy, moderator=True), child(deputy, moderator=False)]
    before += [child(before[0], moderator=True)]
    helper = comes(house, before[2], 5)
    kick(anna, ben)
    assert is_out(helper)
    after = [child(deputy, moderator=True), child(before[0], moderator=True)]
    for token in (deputy, *before, *after):
        for number in (1, 6):
            assert is_out(comes(house, token, number))
    assert is_in(comes(house, made(house, root), 7))


def test_a_removed_moderators_token_can_do_nothing_by_http(house: House) -> None:
    root = made(house, moderator=True)
    anna = comes(house, root, 0)
    deputy = invited(anna, moderator=True)
    ben = comes(house, deputy, 1)
    child = invited(ben, moderator=True)
    kick(anna, ben)
    for token in (deputy, child):
        with pytest.raises(Exception, match="removed"):
            issuer(house).moderator(_tokens.mint(token, SECRET))
    assert issuer(house).moderator(_tokens.mint(root, SECRET)) == replace(
        root, notbefore=root.notbefore.replace(microsecond=0),
        expiration=root.expiration.replace(microsecond=0),
    )  # fmt: skip
    # Until the meeting ends.
    anna.ask(meeting.EndMeeting())
    assert issuer(house).moderator(_tokens.mint(deputy, SECRET)).jti == deputy.jti


def test_a_removed_moderator_cannot_use_another_link(house: House) -> None:
    root = made(house, moderator=True)
    deputy = made(house, root, moderator=True)
    child = made(house, deputy, moderator=True)
    class_link = made(house, root)
    anna, eve = comes(house, root, 0), comes(house, class_link, 2)
    ben = comes(house, child, 1)
    kick(anna, ben)
    for token in (deputy, class_link):
        assert is_out(comes(house, token, 1))
    eve.leave()
    assert is_in(comes(house, class_link, 2))
    assert is_in(comes(house, deputy, 3))
    # A later invite from a moderator admits them.
    assert is_in(comes(house, made(house, root), 1))


def test_a_granted_moderators_invites_are_removed_too(house: House) -> None:
    root = made(house, moderator=True)
    link = made(house, root)
    anna = comes(house, root, 0)
    ben, eve = comes(house, link, 1), comes(house, link, 2)
    anna.ask(meeting.GrantModerator(id=ben.id))
    own = invited(ben)
    kick(anna, ben)
    assert is_in(eve)
    assert is_out(comes(house, own, 4))
    assert is_out(comes(house, link, 1))
    assert is_in(comes(house, link, 3))


def test_moderators_do_not_remove_their_own_link(house: House) -> None:
    root = made(house, moderator=True)
    deputy = made(house, root, moderator=True)
    spare = made(house, root, moderator=True)
    class_link, deputys = made(house, root), made(house, deputy)
    anna, ben = comes(house, root, 0), comes(house, deputy, 1)
    students = [comes(house, class_link, 2), comes(house, deputys, 3)]
    kick(ben, anna)
    assert is_out(anna)
    assert all(is_in(page) for page in (ben, *students))
    # Neither with the token itself, nor with one that they made with it.
    late = claims()
    house.store.tokens.add(late, parent=root.jti)
    for token in (root, spare, late):
        assert is_out(comes(house, token, 8))
    ben.leave()
    assert is_in(comes(house, deputy, 1))


def test_of_one_link_two_moderators_the_other_browser_goes(house: House) -> None:
    root = made(house, moderator=True)
    anna, twin = comes(house, root, 0), comes(house, root, 1)
    kick(anna, twin)
    assert is_in(anna)
    assert is_out(comes(house, root, 1))
    anna.leave()


def test_a_removed_moderator_cannot_reopen_a_reloading_room(house: House) -> None:
    root = made(house, moderator=True)
    deputy = made(house, root, moderator=True)
    anna, ben = comes(house, root, 0), comes(house, deputy, 1)
    kick(anna, ben)
    anna.leave()
    assert is_out(comes(house, deputy, 2))
    anna = comes(house, root, 0)
    assert is_in(anna)
    anna.leave()
    house.clock.advance(house.config.patience.restored_room + 1)
    assert not house.rooms.occupied
    assert is_in(comes(house, deputy, 1))


def test_a_meeting_that_was_ended_is_over_at_once(house: House) -> None:
    root = made(house, moderator=True)
    deputy = made(house, root, moderator=True)
    anna, ben = comes(house, root, 0), comes(house, deputy, 1)
    kick(anna, ben)
    anna.ask(meeting.EndMeeting(ref=2))
    assert not house.rooms.occupied
    assert house.clock.pending == 0


def test_a_removed_moderators_broadcast_takes_nothing_more(house: House) -> None:
    root = made(house, moderator=True)
    deputy = made(house, root, moderator=True)
    anna, ben = comes(house, root, 0), comes(house, deputy, 1)
    ben.ask(meeting.StartBroadcast(ref=3))
    ticket = ben.last(meeting.IngestGranted).ticket
    assert house.broadcasts.by_ingest_ticket(ticket) is not None
    kick(anna, ben)
    assert house.broadcasts.by_ingest_ticket(ticket) is None


# --- revoking ----------------------------------------------------------------------------------


def test_remove_and_revoke_ends_the_link_for_all(house: House) -> None:
    root = made(house, moderator=True)
    link = made(house, root)
    anna = comes(house, root, 0)
    ben, eve = comes(house, link, 1), comes(house, link, 2)
    kick(anna, ben, revoke=True)
    assert is_out(ben)
    assert eve.farewell is not None
    assert eve.farewell.kind == "token_rejected"
    assert house.store.tokens.is_revoked(link.jti)


def test_a_refused_revocation_removes_no_one(house: House) -> None:
    root = made(house, moderator=True)
    deputy = made(house, root, moderator=True)
    link = made(house, root)
    anna, ben = comes(house, root, 0), comes(house, deputy, 1)
    eve, tim = comes(house, link, 2), comes(house, link, 3)
    kick(ben, anna, revoke=True)
    assert "revoking it would remove you" in ben.last(common.Error).message
    anna.ask(meeting.GrantModerator(id=eve.id))
    kick(eve, tim, revoke=True)
    assert "for this meeting only" in eve.last(common.Error).message
    assert all(is_in(page) for page in (anna, ben, eve, tim))


def test_a_revoked_moderators_open_connection_does_nothing_more(house: House) -> None:
    """Revoke a token as another server of the data folder does, before this one has checked."""
    root = made(house, moderator=True)
    deputy = made(house, root, moderator=True)
    anna, eve = comes(house, root, 0), comes(house, made(house, root), 2)
    for message in (
        meeting.CreateInvite(ref=1, moderator=True, server=HERE),
        meeting.GrantModerator(id=eve.id, ref=1),
        meeting.Kick(id=anna.id, ref=1),
        meeting.EndMeeting(ref=1),
    ):
        token = made(house, deputy, moderator=True)
        ben = comes(house, token, 1)
        house.store.tokens.revoke(token.jti)
        ben.ask(message)
        assert ben.last(common.Error).kind == "forbidden"
        assert ben.farewell is not None
        assert not ben.all(meeting.InviteCreated)
    assert is_in(anna)
    assert eve.who is not None
    assert not eve.who.moderator


def test_no_token_is_made_with_a_revoked_one(house: House) -> None:
    root = made(house, moderator=True)
    verified = issuer(house).verify(_tokens.mint(root, SECRET))
    # Between the check and the issue, another server revokes it.
    house.store.tokens.revoke(root.jti)
    with pytest.raises(TokenError, match="revoked"):
        issuer(house).issue(verified, {})
    assert [record.id for record in house.store.tokens.all("R")] == [root.jti]


# --- the network address -----------------------------------------------------------------------


def test_an_address_is_kept_out_if_a_moderator_wants_it(house: House) -> None:
    root = made(house, moderator=True)
    link = made(house, root)
    anna = comes(house, root, 0, address="192.0.2.7")
    ben = comes(house, link, 1, address="2001:db8:1:2::1")
    eve = comes(house, link, 2, address="2001:db8:1:2::2")
    kick(anna, ben, address=True)
    # People in the room stay, and keep their place.
    assert is_in(eve)
    assert is_in(comes(house, link, 2, address="2001:db8:1:2::2"))
    assert is_out(comes(house, link, 3, address="2001:db8:1:2:ffff::9"))
    assert is_in(comes(house, link, 3, address="2001:db8:1:3::9"))
    assert is_in(comes(house, made(house, root, moderator=True), 4, address="2001:db8:1:2::4"))
    assert is_out(comes(house, link, 1, address="192.0.2.1"))


def test_an_ipv4_address_is_one_however_it_is_written(house: House) -> None:
    root = made(house, moderator=True)
    link = made(house, root)
    anna = comes(house, root, 0)
    ben, _ = comes(house, link, 1, address="::ffff:198.51.100.4"), comes(house, link, 2)
    kick(anna, ben, address=True)
    assert is_out(comes(house, link, 3, address="198.51.100.4"))
    assert is_in(comes(house, link, 3, address="198.51.100.5"))


def test_an_address_that_is_not_known_cannot_be_kept_out(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    kick(anna, ben, address=True)
    assert anna.last(common.Error).kind == "invalid"
    assert is_in(ben)


# --- beforehand --------------------------------------------------------------------------------


def planned(by: Page, target: Page) -> meeting.RemovalPlanned:
    by.ask(meeting.PlanRemoval(ref=4, id=target.id))
    return by.last(meeting.RemovalPlanned)


def test_planning_a_removal_changes_nothing(house: House) -> None:
    root = made(house, moderator=True)
    deputy = made(house, root, moderator=True)
    link, deputys = made(house, root), made(house, deputy)
    anna, ben = comes(house, root, 0, address="192.0.2.1"), comes(house, deputy, 1)
    eve, tim = (comes(house, link, n, address="192.0.2.1") for n in (2, 3))
    guests = [comes(house, deputys, n) for n in (4, 5)]
    of_eve = planned(anna, eve)
    assert (of_eve.people, of_eve.goes, of_eve.revocable, of_eve.goes_revoked) == (2, 0, True, 1)
    assert (of_eve.same_address, of_eve.moderator, of_eve.own_link) == (1, False, False)
    of_ben = planned(anna, ben)
    assert (of_ben.people, of_ben.goes, of_ben.goes_revoked) == (1, 2, 2)
    assert (of_ben.moderator, of_ben.same_address) == (True, None)
    assert planned(ben, anna).revocable is False
    assert planned(anna, guests[0]).goes == 0
    assert all(is_in(page) for page in (anna, ben, eve, tim, *guests))
    assert eve.try_all([meeting.PlanRemoval(ref=0, id=ben.id)]) == [("forbidden", 0)]


# --- for how long ------------------------------------------------------------------------------


def test_what_was_removed_is_out_after_the_server_was_killed(tmp_path: Path) -> None:
    before = build(tmp_path, Store(tmp_path), Clock())
    root = made(before, moderator=True)
    deputy = made(before, root, moderator=True)
    child = made(before, deputy, moderator=True)
    link = made(before, root)
    anna, ben = comes(before, root, 0), comes(before, deputy, 1)
    eve, tim = (comes(before, link, n, address="192.0.2.1") for n in (2, 3))
    assert is_in(tim)
    kick(anna, ben)
    kick(anna, eve, address=True)
    before.store._lock.release()
    before.store._db.close()
    for path in tmp_path.iterdir():
        if path.is_file():
            assert b"192.0.2.1" not in path.read_bytes()
            assert browser(2).encode() not in path.read_bytes()

    after = build(tmp_path, Store(tmp_path), Clock())
    assert is_in(comes(after, root, 0))
    assert is_in(comes(after, link, 3, address="192.0.2.1"))
    for page in (
        comes(after, deputy, 1),
        comes(after, child, 7),
        comes(after, link, 2),
        comes(after, link, 8, address="192.0.2.1"),
    ):
        assert is_out(page)
    # The link is still known to be shared.
    kick(comes(after, root, 0), comes(after, link, 9))
    assert is_in(comes(after, link, 3))
    after.store.close()


def test_removals_of_an_older_database_still_apply(tmp_path: Path) -> None:
    store = Store(tmp_path)
    house = build(tmp_path, store, Clock())
    root = made(house, moderator=True)
    deputy = made(house, root, moderator=True)
    child = made(house, deputy, moderator=True)
    state = f'{{"subject": "Old", "kicked": ["{deputy.jti}"]}}'
    store._db.execute("INSERT INTO rooms (name, instance, state) VALUES ('R', 'gone', ?)", (state,))
    store.close()
    after = build(tmp_path, Store(tmp_path), Clock())
    for token in (deputy, child):
        assert is_out(comes(after, token, 1))
    assert is_in(comes(after, root, 0))
    after.store.close()


def test_as_many_removals_are_kept_as_a_room_can_carry(house: House) -> None:
    anna = house.moderator()
    first, kept = claims(), []
    kick(anna, house.page().join(first))
    for _ in range(1000):
        kept.append(claims())
        kick(anna, house.page().join(kept[-1]))
        # As fast as a moderator may.
        house.clock.advance(0.1)
    (settings,) = house.store.rooms.settings("R")
    assert len(settings.removals) == 1000
    assert all(is_out(house.page().join(token)) for token in (kept[0], kept[-1]))


def test_a_removed_person_stays_out(house: House) -> None:
    anna = house.moderator()
    token = claims()
    ben = house.page().join(token)
    anna.ask(meeting.Kick(id=ben.id, ref=1))
    assert ben.farewell is not None
    assert ben.farewell.kind == "kicked"
    assert anna.last(meeting.Left) == meeting.Left(id=ben.id, reason="kicked", by=anna.id)
    assert anna.last(meeting.Ack).ref == 1
    for fields in ({}, {"resume": ben.welcome.resume}):
        again = house.page().join(token, **fields)
        assert again.farewell is not None
        assert again.farewell.kind == "kicked"


def test_a_room_that_ended_forgets_removals(house: House) -> None:
    anna = house.moderator()
    token = claims()
    ben = house.page().join(token)
    anna.ask(meeting.Kick(id=ben.id))
    anna.leave()
    assert house.page().join(token).who is not None
