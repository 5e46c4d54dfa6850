"""Encodes pictures and sound for the server: H.264 or VP9, and Opus, with little delay."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec

from nanomeet_widget._errors import StreamError
from nanomeet_widget.media.pipe import Samples
from nanomeet_widget.server.protocol.common import Codec
from nanomeet_widget.server.protocol.frames import Frame, Kind, Track, TrackSetup

if TYPE_CHECKING:
    import av
    import numpy as np
    from numpy.typing import NDArray

_MICROSECONDS = Fraction(1, 1_000_000)
_SECOND = 1_000_000
#: Microseconds: a viewer begins at a keyframe, and an HLS segment, too.
KEYFRAME_EVERY = 2 * _SECOND
#: Bits per pixel, as pages have it (`js/src/composer/encoder.ts`): 900 kbit/s at 640x360x30.
_BITS_PER_PIXEL = 0.13
#: Bits a second: below what the server accepts by default (`Limits.ingest_rate`), with sound and peaks.
_MOST_BITS = 14_000_000
#: x264's constant quality: good enough for the small print of a plot. The bit rate is its limit.
_QUALITY = 21
_GLOBAL_HEADER = 1 << 22
#: As FFmpeg numbers them: BT.601's matrix and the limited range, which browsers decode exactly; arrays
#: have the primaries and the transfer function of sRGB.
_ITU601, _LIMITED, _PRIMARIES, _TRANSFER = 6, 1, 1, 13
#: Untagged video of so many lines is BT.709, and below it is BT.601.
_UNTAGGED, _HD = 2, 720
_KEY = 1
_ENCODERS: dict[Codec, str] = {"h264": "libx264", "vp9": "libvpx-vp9"}
#: Of VP9 for up to 1280x720x30, up to 1920x1080x30, and above.
_VP9_LEVELS = ((1280 * 720 * 30, "31"), (1920 * 1080 * 30, "40"), (1 << 62, "51"))

RATE, CHANNELS = 48_000, 2
#: Samples of a packet: 10 ms.
PACKET = 480
_SOUND_BITS = 96_000
#: Microseconds by which blocks may be early or late before sound is cut or has a hole: more than a source
#: may lag (`pace`).
_SLACK = 200_000


def choose(codec: Codec | None) -> Codec:
    """Return the codec to encode with: the wanted one, else the first of those that PyAV has here.

    Parameters
    ----------
    codec : Codec or None
        The wanted one.

    Returns
    -------
    Codec
        The codec.

    Raises
    ------
    StreamError
        If it cannot be encoded here.
    """
    import av  # noqa: PLC0415 - a heavy module that only senders need

    tried = tuple(_ENCODERS) if codec is None else (codec,)
    for name in tried:
        if _ENCODERS.get(name) in av.codecs_available:
            return name
    raise StreamError(
        f"PyAV encodes no {' or '.join(tried)} here: install PyAV's own wheel, or choose another codec"
    )


class PictureEncoder:
    """Encodes pictures of one size.

    Parameters
    ----------
    codec : Codec
        As `choose` returns it.
    width, height : int
        Even numbers of pixels.
    fps : float
        Pictures a second, at most.
    """

    def __init__(self, codec: Codec, width: int, height: int, fps: float) -> None:
        import av  # noqa: PLC0415 - as above
        from av.video.reformatter import VideoReformatter  # noqa: PLC0415 - as above

        self.size = (width, height)
        self.codec = codec
        self._fps = fps
        self._reformatter = VideoReformatter()
        context: Any = av.CodecContext.create(_ENCODERS[codec], "w")
        self._context = context
        rate = min(_MOST_BITS, round(width * height * fps * _BITS_PER_PIXEL))
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base, context.framerate = _MICROSECONDS, Fraction(fps).limit_denominator(1000)
        context.colorspace, context.color_range = _ITU601, _LIMITED
        context.color_primaries, context.color_trc = _PRIMARIES, _TRANSFER
        context.thread_count = 1
        context.max_b_frames = 0
        # Keyframes come by the clock, not by the number of pictures.
        context.gop_size = 1 << 16
        if codec == "h264":
            context.flags |= _GLOBAL_HEADER
            context.options = {
                "preset": "ultrafast",
                "tune": "zerolatency",
                "crf": str(_QUALITY),
                "maxrate": str(rate),
                "bufsize": str(rate // 2),
                "forced-idr": "1",
                "x264-params": "annexb=0:scenecut=0",
            }
        else:
            context.bit_rate = rate
            context.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
        context.open()
        self._keyframe_at: int | None = None
        self._last = -1

    def setup(self) -> Frame:
        """Return the set-up frame."""
        extradata = self._context.extradata
        description = None
        if self.codec == "h264":
            codec = f"avc1.{extradata[1:4].hex()}"
            description = base64.b64encode(extradata).decode()
        else:
            pixels = self.size[0] * self.size[1] * self._fps
            codec = f"vp09.00.{next(level for most, level in _VP9_LEVELS if pixels <= most)}.08"
        width, height = self.size
        return _setup(
            Track.VIDEO,
            TrackSetup(
                codec=codec,
                description=description,
                width=width,
                height=height,
                framerate=float(self._fps),
            ),
        )

    def convert(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Return a picture in the encoder's size and colours: BT.601, of limited range.

        A picture of other proportions has black borders.

        Parameters
        ----------
        frame : VideoFrame
            RGB, grey, or a file's own colours.

        Returns
        -------
        VideoFrame
            A copy.
        """
        from av.video.reformatter import ColorRange, Colorspace  # noqa: PLC0415 - as above

        width, height = _inside(frame.width, frame.height, self.size)
        untagged_hd = frame.colorspace == _UNTAGGED and frame.height >= _HD
        converted = self._reformatter.reformat(
            frame,
            width,
            height,
            "yuv420p",
            src_colorspace=Colorspace.ITU709 if untagged_hd else None,
            dst_colorspace=Colorspace.ITU601,
            dst_color_range=ColorRange.MPEG,
        )
        if converted is frame or (width, height) != self.size:
            converted = _bordered(converted, self.size)
        return converted

    def encode(self, converted: av.VideoFrame, at: int, *, keyframe: bool) -> Iterator[Frame]:
        """Encode a picture.

        Parameters
        ----------
        converted : VideoFrame
            As `convert` returns it.
        at : int
            When it was captured, in microseconds.
        keyframe : bool
            Whether to make it a keyframe, although none is due.

        Yields
        ------
        Frame
            The frames to send.
        """
        at = max(at, self._last + 1)
        self._last = at
        due = self._keyframe_at is None or at - self._keyframe_at >= KEYFRAME_EVERY
        converted.pts, converted.time_base = at, _MICROSECONDS
        converted.pict_type = _KEY if keyframe or due else 0
        for packet in self._context.encode(converted):
            if packet.is_keyframe:
                self._keyframe_at = at
            yield Frame(
                kind=Kind.MEDIA,
                track=Track.VIDEO,
                timestamp=packet.pts,
                payload=bytes(packet),
                duration=round(_SECOND / self._fps),
                keyframe=packet.is_keyframe,
            )


def _inside(width: int, height: int, box: tuple[int, int]) -> tuple[int, int]:
    """Return the largest even size of these proportions within a box."""
    scale = min(box[0] / width, box[1] / height)
    return tuple(  # type: ignore[return-value]
        min(most, max(2, 2 * round(side * scale / 2)))
        for side, most in zip((width, height), box, strict=True)
    )


def _bordered(frame: av.VideoFrame, size: tuple[int, int]) -> av.VideoFrame:
    """Return a copy in the middle of a black picture."""
    whole = black(*size)
    dx, dy = ((size[0] - frame.width) // 4) * 2, ((size[1] - frame.height) // 4) * 2
    for half, source, target in zip((1, 2, 2), frame.planes, whole.planes, strict=True):
        rows = _values(target).reshape(-1, target.line_size)
        width, height = frame.width // half, frame.height // half
        picture = _values(source).reshape(-1, source.line_size)
        x, y = dx // half, dy // half
        rows[y : y + height, x : x + width] = picture[:height, :width]
    return whole


def black(width: int, height: int, light: int = 16) -> av.VideoFrame:
    """Return a plain picture.

    Parameters
    ----------
    width, height : int
        Even numbers of pixels.
    light : int, optional
        Its brightness, from 16 (black).

    Returns
    -------
    VideoFrame
        The picture.
    """
    import av  # noqa: PLC0415 - as above

    frame = av.VideoFrame(width, height, "yuv420p")
    for plane, value in zip(frame.planes, (light, 128, 128), strict=True):
        _values(plane)[:] = value
    frame.colorspace, frame.color_range = _ITU601, _LIMITED
    return frame


def _values(plane: Any) -> NDArray[np.uint8]:  # noqa: ANN401 - of PyAV, whose types know no buffers
    import numpy as np  # noqa: PLC0415 - as above

    return np.frombuffer(plane, np.uint8)


class SoundEncoder:
    """Encodes sound as Opus, in packets of 10 ms."""

    def __init__(self) -> None:
        import av  # noqa: PLC0415 - as above

        self._context: Any = av.CodecContext.create("libopus", "w")
        self._context.sample_rate, self._context.layout = RATE, "stereo"
        self._context.format, self._context.bit_rate = "s16", _SOUND_BITS
        self._context.options = {"frame_duration": "10"}
        self._context.open()
        self._resampler: Any = None
        self._kind = (0, 0)
        #: When the sound began, at its first sample, and how many samples came in and went out since.
        self._begin: int | None = None
        self._given = self._taken = 0

    def setup(self) -> Frame:
        """Return the set-up frame."""
        head = base64.b64encode(self._context.extradata).decode()
        return _setup(
            Track.AUDIO,
            TrackSetup(codec="opus", description=head, sample_rate=RATE, channels=CHANNELS),
        )

    def encode(self, block: Samples) -> Iterator[Frame]:
        """Encode samples; what fills no packet waits for the next block.

        Parameters
        ----------
        block : Samples
            The samples.

        Yields
        ------
        Frame
            The frames to send.
        """
        import av  # noqa: PLC0415 - as above
        import numpy as np  # noqa: PLC0415 - as above

        values = np.frombuffer(block.data, np.int16)
        if not len(values):
            return
        self._place(block)
        frame = av.AudioFrame.from_ndarray(
            values.reshape(1, -1), format="s16", layout="mono" if block.channels == 1 else "stereo"
        )
        frame.sample_rate = block.rate
        self._given += frame.samples
        for part in self._resampler.resample(frame):
            at = (self._begin or 0) + self._taken * _SECOND // RATE
            self._taken += part.samples
            part.pts, part.time_base = self._taken - part.samples, Fraction(1, RATE)
            for packet in self._context.encode(part):
                yield Frame(
                    kind=Kind.MEDIA,
                    track=Track.AUDIO,
                    timestamp=at,
                    payload=bytes(packet),
                    duration=PACKET * _SECOND // RATE,
                    keyframe=True,
                )

    def _place(self, block: Samples) -> None:
        """Continue at the last block's end, unless this one lies elsewhere."""
        import av  # noqa: PLC0415 - as above

        kind = (block.rate, block.channels)
        if self._begin is not None and kind == self._kind:
            end = self._begin + self._given * _SECOND // block.rate
            if abs(block.at - end) <= _SLACK:
                return
        self._begin, self._given, self._taken, self._kind = block.at, 0, 0, kind
        self._resampler = av.AudioResampler(
            format="s16", layout="stereo", rate=RATE, frame_size=PACKET
        )


def _setup(track: Track, setup: TrackSetup) -> Frame:
    return Frame(
        kind=Kind.SETUP,
        track=track,
        timestamp=0,
        payload=msgspec.json.encode(setup),
        keyframe=False,
    )
