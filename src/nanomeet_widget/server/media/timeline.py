"""A stream's time, which begins with its first keyframe, or with its first audio if it has no video.

Every sender has its own clock, and timestamps each frame with the moment of its capture. However late
frames arrive, what was captured at one moment plays at one moment; tracks are not compared with each
other. The offset between a sender's clock and this server's is determined when the sender begins: by
what it reports (`IngestOpen.clock`), otherwise by its first frames. From then on, this server's clock
only limits how far a sender can stretch a stream.
"""

from __future__ import annotations

from collections import deque

from nanomeet_widget.server.protocol.frames import Frame, Track

#: Microseconds that a frame lasts if its sender does not say.
USUAL_DURATION = 10_000
#: Microseconds that a frame lasts at most, whatever its sender says.
_LONGEST_DURATION = 1_000_000
#: Microseconds between two frames of a track at least; more than a tick of any track's timescale.
_STEP = 50
#: Microseconds: a frame that is further in the future, after a step of at least as much, means that the
#: sender's clock leapt. No frame is captured in the future, except by what was unknown at the start.
_EARLY = _LEAP = 6_000_000
#: Microseconds: clocks that differ by less are the same clock, after a slower transmission.
_ALIKE = 500_000
#: Microseconds that a sender's first picture may have been on its way, whatever the sender says.
_MOST_LATE = 30_000_000
#: Microseconds that a stream may be ahead of this server's clock.
_MOST_AHEAD = 60_000_000
#: Audio before the first picture, which is kept until its time is known: microseconds, packets, and bytes
#: of a packet at most (Opus has fewer: RFC 6716, 3.2.1, and six frames of 20 ms).
_KEPT, _MOST_KEPT, _LARGEST_KEPT = 6_000_000, 1_000, 8_192
#: Microseconds of silence after which a sender's clock may have stood still (its computer slept), and
#: microseconds until that is decided.
_SILENCE, _DECISION = 1_000_000, 1_000_000
#: Microseconds: a sender that catches up by as much meanwhile was only delayed on the network.
_CAUGHT_UP = 300_000


def starts(frame: Frame) -> bool:
    """Return whether a decoder can begin with a frame.

    Parameters
    ----------
    frame : Frame
        The frame.
    """
    return frame.keyframe or frame.track is Track.AUDIO


def lasts(frame: Frame) -> int:
    """Return how long a frame lasts if none follows, in microseconds.

    Parameters
    ----------
    frame : Frame
        The frame.
    """
    return min(frame.duration or USUAL_DURATION, _LONGEST_DURATION)


class Timeline:
    """Gives frames their time in the stream.

    Times of this server's clock (`now`) are in seconds of any monotonic clock, all others in
    microseconds.

    Parameters
    ----------
    lead : Track, optional
        The track with which the stream begins: audio, if there is no video.
    """

    def __init__(self, lead: Track = Track.VIDEO) -> None:
        self._lead = lead
        #: When the stream begins, by this server's clock.
        self._zero: int | None = None
        self._last: dict[Track, int] = {}
        #: The stream's time at which the current sender began.
        self._begun = 0
        self._sender = _Sender(None)
        self._early: deque[Frame] = deque(maxlen=_MOST_KEPT)

    @property
    def latest(self) -> int:
        """The time of the last frame, in microseconds."""
        return max(self._last.values(), default=0)

    def at(self, now: float) -> int:
        """Return the stream's time at a moment, in microseconds.

        Parameters
        ----------
        now : float
            The moment, in seconds.
        """
        return 0 if self._zero is None else max(0, _microseconds(now) - self._zero)

    def begin(self, now: float, clock: int | None = None) -> bool:
        """Expect frames from another sender, or again from the same one.

        Parameters
        ----------
        now : float
            The current time, in seconds.
        clock : int, optional
            The sender's clock now, in microseconds; None if the sender does not tell.

        Returns
        -------
        bool
            Whether the sender reports another clock than the last sender's.
        """
        before = self._sender
        self._sender = _Sender(None if clock is None else _microseconds(now) - clock)
        self._early.clear()
        return before.begun and clock is not None and not self._sender.like(before)

    def place(self, frame: Frame, now: float) -> int | None:
        """Return a frame's time in the stream.

        Parameters
        ----------
        frame : Frame
            A media frame.
        now : float
            When it arrived, in seconds.

        Returns
        -------
        int or None
            Microseconds, which increase within a track; None if the time is not known yet, or the frame
            is not part of the stream.
        """
        moment, sender = _microseconds(now), self._sender
        sender.hear(frame, moment)
        if not sender.begun:
            if frame.track is not self._lead or not starts(frame):
                self._keep(frame)
                return None
            self._settle(sender.start(frame), moment)
        return self._put(frame.track, sender.captured(frame, moment), moment)

    def early(self, now: float) -> list[tuple[Frame, int]]:
        """Return the audio frames that arrived before their time was known; each is returned once.

        Parameters
        ----------
        now : float
            The current time, in seconds.

        Returns
        -------
        list of tuple
            A frame, and its time in the stream, in microseconds.
        """
        waiting, self._early = self._early, deque(maxlen=_MOST_KEPT)
        placed = []
        for frame in waiting:
            captured = self._sender.captured_before(frame)
            time = self._put(frame.track, captured, _microseconds(now))
            if time is not None:
                placed.append((frame, time))
        return placed

    def late(self, time: int, now: float) -> int:
        """Return how long ago a time in the stream was, in microseconds.

        Parameters
        ----------
        time : int
            The time in the stream, in microseconds.
        now : float
            The current time, in seconds.
        """
        return 0 if self._zero is None else _microseconds(now) - self._zero - time

    def _keep(self, frame: Frame) -> None:
        if frame.track is not self._lead and len(frame.payload) <= _LARGEST_KEPT:
            self._early.append(frame)
            while frame.timestamp - self._early[0].timestamp > _KEPT:
                self._early.popleft()

    def _settle(self, captured: int, moment: int) -> None:
        """Place a sender's first frame after all earlier frames of the stream."""
        believed = max(moment - _MOST_LATE, min(captured, moment))
        self._sender.shift(believed - captured)
        captured = believed
        if self._zero is None:
            self._zero = captured
        elif self._last:
            overlap = self._zero + self.latest + USUAL_DURATION - captured
            if overlap > 0:
                self._sender.shift(overlap)
                captured += overlap
        self._begun = captured - self._zero

    def _put(self, track: Track, captured: int, moment: int) -> int | None:
        if self._zero is None:
            return None
        time = min(captured, moment + _MOST_AHEAD) - self._zero
        last = self._last.get(track, -_STEP)
        if time < self._begun and time <= last:
            # From before the sender's first picture, and at a time that is already taken.
            return None
        time = max(time, last + _STEP)
        self._last[track] = time
        return time


class _Sender:
    """One sender's clock; `said` is the reported offset to this server's clock."""

    def __init__(self, said: int | None) -> None:
        self._says = said is not None
        #: The offset to this server's clock; the same for all tracks until the sender's clock leaps.
        self._offset = said
        self._offsets: dict[Track, int] = {}
        self.begun = False
        #: Timestamp and arrival of each track's last frame.
        self._before: dict[Track, tuple[int, int]] = {}
        self._halt = _Halt()

    def hear(self, frame: Frame, moment: int) -> None:
        """Estimate the offset from a frame's arrival, unless the sender reported it."""
        if self._says:
            return
        stood = self._halt.notice(frame, moment)
        if not self.begun:
            # The frame with the least delay is the best estimate.
            passed = moment - frame.timestamp
            self._offset = passed if self._offset is None else min(self._offset, passed)
        elif stood:
            # The same for all tracks.
            self._offsets = {track: offset + stood for track, offset in self._offsets.items()}
            self._offset = (self._offset or 0) + stood

    def like(self, other: _Sender) -> bool:
        """Return whether both seem to have the same clock."""
        return abs((self._offset or 0) - (other._offset or 0)) < _ALIKE

    def start(self, frame: Frame) -> int:
        """Fix the offset at the first frame of the stream; return when that was captured."""
        self.begun = True
        return self.captured_before(frame)

    def shift(self, by: int) -> None:
        """Move all frames to a later time, before any frame has one."""
        self._offset = (self._offset or 0) + by

    def captured_before(self, frame: Frame) -> int:
        """Return when a frame from before the first one of the stream was captured."""
        return frame.timestamp + (self._offset or 0)

    def captured(self, frame: Frame, moment: int) -> int:
        """Return when a frame was captured that arrived at `moment`."""
        track = frame.track
        captured = frame.timestamp + self._offset_of(track)
        before = self._before.get(track)
        if before is not None and captured - moment > _EARLY:
            time, came = before
            stepped, passed = frame.timestamp - time, moment - came
            if stepped - passed > _LEAP:
                captured = self._leapt(frame, expected=captured - stepped + passed)
        self._before[track] = frame.timestamp, moment
        return captured

    def _offset_of(self, track: Track) -> int:
        return self._offsets.get(track, self._offset or 0)

    def _leapt(self, frame: Frame, expected: int) -> int:
        """Continue after a leap: with the offset of another track that leapt as far, or as expected."""
        together = frame.timestamp + (self._offset or 0)
        if abs(together - expected) > _EARLY:
            # The other tracks keep their offsets.
            for other in Track:
                self._offsets.setdefault(other, self._offset or 0)
            self._offset = expected - frame.timestamp
        self._offsets[frame.track] = self._offset or 0
        return frame.timestamp + (self._offset or 0)


class _Halt:
    """Notices that a sender's clock stood still, as it does while its computer sleeps.

    Afterwards all tracks arrive later than before. After a mere delay on the network, they catch up.
    """

    def __init__(self) -> None:
        #: When the last frame arrived.
        self._heard: int | None = None
        #: For each track's last frames: their arrival, and the arrival minus the timestamp.
        self._usual: dict[Track, deque[tuple[int, int]]] = {track: deque() for track in Track}
        #: When the possible halt was noticed, by how much the first frame was later than its track before,
        #: and the least by which any frame since was later.
        self._since: int | None = None
        self._at_first = self._least = 0

    def notice(self, frame: Frame, moment: int) -> int:
        """Examine a frame; return for how long the clock stood still, once that is decided, otherwise 0."""
        late, usual = moment - frame.timestamp, self._usual[frame.track]
        later = late - min(was for _, was in usual) if usual else None
        silent = self._heard is not None and moment - self._heard >= _SILENCE
        self._heard = moment
        if silent and later is not None and later >= _SILENCE - _CAUGHT_UP:
            self._since, self._at_first, self._least = moment, later, later
        if self._since is None:
            usual.append((moment, late))
            while moment - usual[0][0] > _DECISION:
                usual.popleft()
            return 0
        if later is not None:
            self._least = min(self._least, later)
        if self._at_first - self._least > _CAUGHT_UP:
            self._since = None
        elif moment - self._since >= _DECISION:
            self._since = None
            for lateness in self._usual.values():
                lateness.clear()
            return self._least
        return 0


def _microseconds(seconds: float) -> int:
    return int(seconds * 1_000_000)
