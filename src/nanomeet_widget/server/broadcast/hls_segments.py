"""A live stream cut into segments and parts, and the playlist that lists them (HLS and LL-HLS).

The rules are those of RFC 8216 and its successor (draft-pantos-hls-rfc8216bis): a segment begins with a
keyframe and is no longer than the target duration; a part is no longer than the part target, and no
shorter than 85 % of it unless it is a segment's last. It has no clock and no sockets.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timezone

from nanomeet_widget.server.media.cmaf import Sample, fragment, init_segment
from nanomeet_widget.server.media.timeline import lasts, starts
from nanomeet_widget.server.media.tracks import Setup
from nanomeet_widget.server.protocol.frames import Frame, Track

#: In seconds.
TARGET_DURATION = 4
PART_TARGET = 0.5
#: Seconds: three parts, so that one may be late.
_HOLD_BACK = 3 * PART_TARGET
#: Microseconds of a segment: a keyframe after the first value begins the next segment, a keyframe is
#: requested after the second, and without one there is a gap after the third.
_SHORTEST, _WANTED, _LONGEST = 2_000_000, 3_000_000, TARGET_DURATION * 1_000_000
_PART = int(PART_TARGET * 1_000_000)
#: Segments in the playlist (at least a minute; Apple's rules require six target durations), those whose
#: parts it lists, and those that are kept for players that are behind.
_LISTED, _WITH_PARTS, _KEPT = 30, 3, 34
#: Seconds from the end: delta updates leave out older segments.
_SKIP_UNTIL = 6.0 * TARGET_DURATION
_PROMISES = f"PART-HOLD-BACK={_HOLD_BACK},CAN-SKIP-UNTIL={_SKIP_UNTIL}"
#: Microseconds that pictures wait at most for late audio; and how fast the measured lateness decays with
#: each audio packet.
_PATIENCE, _FORGET = 6_000_000, 0.995
#: Microseconds of audio that are kept while no pictures arrive.
_MOST_SOUND = 12_000_000
#: Bytes that are kept at most, except for the last segments.
_MAX_KEPT = 48 * 1024 * 1024


@dataclass(frozen=True)
class Part:
    """A part of a segment; its duration is in microseconds."""

    data: bytes
    duration: int
    independent: bool


@dataclass(frozen=True)
class Header:
    """An initialisation section, which players need before segments with these set-ups."""

    number: int
    data: bytes


@dataclass
class Segment:
    """A segment, finished or not. Times are in microseconds since the stream began."""

    number: int
    header: Header
    start: int
    discontinuity: bool
    parts: list[Part] = field(default_factory=list)

    @property
    def duration(self) -> int:
        """Its duration so far, in microseconds."""
        return sum(part.duration for part in self.parts)

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return b"".join(part.data for part in self.parts)


@dataclass
class _Waiting:
    """A frame whose duration depends on the next one."""

    frame: Frame
    time: int


class Segments:
    """The segments of one broadcast.

    Parameters
    ----------
    mark : str
        Part of every file name, so that caches do not mix up broadcasts.
    since : float
        When the stream began, in seconds since the epoch.
    lead : Track, optional
        The track by whose frames it is cut: audio, if there is no video.
    """

    def __init__(self, mark: str, since: float, lead: Track = Track.VIDEO) -> None:
        self._lead = lead
        self._mark = mark
        self._since = since
        self._setups: dict[Track, Setup] = {}
        self._header: Header | None = None
        self._kept: deque[Segment] = deque()
        self._open: Segment | None = None
        self._next = 0
        self._broken = True
        #: Frames of the leading track, and audio that accompanies video.
        self._leading: list[_Waiting] = []
        self._sound: deque[_Waiting] = deque()
        #: Frames that wait for audio of the same time, the latest times of both, and how late audio is.
        self._held: deque[_Waiting] = deque()
        self._seen = self._heard = 0
        self._late = 0.0
        self._ended = False

    @property
    def codecs(self) -> str:
        """The codecs, as a master playlist names them."""
        return ",".join(setup.codec for setup in self._setups.values())

    @property
    def picture(self) -> Setup | None:
        """The picture's set-up."""
        return self._setups.get(Track.VIDEO)

    @property
    def wants_keyframe(self) -> bool:
        """Whether the unfinished segment needs a keyframe to end."""
        last = self._leading[-1].time if self._leading else 0
        return self._open is not None and last - self._open.start >= _WANTED

    # --- input ---------------------------------------------------------------------------------

    def setup(self, setup: Setup) -> None:
        """Set a track's set-up; a changed one begins a discontinuity.

        Parameters
        ----------
        setup : Setup
            The set-up.
        """
        if self._setups.get(setup.track) == setup:
            return
        self._release(wait=False)
        self._break()
        self._setups[setup.track] = setup

    def add(self, frame: Frame, time: int) -> bool:
        """Add a frame.

        Parameters
        ----------
        frame : Frame
            The frame.
        time : int
            Its time in the stream, in microseconds.

        Returns
        -------
        bool
            Whether the playlist has changed.
        """
        if frame.track is self._lead:
            self._seen = time
            self._held.append(_Waiting(frame, time))
        elif frame.track in self._setups:
            self._heard = time
            self._late = min(_PATIENCE, max(self._seen - time, self._late * _FORGET))
            self._sound.append(_Waiting(frame, time))
            while time - self._sound[0].time > _MOST_SOUND:
                self._sound.popleft()
        return self._release(wait=len(self._setups) > 1)

    def end(self) -> None:
        """End the stream."""
        self._release(wait=False)
        self._break()
        self._ended = True

    def _release(self, *, wait: bool) -> bool:
        """Use the frames whose audio has arrived, or is unlikely to."""
        changed = False
        while self._held:
            waiting = self._held[0]
            late = self._heard < waiting.time and self._seen - waiting.time < self._late
            if wait and late:
                break
            self._held.popleft()
            changed = self._cut(waiting.frame, waiting.time) or changed
            if self._open is not None:
                self._leading.append(waiting)
        return changed

    def _cut(self, frame: Frame, time: int) -> bool:
        """End the part or the segment before this frame, if it is due."""
        segment = self._open
        if segment is None:
            if starts(frame) and self._lead in self._setups:
                self._begin(time)
            return False
        length = time - segment.start
        if length > _LONGEST:
            self._break()
            return True
        if starts(frame) and length >= _SHORTEST:
            self._close_segment(time)
            self._begin(time)
            return True
        usual = time - self._leading[-1].time
        if time + usual - self._leading[0].time > _PART:
            self._close_part(time)
            return True
        return False

    def _begin(self, time: int) -> None:
        if self._header is None or self._broken:
            number = 0 if self._header is None else self._header.number + 1
            self._header = Header(number, init_segment(*self._setups.values()))
        # Each discontinuity has its own header, so that the header's number counts them.
        self._open = Segment(
            number=self._next,
            header=self._header,
            start=time,
            discontinuity=self._broken and self._next > 0,
        )
        self._next += 1
        if self._broken:
            # Earlier audio is in no segment.
            self._sound = deque(waiting for waiting in self._sound if waiting.time >= time)
        self._broken = False

    def _break(self) -> None:
        """Begin a discontinuity."""
        if self._open is not None:
            last = self._leading[-1]
            self._close_segment(last.time + lasts(last.frame))
        self._broken = True

    def _close_segment(self, time: int) -> None:
        self._close_part(time)
        if self._open is not None:
            self._kept.append(self._open)
        self._open = None
        while len(self._kept) > _KEPT or (len(self._kept) > _WITH_PARTS and self._too_much):
            self._kept.popleft()

    @property
    def _too_much(self) -> bool:
        return sum(len(part.data) for kept in self._kept for part in kept.parts) > _MAX_KEPT

    def _close_part(self, time: int) -> None:
        if self._open is None:
            return
        leading, self._leading = self._leading, []
        sound = [waiting for waiting in self._sound if waiting.time < time]
        self._sound = deque(waiting for waiting in self._sound if waiting.time >= time)
        data = _fragment(leading, time)
        if sound:
            last = sound[-1]
            data += _fragment(sound, last.time + lasts(last.frame))
        self._open.parts.append(
            Part(data, time - leading[0].time, independent=starts(leading[0].frame))
        )

    # --- output --------------------------------------------------------------------------------

    def has(self, segment: int, part: int | None) -> bool:
        """Return whether the playlist has a segment or part, or a later one.

        Parameters
        ----------
        segment : int
            The segment's number.
        part : int or None
            The part's number within it; None for the whole segment.
        """
        if self._ended:
            return True
        number = self._open.number if self._open is not None else self._next
        if segment != number or part is None:
            return segment < number
        return self._open is not None and part < len(self._open.parts)

    def near(self, segment: int) -> bool:
        """Return whether a request may wait for a segment.

        Parameters
        ----------
        segment : int
            The segment's number.
        """
        return segment <= self._next + 1

    @property
    def over(self) -> bool:
        """Whether the stream has ended."""
        return self._ended

    @property
    def bandwidth(self) -> int:
        """The highest bitrate of a segment so far, in bits a second."""
        rates = [
            8 * sum(len(part.data) for part in segment.parts) * 1_000_000 // segment.duration
            for segment in [*self._kept, *self._unfinished]
            if segment.duration
        ]
        return max(rates, default=1)

    @property
    def average_bandwidth(self) -> int:
        """The average bitrate of the kept segments, in bits a second."""
        segments = [*self._kept, *self._unfinished]
        bits = 8 * sum(len(part.data) for segment in segments for part in segment.parts)
        return bits * 1_000_000 // max(1, sum(segment.duration for segment in segments)) or 1

    @property
    def begun(self) -> bool:
        """Whether there is anything to play."""
        return bool(self._kept) or (self._open is not None and bool(self._open.parts))

    def file(self, name: str) -> bytes | None:
        """Return a header, a segment or a part.

        Parameters
        ----------
        name : str
            The file name.

        Returns
        -------
        bytes or None
            None if there is no such file.
        """
        for segment in [*self._kept, *self._unfinished]:
            if name == self._header_name(segment.header):
                return segment.header.data
            if segment is not self._open and name == self._segment_name(segment.number):
                return segment.data
            for number, part in enumerate(segment.parts):
                if name == self._part_name(segment.number, number):
                    return part.data
        return None

    def is_next(self, name: str) -> bool:
        """Return whether a file name is that of the next part.

        Parameters
        ----------
        name : str
            The file name.
        """
        return not self._ended and name == self._next_part()

    def playlist(self, *, delta: bool = False) -> str:
        """Return the media playlist.

        Parameters
        ----------
        delta : bool, default False
            Whether to leave out segments that are older than the skip boundary.

        Returns
        -------
        str
            The playlist.
        """
        listed = list(self._kept)[-_LISTED:]
        first = listed[0] if listed else self._open
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:9",
            f"#EXT-X-TARGETDURATION:{TARGET_DURATION}",
            f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,{_PROMISES}",
            f"#EXT-X-PART-INF:PART-TARGET={PART_TARGET}",
            "#EXT-X-INDEPENDENT-SEGMENTS",
            f"#EXT-X-MEDIA-SEQUENCE:{first.number if first else self._next}",
            f"#EXT-X-DISCONTINUITY-SEQUENCE:{_breaks_before(first)}",
        ]
        header: Header | None = None
        skipped = self._skippable(listed) if delta else 0
        if skipped:
            lines.append(f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}")
            header = listed[skipped - 1].header
        for place, segment in enumerate([*listed, *self._unfinished]):
            if place < skipped:
                continue
            if segment.discontinuity:
                lines.append("#EXT-X-DISCONTINUITY")
            if segment.header is not header:
                header = segment.header
                lines.append(f'#EXT-X-MAP:URI="{self._header_name(header)}"')
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{self._date(segment.start)}")
            if place >= len(listed) - _WITH_PARTS:
                lines += [
                    f"#EXT-X-PART:DURATION={part.duration / 1e6:.5f},"
                    f'URI="{self._part_name(segment.number, number)}"'
                    + (",INDEPENDENT=YES" if part.independent else "")
                    for number, part in enumerate(segment.parts)
                ]
            if segment is not self._open:
                lines.append(f"#EXTINF:{segment.duration / 1e6:.5f},")
                lines.append(self._segment_name(segment.number))
        if self._ended:
            lines.append("#EXT-X-ENDLIST")
        else:
            lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{self._next_part()}"')
        return "\n".join(lines) + "\n"

    def _skippable(self, listed: list[Segment]) -> int:
        """Return how many segments end before the skip boundary."""
        behind = sum(segment.duration for segment in self._unfinished)
        for number, segment in reversed(list(enumerate(listed, start=1))):
            if behind >= _SKIP_UNTIL * 1_000_000:
                return number
            behind += segment.duration
        return 0

    @property
    def _unfinished(self) -> list[Segment]:
        return [] if self._open is None else [self._open]

    def _next_part(self) -> str:
        if self._open is None:
            return self._part_name(self._next, 0)
        return self._part_name(self._open.number, len(self._open.parts))

    def _header_name(self, header: Header) -> str:
        return f"{self._mark}-{header.number}.mp4"

    def _segment_name(self, segment: int) -> str:
        return f"{self._mark}-{segment}.m4s"

    def _part_name(self, segment: int, part: int) -> str:
        return f"{self._mark}-{segment}-{part}.m4s"

    def _date(self, time: int) -> str:
        date = datetime.fromtimestamp(self._since + time / 1e6, timezone.utc)
        return date.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _breaks_before(segment: Segment | None) -> int:
    if segment is None:
        return 0
    return segment.header.number - segment.discontinuity


def _fragment(waiting: list[_Waiting], end: int) -> bytes:
    """Return frames as a fragment; each lasts until the next one."""
    ends = [following.time for following in waiting[1:]] + [end]
    track = waiting[0].frame.track
    samples = [
        Sample(w.frame.payload, until - w.time, starts(w.frame))
        for w, until in zip(waiting, ends, strict=True)
    ]
    return fragment(track, waiting[0].time, samples)
