"""A stream's own time: from its first keyframe on, or its first sound where there is no picture, going on where another clock begins."""

from __future__ import annotations

from nanomeet_widget.server.frames import Frame, Track

#: Microseconds: a step further back, or further ahead, is another clock. The one of a sender that
#: came back may have begun anew, and that of another page began at some other time.
_BACK, _AHEAD = 1_000_000, 6_000_000
#: Microseconds that a frame lasts whose sender does not say.
USUAL_DURATION = 10_000


def starts(frame: Frame) -> bool:
    """Return whether a decoder can begin with this frame."""
    return frame.keyframe or frame.track is Track.AUDIO


class Timeline:
    """Places frames in time. It begins at the first keyframe; sound before it has no place.

    Parameters
    ----------
    lead
        The track that it begins with: sound, where there is no picture.
    """

    def __init__(self, lead: Track = Track.VIDEO) -> None:
        self._lead = lead
        self._start: int | None = None
        self._offset = 0
        self._last: dict[Track, int] = {}

    @property
    def latest(self) -> int:
        """The time of the last frame, in microseconds."""
        return max(self._last.values(), default=0)

    def place(self, frame: Frame) -> int | None:
        """Return where a frame of media goes, in microseconds; None if it has no place.

        The times of a track only go up.
        """
        if self._start is None:
            if frame.track is not self._lead or not starts(frame):
                return None
            self._start = frame.timestamp
        time = frame.timestamp - self._start + self._offset
        if self._last and not -_BACK <= time - self.latest <= _AHEAD:
            begin = self.latest + USUAL_DURATION
            self._offset += begin - time
            time = begin
        if time < 0:
            return None
        time = max(time, self._last.get(frame.track, -1) + 1)
        self._last[frame.track] = time
        return time
