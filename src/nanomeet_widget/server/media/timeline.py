"""A stream's own time: from its first keyframe on, or its first sound where there is no picture.

Every sender has a clock of its own, and stamps each picture and each sound with the moment at which
it was captured. However late they come, what was captured at one moment plays at one moment: no track
is measured by another. How a sender's clock stands to this server's is settled when it begins: by what
it says (`IngestOpen.clock`), or else by what comes first. From then on the server's clock only bounds
what a sender can do to the length of a stream.
"""

from __future__ import annotations

from collections import deque

from nanomeet_widget.server.protocol.frames import Frame, Track

#: Microseconds that a frame lasts whose sender does not say.
USUAL_DURATION = 10_000
#: Microseconds: no frame lasts longer by its sender's word alone.
_LONGEST_DURATION = 1_000_000
#: Microseconds between two frames of a track at least: more than a tick of any track's time scale.
_STEP = 50
#: Microseconds: a clock that is further ahead of this server's has leapt, if it did so in one step of as
#: much. Nothing was captured later than now, but for what was not known when its sender began.
_EARLY = _LEAP = 6_000_000
#: Microseconds: two clocks that are no further apart are one, of which the way here took a little longer.
_ALIKE = 500_000
#: Microseconds that a sender's first picture can have taken, whatever it says.
_MOST_LATE = 30_000_000
#: Microseconds that a stream can be ahead of this server's clock at all.
_MOST_AHEAD = 60_000_000
#: Microseconds of sound before the first picture that are kept until its moment is known, how many
#: packets at most, and the bytes of one (Opus has fewer: RFC 6716, 3.2.1, and six frames of 20 ms).
_KEPT, _MOST_KEPT, _LARGEST_KEPT = 6_000_000, 1_000, 8_192
#: Microseconds without anything of a sender, after which its clock may have stood still (its machine
#: slept), and after which that is decided.
_SILENCE, _DECISION = 1_000_000, 1_000_000
#: Microseconds: who catches up by as much meanwhile was only held up on the way.
_CAUGHT_UP = 300_000


def starts(frame: Frame) -> bool:
    """Return whether a decoder can begin with this frame."""
    return frame.keyframe or frame.track is Track.AUDIO


def lasts(frame: Frame) -> int:
    """Return how long a frame is seen or heard if nothing follows, in microseconds."""
    return min(frame.duration or USUAL_DURATION, _LONGEST_DURATION)


class Timeline:
    """Places frames in time. It begins at the first keyframe; sound before it has no place.

    Moments of this server's clock are in seconds of any one monotonic clock, all others in microseconds.

    Parameters
    ----------
    lead
        The track that it begins with: sound, where there is no picture.
    """

    def __init__(self, lead: Track = Track.VIDEO) -> None:
        self._lead = lead
        #: The moment of this server's clock at which the stream begins.
        self._zero: int | None = None
        self._last: dict[Track, int] = {}
        #: The time at which the sender that there is now began.
        self._begun = 0
        self._sender = _Sender(None)
        self._early: deque[Frame] = deque(maxlen=_MOST_KEPT)

    @property
    def latest(self) -> int:
        """The time of the last frame, in microseconds."""
        return max(self._last.values(), default=0)

    def at(self, now: float) -> int:
        """Return the stream's time at a moment, in microseconds."""
        return 0 if self._zero is None else max(0, _microseconds(now) - self._zero)

    def begin(self, now: float, clock: int | None = None) -> bool:
        """Take note that another sender begins, or the same one again.

        Returns whether it says that its clock is another one than the last sender's.

        Parameters
        ----------
        now
            This moment.
        clock
            What the sender's clock shows at this moment, in microseconds; None if it does not say.
        """
        before = self._sender
        self._sender = _Sender(None if clock is None else _microseconds(now) - clock)
        self._early.clear()
        return before.begun and clock is not None and not self._sender.like(before)

    def place(self, frame: Frame, now: float) -> int | None:
        """Return where a frame of media goes, in microseconds; None if it has no place yet, or none.

        The times of a track only go up.

        Parameters
        ----------
        frame
            The frame.
        now
            The moment at which it came.
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
        """Return what came before its moment was known, with its time; each once."""
        waiting, self._early = self._early, deque(maxlen=_MOST_KEPT)
        placed = []
        for frame in waiting:
            captured = self._sender.captured_before(frame)
            time = self._put(frame.track, captured, _microseconds(now))
            if time is not None:
                placed.append((frame, time))
        return placed

    def late(self, time: int, now: float) -> int:
        """Return how long after its time in the stream this moment is, in microseconds."""
        return 0 if self._zero is None else _microseconds(now) - self._zero - time

    def _keep(self, frame: Frame) -> None:
        if frame.track is not self._lead and len(frame.payload) <= _LARGEST_KEPT:
            self._early.append(frame)
            while frame.timestamp - self._early[0].timestamp > _KEPT:
                self._early.popleft()

    def _settle(self, captured: int, moment: int) -> None:
        """Let the sender's first frame, captured some time before it came, have its place after all others."""
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
            # From before its sender's first picture, and of a moment that is taken.
            return None
        time = max(time, last + _STEP)
        self._last[track] = time
        return time


class _Sender:
    """One sender's clock, as this server's clock has it; `said` is what has to be added to it."""

    def __init__(self, said: int | None) -> None:
        self._says = said is not None
        #: What is to be added to the sender's times; the same for all its tracks, as long as its clock
        #: does not leap.
        self._offset = said
        self._offsets: dict[Track, int] = {}
        self.begun = False
        #: The time that the last frame of each track had, and when it came.
        self._before: dict[Track, tuple[int, int]] = {}
        self._halt = _Halt()

    def hear(self, frame: Frame, moment: int) -> None:
        """Learn from a frame's arrival how the clocks stand to each other, where it is not said."""
        if self._says:
            return
        stood = self._halt.notice(frame, moment)
        if not self.begun:
            # The one that was hardly delayed tells most.
            passed = moment - frame.timestamp
            self._offset = passed if self._offset is None else min(self._offset, passed)
        elif stood:
            # All of its tracks alike.
            self._offsets = {track: offset + stood for track, offset in self._offsets.items()}
            self._offset = (self._offset or 0) + stood

    def like(self, other: _Sender) -> bool:
        """Return whether both have the same clock, as far as one can see."""
        return abs((self._offset or 0) - (other._offset or 0)) < _ALIKE

    def start(self, frame: Frame) -> int:
        """Settle it at the first frame that has a place; return when that was captured."""
        self.begun = True
        return self.captured_before(frame)

    def shift(self, by: int) -> None:
        """Let everything be later, before anything has a place."""
        self._offset = (self._offset or 0) + by

    def captured_before(self, frame: Frame) -> int:
        """Return when something was captured that came before its sender's first frame."""
        return frame.timestamp + (self._offset or 0)

    def captured(self, frame: Frame, moment: int) -> int:
        """Return when a frame was captured that came at a moment."""
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
        """Go on after a leap: as another track that leapt as far, or with what was to be expected."""
        together = frame.timestamp + (self._offset or 0)
        if abs(together - expected) > _EARLY:
            # What another track has of its own stays its own.
            for other in Track:
                self._offsets.setdefault(other, self._offset or 0)
            self._offset = expected - frame.timestamp
        self._offsets[frame.track] = self._offset or 0
        return frame.timestamp + (self._offset or 0)


class _Halt:
    """Notices a clock that stood still, as one does while its machine sleeps.

    After it every track is later than it was. What was only held up on its way catches up.
    """

    def __init__(self) -> None:
        #: When something came last.
        self._heard: int | None = None
        #: When the last frames of each track came, and how much more that was than their own time.
        self._usual: dict[Track, deque[tuple[int, int]]] = {track: deque() for track in Track}
        #: Since when the clock may have stood still, how much later the first frame was then than its
        #: track's were before, and how much later at least one of them was.
        self._since: int | None = None
        self._at_first = self._least = 0

    def notice(self, frame: Frame, moment: int) -> int:
        """Take note of a frame that came; return how long the clock has stood still, once it is clear."""
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
