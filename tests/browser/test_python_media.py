"""Pictures between a notebook's kernel and the meeting, in a real notebook: arrays out, arrays in."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path
from typing import Any

import av
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Frame, Locator, Page, expect

from tests.asking import get
from tests.labs import Lab

from .conftest import OpenPage
from .kept_pages import OpenNotebook
from .media import frame_of, moves
from .notebook import SLOW, Notebook
from .sending import colour, read
from .test_room import button
from .waiting import PATIENCE, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SHOW = """
import asyncio, time
import numpy as np
import nanomeet_widget as nm
room = nm.create_room({!r})
open("link.txt", "w").write(nm.create_invite(room.token).invite_link)
meet = nm.NanoMeet(token=room.token{})
meet
"""
#: Where a test looks at nothing of the notebook's own camera and microphone.
OFF = ", camera=False, microphone=False"
#: Numbered pictures with a band of one colour, as `sending.read` reads them.
PICTURES = """
def numbered(band, begin=0):
    number = begin
    while True:
        picture = np.zeros((360, 640, 3), np.uint8)
        for bit in range(16):
            on = number >> bit & 1
            picture[:144, bit * 40 : bit * 40 + 40] = 255 * on
            picture[144:288, bit * 40 : bit * 40 + 40] = 255 * (1 - on)
        picture[288:] = {"red": (220, 30, 30), "blue": (30, 30, 220)}[band]
        number += 1
        yield picture
"""
#: The same with a tone of 440 Hz; `loud_at` gives the loudest tone of a block, in hertz.
SOUNDING = """
def sounding():
    for number, picture in enumerate(numbered("red")):
        time = (np.arange(1600) + 1600 * number) / 48_000
        yield picture, (0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)

def loud_at(samples, rate):
    found = np.abs(np.fft.rfft(samples, rate // 20))
    return 20 * int(found.argmax())
"""
#: What the clip of the fake camera shows in its upper left corner.
WALL = (150, 170, 190)
CORNER = "frame.array[4:12, 4:12].mean(axis=(0, 1))"
#: The colour of the upper left corner of a picture.
_CORNER = """
(video) => {
  if (!video.videoWidth) return null;
  const canvas = new OffscreenCanvas(64, 36);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(video, 0, 0, 64, 36);
  return [...pen.getImageData(1, 1, 1, 1).data].slice(0, 3);
}
"""


#: Whether a part of a canvas is red.
_RED = """
(canvas) => {
  const copy = new OffscreenCanvas(160, 90);
  const pen = copy.getContext("2d", { willReadFrequently: true });
  pen.drawImage(canvas, 0, 0, 160, 90);
  const { data } = pen.getImageData(0, 0, 160, 90);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] > 170 && data[at + 1] < 90 && data[at + 2] < 90) found += 1;
  }
  return found > 0.02 * 160 * 90;
}
"""


def red(picture: NDArray[Any]) -> bool:
    """Whether a part of a picture is red."""
    found = (picture[..., 0] > 170) & (picture[..., 1] < 90) & (picture[..., 2] < 90)
    return float(found.mean()) > 0.02


def joined(notebook: Notebook) -> Notebook:
    notebook.run(0)
    expect(notebook.meeting.first).to_have_attribute("data-status", "joined", timeout=SLOW)
    return notebook


def guest(lab: Lab, open_page: OpenPage, *, devices: bool = False) -> Page:
    """Grace, a guest who joins with the link; with her devices off, unless `devices`."""
    page = open_page((lab.folder / "link.txt").read_text())
    page.get_by_label(re.compile("name", re.IGNORECASE)).fill("Grace")
    for device in () if devices else ("Microphone", "Camera"):
        button(page, device).click()
    page.get_by_role("button", name=re.compile("join", re.IGNORECASE)).click()
    expect(page.locator("[data-participant][data-local=true]").first).to_be_visible(timeout=SLOW)
    return page


def screen(page: Page | Frame) -> Locator:
    return page.locator('li[data-participant$=":screen"]')


def camera(page: Page) -> Locator:
    """The tile of the notebook's participant, as the guest sees it."""
    return page.locator("li[data-participant][data-local=false]").first


def looks(video: Locator, *wanted: int) -> bool:
    """Whether the upper left corner of a video has about this colour."""
    found = video.evaluate(_CORNER) if video.count() else None
    return found is not None and all(
        abs(one - other) < 30 for one, other in zip(found, wanted, strict=True)
    )


def test_arrays_of_a_cell_are_a_screen_that_a_guest_sees(
    lab: Lab, open_page: OpenPage, open_notebook: OpenNotebook
) -> None:
    lab.write(
        "present.ipynb",
        SHOW.format("present_101", OFF),
        PICTURES,
        "show = meet.present(numbered('red'), title='Loss')",
        "second = meet.present(numbered('blue'))",
        "end = time.monotonic() + 6\nwhile time.monotonic() < end: pass",
        "print(show.state, second.state, second.stats.sent > 0)",
        "second.stop()",
    )
    notebook = joined(open_notebook("present.ipynb"))
    page = guest(lab, open_page)
    notebook.run(1)
    notebook.run(2)
    video = screen(page).locator("video")
    until(page, lambda: video.count() == 1 and colour(video) == "red")
    expect(screen(page).locator(".tile-label")).to_contain_text("Loss")
    # A second one takes its place.
    notebook.run(3)
    until(page, lambda: video.count() == 1 and colour(video) == "blue")
    notebook.tells(5, "ended showing True")
    # While the kernel is busy, pictures go on to arrive.
    notebook.start(4)
    first = read(video)
    assert first is not None
    until(page, lambda: (now := read(video)) is not None and now["number"] > first["number"] + 20)
    notebook.ran(4)
    notebook.run(6)
    expect(screen(page)).to_have_count(0)
    notebook.tells(5, "ended ended True")


def test_what_is_presented_is_broadcast_recorded_and_read_from_the_stage(
    lab: Lab, open_page: OpenPage, open_notebook: OpenNotebook
) -> None:
    lab.write(
        "stage.ipynb",
        SHOW.format("stage_101", OFF),
        PICTURES,
        SOUNDING,
        "show = meet.present(sounding(), title='Loss')",
        "print((await meet.start_broadcast(True)).live)",
        (
            "async for frame in meet.frames('stage'):\n"
            "    red, green, blue = (frame.array[..., one].astype(int) for one in range(3))\n"
            "    if ((red > 170) & (green < 90) & (blue < 90)).mean() > 0.02: break\n"
            "print(frame.array.ndim, frame.participant)"
        ),
        (
            "async for sound in meet.audio('stage'):\n"
            "    if loud_at(sound.samples[:, 0], sound.rate) == 440: break\n"
            "print(sound.rate)"
        ),
        "await meet.stop_broadcast(); print(meet.playout.vod)",
    )
    notebook = joined(open_notebook("stage.ipynb"))
    for cell in (1, 2, 3):
        notebook.run(cell)
    player = open_page(notebook.evaluate(4))
    picture = player.locator("main.player canvas")
    until(player, lambda: picture.count() == 1 and picture.evaluate(_RED))
    assert notebook.evaluate(5) == "3 stage"
    assert notebook.evaluate(6) == "48000"
    film = get(notebook.evaluate(7)).content
    with av.open(io.BytesIO(film), "r") as container:
        shown = [red(one.to_ndarray(format="rgb24")) for one in container.decode(video=0)]
    # From its first picture to the end: a program is slower than a broadcast's first second.
    assert all(shown[shown.index(True) :])


def test_the_own_camera_is_read_as_arrays(lab: Lab, open_notebook: OpenNotebook) -> None:
    lab.write(
        "own.ipynb",
        SHOW.format("own_101", ""),
        f"async for frame in meet.frames('me', lines=180):\n    print(frame.array.shape, {CORNER}.round())\n    if {CORNER}.min() > 100: break",
        "async for sound in meet.audio('me'):\n    print(sound.rate, sound.samples.shape[1]); break",
        "print(meet.readers)",
        # In plain code, with what has been agreed to in an earlier cell.
        "own = meet.frames('me', lines=180)",
        "print(own.state)",
        "for frame in own:\n    break\nprint(frame.array.shape, own.latest is not None)\nown.close(); print(own)",
    )
    notebook = joined(open_notebook("own.ipynb"))
    text = notebook.evaluate(1)
    assert text.splitlines()[-1].startswith("(180, 320, 3)"), text
    red, green, blue = (float(one) for one in re.findall(r"[\d.]+", text.splitlines()[-1])[3:])
    assert abs(red - WALL[0]) < 25
    assert abs(green - WALL[1]) < 25
    assert abs(blue - WALL[2]) < 25
    assert notebook.evaluate(2).startswith("48000")
    # It is one's own: no one has to know.
    assert notebook.evaluate(3) == "[]"
    notebook.run(4)
    notebook.tells(5, "reading")
    assert notebook.evaluate(6) == "(180, 320, 3) True\n<frames of me: ended>"


def test_a_guest_agrees_and_takes_it_back(
    lab: Lab, open_page: OpenPage, open_notebook: OpenNotebook
) -> None:
    lab.write(
        "guest.ipynb",
        SHOW.format("guest_101", OFF),
        "grace = next(p['id'] for p in meet.participants if p['display_name'] == 'Grace')\nreading = meet.frames(grace)",
        "print(reading.state)",
        f"async for frame in reading:\n    if {CORNER}.min() > 100: break\nprint(frame.participant == grace, len(meet.readers))",
        "try:\n    async for frame in reading: pass\nexcept nm.ReadingEndedError as error:\n    print(error.kind, '-', error)",
        "spoken = 'dominant_speaker_changed'\n"
        "print(len(meet.readers), [e.name for e in meet.events if e.name != spoken][-1])",
    )
    notebook = joined(open_notebook("guest.ipynb"))
    page = guest(lab, open_page, devices=True)
    expect(notebook.meeting.first).to_contain_text("2 people", timeout=SLOW)
    notebook.run(1)
    notebook.tells(2, "asking")
    button(page, "Allow").click(timeout=SLOW)
    assert notebook.evaluate(3) == "True 1"
    notebook.start(4)
    page.get_by_role("button", name=re.compile("^Stop")).first.click(timeout=SLOW)
    notebook.ran(4)
    expect(notebook.output(4)).to_contain_text("taken_back - frames: Grace has taken it back.")
    notebook.begins(5, "0 readings_changed")


def test_the_camera_goes_through_a_function(
    lab: Lab, open_page: OpenPage, open_notebook: OpenNotebook
) -> None:
    lab.write(
        "process.ipynb",
        SHOW.format("process_101", ""),
        "shown = meet.process_video(lambda picture: 255 - picture)",
        "shown.stop()",
        (
            "def fails(picture):\n"
            "    if picture.mean() > 20: raise ZeroDivisionError('my own fault')\n"
            "    return picture\n"
            "shown = meet.process_video(fails)\nawait asyncio.sleep(0)"
        ),
        "print(shown.state, repr(shown.error), meet.status.value)",
        "await meet.set_subject('goes on'); print(meet.subject)",
    )
    notebook = joined(open_notebook("process.ipynb"))
    page = guest(lab, open_page)
    video = camera(page).locator("video")
    until(page, lambda: looks(video, *WALL))
    notebook.run(1)
    until(page, lambda: looks(video, *(255 - one for one in WALL)))
    notebook.run(2)
    until(page, lambda: looks(video, *WALL))
    assert moves(video)
    notebook.run(3)
    expect(camera(page)).to_have_attribute("data-camera", "off", timeout=PATIENCE)
    expect(notebook.output(3)).to_contain_text("ZeroDivisionError: my own fault", timeout=SLOW)
    expect(notebook.output(3)).to_contain_text("in fails")
    notebook.begins(4, "ended ZeroDivisionError('my own fault')")
    assert notebook.evaluate(5) == "goes on"


def test_the_notebook_of_the_camera_shows_its_edges(lab: Lab, open_notebook: OpenNotebook) -> None:
    shutil.copy(NOTEBOOKS / "camera_to_numpy.ipynb", lab.folder)
    _, edges, process, stats, mine, latest, leave = range(7)
    notebook = joined(open_notebook("camera_to_numpy.ipynb"))
    own = frame_of(notebook.page).locator("li[data-local=true] video")
    until(notebook.page, lambda: looks(own, *WALL))
    assert notebook.evaluate(edges) == "((90, 160), 139)"
    notebook.run(process)
    until(notebook.page, lambda: looks(own, 0, 0, 0))
    notebook.until(stats, lambda printed: "640x360" in printed)
    notebook.run(mine)
    notebook.until(latest, lambda printed: "mean colour" in printed)
    until(notebook.page, lambda: looks(own, *WALL))
    notebook.run(leave)
    expect(notebook.page.locator(".nanomeet-overlay")).to_have_count(0)


def test_the_notebook_of_the_figure_shows_it_while_the_simulation_runs(
    lab: Lab, open_notebook: OpenNotebook
) -> None:
    shutil.copy(NOTEBOOKS / "live_figure.ipynb", lab.folder)
    _, simulation, figure, live, run, stop = range(6)
    notebook = joined(open_notebook("live_figure.ipynb"))
    for cell in (simulation, figure):
        notebook.run(cell)
    own = frame_of(notebook.page)
    expect(screen(own).locator("video.playing")).to_be_visible(timeout=SLOW)
    assert notebook.evaluate(live).startswith("<broadcast: live")
    notebook.start(run)
    assert moves(screen(own).locator("video"))
    notebook.ran(run)
    expect(notebook.output(run)).to_contain_text("SendStats")
    notebook.run(stop)
    expect(notebook.page.locator(".nanomeet-overlay")).to_have_count(0)


def test_a_page_that_reloads_and_a_kernel_that_restarts(
    lab: Lab, open_page: OpenPage, open_notebook: OpenNotebook
) -> None:
    lab.write(
        "again.ipynb",
        SHOW.format("again_101", ""),
        PICTURES,
        "show = meet.present(numbered('red'))\nown = meet.frames('me')",
        "print(show.state, own.state, meet.status.value)",
        "print(show.stats.sent)",
        "before = own.latest\nfor _ in range(40):\n    await asyncio.sleep(0.25)\n"
        "    if own.latest is not None and own.latest is not before:\n        break\n"
        "print(own.latest is not before)",
    )
    notebook = joined(open_notebook("again.ipynb"))
    page = guest(lab, open_page)
    notebook.run(1)
    notebook.run(2)
    video = screen(page).locator("video")
    until(page, lambda: video.count() == 1 and colour(video) == "red")
    notebook.tells(3, "showing reading joined")
    # The programs go on, and the room keeps their page's place until the notebook has loaded again.
    notebook.save()
    notebook.page.reload()
    notebook.idle()
    expect(notebook.meeting.first).to_have_attribute("data-status", "joined", timeout=SLOW)
    notebook.tells(3, "showing reading joined")
    until(page, lambda: video.count() == 1 and colour(video) == "red")
    assert moves(video)
    seen = int(notebook.evaluate(4))
    notebook.tells(5, "True")
    assert int(notebook.evaluate(4)) >= seen
    # What a kernel showed ends with it.
    notebook.menu("Kernel", "Restart Kernel…")
    notebook.page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(screen(page)).to_have_count(0, timeout=SLOW)
