"""The groups of a meeting: what is known of them, and opening them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any, ClassVar

import msgspec
import traitlets as t

from nanomeet_widget import _page_protocol, _texts
from nanomeet_widget._command import Command, refused
from nanomeet_widget._commands import Commands
from nanomeet_widget._errors import InvalidInputError, not_joined
from nanomeet_widget._meeting_state import MeetingState, State, state
from nanomeet_widget._models import GroupInfo
from nanomeet_widget._page_protocol import GroupsData
from nanomeet_widget._states import MeetingStatus
from nanomeet_widget.classroom import teams as _teams
from nanomeet_widget.classroom.groups import Groups, check_minutes
from nanomeet_widget.classroom.teams import Present, Teams


class Grouping(Commands, MeetingState):
    """The groups of a meeting (breakout rooms)."""

    groups: State[list[GroupInfo]] = state(t.List())
    groups_end: State[datetime | None] = state(t.Instance(datetime, allow_none=True))
    group: State[str | None] = state(t.Unicode(default_value=None, allow_none=True))
    own_group: State[str | None] = state(t.Unicode(default_value=None, allow_none=True))

    def breakout(
        self,
        teams: Teams = None,
        *,
        minutes: float | None = None,
        column: str = "team",
        seed: int | None = None,
    ) -> Groups:
        """Send people into groups, each in a room of its own (breakout rooms). Moderators only.

        Everyone goes there by themselves, and comes back when the time is over or the groups are closed.
        Embedded server only.

        Parameters
        ----------
        teams : int, mapping, DataFrame, iterable of dict or path, optional
            A number of groups: everyone but the moderators is assigned by chance, evenly. Or a dict of
            groups' names to lists of people. Or a table with a row for each person: a DataFrame, dicts, or
            the path of a ``.csv`` file. A person is named by
            their ID in the roster (in a table: column ``id``), by an id of `participants`, or by a name
            that no one else has (column ``name``). None for the groups that are open already.
        minutes : float, optional
            When everyone comes back by themselves, up to 1440; None for when the groups are closed.
        column : str, default "team"
            The column of a table that names the groups; who has none stays in the main room.
        seed : int, optional
            For a number of groups: the same seed gives the same people the same groups.

        Returns
        -------
        Groups
            The groups. Nothing waits for them to open: await it for that. As the last value of a cell, it
            shows who is where.

        Raises
        ------
        InvalidInputError
            If anything about them is wrong, such as a person in two groups, or a name that two
            participants have; nothing was sent then. People who are not here are no error: see
            `Groups.missing`.
        MissingPackageError
            If it is a DataFrame that takes narwhals to read, and that is not installed.
        CommandRefusedError
            If you are a participant here, or the meeting is on another engine (``"unsupported"``).
        NotJoinedError
            If the meeting is not joined: who is here is not known then.

        Examples
        --------
        >>> groups = meet.breakout({"Red": ["Ada", "Ben"], "Blue": ["Cem"]}, minutes=10)
        >>> groups.announce("Two more minutes")
        >>> groups.close()
        """
        refusal = self._why_other_engine("breakout") or self._why_no_moderator(
            "breakout", "you are"
        )
        if refusal is not None:
            raise refusal
        if minutes is not None:
            check_minutes(minutes)
        if teams is None:
            if not self.groups:
                raise InvalidInputError("no groups are open: say who goes into which, with teams")
            return Groups(_Link(self))
        if self._status.state is not MeetingStatus.JOINED:
            raise not_joined(
                "not_joined",
                f"breakout: the meeting is not joined ({self.status.value}), so who is here is not known: wait "
                "until status is joined",
            )
        plan = _teams.read(
            teams,
            present=self._present(),
            participants=self.participants,
            column=column,
            seed=seed,
        )
        groups = [{"name": name, "people": people} for name, people in plan.groups.items()]
        opened = self._execute(
            "breakout",
            "nanomeetOpenGroups",
            {"groups": groups, "minutes": minutes},
            moderator=True,
        )
        return Groups(_Link(self), opened=opened, missing=plan.missing)

    def enter_group(self, group: str | None = None) -> Command[None]:
        """Go into a group, or back to the main room. Embedded server only.

        Parameters
        ----------
        group : str, optional
            Its name, or its id in `groups`. Moderators may visit each group, participants go into
            `own_group`. None for the main room.

        Returns
        -------
        Command[None]
            Settles once you are on the way there; `group` tells where you are.

        Raises
        ------
        InvalidInputError
            If there is no such group.
        """
        other = self._why_other_engine("enter_group")
        if other is not None:
            return refused("enter_group", other)
        return self._execute("enter_group", "nanomeetEnterGroup", {"group": self._group_id(group)})

    def _group_id(self, group: str | None) -> str | None:
        """Return the id of a group by that, or by its name."""
        if group is None:
            return None
        _texts.check("group", group, _texts.GROUP)
        for one in self.groups:
            if group in {one["id"], one["name"]}:
                return one["id"]
        known = ", ".join(repr(one["name"]) for one in self.groups) or "none is open"
        raise InvalidInputError(f"there is no group {_texts.quoted(group)}: {known}")

    def _present(self) -> Present:
        """Return everyone in the meeting: here, and in its other rooms."""
        here = [(one["id"], one["display_name"] or "") for one in self.participants]
        known = {one for one, _ in here}
        away = [
            (one["id"], one["display_name"])
            for group in self.groups
            for one in group["people"]
            if one["id"] not in known
        ]
        # The roster is another part's.
        roster = {one["id"]: one["here"] for one in getattr(self, "roster", ())}
        return Present([*here, *away], roster=roster)

    def _on_groups(self, data: GroupsData) -> None:
        names = {one.id: one.name for one in data.groups}
        self._tell(
            groups=[_info(one) for one in data.groups],
            groups_end=None
            if data.ends is None
            else datetime.fromtimestamp(data.ends, timezone.utc),
            group=names.get(data.here or ""),
            own_group=names.get(data.own or ""),
        )

    def _unknown_outside(self) -> dict[str, object]:
        nothing: dict[str, object] = {
            "groups": [],
            "groups_end": None,
            "group": None,
            "own_group": None,
        }
        return {**super()._unknown_outside(), **nothing}

    _KEPT: ClassVar[dict[str, tuple[type[msgspec.Struct], Callable[[Any, Any], None]]]] = {
        "nanomeetGroupsChanged": (GroupsData, _on_groups),
    }


class _Link:
    """What `Groups` needs of a meeting.

    Parameters
    ----------
    meeting : Grouping
        The meeting.
    """

    def __init__(self, meeting: Grouping) -> None:
        self._meeting = meeting
        self.enter_group = meeting.enter_group
        self.group_id = meeting._group_id  # noqa: SLF001 - our own
        self.present = meeting._present  # noqa: SLF001 - our own

    @property
    def groups(self) -> list[GroupInfo]:
        """The groups that are open."""
        return self._meeting.groups

    @property
    def groups_end(self) -> datetime | None:
        """When everyone comes back."""
        return self._meeting.groups_end

    def ask(self, name: str, command: str, *args: object) -> Command[None]:
        """Ask as a moderator; see `Meeting`."""
        return self._meeting._execute(name, command, *args, moderator=True)  # noqa: SLF001 - our own

    def follow(self, callback: Callable[[], object]) -> None:
        """Call a function whenever the groups change; see `Meeting`."""
        self._meeting.observe(lambda _: callback(), ["groups", "groups_end"])


def _info(told: _page_protocol.GroupTold) -> GroupInfo:
    return {
        "id": told.id,
        "name": told.name,
        "people": [
            {"id": one.id, "display_name": one.name, "here": one.here} for one in told.people
        ],
    }
