"""Who of the roster is there, who is done, and whose turn it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import msgspec
import traitlets as t

from nanomeet_widget import _page_protocol, _texts
from nanomeet_widget._command import Command, refused
from nanomeet_widget._commands import Commands
from nanomeet_widget._errors import CommandRefusedError, InvalidInputError
from nanomeet_widget._meeting_state import MeetingState, State, state
from nanomeet_widget._models import CheckInInfo, RosterInfo
from nanomeet_widget._page_protocol import CheckInData, HandCalledData, RosterData
from nanomeet_widget._validation import check_flag

#: What a check-in asks unless it is told otherwise.
FINISHED = "Finished?"


class Attending(Commands, MeetingState):
    """The roster of a meeting, its check-ins, and calling on raised hands."""

    roster: State[list[RosterInfo]] = state(t.List())
    check_in: State[CheckInInfo | None] = state(t.Dict(default_value=None, allow_none=True))

    def start_check_in(self, question: str = FINISHED) -> Command[None]:
        """Ask everyone whether they are done. Moderators only; embedded server only.

        It replaces a check-in that goes on. `check_in` tells who is done.

        Parameters
        ----------
        question : str, default "Finished?"
            1 to 500 characters.

        Returns
        -------
        Command[None]
            Settles once everyone is asked.

        Raises
        ------
        InvalidInputError
            If the question breaks its rule.
        """
        _texts.check("question", question, _texts.QUESTION)
        return self._execute(
            "start_check_in", "nanomeetStartCheckIn", {"question": question}, moderator=True
        )

    def end_check_in(self) -> Command[None]:
        """End the check-in. Moderators only; embedded server only.

        Returns
        -------
        Command[None]
            Settles once it has ended, or none went on.
        """
        return self._execute("end_check_in", "nanomeetEndCheckIn", moderator=True)

    def answer_check_in(self, done: bool = True) -> Command[None]:  # noqa: FBT001, FBT002 - it reads as a sentence
        """Say that you are done, or that you are not after all. Embedded server only.

        Parameters
        ----------
        done : bool, default True
            Whether you are.

        Returns
        -------
        Command[None]
            Settles once the server has noted it; it fails if no check-in goes on.

        Raises
        ------
        InvalidInputError
            If `done` is not a bool.
        """
        check_flag("done", done)
        other = self._why_other_engine("answer_check_in")
        if other is not None:
            return refused("answer_check_in", other)
        asked = self.check_in
        if asked is None:
            return refused(
                "answer_check_in",
                CommandRefusedError(
                    "answer_check_in: no check-in goes on: wait for one in check_in"
                ),
            )
        return self._execute(
            "answer_check_in", "nanomeetAnswerCheckIn", {"id": asked["id"], "done": done}
        )

    def call_hand(self, who: str | None = None) -> Command[str | None]:
        """Call on a participant with a raised hand. Moderators only; embedded server only.

        Their hand goes down. In the audience they are invited to the stage; on it, with the microphone off,
        they are asked to unmute. Either way the choice is theirs.

        Parameters
        ----------
        who : str, optional
            An id of `hands`; None for the first one. Two moderators who call the first one at the same time
            call two participants.

        Returns
        -------
        Command[str or None]
            Gives the participant's id, or None if no hand was raised.

        Raises
        ------
        InvalidInputError
            If `who` is not text of 1 to 64 characters, or a name.
        """
        wanted = None if who is None else _texts.check("who", who, _texts.ID)
        here = {person["id"]: person["display_name"] for person in self.participants}
        if wanted is not None and wanted not in here and wanted in here.values():
            raise InvalidInputError(
                f"who={_texts.quoted(wanted)} is a name: give an id, which `hands` has, or none for the first"
            )
        return self._command(
            "call_hand",
            _called,
            "executeCommand",
            "nanomeetCallHand",
            {"id": wanted},
            moderator=True,
        )

    def _on_roster(self, data: RosterData) -> None:
        self._tell(roster=[_person(one) for one in data.people])

    def _on_check_in(self, data: CheckInData) -> None:
        found: CheckInInfo | None = None
        if data.id is not None:
            found = {
                "id": data.id,
                "question": data.question,
                "since": data.since,
                "done": data.done,
            }
        self._tell(check_in=found)

    def _unknown_outside(self) -> dict[str, object]:
        return {**super()._unknown_outside(), "roster": [], "check_in": None}

    _KEPT: ClassVar[dict[str, tuple[type[msgspec.Struct], Callable[[Any, Any], None]]]] = {
        "nanomeetRosterChanged": (RosterData, _on_roster),
        "nanomeetCheckInChanged": (CheckInData, _on_check_in),
    }


def _person(told: _page_protocol.RosterTold) -> RosterInfo:
    return {"id": told.id, "name": told.name, "moderator": told.moderator, "here": told.here}


def _called(answer: Any) -> str | None:  # noqa: ANN401 - JSON
    return msgspec.convert(answer, HandCalledData).id
