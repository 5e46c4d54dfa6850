"""The parts of the class panel, from hands to groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from typing import Any

from nanomeet_widget.classroom import _poll_shown
from nanomeet_widget.classroom._panel_part import (
    Part,
    Picker,
    field,
    heading,
    names,
    number,
    ordered,
    paragraph,
)
from nanomeet_widget.classroom._panel_people import Person
from nanomeet_widget.classroom.attending import FINISHED
from nanomeet_widget.classroom.lesson import Lesson

_MOST_GROUPS, _MOST_MINUTES = 50, 24 * 60
_MINUTE = 60


class Hands(Part):
    """Raised hands in their order, and who has raised none."""

    def _controls(self) -> Iterable[Sequence[Any]]:
        self._who = Picker("Person")
        yield [self._button("Next", "Call on the first raised hand", lambda: self._call(None))]
        call = self._button("Call", "Call on the chosen person", self._call_chosen)
        yield [self._who.widget, call]

    def _html(self, people: Sequence[Person]) -> str:
        raised = [(_name(people, one), one) for one in self._meet.hands]
        self._who.offer(raised)
        head = heading("Raised hands", len(raised))
        if not raised:
            return head + paragraph("No hand is raised.")
        ids = set(self._meet.hands)
        others = [one.name for one in people if _is_student(one) and not one.among(ids)]
        return head + ordered([name for name, _ in raised]) + names("Not raised", others)

    def _call_chosen(self) -> None:
        chosen = self._who.chosen
        if chosen is None:
            self._say("Choose a person with a raised hand, or press Next.")
        else:
            self._call(chosen)

    def _call(self, who: str | None) -> None:
        known = {one["id"]: one["display_name"] or "" for one in self._meet.participants}
        self._do(
            lambda: self._meet.call_hand(who),
            lambda found: (
                "No hand is raised." if found is None else f"Called on {known.get(found, '')}."
            ),
        )


class Lobby(Part):
    """Who waits to be let in."""

    def _controls(self) -> Iterable[Sequence[Any]]:
        self._who = Picker("Waits")
        yield [
            self._who.widget,
            self._button("Admit", "Let the chosen person in", lambda: self._answer(admit=True)),
            self._button("Refuse", "Refuse the chosen person", lambda: self._answer(admit=False)),
        ]
        yield [self._button("Admit all", "Let everyone in the lobby in", self._admit_all)]

    def _html(self, people: Sequence[Person]) -> str:
        del people
        waiting = [(one["display_name"], one["id"]) for one in self._meet.lobby]
        self._who.offer(waiting)
        if not waiting:
            return heading("Lobby", 0) + paragraph("No one waits.")
        return heading("Lobby", len(waiting)) + ordered([name for name, _ in waiting])

    def _answer(self, *, admit: bool) -> None:
        chosen = self._who.chosen
        if chosen is None:
            self._say("Choose a person who waits.")
            return
        self._do(lambda: self._meet.admit(chosen) if admit else self._meet.reject(chosen))

    def _admit_all(self) -> None:
        if self._meet.lobby:
            self._do(self._meet.admit)
        else:
            self._say("No one waits.")


class CheckIn(Part):
    """Who is done, and who is not."""

    def _controls(self) -> Iterable[Sequence[Any]]:
        self._question = field("Question", FINISHED)
        yield [
            self._question,
            self._button("Start check-in", "Ask everyone whether they are done", self._start),
            self._button("End check-in", "End the check-in", self._end),
        ]

    def _html(self, people: Sequence[Person]) -> str:
        asked = self._meet.check_in
        if asked is None:
            return heading("Check-in") + paragraph("No check-in goes on.")
        ids = set(asked["done"])
        done = [one.name for one in people if one.among(ids)]
        waited = [one.name for one in people if _is_student(one) and not one.among(ids)]
        count = paragraph(f"{len(done)} of {len(done) + len(waited)} done")
        told = count + names("Done", done) + names("Not yet", waited)
        return heading("Check-in") + paragraph(asked["question"]) + told

    def _start(self) -> None:
        self._do(lambda: self._meet.start_check_in(self._question.value))

    def _end(self) -> None:
        if self._meet.check_in is None:
            self._say("No check-in goes on.")
        else:
            self._do(self._meet.end_check_in)


class Roster(Part):
    """Who of the roster is there; everyone who is, without one."""

    def _html(self, people: Sequence[Person]) -> str:
        here = [one for one in people if one.here]
        if not self._meet.roster:
            return heading("In the meeting", len(here)) + names("Here", _names(here))
        rostered = [one for one in people if one.rostered]
        absent = [one for one in rostered if not one.here]
        twice = [one for one in rostered if len(one.here) > 1]
        return "".join(
            [
                heading("Roster", len(rostered)),
                names("Absent", _names(absent)),
                names("Here", _names([one for one in rostered if one.here])),
                names("Link used in several browsers", _names(twice)),
                names("Not on the roster", _names([one for one in here if not one.rostered])),
            ]
        )


class Talk(Part):
    """For how long each person has spoken."""

    def __init__(self, meet: Lesson) -> None:
        #: The names of those who have left, too.
        self._known: dict[str, str] = {}
        super().__init__(meet)

    def _html(self, people: Sequence[Person]) -> str:
        self._known |= {one: person.name for person in people for one in person.here}
        times = sorted(self._meet.talk_times.items(), key=lambda one: -one[1])
        if not times:
            return heading("Talk time") + paragraph(
                'No one has spoken yet, or the room does not keep it: create_room(records="all") does.'
            )
        lines = [
            f"{self._known.get(one, 'Someone who has left')}: {_clock(seconds)}"
            for one, seconds in times
        ]
        return heading("Talk time") + ordered(lines)


class Polls(Part):
    """The polls that are open, and asking a quick one."""

    def _controls(self) -> Iterable[Sequence[Any]]:
        self._which = Picker("Poll", first=True)
        close = self._button("Close", "Close the chosen poll: its votes are final", self._close)
        yield [self._which.widget, close]
        self._question = field("Ask")
        yield [
            self._question,
            self._button("Yes or no?", "Ask everyone, with the answers Yes and No", self._ask),
        ]

    def _html(self, people: Sequence[Person]) -> str:
        del people
        polls = [one for one in self._meet.polls if one["open"]]
        self._which.offer([(one["question"], one["id"]) for one in polls])
        head = heading("Open polls", len(polls))
        if not polls:
            return head + paragraph("No poll is open.")
        return head + "".join(map(_poll_shown.as_html, polls))

    def _close(self) -> None:
        chosen = self._which.chosen
        if chosen is None:
            self._say("Choose an open poll.")
        else:
            self._do(
                lambda: self._meet._execute(  # noqa: SLF001 - our own
                    "close", "nanomeetClosePoll", {"poll": chosen}, moderator=True
                )
            )

    def _ask(self) -> None:
        question = self._question.value.strip()

        def asked(_: str) -> str:
            # What was typed meanwhile stays.
            if self._question.value.strip() == question:
                self._question.value = ""
            return "Everyone is asked."

        self._do(lambda: self._meet.poll(question, ["Yes", "No"]).opened, asked)


class Groups(Part):
    """The groups: opening them, telling them something, closing them."""

    def _controls(self) -> Iterable[Sequence[Any]]:
        self._count = number("Groups", 2, 1, _MOST_GROUPS)
        self._minutes = number("Minutes (0: no end)", 10, 0, _MOST_MINUTES)
        yield [
            self._count,
            self._minutes,
            self._button("Open groups", "Send everyone into groups by chance", self._open),
        ]
        self._words = field("Message")
        yield [
            self._words,
            self._button("Announce", "Send the message to all groups", self._announce),
            self._button("Close groups", "Bring everyone back", self._close),
        ]

    def _html(self, people: Sequence[Person]) -> str:
        del people
        groups = self._meet.groups
        head = heading("Groups", len(groups))
        if not groups:
            return head + paragraph("No groups are open.")
        return "".join(
            [
                head,
                *([paragraph(_left(self._meet.groups_end))] if self._meet.groups_end else []),
                *map(_group, groups),
            ]
        )

    def _open(self) -> None:
        minutes = self._minutes.value or None
        self._do(lambda: self._meet.breakout(self._count.value, minutes=minutes).opened)

    def _announce(self) -> None:
        words = self._words.value

        def told(_: None) -> str:
            if self._words.value == words:
                self._words.value = ""
            return "All groups have the message."

        self._do(lambda: self._meet.breakout().announce(words), told)

    def _close(self) -> None:
        self._do(lambda: self._meet.breakout().close())


#: In the order of the panel.
PARTS: tuple[type[Part], ...] = (Hands, Lobby, CheckIn, Roster, Talk, Polls, Groups)


def _is_student(person: Person) -> bool:
    return bool(person.here) and not person.moderator


def _name(people: Sequence[Person], participant: str) -> str:
    return next((one.name for one in people if participant in one.here), "")


def _names(people: Iterable[Person]) -> list[str]:
    return [one.name for one in people]


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), _MINUTE)
    return f"{minutes}:{rest:02}"


def _left(ends: datetime) -> str:
    left = max(0.0, (ends - datetime.now(timezone.utc)).total_seconds())
    words = f"{left:.0f} s" if left < _MINUTE else f"{left / _MINUTE:.0f} min"
    return f"Everyone comes back at {ends.astimezone():%H:%M:%S} ({words} left)."


def _group(group: Any) -> str:  # noqa: ANN401 - a `GroupInfo`
    people = [
        one["display_name"] if one["here"] else f"{one['display_name']} (not there)"
        for one in group["people"]
    ]
    return names(group["name"], people) or paragraph(f"{group['name']}: no one")
