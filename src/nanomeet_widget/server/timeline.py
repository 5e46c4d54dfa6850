"""A stream's own time: from its first keyframe on, going on where a sender's clock begins anew."""

from __future__ import annotations

from nanomeet_widget.server.frames import Frame, Track

#: Microseconds: the clock of a sender that came back may have begun anew.
_CLOCK_RESTARTED = 1_000_000
#: Microseconds that a frame lasts whose sender does not say.
USUAL_DURATION = 20_000


class Timeline:
    """Places frames in time. It begins at the first keyframe; sound before it has no place."""

    def __init__(self) -> None:
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
            if frame.track is not Track.VIDEO or not frame.keyframe:
                return None
            self._start = frame.timestamp
        time = frame.timestamp - self._start + self._offset
        if self._last and time < self.latest - _CLOCK_RESTARTED:
            begin = self.latest + USUAL_DURATION
            self._offset += begin - time
            time = begin
        if time < 0:
            return None
        time = max(time, self._last.get(frame.track, -1) + 1)
        self._last[frame.track] = time
        return time
