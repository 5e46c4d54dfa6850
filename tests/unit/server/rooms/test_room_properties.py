"""Properties of `rooms.room` that hold in any order of events."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from nanomeet_widget.server.broadcast.broadcasts import WatchRefusedError
from nanomeet_widget.server.config import Limits
from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.rooms.participant import Presence
from nanomeet_widget.server.store.store import Store
from tests.unit.server.conftest import House, build
from tests.unit.server.fakes import Clock, Page, Sender, Viewer, claims
from tests.unit.server.view import View
from tests.unit.server.wire import SOUND, media, setup

_LIMITS = Limits(participants=4, waiting=1, stage=2, chat=8, chat_burst=20)
_FAREWELL = meeting.Bye(kind="server_stopping", message="bye", retry=True)
#: One has a moderator's token, two share an invite, and the last has no browser ID.
_SHARED = claims()
_TOKENS = [claims(moderator=True), _SHARED, _SHARED, claims(), claims()]
_PERSONS = [*[f"the-browser-of-person-{number}" for number in range(4)], None]
_EVERYONE = range(len(_TOKENS))
someone = st.sampled_from(_EVERYONE)
#: Most refused requests test nothing new, so they are tried less often.
likely_a_moderator = st.sampled_from([0, 0, 0, 0, 0, *_EVERYONE])


class RoomMachine(RuleBasedStateMachine):
    """People who join, leave, lose their connections and send requests, in any order."""

    @initialize()
    def begin(self) -> None:
        """Start the server."""
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.house = self._build()
        #: Each person's newest page, connected or not.
        self.pages: dict[int, Page] = {}
        self.everything: list[tuple[int, Page]] = []
        #: People who were made moderators, until the room ends.
        self.granted: set[int] = set()
        #: What programs watch, by the ID of the reading.
        self.viewers: list[tuple[str, Viewer]] = []
        self.number = 0
        for person in _EVERYONE[:3]:
            self._join(person, media=True)

    def _build(self) -> House:
        path = Path(self.folder.name)
        return build(path, Store(path), self.clock, limits=_LIMITS)

    def teardown(self) -> None:
        """Stop the server, and check that nothing is left over."""
        if not hasattr(self, "house"):
            return
        self.house.rooms.close(_FAREWELL)
        # Requests to mute time out, and then no timer is left.
        self.clock.advance(self.house.config.patience.mute)
        assert self.clock.pending == 0
        self.house.store.close()
        self.folder.cleanup()

    # --- who is there --------------------------------------------------------------------------

    def _seated(self, person: int) -> Page | None:
        page = self.pages.get(person)
        return page if page is not None and _is_seated(page) else None

    def _id(self, person: int) -> str:
        page = self.pages.get(person)
        return page.who.id if page is not None and page.who is not None else "0" * 16

    def _ask(self, person: int, message: meeting.ClientMessage) -> bool:
        """Send a request; return whether it succeeded."""
        page = self._seated(person)
        if page is None:
            return False
        self.number += 1
        message.ref = self.number  # type: ignore[union-attr]
        page.ask(message)
        return any(ack.ref == self.number for ack in page.all(meeting.Ack))

    # --- joining and leaving -------------------------------------------------------------------

    @rule(person=someone, media=st.booleans())
    def join(self, person: int, media: bool) -> None:  # noqa: FBT001 - a rule's
        """Join, or join again with another page."""
        before = self.pages.get(person)
        # Without a browser ID they would count as two people.
        if _PERSONS[person] is not None or before is None or not _is_seated(before):
            self._join(person, media=media)

    @rule()
    def gather(self) -> None:
        """Have everyone join: much only happens among several people."""
        for person in _EVERYONE:
            if self._seated(person) is None:
                self._join(person, media=True)

    @rule(person=someone)
    def resume(self, person: int) -> None:
        """Reconnect with the page that has the place."""
        before = self.pages.get(person)
        if before is not None and before.all(meeting.Welcome):
            self._join(person, media=False, resume=before.welcome.resume)

    def _join(self, person: int, *, media: bool, resume: str | None = None) -> None:
        before = self.pages.get(person)
        page = self.house.page()
        self.pages[person] = page
        self.everything.append((person, page))
        page.join(
            _TOKENS[person],
            person=_PERSONS[person],
            name=f"P{person}",
            audio=media,
            video=media,
            resume=resume,
        )
        if _PERSONS[person] is None and (before is None or page.who is not before.who):
            self.granted.discard(person)

    @rule(person=someone)
    def lose(self, person: int) -> None:
        """Lose the connection."""
        page = self.pages.get(person)
        if page is not None and page.who is not None and page.farewell is None:
            page.lose()

    @rule(person=someone)
    def leave(self, person: int) -> None:
        """Leave."""
        page = self._seated(person)
        if page is not None:
            page.leave()
            page.farewell = page.farewell or meeting.Bye(kind="left", message="")

    @rule(seconds=st.sampled_from([0.5, 3.0, 11.0, 30.0]))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.advance(seconds)

    @rule(kill=st.booleans())
    def restart(self, kill: bool) -> None:  # noqa: FBT001 - a rule's
        """Have another server take over."""
        if kill:
            self.house.store._lock.release()
            self.house.store._db.close()
        else:
            self.house.rooms.close(_FAREWELL)
            self.house.store.close()
        for page in self.pages.values():
            page.farewell = page.farewell or _FAREWELL
        self.clock.forget()
        self.house = self._build()
        self.viewers.clear()
        # A person without a browser ID is a stranger to the new server.
        self.granted.discard(len(_TOKENS) - 1)
        self.gather()

    # --- requests of participants --------------------------------------------------------------

    @rule(person=someone, to=st.none() | someone)
    def write(self, person: int, to: int | None) -> None:
        """Write; the text names the people who may read it."""
        readers = "all" if to is None else f"{person},{to}"
        addressee = None if to is None else self._id(to)
        self._ask(person, meeting.SendChat(text=readers, to=addressee))

    @rule(person=someone, raised=st.booleans())
    def raise_hand(self, person: int, raised: bool) -> None:  # noqa: FBT001 - a rule's
        """Raise or lower a hand."""
        self._ask(person, meeting.RaiseHand(raised=raised))

    @rule(person=someone, on=st.booleans())
    def send_media(self, person: int, on: bool) -> None:  # noqa: FBT001 - a rule's
        """Switch everything on or off."""
        page = self._seated(person)
        if page is not None:
            page.ask(meeting.Media(audio=on, video=on, screen=on))

    @rule(person=someone)
    def flood(self, person: int) -> None:
        """Say more than anyone may, as a hostile page does."""
        page = self._seated(person)
        if page is None:
            return
        for number in range(30):
            on = number % 2 == 0
            page.ask(meeting.Media(audio=on, video=on))
            page.ask(meeting.Rename(name=f"P{number}"))
            page.ask(meeting.RaiseHand(raised=on))
            page.ask(meeting.EnterStage() if on else meeting.LeaveStage())

    @rule(person=someone, other=someone)
    def signal(self, person: int, other: int) -> None:
        """Send another page what only participants on the stage may."""
        page, target = self._seated(person), self._seated(other)
        if page is None or target is None or page is target:
            return
        before = len(target.all(meeting.Signalled)) + len(target.all(meeting.Wanted))
        page.ask(meeting.Signal(to=target.id, candidate=meeting.Candidate(candidate="c")))
        page.ask(meeting.Want(to=target.id, camera=90, screen=0))
        after = len(target.all(meeting.Signalled)) + len(target.all(meeting.Wanted))
        assert page.who is not None
        assert target.who is not None
        assert after - before == (2 if page.who.stage and target.who.stage else 0)

    @rule()
    def push(self) -> None:
        """Have everyone try to enter the stage at once."""
        for person in _EVERYONE:
            self._ask(person, meeting.EnterStage())

    @rule(person=someone, up=st.booleans())
    def move(self, person: int, up: bool) -> None:  # noqa: FBT001 - a rule's
        """Try to enter the stage, or leave it."""
        self._ask(person, meeting.EnterStage() if up else meeting.LeaveStage())

    # --- programs ------------------------------------------------------------------------------

    @rule(person=someone, of=st.none() | someone, kind=st.sampled_from(["video", "audio"]))
    def read(self, person: int, of: int | None, kind: meeting.MediaKind) -> None:
        """Ask to read a person, or the stage."""
        page = self._seated(person)
        if page is not None:
            self.number += 1
            of_id = None if of is None else self._id(of)
            page.ask(meeting.ReadMedia(ref=self.number, media=kind, of=of_id))

    @rule(person=someone, allowed=st.sampled_from([True, True, False]), unable=st.booleans())
    def answer(self, person: int, allowed: bool, unable: bool) -> None:  # noqa: FBT001 - a rule's
        """Answer all questions that anyone was asked."""
        for _, page in self.everything:
            for asked in page.all(meeting.ReadingAsked)[-3:]:
                reading = asked.reading.id
                self._ask(
                    person,
                    meeting.AnswerReading(
                        id=reading, allowed=allowed, unable=unable and not allowed
                    ),
                )

    @rule(person=someone)
    def be_read(self, person: int) -> None:
        """Send a first picture or sound, as a page does that is granted."""
        page = self._seated(person)
        if page is None:
            return
        for granted in page.all(meeting.ReadingGranted)[-4:]:
            broadcast = self.house.broadcasts.by_ingest_ticket(granted.ticket)
            sender = Sender()
            if broadcast is not None and broadcast.attach(sender):
                for data in (
                    (setup(), media(0, key=True))
                    if granted.media == "video"
                    else (setup(SOUND), media(0, track=SOUND))
                ):
                    broadcast.receive(sender, data)

    @rule(person=someone)
    def watch(self, person: int) -> None:
        """Watch what one's programs may, as far as it goes on."""
        page = self.pages.get(person)
        if page is None:
            return
        told: list[meeting.ReadingOpened | meeting.ReadingMoved] = [
            *page.all(meeting.ReadingOpened),
            *page.all(meeting.ReadingMoved),
        ]
        for one in told[-4:]:
            viewer = Viewer()
            if one.stream is not None:
                with contextlib.suppress(WatchRefusedError):
                    self.house.broadcasts.watch(one.stream, viewer, ticket=one.ticket)
                    self.viewers.append((one.id, viewer))

    @rule(
        person=someone,
        of=st.sampled_from([0, 0, 0, *_EVERYONE]),
        then=st.sampled_from(["goes on", "moves", "leaves", "loses", "reads the stage"]),
    )
    def read_with_consent(self, person: int, of: int, then: str) -> None:
        """Do all that it takes until a program reads a person; then one of them may go."""
        self.move(of, up=True)
        self.read(person, of, "video")
        self.answer(of, allowed=True, unable=False)
        self.be_read(of)
        self.watch(person)
        if then == "moves":
            self.move(of, up=False)
        elif then == "leaves":
            self.leave(person)
        elif then == "loses":
            self.lose(of)
        elif then == "reads the stage":
            self.read(of, None, "audio")
            self.compose(of, "stage")
            self.watch(of)

    @rule(person=someone)
    def stop_reading(self, person: int) -> None:
        """Stop what one reads, or is read by."""
        page = self._seated(person)
        if page is not None:
            for reading in View(page.sent).readings:
                self._ask(person, meeting.StopReading(id=reading.id))

    @rule(person=someone, use=st.sampled_from(["screen", "camera"]), opened=st.booleans())
    def source(self, person: int, use: meeting.SourceUse, opened: bool) -> None:  # noqa: FBT001 - a rule's
        """Open or close a source."""
        page = self._seated(person)
        if page is not None:
            self.number += 1
            kind = meeting.OpenSource if opened else meeting.CloseSource
            page.ask(kind(ref=self.number, use=use))

    # --- requests of moderators ----------------------------------------------------------------

    @rule(
        person=likely_a_moderator,
        message=st.sampled_from(
            [
                meeting.SetLobby(active=True),
                meeting.SetLobby(active=False),
                meeting.SetClosed(closed=True),
                meeting.SetClosed(closed=False),
                meeting.SetSubject(subject="x"),
                meeting.MuteEveryone(),
                meeting.AdmitAll(),
                meeting.StopBroadcast(),
                meeting.StartBroadcast(),
                meeting.EndMeeting(),
            ]
        ),
    )
    def command(self, person: int, message: meeting.ClientMessage) -> None:
        """Send a request about the room."""
        self._command(person, message)

    @rule(
        person=likely_a_moderator,
        other=someone,
        kind=st.sampled_from(
            [
                meeting.InviteToStage,
                *[meeting.SendToAudience] * 2,
                meeting.AskToUnmute,
                meeting.LowerHand,
                meeting.Mute,
                *[meeting.SetMain] * 3,
                meeting.Kick,
            ]
        ),
    )
    def command_about(self, person: int, other: int, kind: type[meeting.InviteToStage]) -> None:
        """Send a request about a person."""
        self._command(person, kind(id=self._id(other)))

    @rule(person=likely_a_moderator, other=someone)
    def grant(self, person: int, other: int) -> None:
        """Make a participant a moderator."""
        if self._ask(person, meeting.GrantModerator(id=self._id(other))):
            assert self._may(person)
            self.granted.add(other)

    @rule(person=someone, purpose=st.sampled_from(["stage", "broadcast"]))
    def compose(self, person: int, purpose: str) -> None:
        """Send a first picture, as a page does that is asked to."""
        page = self._seated(person)
        if page is None:
            return
        for granted in page.all(meeting.IngestGranted):
            broadcast = self.house.broadcasts.by_ingest_ticket(granted.ticket)
            sender = Sender()
            if granted.purpose == purpose and broadcast is not None and broadcast.attach(sender):
                for data in (setup(), media(0, key=True)):
                    broadcast.receive(sender, data)

    def _may(self, person: int) -> bool:
        return _TOKENS[person].moderator or person in self.granted

    def _command(self, person: int, message: meeting.ClientMessage) -> None:
        may = self._may(person)
        assert not self._ask(person, message) or may

    # --- what always holds ---------------------------------------------------------------------

    @invariant()
    def roles_come_from_tokens_and_grants(self) -> None:
        """There is no other way to be a moderator."""
        if not self.house.rooms._dispatchers:
            self.granted.clear()
        for person, page in self.pages.items():
            if page.who is not None and _is_seated(page):
                assert page.who.moderator == self._may(person), person

    @invariant()
    def the_stage_is_never_overfull(self) -> None:
        """The stage keeps its limit, and the audience sends nothing."""
        for dispatcher in self.house.rooms._dispatchers.values():
            people = dispatcher.room.participants
            assert sum(p.stage for p in people) <= _LIMITS.stage
            # A full room still takes moderators.
            assert sum(not p.moderator for p in people) <= _LIMITS.participants
            assert not any(p.audio or p.video or p.screen for p in people if not p.stage)
            main = dispatcher.room.state().main
            assert main is None or any(p.id == main and p.stage for p in people)

    @invariant()
    def each_person_has_one_place(self) -> None:
        """Each person has one place, and each place its own ID."""
        for dispatcher in self.house.rooms._dispatchers.values():
            everybody = (*dispatcher.room.participants, *dispatcher.room.everybody_waiting())
            assert len({p.id for p in everybody}) == len(everybody)
            assert len({p.identity for p in everybody}) == len(everybody)

    @invariant()
    def what_is_private_stays_so(self) -> None:
        """Only the recipients read a message."""
        for person, page in self.everything:
            told = [*page.all(meeting.ChatMessage)]
            told += [m for welcome in page.all(meeting.Welcome) for m in welcome.chat]
            for message in told:
                assert message.text == "all" or str(person) in message.text.split(",")

    @invariant()
    def every_page_knows_the_room(self) -> None:
        """Every connected page knows the room as it is from the messages that it got."""
        for page in self.pages.values():
            if not _is_seated(page):
                continue
            assert page.dispatcher is not None
            assert page.who is not None
            room, who = page.dispatcher.room, page.who
            view = View(page.sent)
            assert view.own == who.describe()
            assert view.others == {p.id: p.describe() for p in room.participants if p is not who}
            assert view.state == room.state()
            assert view.broadcast == room.broadcast_for(who)
            waiting = {p.id: p.name for p in room.everybody_waiting()}
            assert view.knocking == (waiting if who.moderator else {})
            kept = room.parts.chat.readable(who)
            assert view.chat[len(view.chat) - len(kept) :] == kept
            assert view.feed == room.parts.feed.feed_for(who)
            assert view.readings == room.parts.readings.announced()

    @invariant()
    def only_who_agreed_is_read(self) -> None:
        """What goes on is announced, of people on the stage, to people in the room."""
        for dispatcher in self.house.rooms._dispatchers.values():
            room = dispatcher.room
            for reading in room.parts.readings.announced():
                reader = room.present(reading.reader)
                assert reader is not None
                if reading.of is None:
                    assert reader.moderator
                    continue
                of = room.present(reading.of)
                assert of is not None
                assert of.stage
        people = [
            one
            for dispatcher in self.house.rooms._dispatchers.values()
            for one in dispatcher.room.participants
        ]
        # Each of the stage sends two sources at most.
        assert self.house.broadcasts.count("source") <= 2 * sum(one.stage for one in people)

    @invariant()
    def no_program_watches_what_has_ended(self) -> None:
        """The viewers of an ended reading are gone."""
        going_on = {
            reading
            for dispatcher in self.house.rooms._dispatchers.values()
            for reading in dispatcher.room.parts.readings._readings  # type: ignore[attr-defined]
        }
        assert all(viewer.dismissed for one, viewer in self.viewers if one not in going_on)
        self.viewers = [(one, viewer) for one, viewer in self.viewers if one in going_on]


def _is_seated(page: Page) -> bool:
    return (
        page.farewell is None
        and page.who is not None
        and page.who.connection is page
        and page.who.presence is Presence.PRESENT
    )


TestRoomMachine = RoomMachine.TestCase
TestRoomMachine.settings = settings(
    max_examples=200,
    stateful_step_count=60,
    deadline=None,
    # The same in every run, so that failures are repeatable.
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
