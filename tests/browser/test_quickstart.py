"""The main use case, in a real notebook: meet, invite, broadcast, watch, record."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from tests.labs import Lab

from .conftest import OpenPage
from .kept_pages import OpenNotebook
from .media import decodes, frame_of, moves, probe, sounds
from .notebook import SLOW

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
QUICKSTART = Path(__file__).parents[2] / "notebooks/quickstart.ipynb"

#: The quickstart's code cells by purpose.
SHOW, INVITE, PEOPLE, START, PLAYOUT, STOP, LEAVE, *_ = range(12)
#: The test's own cells after them.
WATCH_STATES = 'seen = []\n_ = meet.observe(lambda c: seen.append(c["new"].value), "broadcast")'
GIVE_LINK = "open('link.txt', 'w').write(invite.invite_link)"
NAMES = "import json; print(json.dumps(meet.participants))"
STATES = "print(json.dumps(seen), meet.broadcast.value, meet.status.value, meet.error)"
OUTCOME = "print(repr(live))"


def test_without_a_token_the_cell_says_what_to_do(lab: Lab, open_notebook: OpenNotebook) -> None:
    lab.write("empty.ipynb", "import nanomeet_widget as nm\nnm.NanoMeet()")
    notebook = open_notebook("empty.ipynb")
    notebook.run(0)
    expect(notebook.page.locator(".nanomeet-card")).to_contain_text("set the widget's token")


def test_the_quickstart_from_the_first_cell_to_the_recording(
    lab: Lab, open_page: OpenPage, open_notebook: OpenNotebook, tmp_path: Path
) -> None:
    source = nbformat.read(QUICKSTART, as_version=4)
    for code in (WATCH_STATES, GIVE_LINK, NAMES, STATES, OUTCOME):
        source.cells.append(nbformat.v4.new_code_cell(code))
    nbformat.write(source, lab.folder / "quickstart.ipynb")
    watch_states, give_link, names, states, outcome = range(LEAVE + 1, LEAVE + 6)

    notebook = open_notebook("quickstart.ipynb")
    notebook.run(SHOW)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)

    # A guest joins with the link.
    notebook.run(INVITE)
    expect(notebook.output(INVITE)).to_have_text("Invite(moderator=False)")
    notebook.run(give_link)
    guest = open_page((lab.folder / "link.txt").read_text())
    guest.get_by_label(re.compile("name", re.IGNORECASE)).fill("Ada")
    guest.get_by_role("button", name=re.compile("join", re.IGNORECASE)).click()

    # Each sees and hears the other.
    host = frame_of(notebook.page)
    theirs = "[data-participant][data-local=false] video"
    for page in (host, guest):
        picture = page.locator(theirs)
        expect(picture).to_have_count(1, timeout=SLOW)
        assert moves(picture)
        assert decodes(picture)
        assert sounds(page.locator("audio[data-participant]").first)

    # Python knows both.
    expect(notebook.meeting).to_contain_text("2 people")
    people = json.loads(notebook.until(names, lambda printed: '"Ada"' in printed))
    assert sorted(p["moderator"] for p in people) == [False, True]
    assert "Ada" in {p["display_name"] for p in people}

    # It goes live, and a viewer watches.
    notebook.run(watch_states)
    notebook.run(START)
    expect(notebook.meeting.locator(".nanomeet-live")).to_have_text(
        re.compile("LIVE"), timeout=SLOW
    )
    said = notebook.until(states, lambda printed: '"live"]' in printed)
    assert json.loads(said.split("]")[0] + "]") == ["starting", "live"]
    notebook.begins(outcome, "<start_broadcast: done: Playout(live='http")
    playout = notebook.evaluate(PLAYOUT)
    live = re.search(r"http\S+/live/\S+", playout)
    vod = re.search(r"http\S+/vod/\S+", playout)
    assert live
    assert vod
    viewer = open_page(live[0])
    expect(viewer.locator("[data-state=live]")).to_be_visible(timeout=SLOW)
    assert moves(viewer.locator("canvas, video").first)

    # It ends, and the recording is complete.
    notebook.run(STOP)
    expect(notebook.meeting.locator(".nanomeet-live")).to_have_text("", timeout=SLOW)
    said = notebook.until(states, lambda printed: '"off"]' in printed)
    assert json.loads(said.split("]")[0] + "]") == ["starting", "live", "stopping", "off"]
    found = probe(vod[0])
    assert {s["codec_type"] for s in found["streams"]} == {"video", "audio"}
    assert float(found["format"]["duration"]) > 1
    recording = open_page(vod[0])
    played = recording.locator("video").evaluate(PLAY_AND_SEEK)
    assert played["seeked"]
    assert played["width"] > 0
    assert played["seconds"] > 1

    # The saved notebook contains no token.
    notebook.save()
    shutil.copy(lab.folder / "quickstart.ipynb", tmp_path)
    assert "eyJ" not in (tmp_path / "quickstart.ipynb").read_text()

    # It ends when the user leaves.
    notebook.run(LEAVE)
    expect(notebook.meeting).to_contain_text("The notebook's code left algebra_101")
    expect(notebook.page.locator(".nanomeet-overlay")).to_have_count(0)
    expect(guest.locator("[data-participant]")).to_have_count(1)


#: Plays, then seeks near the end; returns the result.
PLAY_AND_SEEK = """
async (video) => {
  const once = (name) =>
    new Promise((done, fail) => {
      video.addEventListener(name, done, { once: true });
      setTimeout(() => fail(new Error(`no ${name} in time`)), 60_000);
    });
  if (video.readyState < 1) await once("loadedmetadata");
  video.muted = true;
  // Listened for from before: what is short may be over before other code has a turn.
  const moved = once("timeupdate");
  await video.play();
  await moved;
  const target = video.duration * 0.8;
  const seeked = once("seeked");
  video.currentTime = target;
  await seeked;
  return {
    seeked: Math.abs(video.currentTime - target) < 1,
    width: video.videoWidth,
    seconds: video.duration,
  };
}
"""
