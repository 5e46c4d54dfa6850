"""A poll as a notebook shows it: its options as a table with bars."""

from __future__ import annotations

from html import escape

from nanomeet_widget import _texts
from nanomeet_widget._models import PollInfo

# The notebook's own colours, in light and dark.
_BOX = "max-width:40em;min-width:0;color:inherit"
_TABLE = (
    "width:100%;table-layout:fixed;border-collapse:collapse;color:inherit;background:transparent"
)
_CAPTION = (
    "caption-side:top;text-align:start;color:inherit;font-weight:bold;padding:4px 0;"
    "overflow-wrap:anywhere;white-space:pre-line"
)
_ROW = "background:transparent"
_OPTION = (
    "text-align:start;font-weight:normal;color:inherit;padding:4px 8px 6px 0;overflow-wrap:anywhere"
)
_VOTES = (
    "width:7.5em;text-align:end;color:inherit;padding:4px 0;vertical-align:top;"
    "font-variant-numeric:tabular-nums"
)
_RAIL = "border:1px solid;height:8px;margin-top:3px;border-radius:4px;overflow:hidden;opacity:.75"
_CELLS = 20


def share(votes: int, voters: int) -> float:
    """Return how many of all voters chose an option, in percent."""
    return 100 * votes / voters if voters else 0.0


def summary(poll: PollInfo) -> str:
    """Return where a poll stands, in a sentence."""
    people = f"{poll['voters']} {'person' if poll['voters'] == 1 else 'people'} voted"
    kind = "anonymous" if poll["anonymous"] else "not anonymous"
    several = ", several options possible" if poll["multiple"] else ""
    return f"{'Open' if poll['open'] else 'Closed'}, {kind}{several}: {people}"


def as_html(poll: PollInfo) -> str:
    """Return a poll as HTML, its texts escaped."""
    rows = "".join(_row(poll, number) for number in range(len(poll["options"])))
    return (
        f'<div style="{_BOX}"><table style="{_TABLE}">'
        f'<caption dir="auto" style="{_CAPTION}">{_escaped(poll["question"])}</caption>'
        f"<tbody>{rows}</tbody></table>"
        f'<p style="color:inherit;margin:4px 0">{escape(summary(poll))}</p></div>'
    )


def _row(poll: PollInfo, number: int) -> str:
    counts = poll["counts"]
    mark = " ✓ (right)" if number in poll["correct"] else ""
    votes = 0 if counts is None else counts[number]
    width = share(votes, poll["voters"])
    words = "—" if counts is None else f"{votes} ({width:.0f} %)"
    bar = f'<div style="height:100%;width:{width:.2f}%;background:currentColor"></div>'
    return (
        f'<tr style="{_ROW}"><th scope="row" style="{_OPTION}">'
        f'<span dir="auto">{_escaped(poll["options"][number])}</span>{mark}'
        f'<div aria-hidden="true" style="{_RAIL}">{bar}</div></th>'
        f'<td style="{_VOTES}">{words}</td></tr>'
    )


def as_text(poll: PollInfo) -> str:
    """Return a poll as plain text."""
    lines = [_texts.whole(poll["question"])]
    for number, option in enumerate(poll["options"]):
        counts = poll["counts"]
        mark = " ✓" if number in poll["correct"] else ""
        if counts is None:
            lines.append(f"  {_texts.whole(option)}{mark}")
            continue
        width = share(counts[number], poll["voters"])
        bar = "█" * round(width * _CELLS / 100)
        lines.append(
            f"  {_texts.whole(option)}{mark}: {counts[number]} ({width:.0f} %) {bar}".rstrip()
        )
    return "\n".join([*lines, summary(poll)])


def _escaped(text: str) -> str:
    return escape(_texts.whole(text))
