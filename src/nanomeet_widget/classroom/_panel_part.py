"""What the parts of the class panel are built of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any, TypeVar

import ipywidgets

from nanomeet_widget import _texts
from nanomeet_widget._command import Command
from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget.classroom._panel_people import Person
from nanomeet_widget.classroom.lesson import Lesson

T = TypeVar("T")

# The notebook's own colours, in light and dark.
_HEADING = "margin:0;padding:8px 0 0;font-size:1em;font-weight:bold;color:inherit"
_PARAGRAPH = "margin:2px 0;line-height:1.4;overflow-wrap:anywhere;color:inherit"
_LIST = "margin:2px 0;padding-inline-start:2em;line-height:1.4;overflow-wrap:anywhere;color:inherit"
_UNNAMED = "(no name)"


class Part:
    """A part of the panel: what it shows, its controls, and what became of the last press.

    Its controls stay where they are, and stay enabled: what has the focus keeps it, and a press that can do
    nothing says why.

    Parameters
    ----------
    meet : Lesson
        The meeting.
    """

    def __init__(self, meet: Lesson) -> None:
        self._meet = meet
        self._text = ipywidgets.HTML()
        self._news = ipywidgets.HTML()
        controls = [row(*widgets) for widgets in self._controls()]
        self.box = ipywidgets.VBox([self._text, *controls, self._news])

    def show(self, people: Sequence[Person]) -> None:
        """Show the meeting as it is; only what has changed is sent to the page."""
        self._text.value = self._html(people)

    def _controls(self) -> Iterable[Sequence[Any]]:
        """Make the controls; return them row by row."""
        return ()

    def _html(self, people: Sequence[Person]) -> str:
        raise NotImplementedError

    def _button(self, words: str, about: str, act: Callable[[], None]) -> Any:  # noqa: ANN401 - an untyped package's
        button = ipywidgets.Button(
            description=words, tooltip=about, layout=ipywidgets.Layout(width="auto")
        )
        button.on_click(lambda _: act())
        return button

    def _do(
        self, work: Callable[[], Command[T] | None], then: Callable[[T], str] = lambda _: ""
    ) -> None:
        """Give a command, and say how it ended."""
        try:
            command = work()
        except NanoMeetError as error:
            self._fail(error)
            return
        self._news.value = ""
        if command is not None:
            command.add_done_callback(lambda done: self._ended(done, then))

    def _ended(self, command: Command[T], then: Callable[[T], str]) -> None:
        error = command.exception()
        if error is None:
            self._say(then(command.result()))
        else:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        self._news.value = paragraph(f"✗ {error}", "alert")

    def _say(self, words: str) -> None:
        self._news.value = paragraph(words, "status") if words else ""


class Picker:
    """A choice of the one that a button is for: it stays while the others come and go.

    Parameters
    ----------
    label : str
        What is chosen.
    first : bool, default False
        Whether the first one is chosen at the beginning. Otherwise none is: a press never meets someone who
        has just moved into the place of another.
    """

    def __init__(self, label: str, *, first: bool = False) -> None:
        self._first = first
        self.widget = ipywidgets.Dropdown(
            options=[("Choose…", None)],
            description=label,
            style={"description_width": "initial"},
            layout=ipywidgets.Layout(
                width="auto", max_width="100%", min_width="0", flex="1 1 12em"
            ),
        )

    @property
    def chosen(self) -> str | None:
        """The id of what is chosen."""
        value: str | None = self.widget.value
        return value

    def offer(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer these, each by its name and id."""
        options = [("Choose…", None), *_distinct(choices)]
        before = list(self.widget.options)
        if options == before:
            return
        wanted = self.chosen
        if self._first and len(before) == 1:
            wanted = choices[0][1]
        with self.widget.hold_sync():
            self.widget.options = options
            self.widget.value = wanted if any(one == wanted for _, one in options) else None


def field(label: str, value: str = "") -> Any:  # noqa: ANN401 - an untyped package's
    """Make a field for text."""
    return ipywidgets.Text(
        value=value,
        description=label,
        style={"description_width": "initial"},
        layout=ipywidgets.Layout(width="auto", max_width="100%", min_width="0", flex="1 1 12em"),
    )


def number(label: str, value: int, least: int, most: int) -> Any:  # noqa: ANN401 - likewise
    """Make a field for a whole number."""
    return ipywidgets.BoundedIntText(
        value=value,
        min=least,
        max=most,
        description=label,
        style={"description_width": "initial"},
        layout=ipywidgets.Layout(width="auto", max_width="100%", min_width="14em", flex="1 1 8em"),
    )


def row(*widgets: Any) -> Any:  # noqa: ANN401 - likewise
    """Put controls beside each other, and below each other where there is no room."""
    return ipywidgets.HBox(widgets, layout=ipywidgets.Layout(flex_flow="row wrap", width="100%"))


def heading(words: str, count: int | None = None) -> str:
    """Return a part's heading."""
    number_of = "" if count is None else f" ({count})"
    return f'<h3 style="{_HEADING}">{words}{number_of}</h3>'


def paragraph(words: str, role: str = "") -> str:
    """Return a paragraph of text that may be anyone's."""
    live = f' role="{role}"' if role else ""
    return f'<p{live} dir="auto" style="{_PARAGRAPH}">{shown(words)}</p>'


def names(label: str, people: Sequence[str]) -> str:
    """Return a line of names; none if there are none."""
    if not people:
        return ""
    listed = ", ".join(f"<bdi>{shown(one)}</bdi>" for one in people)
    return f'<p style="{_PARAGRAPH}"><b>{shown(label)} ({len(people)}):</b> {listed}</p>'


def ordered(lines: Sequence[str]) -> str:
    """Return a numbered list of names."""
    items = "".join(f'<li dir="auto">{shown(one)}</li>' for one in lines)
    return f'<ol style="{_LIST}">{items}</ol>'


def shown(name: str) -> str:
    """Return text that may be anyone's as HTML."""
    return escape(_texts.whole(name)) or _UNNAMED


def _distinct(choices: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Number the second and later ones of a name."""
    seen: dict[str, int] = {}
    found = []
    for name, one in choices:
        label = _texts.whole(name) or _UNNAMED
        seen[label] = count = seen.get(label, 0) + 1
        found.append((label if count == 1 else f"{label} ({count})", one))
    return found
