"""A recording's chapters, as WebVTT for players."""

from __future__ import annotations

from collections.abc import Sequence

#: Seconds: events closer together share a chapter, as players could not show each.
_TOGETHER = 2.0
#: How many events a chapter's title names.
_NAMED = 3


def webvtt(marks: Sequence[tuple[float, str]], *, duration: float) -> str:
    """Return chapters, each up to the next (WebVTT, 6.5).

    Parameters
    ----------
    marks : sequence of tuple
        Seconds since the beginning, and the title, in order.
    duration : float
        Seconds of the recording so far.

    Returns
    -------
    str
        The contents of a WebVTT file.
    """
    cues: list[tuple[float, list[str]]] = []
    for at, title in marks:
        if cues and at - cues[-1][0] < _TOGETHER:
            cues[-1][1].append(title)
        else:
            cues.append((at, [title]))
    ends = [at for at, _ in [*cues, (duration, [])]][1:]
    parts = ["WEBVTT\n"]
    for number, ((begin, titles), end) in enumerate(zip(cues, ends, strict=True), start=1):
        if end > begin:
            parts.append(f"{number}\n{_time(begin)} --> {_time(end)}\n{_text(titles)}\n")
    return "\n".join(parts)


def _text(titles: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(" ".join(title.split()) for title in titles))
    more = ["…"] if len(distinct) > _NAMED else []
    text = ", ".join([*distinct[:_NAMED], *more])
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _time(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"
