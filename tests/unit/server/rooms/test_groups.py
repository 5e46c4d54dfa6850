"""`rooms.classroom.groups`: who belongs where, and how people move."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nanomeet_widget import _tokens
from nanomeet_widget._tokens import Claims
from nanomeet_widget.server.config import Limits
from nanomeet_widget.server.protocol import classroom, common, meeting
from nanomeet_widget.server.store.store import Store
from tests.unit.server.conftest import SECRET, House, build
from tests.unit.server.fakes import Clock, Page, claims

_STOPPING = meeting.Bye(kind="server_stopping", message="bye", retry=True)


class Class:
    """A meeting with a moderator and some guests, each with a link and a browser of their own."""

    def __init__(self, house: House, guests: int = 4) -> None:
        self.house = house
        self.tokens: dict[str, Claims] = {}
        self.pages: dict[str, Page] = {}
        self.come("Teacher", moderator=True)
        self.guests = [self.come(f"Guest{number}") for number in range(guests)]

    @property
    def moderator(self) -> Page:
        return self.pages["Teacher"]

    def come(self, name: str, *, moderator: bool = False) -> Page:
        """Join with the own link, as a page does when it is loaded."""
        if name not in self.tokens:
            self.tokens[name] = claims(moderator=moderator)
            self.house.store.tokens.add(self.tokens[name], parent="")
        return self.follow(name, self.tokens[name])

    def follow(self, name: str, said: Claims, **fields: Any) -> Page:
        """Join with a token."""
        fields = {"name": name, "person": f"browser-of-{name}-0123456789", **fields}
        page = self.house.page().join(said, **fields)
        self.pages[name] = page
        return page

    def open(self, plans: dict[str, list[Page]], minutes: float | None = None) -> None:
        groups = [
            classroom.GroupPlan(name=name, people=[page.id for page in people])
            for name, people in plans.items()
        ]
        self.ask(classroom.OpenGroups(groups=groups, minutes=minutes, ref=1))

    def ask(self, message: Any, by: Page | None = None) -> list[str]:
        """Send a request; return the kinds of the errors."""
        return [kind for kind, _ in (by or self.moderator).try_all([message])]

    def moved(self, page: Page) -> Claims:
        """Return the claims of the token with which a page was moved last."""
        return _tokens.verify(page.last(classroom.Moved).token, SECRET)

    def arrive(self, name: str) -> Page:
        """Follow the last move."""
        return self.follow(name, self.moved(self.pages[name]))

    def state(self, page: Page | None = None) -> classroom.GroupsChanged:
        self.house.clock.advance(0.2)
        return (page or self.moderator).last(classroom.GroupsChanged)

    def group(self, name: str) -> str:
        return next(group.id for group in self.state().groups if group.name == name)

    def here(self) -> dict[str, dict[str, bool]]:
        """Return who belongs to which group, and whether they are there."""
        return {
            group.name: {member.name: member.here for member in group.people}
            for group in self.state().groups
        }


@pytest.fixture
def group(house: House) -> Class:
    """A class whose first two guests are in group A, and the third on the way to B."""
    made = Class(house)
    made.open({"A": made.guests[:2], "B": made.guests[2:3]})
    made.arrive("Guest0")
    made.arrive("Guest1")
    return made


def test_people_move_into_rooms_of_their_own(group: Class) -> None:
    first, second = group.pages["Guest0"], group.pages["Guest1"]
    # They are who they were, and see each other and no one else.
    assert first.id == group.guests[0].id
    assert [p.name for p in second.welcome.participants] == ["Guest0"]
    assert first.welcome.room == group.moderator.welcome.room == "R"
    assert [m.id for m in group.moderator.all(meeting.Left)] == [p.id for p in group.guests[:3]]
    assert {m.reason for m in group.moderator.all(meeting.Left)} == {"moved"}
    assert group.here() == {"A": {"Guest0": True, "Guest1": True}, "B": {"Guest2": False}}
    state = group.state(first)
    assert (state.here, state.own) == (group.group("A"), group.group("A"))
    state = group.state(group.guests[3])
    assert (state.here, state.own) == (None, None)


def test_who_asked_knows_of_the_change_before_the_answer(house: House) -> None:
    group = Class(house)
    ada = group.guests[0]

    def answered(message: Any) -> classroom.GroupsChanged:
        told = len(group.moderator.sent)
        group.moderator.ask(message)
        kinds = [type(one) for one in group.moderator.sent[told:]]
        assert kinds.index(classroom.GroupsChanged) < kinds.index(meeting.Ack)
        return group.moderator.last(classroom.GroupsChanged)

    plan = classroom.GroupPlan(name="Red", people=[ada.id])
    now = answered(classroom.OpenGroups(groups=[plan], ref=1))
    red = now.groups[0].id
    assert [member.id for member in now.groups[0].people] == [ada.id]
    assert len(answered(classroom.AddGroup(name="Blue", ref=2)).groups) == 2
    assert answered(classroom.RenameGroup(group=red, name="Rot", ref=3)).groups[0].name == "Rot"
    assert answered(classroom.SetGroupsEnd(minutes=5, ref=4)).ends is not None
    assert answered(classroom.AssignGroup(id=ada.id, group=None, ref=5)).groups[0].people == []
    assert len(answered(classroom.RemoveGroup(group=red, ref=6)).groups) == 1
    assert answered(classroom.CloseGroups(ref=7)).groups == []


def test_a_token_of_a_group_has_its_persons_role_and_time(group: Class) -> None:
    own, ticket = group.tokens["Guest0"], group.moved(group.guests[0])
    assert not ticket.moderator
    assert ticket.expiration == own.expiration.replace(microsecond=0)
    record = group.house.store.tokens.find(ticket.jti)
    assert record is not None
    assert record.parent == own.jti
    assert group.ask(classroom.EnterGroup(group=group.group("A"), ref=2)) == []
    assert group.moved(group.moderator).moderator


def test_only_the_person_enters_with_the_token_of_a_group(group: Class) -> None:
    ticket = group.moved(group.guests[0])
    thief = group.follow("Thief", ticket)
    assert thief.farewell is not None
    assert thief.farewell.kind == "token_rejected"
    assert group.follow("Thief", ticket, person=None).farewell is not None
    # The name of a group's room alone opens nothing.
    forged = group.follow("Guest3", replace(claims(moderator=True), room=ticket.room))
    assert forged.farewell is not None
    made_up = group.follow("Guest3", replace(claims(moderator=True), room="group-" + "0" * 32))
    assert made_up.farewell is not None
    assert group.here()["A"] == {"Guest0": True, "Guest1": True}


def test_everyone_comes_back_when_the_groups_are_closed(group: Class) -> None:
    first, ticket = group.pages["Guest0"], group.moved(group.guests[0])
    group.moderator.ask(meeting.SetClosed(closed=True))
    group.moderator.ask(meeting.SetPassword(password="secret"))
    group.moderator.ask(meeting.SetLobby(active=True))
    assert group.ask(classroom.CloseGroups(ref=2)) == []
    assert first.last(classroom.Moved).group is None
    # Neither lock nor password nor lobby keep them out.
    back = group.arrive("Guest0")
    assert back.welcome.own.id == group.guests[0].id
    assert group.state(back).groups == []
    assert group.house.store.tokens.is_revoked(ticket.jti)
    assert group.house.rooms.census()[0] == 1
    # A stranger is kept out as before.
    assert group.follow("Stranger", claims()).farewell is not None


def test_a_move_that_was_lost_is_repeated(group: Class) -> None:
    # The page of the third guest reloads on the way: it joins with its own link.
    again = group.come("Guest2")
    assert again.who is None
    assert group.moved(again).jti == group.moved(group.guests[2]).jti
    assert group.arrive("Guest2").welcome.own.id == group.guests[2].id
    assert group.here()["B"] == {"Guest2": True}
    # A reload in the group leads there again.
    assert group.moved(group.come("Guest0")).room == group.moved(group.guests[0]).room


def test_a_lost_connection_misses_no_move(group: Class) -> None:
    group.guests[3].lose()
    assert group.ask(classroom.AssignGroup(id=group.guests[3].id, group=group.group("A"))) == []
    back = group.come("Guest3")
    assert back.last(classroom.Moved).name == "A"
    group.pages["Guest0"].lose()
    ticket = group.moved(group.guests[0])
    assert group.ask(classroom.CloseGroups(ref=2)) == []
    # With the token of the closed group, they are led back.
    lost = group.house.page()
    join = meeting.Join(v=1, token="t", person="browser-of-Guest0-0123456789")
    assert group.house.rooms.lead_back(ticket, lost, join)
    assert lost.last(classroom.Moved).group is None
    thief = group.house.page()
    assert group.house.rooms.lead_back(ticket, thief, meeting.Join(v=1, token="t"))
    assert thief.farewell is not None
    assert thief.sent == []


def test_participants_go_into_their_own_group_alone(group: Class) -> None:
    a, b = group.group("A"), group.group("B")
    first = group.pages["Guest0"]
    assert group.ask(classroom.EnterGroup(group=b, ref=2), first) == ["forbidden"]
    assert group.ask(classroom.EnterGroup(group=a, ref=2), group.guests[3]) == ["forbidden"]
    assert group.ask(classroom.EnterGroup(group="0" * 16, ref=2), first) == ["not_found"]
    assert group.ask(classroom.EnterGroup(ref=2), first) == []
    group.arrive("Guest0")
    # They still belong to their group, stay in the main room when they reload, and may go back.
    assert group.here()["A"] == {"Guest0": False, "Guest1": True}
    assert group.come("Guest0").welcome.own.name == "Guest0"
    assert group.ask(classroom.EnterGroup(group=a, ref=3), group.pages["Guest0"]) == []
    assert group.arrive("Guest0").who is not None
    for message in (
        classroom.OpenGroups(groups=[classroom.GroupPlan(name="C")]),
        classroom.AddGroup(name="C"),
        classroom.RenameGroup(group=a, name="C"),
        classroom.RemoveGroup(group=a),
        classroom.AssignGroup(id=group.guests[3].id, group=a),
        classroom.SetGroupsEnd(minutes=1),
        classroom.AnnounceToGroups(text="Hello"),
        classroom.CloseGroups(),
    ):
        assert group.ask(message, group.pages["Guest1"]) == ["forbidden"]
        assert group.ask(message, group.guests[3]) == ["forbidden"]


def test_a_person_is_in_one_group_at_most(group: Class) -> None:
    first = group.pages["Guest0"]
    assert group.ask(classroom.AssignGroup(id=first.id, group=group.group("B"), ref=2)) == []
    # With the token of the group before, they are led to the one where they belong.
    old = group.follow("Guest0", group.moved(group.guests[0]))
    assert old.who is None
    assert old.last(classroom.Moved).name == "B"
    group.follow("Guest0", group.moved(old))
    assert group.here() == {"A": {"Guest1": True}, "B": {"Guest2": False, "Guest0": True}}
    assert group.ask(classroom.AssignGroup(id=first.id, ref=3)) == []
    group.arrive("Guest0")
    assert group.here() == {"A": {"Guest1": True}, "B": {"Guest2": False}}
    assert group.ask(classroom.AssignGroup(id="0" * 16, group=group.group("A"))) == ["not_found"]


def test_names_are_cleaned_and_unique(group: Class) -> None:
    assert group.ask(classroom.AddGroup(name=" a\u202e ")) == ["invalid"]
    assert group.ask(classroom.AddGroup(name="\u200d")) == ["invalid"]
    assert group.ask(classroom.AddGroup(name="\uff23")) == []
    assert group.ask(classroom.RenameGroup(group=group.group("B"), name="c")) == ["invalid"]
    assert group.ask(classroom.RenameGroup(group=group.group("B"), name="b")) == []
    assert [one.name for one in group.state().groups] == ["A", "b", "\uff23"]


def test_what_may_be_opened_is_bounded(house: House) -> None:
    made = Class(house, guests=2)
    many = [classroom.GroupPlan(name=f"G{number}") for number in range(51)]
    assert made.ask(classroom.OpenGroups(groups=many)) == ["too_many"]
    twice = [classroom.GroupPlan(name=name, people=[made.guests[0].id]) for name in "AB"]
    assert made.ask(classroom.OpenGroups(groups=twice)) == ["invalid"]
    same = [classroom.GroupPlan(name=name) for name in ("A", "a ")]
    assert made.ask(classroom.OpenGroups(groups=same)) == ["invalid"]
    assert made.ask(classroom.CloseGroups()) == ["invalid"]
    assert house.rooms.census()[0] == 1
    gone = [classroom.GroupPlan(name="A", people=[made.guests[0].id, "0" * 16])]
    assert made.ask(classroom.OpenGroups(groups=gone)) == []
    assert made.here() == {"A": {"Guest0": False}}
    assert made.ask(classroom.OpenGroups(groups=gone)) == ["invalid"]


def test_groups_count_as_rooms_of_the_server(tmp_path: Path, store: Store) -> None:
    made = Class(build(tmp_path, store, Clock(), limits=Limits(rooms=3)))
    plans = [classroom.GroupPlan(name=name) for name in "ABC"]
    assert made.ask(classroom.OpenGroups(groups=plans)) == ["room_full"]
    assert made.ask(classroom.OpenGroups(groups=plans[:2])) == []


def test_people_in_groups_keep_their_places(tmp_path: Path, store: Store) -> None:
    made = Class(build(tmp_path, store, Clock(), limits=Limits(participants=3)), guests=2)
    made.open({"A": made.guests})
    made.arrive("Guest0")
    full = made.follow("Late", claims())
    assert full.farewell is not None
    assert full.farewell.kind == "room_full"
    # The second never arrives: their place is free once they do not come.
    made.house.clock.advance(20)
    assert made.follow("Late", claims()).farewell is None
    # They may still come, as long as there is a place.
    assert made.come("Guest1").farewell is not None


def test_the_main_room_stays_open_for_the_people_in_groups(group: Class) -> None:
    group.moderator.ask(meeting.SetSubject(subject="Today"))
    group.guests[3].leave()
    group.moderator.leave()
    group.house.clock.advance(60)
    group.come("Teacher")
    assert group.pages["Teacher"].welcome.state.subject == "Today"
    assert group.here()["A"] == {"Guest0": True, "Guest1": True}
    group.pages["Teacher"].leave()
    for name in ("Guest0", "Guest1"):
        group.pages[name].leave()
    group.house.clock.advance(60)
    assert group.house.rooms.census() == (0, 0, 0)
    assert group.come("Teacher").welcome.state.subject == ""


def test_a_moderator_visits_and_closes_from_a_group(group: Class) -> None:
    assert group.ask(classroom.EnterGroup(group=group.group("A"), ref=2)) == []
    visitor = group.arrive("Teacher")
    assert [p.name for p in visitor.welcome.participants] == ["Guest0", "Guest1"]
    # They belong to no group, and are led back to where they are.
    assert group.state(visitor).own is None
    assert group.come("Teacher").last(classroom.Moved).name == "A"
    visitor = group.arrive("Teacher")
    assert visitor.try_all([meeting.SetLobby(active=True, ref=5)]) == [("invalid", 5)]
    assert visitor.try_all([meeting.CreateInvite(server="", ref=6)]) == [("invalid", 6)]
    assert visitor.try_all([classroom.CloseGroups(ref=7)]) == []
    assert group.arrive("Teacher").welcome.own.moderator


def test_all_groups_hear_an_announcement(group: Class) -> None:
    group.pages["Guest1"].lose()
    assert group.ask(classroom.AnnounceToGroups(text="Five\nminutes", ref=2)) == []
    note = group.pages["Guest0"].last(classroom.GroupNote)
    assert (note.name, note.text) == ("Teacher", "Five\nminutes")
    # Who has lost the connection hears it later.
    back = group.follow("Guest1", group.moved(group.guests[1]))
    assert back.last(classroom.GroupNote).text == note.text
    assert group.guests[3].all(classroom.GroupNote) == []
    assert group.ask(classroom.AnnounceToGroups(text="\u202e", ref=2)) == ["invalid"]


def test_the_time_ends_by_the_clock_on_the_wall(group: Class) -> None:
    assert group.ask(classroom.SetGroupsEnd(minutes=10, ref=2)) == []
    assert group.state().ends == pytest.approx(group.house.clock.wall() + 600, abs=1)
    assert group.ask(classroom.SetGroupsEnd(minutes=None)) == []
    group.house.clock.advance(700)
    assert group.state().groups
    group.ask(classroom.SetGroupsEnd(minutes=1))
    group.house.clock.advance(59)
    assert group.pages["Guest0"].all(classroom.Moved) == []
    group.house.clock.advance(2)
    assert group.state().groups == []
    assert group.state().ends is None
    assert group.arrive("Guest0").who is not None


def test_a_removed_group_sends_its_people_back(group: Class) -> None:
    assert group.ask(classroom.RemoveGroup(group=group.group("A"), ref=2)) == []
    assert group.arrive("Guest0").welcome.room == "R"
    assert group.here() == {"B": {"Guest2": False}}


def test_who_is_removed_from_a_group_stays_out_of_it(group: Class) -> None:
    a = group.group("A")
    ticket = group.moved(group.guests[0])
    group.ask(classroom.EnterGroup(group=a))
    visitor = group.arrive("Teacher")
    assert visitor.try_all([meeting.Kick(id=group.guests[0].id, ref=3)]) == []
    assert group.pages["Guest0"].last(classroom.Moved).group is None
    back = group.arrive("Guest0")
    assert group.ask(classroom.EnterGroup(group=a, ref=4), back) == ["forbidden"]
    again = group.follow("Guest0", ticket)
    assert again.who is None
    assert again.last(classroom.Moved).group is None
    assert group.house.store.tokens.is_revoked(ticket.jti)


def test_the_main_room_removes_people_from_the_meeting(group: Class) -> None:
    first = group.pages["Guest0"]
    group.moderator.ask(meeting.PlanRemoval(id=first.id, ref=8))
    assert group.moderator.last(meeting.RemovalPlanned).goes == 0
    assert group.ask(meeting.Kick(id=first.id, ref=9)) == []
    assert first.farewell is not None
    assert first.farewell.kind == "kicked"
    assert group.pages["Guest1"].last(meeting.Left).reason == "kicked"
    for token in (group.tokens["Guest0"], group.moved(group.guests[0])):
        out = group.follow("Guest0", token)
        assert out.who is None
        assert out.all(classroom.Moved) == []
        assert out.farewell is not None
    assert group.here()["A"] == {"Guest1": True}


def test_a_revoked_link_ends_in_the_group_too(group: Class) -> None:
    revoked = group.house.store.tokens.revoke(group.tokens["Guest0"].jti)
    group.house.rooms.send_out(frozenset(revoked))
    farewell = group.pages["Guest0"].farewell
    assert farewell is not None
    assert farewell.kind == "token_rejected"
    assert group.pages["Guest1"].farewell is None
    # A person whose link was revoked meanwhile gets no token for a group.
    group.house.store.tokens.revoke(group.tokens["Guest3"].jti)
    group.ask(classroom.AssignGroup(id=group.guests[3].id, group=group.group("A")))
    assert group.guests[3].all(classroom.Moved) == []


def test_a_moderator_of_this_meeting_is_one_in_groups(group: Class) -> None:
    group.moderator.ask(meeting.GrantModerator(id=group.guests[3].id))
    group.ask(classroom.AssignGroup(id=group.guests[3].id, group=group.group("A")))
    third = group.arrive("Guest3")
    assert third.welcome.own.moderator
    assert third.try_all([meeting.GrantModerator(id=group.guests[0].id, ref=2)]) == []
    group.ask(classroom.CloseGroups())
    assert group.arrive("Guest0").welcome.own.moderator
    assert not group.arrive("Guest1").welcome.own.moderator


def test_ending_the_meeting_ends_its_groups(group: Class) -> None:
    group.ask(classroom.EnterGroup(group=group.group("A")))
    visitor = group.arrive("Teacher")
    visitor.ask(meeting.EndMeeting(ref=2))
    for page in (visitor, group.pages["Guest1"], group.guests[3]):
        assert page.farewell is not None
        assert page.farewell.kind == "ended"
    assert group.house.rooms.census() == (0, 0, 0)
    assert group.house.store.tokens.is_revoked(group.moved(group.guests[0]).jti)


@pytest.mark.parametrize("killed", [True, False])
def test_a_stopped_server_restores_the_groups(tmp_path: Path, *, killed: bool) -> None:
    clock = Clock()
    with Store(tmp_path) as store:
        first = Class(build(tmp_path, store, clock))
        first.open({"A": first.guests[:2], "B": first.guests[2:3]}, minutes=10)
        first.arrive("Guest0")
        first.arrive("Guest1")
        first.pages["Guest0"].ask(meeting.SendChat(text="among us"))
        before = first.here()
        if not killed:
            first.house.rooms.close(_STOPPING)
        clock.forget()
    with Store(tmp_path) as store:
        house = build(tmp_path, store, clock)
        assert house.rooms.census()[0] == 3
        first.house = house
        # One comes with the token of the group, one with their own, and one was on the way.
        zero = first.follow("Guest0", first.moved(first.guests[0]))
        assert [message.text for message in zero.welcome.chat] == ["among us"]
        assert first.come("Guest1").last(classroom.Moved).name == "A"
        first.arrive("Guest1")
        assert first.come("Guest2").last(classroom.Moved).name == "B"
        first.come("Teacher")
        assert first.here() == before
        assert first.state().ends == pytest.approx(clock.wall() + 600, abs=2)
        assert [p.name for p in first.moderator.welcome.participants] == ["Guest3"]
        clock.advance(601)
        assert first.state().groups == []


def test_the_time_may_end_while_no_server_runs(tmp_path: Path) -> None:
    clock = Clock()
    with Store(tmp_path) as store:
        first = Class(build(tmp_path, store, clock))
        first.open({"A": first.guests[:2]}, minutes=1)
        first.arrive("Guest0")
        first.arrive("Guest1")
        clock.forget()
    clock.advance(61)
    with Store(tmp_path) as store:
        first.house = build(tmp_path, store, clock)
        clock.advance(0)
        ticket = first.moved(first.guests[0])
        assert store.tokens.is_revoked(ticket.jti)
        lost = first.house.page()
        join = meeting.Join(v=1, token="t", person="browser-of-Guest0-0123456789")
        assert first.house.rooms.lead_back(ticket, lost, join)
        assert first.follow("Guest0", first.moved(lost)).who is not None
        assert first.come("Guest1").who is not None


def test_a_connection_that_was_left_is_closed(group: Class) -> None:
    # The second guest joined the group over the same connection.
    group.house.clock.advance(10)
    farewell = group.guests[0].farewell
    assert farewell is not None
    assert farewell.kind == "left"


def test_the_store_keeps_nothing_of_a_meeting_that_ended(group: Class) -> None:
    group.moderator.ask(meeting.EndMeeting())
    assert group.house.store.groups.find("R").groups == []
    assert group.house.store.groups.members("R") == []
    assert group.house.store.rooms.orphaned() == []


def test_a_person_in_the_lobby_is_moved_once_admitted(group: Class) -> None:
    group.ask(classroom.EnterGroup(ref=1), group.pages["Guest0"])
    group.arrive("Guest0").leave()
    group.moderator.ask(meeting.SetLobby(active=True))
    waiting = group.come("Guest0")
    assert waiting.all(meeting.Waiting)
    assert group.ask(classroom.AssignGroup(id=waiting.id, group=group.group("B"))) == []
    assert waiting.all(classroom.Moved) == []
    group.moderator.ask(meeting.Admit(id=waiting.id, admitted=True))
    group.house.clock.advance(0.2)
    assert waiting.last(classroom.Moved).name == "B"
    group.arrive("Guest0")
    assert group.here()["B"]["Guest0"] is True


def test_a_request_is_no_secret(group: Class) -> None:
    moved = group.guests[0].last(classroom.Moved)
    assert moved.token not in repr(moved)
    assert isinstance(moved, common.FromServer)
