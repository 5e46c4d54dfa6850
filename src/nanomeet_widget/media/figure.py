"""A matplotlib figure as a source: each time that it is drawn, viewers see it."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from nanomeet_widget.media.ingest_line import microseconds
from nanomeet_widget.media.outlet import Outlet
from nanomeet_widget.media.steps import Steps

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class FigureSource:
    """Follows a figure's `draw_event`, in the thread that draws it.

    Parameters
    ----------
    figure : Figure
        The figure. One without a canvas of a window or a notebook gets one of Agg.
    sound : Steps, optional
        The sound that goes with it.
    """

    file: str | None = None
    steady = False

    def __init__(self, figure: Figure, sound: Steps | None) -> None:
        from matplotlib.backend_bases import FigureCanvasBase  # noqa: PLC0415 - the user has it
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - likewise

        self._figure = figure
        self._sound = sound
        self._outlet: Outlet | None = None
        self._first: tuple[Any, int] | None = None
        self._rendering = threading.local()
        self._closed = False
        #: Where it is drawn once more when it has been shown or saved: the user's thread.
        self._user: asyncio.AbstractEventLoop | None = None
        with suppress(RuntimeError):
            self._user = asyncio.get_running_loop()
        if type(figure.canvas) is FigureCanvasBase:
            FigureCanvasAgg(figure)
        # Figures are drawn by one thread alone, which is this one.
        self._render()
        self._connection = figure.canvas.mpl_connect("draw_event", self._drawn)

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The event loop that has to run for it; None if there is none."""
        return None if self._sound is None else self._sound.loop

    def start(self, outlet: Outlet) -> None:
        """Send the figure as it was drawn last, and then whenever it is drawn.

        Parameters
        ----------
        outlet : Outlet
            What it drives.
        """
        self._outlet = outlet
        outlet.tracks(sound=self._sound is not None)
        if self._first is not None:
            outlet.picture(*self._first)
            self._first = None
        if self._sound is not None:
            self._sound.start(outlet)

    def close(self) -> None:
        """Follow it no longer."""
        self._closed = True
        if self._sound is not None:
            self._sound.close()
        self._figure.canvas.mpl_disconnect(self._connection)

    def _drawn(self, event: Any) -> None:  # noqa: ANN401 - a `DrawEvent`, of newer versions

        if self._closed or getattr(self._rendering, "now", False):
            return
        if event.canvas.is_saving():
            # Its layout is another one at the moment, as a notebook that shows it cuts its borders off.
            if self._user is not None:
                with suppress(RuntimeError):  # the loop has ended
                    self._user.call_soon_threadsafe(self._render)
            return
        pixels = getattr(event.canvas, "buffer_rgba", None)
        if pixels is not None and event.renderer is getattr(event.canvas, "renderer", None):
            self._send(pixels())
        else:
            self._render()

    def _render(self) -> None:
        """Draw it by Agg, whatever its own canvas is."""
        from matplotlib.backends.backend_agg import RendererAgg  # noqa: PLC0415 - as above

        if self._closed:
            return
        figure = self._figure
        self._rendering.now = True
        try:
            box = figure.bbox
            renderer = RendererAgg(int(box.width), int(box.height), figure.dpi)
            figure.draw(renderer)
        finally:
            self._rendering.now = False
        self._send(renderer.buffer_rgba())

    def _send(self, pixels: Any) -> None:  # noqa: ANN401 - a buffer of matplotlib's
        import numpy as np  # noqa: PLC0415 - an optional package

        picture, at = _over_white(np.array(pixels)), microseconds()
        outlet = self._outlet
        if outlet is None:
            self._first = (picture, at)
            return
        try:
            outlet.picture(picture, at)
        except Exception as error:  # noqa: BLE001 - the cell that draws must not fail for it
            outlet.end(error)


def _over_white(pixels: Any) -> Any:  # noqa: ANN401 - arrays of uint8
    """Return the picture as a notebook shows it, where the figure has a transparent background."""
    import numpy as np  # noqa: PLC0415 - as above

    alpha = pixels[..., 3:]
    if alpha.min() == 255:  # noqa: PLR2004 - opaque
        return pixels
    weight = alpha.astype(np.uint16)
    return ((pixels[..., :3] * weight + 255 * (255 - weight)) // 255).astype(np.uint8)
