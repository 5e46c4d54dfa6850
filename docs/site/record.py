"""Records what the demo page plays: a simulation in a figure, broadcast by this package and kept by its server.

`make screenshots` runs it.
"""

from __future__ import annotations

import shutil
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
from docs.site.addresses import ROOT
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import nanomeet_widget as nm

#: Pictures, a second of which are ten: of so many steps of the simulation each.
PICTURES, STEPS = 120, 40


def simulated() -> Any:
    """Give the figures' pictures, one after the other: two chemicals that feed on each other."""
    u, v = np.ones((96, 96)), np.zeros((96, 96))
    u[40:56, 40:56], v[40:56, 40:56] = 0.5, 0.25
    figure = Figure(figsize=(6.4, 3.6), dpi=75, layout="constrained")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    shown = axes.imshow(v, cmap="magma", vmin=0, vmax=0.4)
    for number in range(PICTURES):
        for _ in range(STEPS):
            reaction = u * v * v
            u += 0.16 * _spread(u) - reaction + 0.0367 * (1 - u)
            v += 0.08 * _spread(v) + reaction - (0.0367 + 0.0649) * v
        shown.set_data(v)
        axes.set_title(f"step {STEPS * (number + 1)}")
        canvas.draw()
        yield np.asarray(canvas.buffer_rgba())[..., :3].copy()


def _spread(field: Any) -> Any:
    around = (np.roll(field, shift, axis) for axis in (0, 1) for shift in (-1, 1))
    return sum(around) - 4 * field


def main() -> int:
    """Broadcast it, and copy the recording."""
    pictures = list(simulated())
    room = nm.create_room("demo")
    with nm.broadcast(iter(pictures), room.token, fps=10, title="Spots") as show:
        while show.state not in {nm.BroadcastStatus.OFF, nm.BroadcastStatus.FAILED}:
            time.sleep(0.2)
    if show.playout is None or show.playout.vod is None:
        raise SystemExit(f"{show}: nothing was recorded")
    out = ROOT / "docs/site/demo/spots.mp4"
    with urllib.request.urlopen(show.playout.vod) as answer, Path(out).open("wb") as file:  # noqa: S310 - this machine's own server
        shutil.copyfileobj(answer, file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
