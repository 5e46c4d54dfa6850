"""Properties of a meeting's groups that hold in any order of events: one place for each person, no one lost."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from nanomeet_widget import _tokens
from nanomeet_widget._tokens import Claims
from nanomeet_widget.server.config import Limits
from nanomeet_widget.server.protocol import classroom, common, meeting
from nanomeet_widget.server.rooms.participant import Presence
from nanomeet_widget.server.store.store import Store
from tests.unit.server.conftest import SECRET, House, build
from tests.unit.server.fakes import Clock, Page, claims

_EVERYONE = range(5)
#: The first two are moderators; two of the others share a link.
_MODERATORS = frozenset({0, 1})
_FAREWELL = meeting.Bye(kind="server_stopping", message="bye", retry=True)
_NAMES = ("A", "B", "C")
person = st.sampled_from(_EVERYONE)
moderator = st.sampled_from(sorted(_MODERATORS))
group = st.sampled_from([*_NAMES, None])


class GroupMachine(RuleBasedStateMachine):
    """People who join, move, reload, lose their connections and leave; and a server that is killed."""

    @initialize()
    def begin(self) -> None:
        """Start the server, and let everyone join."""
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.house = self._build()
        shared = claims()
        self.tokens: list[Claims] = [
            claims(moderator=True),
            claims(moderator=True),
            claims(),
            shared,
            shared,
        ]
        for token in self.tokens[:4]:
            self.house.store.tokens.add(token, parent="")
        #: Each person's newest page, and the claims with which it joined last.
        self.pages: dict[int, Page] = {}
        self.with_token: dict[int, Claims] = {}
        self.every_token: list[tuple[int, Claims]] = []
        #: Each person's ID, which is the same in all rooms while the meeting lasts.
        self.ids: dict[int, str] = {}
        self.removed: set[int] = set()
        for one in _EVERYONE:
            self._load(one)

    def _build(self) -> House:
        path = Path(self.folder.name)
        return build(path, Store(path), self.clock, limits=Limits(participants=5, rooms=4))

    def teardown(self) -> None:
        """Stop the server, and check that nothing is left over."""
        if hasattr(self, "house"):
            self.house.rooms.close(_FAREWELL)
            self.clock.advance(self.house.config.patience.mute)
            assert self.clock.pending == 0
            self.house.store.close()
            self.folder.cleanup()

    # --- what people do ------------------------------------------------------------------------

    def _join(self, one: int, token: Claims, resume: str | None = None) -> Page:
        page = self.house.page()
        self.pages[one], self.with_token[one] = page, token
        self.every_token.append((one, token))
        fields: dict[str, Any] = {"name": f"P{one}", "person": f"the-browser-of-person-{one}"}
        if self.house.store.tokens.is_revoked(token.jti):
            join = meeting.Join(v=1, token="t", **fields)
            if not self.house.rooms.lead_back(token, page, join):
                page.close(_FAREWELL)
        else:
            page.join(token, resume=resume, **fields)
        return page

    def _load(self, one: int) -> None:
        """Load the page, with the own link, and go where it leads."""
        had_place = self._has_place(one)
        self._follow(one, self._join(one, self.tokens[one]))
        # No one who has a place in the meeting is lost, neither by a lock nor by a full room.
        if had_place and not self._came_too_often(one):
            assert self._seated(one) is not None

    def _has_place(self, one: int) -> bool:
        main = self.house.rooms._dispatchers.get("R")
        return main is not None and self.ids.get(one) in {found.id for found in main.room.everyone}

    def _came_too_often(self, one: int) -> bool:
        farewell = self.pages[one].farewell
        return farewell is not None and farewell.kind == "too_many_messages"

    def _follow(self, one: int, page: Page) -> None:
        for _ in range(3):
            moves = page.all(classroom.Moved)
            if not moves or (page.who is not None and page.who.presence is not Presence.GONE):
                break
            page = self._join(one, _tokens.verify(moves[-1].token, SECRET))
        else:
            raise AssertionError("a page is led in a circle")

    def _seated(self, one: int) -> Page | None:
        page = self.pages[one]
        there = page.who is not None and page.who.connection is page
        return page if there and page.who.presence is Presence.PRESENT else None  # type: ignore[union-attr]

    @rule(one=person)
    def reload(self, one: int) -> None:
        """Load the page again."""
        page = self._seated(one)
        if page is not None:
            page.unload()
        self._load(one)

    @rule(one=person)
    def second_tab(self, one: int) -> None:
        """Load another page, while the first one is there."""
        self._load(one)

    @rule(one=person)
    def go_on(self, one: int) -> None:
        """Follow the newest move."""
        self._follow(one, self.pages[one])

    @rule(one=person)
    def drop(self, one: int) -> None:
        """Lose the connection."""
        page = self._seated(one)
        if page is not None:
            page.lose()

    @rule(one=person)
    def reconnect(self, one: int) -> None:
        """Come back with the token that the page has."""
        page = self.pages[one]
        welcomes = page.all(meeting.Welcome)
        resume = welcomes[-1].resume if welcomes else None
        self._follow(one, self._join(one, self.with_token[one], resume))

    @rule(one=person)
    def leave(self, one: int) -> None:
        """Leave the meeting."""
        page = self._seated(one)
        if page is not None:
            page.leave()

    @rule(one=person, other=person, data=st.data())
    def try_another_token(self, one: int, other: int, data: st.DataObject) -> None:
        """Come with any token that was made for a group, in one's own browser."""
        tokens = [
            token
            for owner, token in self.every_token
            if owner == other and token.room.startswith("group-")
        ]
        if not tokens:
            return
        before, token = self.pages[one], self.with_token[one]
        page = self._join(one, data.draw(st.sampled_from(tokens)))
        if one == other:
            self._follow(one, page)
        else:
            assert page.sent == []
            assert page.farewell is not None
            self.pages[one], self.with_token[one] = before, token
            self.every_token.pop()

    # --- what moderators and others ask --------------------------------------------------------

    def _group(self, name: str | None) -> str | None:
        if name is None:
            return None
        for page in self.pages.values():
            for state in reversed(page.all(classroom.GroupsChanged)):
                for found in state.groups:
                    if found.name == name:
                        return found.id
        return "0" * 16

    def _ask(self, one: int, message: meeting.ClientMessage) -> None:
        page = self._seated(one)
        if page is not None:
            page.ask(message)

    @rule(
        by=person, split=st.lists(group, min_size=5, max_size=5), minutes=st.sampled_from([None, 1])
    )
    def open(self, by: int, split: list[str | None], minutes: int | None) -> None:
        """Open groups."""
        plans = [
            classroom.GroupPlan(
                name=name,
                people=[
                    self.ids[one] for one in _EVERYONE if split[one] == name and one in self.ids
                ],
            )
            for name in _NAMES
        ]
        self._ask(by, classroom.OpenGroups(groups=plans, minutes=minutes))

    @rule(by=person, one=person, name=group)
    def assign(self, by: int, one: int, name: str | None) -> None:
        """Assign a person."""
        wanted = classroom.AssignGroup(id=self.ids.get(one, "0" * 16), group=self._group(name))
        self._ask(by, wanted)

    @rule(one=person, name=group)
    def enter(self, one: int, name: str | None) -> None:
        """Go somewhere."""
        self._ask(one, classroom.EnterGroup(group=self._group(name)))

    @rule(by=moderator, name=st.sampled_from(_NAMES))
    def remove_group(self, by: int, name: str) -> None:
        """Close one group."""
        self._ask(by, classroom.RemoveGroup(group=self._group(name) or ""))

    @rule(by=moderator, name=st.sampled_from(_NAMES))
    def add_group(self, by: int, name: str) -> None:
        """Open one more."""
        self._ask(by, classroom.AddGroup(name=name))

    @rule(by=person, lock=st.booleans(), come=st.booleans())
    def close_groups(self, by: int, lock: bool, come: bool) -> None:  # noqa: FBT001 - a rule's
        """Close all groups; some lock the meeting first, and all come back at once."""
        if lock:
            self._ask(by, meeting.SetClosed(closed=True))
        self._ask(by, classroom.CloseGroups())
        for one in _EVERYONE if come else ():
            self._load(one)

    @rule(by=moderator, closed=st.booleans())
    def lock(self, by: int, closed: bool) -> None:  # noqa: FBT001 - a rule's
        """Lock the meeting, or unlock it."""
        self._ask(by, meeting.SetClosed(closed=closed))

    @rule(by=moderator, active=st.booleans())
    def lobby(self, by: int, active: bool) -> None:  # noqa: FBT001 - a rule's
        """Turn the lobby on, or off."""
        self._ask(by, meeting.SetLobby(active=active))

    @rule(by=moderator)
    def admit(self, by: int) -> None:
        """Admit everyone from the lobby."""
        self._ask(by, meeting.AdmitAll())

    @rule(by=moderator, one=person)
    def kick(self, by: int, one: int) -> None:
        """Remove a person: from the group by a moderator in it, from the meeting by others."""
        if one not in _MODERATORS and one in self.ids:
            self._ask(by, meeting.Kick(id=self.ids[one], shared=True))

    @rule(seconds=st.sampled_from([0.2, 5, 30, 70]))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.advance(seconds)

    @rule(stopped=st.booleans())
    def restart(self, stopped: bool) -> None:  # noqa: FBT001 - a rule's
        """Kill the server, or stop it, and start it again."""
        if stopped:
            self.house.rooms.close(_FAREWELL)
        self.house.store.close()
        self.clock.forget()
        self.house = self._build()
        for page in self.pages.values():
            page.who = None

    # --- what always holds ---------------------------------------------------------------------

    def _rooms(self) -> dict[str, list[str]]:
        dispatchers = self.house.rooms._dispatchers
        return {
            name: [found.id for found in dispatcher.room.participants]
            for name, dispatcher in dispatchers.items()
        }

    @invariant()
    def everyone_is_in_one_room_at_most(self) -> None:
        """Check who is where."""
        if not hasattr(self, "house"):
            return
        everyone = [found for people in self._rooms().values() for found in people]
        assert len(everyone) == len(set(everyone))

    @invariant()
    def ids_stay(self) -> None:
        """Check that a person has one ID in all rooms of a meeting."""
        if not hasattr(self, "house"):
            return
        main = self.house.rooms._dispatchers.get("R")
        if main is None:
            self.ids.clear()
            return
        for one, page in self.pages.items():
            if self._seated(one) is not None and page.dispatcher is not None:
                assert page.dispatcher.groups is main.groups
                assert self.ids.setdefault(one, page.id) == page.id

    @invariant()
    def groups_live_with_their_meeting(self) -> None:
        """Check that each group has its room, and that no group outlives its meeting."""
        if not hasattr(self, "house"):
            return
        dispatchers = self.house.rooms._dispatchers
        rooms = {name for name in dispatchers if name.startswith("group-")}
        main = dispatchers.get("R")
        assert rooms == (set() if main is None else {one.room for one in main.groups._saved.groups})
        saved = {
            name for (name,) in self.house.store._db.execute("SELECT name FROM rooms").fetchall()
        }
        assert saved == set(dispatchers)

    @invariant()
    def who_is_there_belongs_there(self) -> None:
        """Check that guests are in their own group or in the main room, and only with a valid token."""
        if not hasattr(self, "house"):
            return
        main = self.house.rooms._dispatchers.get("R")
        if main is None:
            return
        for record in main.groups._saved.groups:
            for found in self.house.rooms._dispatchers[record.room].room.participants:
                member = main.groups._members[found.id]
                assert member.place == record.id
                assert found.moderator or member.own == record.id
                assert not self.house.store.tokens.is_revoked(found.claims.jti)
        for found in main.room.participants:
            in_group = main.groups._members.get(found.id)
            assert in_group is None or in_group.place is None

    @invariant()
    def nothing_fails(self) -> None:
        """Check that no request failed by a fault."""
        for page in getattr(self, "pages", {}).values():
            assert "fault" not in {error.kind for error in page.all(common.Error)}


TestGroups = GroupMachine.TestCase
TestGroups.settings = settings(
    max_examples=50,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
