"""The groups of a meeting, as a program has them: moving people, telling them something, closing."""

from __future__ import annotations

import html
from collections.abc import Callable, Generator
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Protocol

from nanomeet_widget import _texts
from nanomeet_widget._command import Command
from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget._fallback import with_words
from nanomeet_widget._models import GroupInfo
from nanomeet_widget.classroom.teams import Present, group_name

if TYPE_CHECKING:
    import ipywidgets

_MOST_MINUTES = 24 * 60
_STYLE = (
    "<style>.nanomeet-groups dt{font-weight:600}.nanomeet-groups dd{margin:0 0 .5em 1em}"
    ".nanomeet-groups .away{opacity:.75;font-style:italic}</style>"
)


class Meeting(Protocol):
    """The meeting to which groups belong; `Grouping` documents it."""

    @property
    def groups(self) -> list[GroupInfo]:
        """The groups that are open."""

    @property
    def groups_end(self) -> datetime | None:
        """When everyone comes back."""

    def enter_group(self, group: str | None = None) -> Command[None]:
        """Go into a group.

        Parameters
        ----------
        group : str or None
            Its name or id; None for the main room.
        """

    def group_id(self, group: str | None) -> str | None:
        """Return a group's id.

        Parameters
        ----------
        group : str or None
            Its name or id; None for the main room.
        """

    def present(self) -> Present:
        """Return everyone in the meeting."""

    def ask(self, name: str, command: str, *args: object) -> Command[None]:
        """Ask as a moderator.

        Parameters
        ----------
        name : str
            What the request is called.
        command : str
            The engine's command.
        *args : object
            Its arguments.
        """

    def follow(self, callback: Callable[[], object]) -> None:
        """Call a function whenever the groups change.

        Parameters
        ----------
        callback : callable
            The function.
        """


class Groups:
    """The groups of a meeting; `NanoMeet.breakout` returns them.

    Await it to wait until they are open. As the last value of a cell, it shows who is where, and goes on
    showing that.

    Parameters
    ----------
    meeting : Meeting
        The meeting to which they belong.
    opened : Command, optional
        Opening them; None if they are open.
    missing : list of str, optional
        Who should be in a group and was not in the meeting.

    Attributes
    ----------
    opened : Command or None
        Opening them; None if they were open already.
    missing : list of str
        Who should be in a group and was not in the meeting, as they were named. They stay in the main room
        when they join: `assign` moves them.
    """

    def __init__(
        self,
        meeting: Meeting,
        *,
        opened: Command[None] | None = None,
        missing: list[str] | None = None,
    ) -> None:
        self._meeting = meeting
        self.opened = opened
        self.missing = [] if missing is None else missing
        self._view: ipywidgets.HTML | None = None

    def __await__(self) -> Generator[Any, None, Groups]:
        if self.opened is not None:
            yield from self.opened.__await__()
        return self

    @property
    def names(self) -> list[str]:
        """The groups' names, in order; none once they are closed."""
        return [group["name"] for group in self._meeting.groups]

    @property
    def ends(self) -> datetime | None:
        """When everyone comes back by themselves (UTC); None if only closing brings them back."""
        return self._meeting.groups_end

    @property
    def members(self) -> list[dict[str, Any]]:
        """Everyone who belongs to a group: dicts of ``group, id, display_name`` and ``here``.

        ``here`` is whether they are in the group's room now.
        """
        return [
            {"group": group["name"], **person}
            for group in self._meeting.groups
            for person in group["people"]
        ]

    def announce(self, text: str) -> Command[None]:
        """Tell all groups something.

        Parameters
        ----------
        text : str
            1 to 2000 characters.

        Returns
        -------
        Command[None]
            Settles once everyone in a group was told.

        Raises
        ------
        InvalidInputError
            If the text breaks its rule.
        """
        _texts.check("text", text, _texts.MESSAGE)
        return self._ask("announce", "nanomeetAnnounceToGroups", {"text": text})

    def close(self) -> Command[None]:
        """Close the groups: everyone comes back to the main room.

        Returns
        -------
        Command[None]
            Settles once they are closed.
        """
        return self._ask("close", "nanomeetCloseGroups")

    def assign(self, person: str, group: str | None) -> Command[None]:
        """Move a person into a group, or back to the main room.

        Parameters
        ----------
        person : str
            Their id in `NanoMeet.participants`, their ID in the roster, or their name if no one else has it.
        group : str or None
            The group's name or id; None for the main room.

        Returns
        -------
        Command[None]
            Settles once they are on the way there.

        Raises
        ------
        InvalidInputError
            If the person is not in the meeting, their name is another's, too, or there is no such group.
        """
        _texts.check("person", person, _texts.ID)
        found = self._meeting.present().find(person)
        if found is None:
            raise InvalidInputError(
                f"{_texts.quoted(person)} is not in the meeting: `participants` and `groups` tell who is"
            )
        wanted = {"id": found, "group": self._id(group)}
        return self._ask("assign", "nanomeetAssignGroup", wanted)

    def visit(self, group: str | None) -> Command[None]:
        """Go into a group yourself, or back to the main room.

        Parameters
        ----------
        group : str or None
            The group's name or id; None for the main room.

        Returns
        -------
        Command[None]
            Settles once you are on the way there.

        Raises
        ------
        InvalidInputError
            If there is no such group.
        """
        return self._meeting.enter_group(group)

    def extend(self, minutes: float) -> Command[None]:
        """Let everyone come back later than planned.

        Parameters
        ----------
        minutes : float
            How much later; from now on, if there was no time.

        Returns
        -------
        Command[None]
            Settles once the time is changed.

        Raises
        ------
        InvalidInputError
            If it is not a number above 0, or everyone would stay for more than 1440 minutes from now on.
        """
        left = 0.0
        if self.ends is not None:
            left = max(0.0, (self.ends - datetime.now(timezone.utc)).total_seconds() / 60)
        check_minutes(minutes)
        return self.set_minutes(left + minutes)

    def set_minutes(self, minutes: float | None) -> Command[None]:
        """Change when everyone comes back by themselves.

        Parameters
        ----------
        minutes : float or None
            So many minutes from now, up to 1440; None for no time.

        Returns
        -------
        Command[None]
            Settles once the time is changed.

        Raises
        ------
        InvalidInputError
            If it is not such a number.
        """
        if minutes is not None:
            check_minutes(minutes)
        return self._ask("set_minutes", "nanomeetSetGroupsEnd", {"minutes": minutes})

    def add(self, name: str) -> Command[None]:
        """Open one more group.

        Parameters
        ----------
        name : str
            Its name, 1 to 64 characters, which no other group has.

        Returns
        -------
        Command[None]
            Settles once it is open.

        Raises
        ------
        InvalidInputError
            If the name breaks its rule.
        """
        return self._ask("add", "nanomeetAddGroup", {"name": group_name(name)})

    def rename(self, group: str, name: str) -> Command[None]:
        """Give a group another name.

        Parameters
        ----------
        group : str
            Its name or id.
        name : str
            The new name, as for `add`.

        Returns
        -------
        Command[None]
            Settles once it has that name.

        Raises
        ------
        InvalidInputError
            If there is no such group, or the name breaks its rule.
        """
        wanted = {"group": self._id(group), "name": group_name(name)}
        return self._ask("rename", "nanomeetRenameGroup", wanted)

    def remove(self, group: str) -> Command[None]:
        """Close one group: its people come back to the main room.

        Parameters
        ----------
        group : str
            Its name or id.

        Returns
        -------
        Command[None]
            Settles once it is closed.

        Raises
        ------
        InvalidInputError
            If there is no such group.
        """
        return self._ask("remove", "nanomeetRemoveGroup", {"group": self._id(group)})

    def _id(self, group: str | None) -> str | None:
        return self._meeting.group_id(group)

    def _ask(self, name: str, command: str, *args: object) -> Command[None]:
        return self._meeting.ask(name, command, *args)

    # --- how it shows itself -------------------------------------------------------------------

    def __repr__(self) -> str:
        groups = self._meeting.groups
        if not groups:
            return f"<Groups: {self._why_none()}>"
        sizes = ", ".join(f"{group['name']!r}: {len(group['people'])}" for group in groups)
        return f"<Groups {sizes}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:  # noqa: ANN401 - as IPython has it
        import ipywidgets  # noqa: PLC0415 - a bot in a script shows nothing

        if self._view is None:
            view = self._view = ipywidgets.HTML(self._html())
            self._meeting.follow(lambda: self._show(view))
            if self.opened is not None:
                self.opened.add_done_callback(lambda _: self._show(view))
        return with_words(self._view._repr_mimebundle_(**kwargs), "A list of groups")

    def _show(self, view: ipywidgets.HTML) -> None:
        view.value = self._html()

    def _why_none(self) -> str:
        opened = self.opened
        if opened is None or opened.state == "done":
            return "closed"
        return "opening" if opened.state == "pending" else f"not opened: {opened.exception()}"

    def _html(self) -> str:
        groups = self._meeting.groups
        if not groups:
            return f"<p role='status'>Groups: {html.escape(self._why_none())}</p>"
        parts = [_STYLE, "<div class='nanomeet-groups' role='group' aria-label='Groups'>"]
        if self.ends is not None:
            parts.append(f"<p>Until {self.ends.astimezone():%H:%M:%S}</p>")
        parts.append("<dl>")
        for group in groups:
            people = ", ".join(map(_person, group["people"])) or "no one"
            parts.append(f"<dt>{html.escape(group['name'])}</dt><dd>{people}</dd>")
        parts.append("</dl>")
        if self.missing:
            absent = html.escape(", ".join(self.missing))
            parts.append(f"<p>Were not in the meeting: {absent}</p>")
        return "".join([*parts, "</div>"])


def check_minutes(minutes: object) -> None:
    """Check a time in minutes.

    Parameters
    ----------
    minutes : object
        What a program gave.

    Raises
    ------
    InvalidInputError
        If it is not a number above 0, up to 1440.
    """
    number = isinstance(minutes, (int, float)) and not isinstance(minutes, bool)
    if not number or not 0 < minutes <= _MOST_MINUTES:  # type: ignore[operator]
        raise InvalidInputError(
            f"minutes={_texts.quoted(minutes)} must be a number above 0, up to {_MOST_MINUTES}"
        )


def _person(person: Any) -> str:  # noqa: ANN401 - a `GroupMemberInfo`
    name = html.escape(person["display_name"])
    return name if person["here"] else f"<span class='away'>{name} (not there)</span>"
