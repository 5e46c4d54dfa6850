"""Decodes the frames of a stream, in the order in which they arrive."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from nanomeet_widget._errors import StreamError
from nanomeet_widget.server.protocol.frames import Frame, TrackSetup

if TYPE_CHECKING:
    import av
    import numpy as np
    from numpy.typing import NDArray

_MICROSECONDS = Fraction(1, 1_000_000)
#: Decoders, the best first, by how the name of a codec begins, as WebCodecs writes it.
_DECODERS: dict[str, tuple[str, ...]] = {
    "avc1": ("h264",),
    "avc3": ("h264",),
    "vp8": ("vp8", "libvpx"),
    "vp09": ("vp9", "libvpx-vp9"),
    "av01": ("libdav1d", "av1"),
}
_SOUND_DECODERS = ("libopus", "opus")


class UndecodableError(StreamError):
    """PyAV cannot decode this stream here."""


class PictureDecoder:
    """Decodes pictures of one set-up.

    Parameters
    ----------
    setup : TrackSetup
        What the stream says of its pictures.

    Raises
    ------
    UndecodableError
        If PyAV has no decoder for them.
    """

    def __init__(self, setup: TrackSetup) -> None:
        import av  # noqa: PLC0415 - a heavy module that only readers need

        context: Any = _opened(_DECODERS.get(setup.codec.partition(".")[0], ()), setup)
        # One thread, and no frame held back: each thread would hold another one.
        context.thread_count = 1
        context.flags |= int(av.codec.context.Flags.low_delay)
        self._context = context
        self._errors = av.error.FFmpegError
        self._ready = False

    def decode(self, frame: Frame) -> Iterator[av.VideoFrame]:
        """Return the pictures of a frame; none of a stream that has a hole, until its next keyframe.

        Parameters
        ----------
        frame : Frame
            The frame.

        Yields
        ------
        av.VideoFrame
            A picture; its `pts` is the frame's time in microseconds.
        """
        self._ready = self._ready or frame.keyframe
        if not self._ready:
            return
        try:
            yield from self._context.decode(_packet(frame))
        except self._errors:
            self._ready = False


class SoundDecoder:
    """Decodes Opus.

    Parameters
    ----------
    setup : TrackSetup
        What the stream says of its sound.

    Raises
    ------
    UndecodableError
        If PyAV has no decoder for it.
    """

    def __init__(self, setup: TrackSetup) -> None:
        import av  # noqa: PLC0415 - a heavy module that only readers need

        names = _SOUND_DECODERS if setup.codec == "opus" else ()
        self._context: Any = _opened(names, setup, channels=min(setup.channels or 2, 2))
        self._errors = av.error.FFmpegError

    def decode(self, frame: Frame) -> Iterator[av.AudioFrame]:
        """Return the sound of a frame; none of one that is damaged.

        Parameters
        ----------
        frame : Frame
            The frame.

        Yields
        ------
        av.AudioFrame
            The sound; its `pts` is the frame's time in microseconds.
        """
        try:
            yield from self._context.decode(_packet(frame))
        except self._errors:
            return


def rgb(picture: av.VideoFrame, *, lines: int) -> NDArray[np.uint8]:
    """Return a picture as an array, made smaller if it has more lines than are wanted.

    Parameters
    ----------
    picture : av.VideoFrame
        The picture. Colours that say nothing else are BT.601, of limited range.
    lines : int
        At most so many lines.

    Returns
    -------
    ndarray of uint8
        Height by width by 3: red, green, blue. The caller's own.
    """
    width, height = picture.width, picture.height
    if height > lines:
        width, height = max(2, round(width * lines / height)), lines
    array: NDArray[Any] = picture.to_ndarray(format="rgb24", width=width, height=height)
    return array


def samples(sound: av.AudioFrame) -> NDArray[np.float32]:
    """Return sound as an array.

    Parameters
    ----------
    sound : av.AudioFrame
        The sound.

    Returns
    -------
    ndarray of float32
        Samples by channels, from -1 to 1.
    """
    import numpy  # noqa: ICN001, PLC0415 - an optional package

    array: NDArray[Any] = sound.to_ndarray()
    loudest = 1 if array.dtype.kind == "f" else numpy.iinfo(array.dtype).max + 1
    found: NDArray[np.float32] = array.astype(numpy.float32) / numpy.float32(loudest)
    if sound.format.is_planar:
        return numpy.ascontiguousarray(found.T)
    return found.reshape(-1, sound.layout.nb_channels)


def _opened(names: tuple[str, ...], setup: TrackSetup, *, channels: int = 0) -> Any:  # noqa: ANN401 - PyAV tells no type
    import av  # noqa: PLC0415 - a heavy module that only readers need

    name = next((one for one in names if one in av.codecs_available), None)
    if name is None:
        raise UndecodableError(
            f"PyAV decodes no {setup.codec} here: install PyAV's own wheel, pip install --force-reinstall av"
        )
    context: Any = av.CodecContext.create(name, "r")
    if channels:
        context.sample_rate, context.layout = setup.sample_rate or 48_000, _LAYOUTS[channels]
    if setup.description:
        try:
            context.extradata = base64.b64decode(setup.description)
        except binascii.Error:
            raise UndecodableError("the stream's description of its codec is not base64") from None
    return context


_LAYOUTS = {1: "mono", 2: "stereo"}


def _packet(frame: Frame) -> Any:  # noqa: ANN401 - PyAV's own
    import av  # noqa: PLC0415 - a heavy module that only readers need

    packet: Any = av.Packet(frame.payload)
    packet.pts = packet.dts = frame.timestamp
    packet.time_base = _MICROSECONDS
    return packet
