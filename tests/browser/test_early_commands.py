"""Commands sent before the meeting is joined: they are queued, then take effect."""

from __future__ import annotations

import inspect
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from nanomeet_widget._commands import Commands
from tests.labs import Lab

from .kept_pages import KeptPages, OpenNotebook
from .media import probe
from .notebook import SLOW, Notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1800)]
QUICKSTART = Path(__file__).parents[2] / "notebooks/quickstart.ipynb"
SHOW, INVITE, PEOPLE, START, PLAYOUT, STOP, LEAVE, *_ = range(12)

#: Every command in `Commands`, so that new ones are tested automatically.
NAMES = sorted(
    name
    for name, command in vars(Commands).items()
    if not name.startswith("_") and inspect.isfunction(command)
)
#: Values for required parameters.
GIVEN: dict[str, object] = {
    "active": True,
    "background": "none",
    "device_id": "no-such-device",
    "enabled": False,
    "participant_id": "0123456789abcdef",
    "password": "correct horse",
    "picture": None,
    "subject": "Rings",
    "text": "Hello",
    "volume": 0.5,
}
#: The reasons why a command cannot be carried out in an empty room, without a click.
REASONS = {
    "grant_moderator": "in the room",
    "kick": "in the room",
    "mute": "in the room",
    "pause_broadcast": "no live broadcast",
    "reject": "waits",
    "send_endpoint_text_message": "in the room",
    "resume_broadcast": "no live broadcast",
    "set_audio_device": "there is no audioInput device with this id",
    "set_main_participant": "there is no participant with this id",
    "set_participant_volume": "in the room",
    "set_video_device": "there is no videoInput device with this id",
    "share_screen": "only right after a click or a key",
    "toggle_camera": "no other camera",
}

#: Some browsers carry these out nevertheless.
MAY_BE = {"share_screen"}

IMPORTS = """
import asyncio, json
import nanomeet_widget as nm
from IPython.display import display

OFF = dict(camera=False, microphone=False)

def shows(room, **options):
    global meet
    meet = nm.NanoMeet(token=nm.create_room(room).token, **options)
    display(meet)
    return meet

def outcome(command):
    error = command.exception()
    return [command.state, "" if error is None else f"{type(error).__name__}: {error}"]
"""
#: What the test has written: a command, its parameters, and whether it works only once per meeting.
COMMAND = "command.json"
#: Sent while the meeting is first shown: directly, and awaited in a task.
AT_ONCE = """
with open("{file}") as file:
    name, given, once, devices = json.load(file)
devices = dict.fromkeys(("camera", "microphone"), devices)
plain = getattr(shows("plain_" + name, **devices), name)(**given)
first = meet
again = shows("task_" + name, **devices) if once else meet
told = asyncio.create_task(getattr(again, name)(**given))
"""
#: What is in the names of commands that concern one's devices, or what is seen of them.
OWN = re.compile("audio|video|camera|device|share|broadcast|frame")
#: Commands that work only once per meeting are sent in two meetings.
ONCE = {"end_meeting", "leave", "start_broadcast"}
SETTLED = """
error = told.exception() if told.done() else None
print(json.dumps([
    outcome(plain),
    ["failed", f"{type(error).__name__}: {error}"] if error else ["done" if told.done() else "pending", ""],
]))
"""
CLOSE = "first.close(); meet.close()"


def given(name: str) -> dict[str, object]:
    wanted = list(inspect.signature(getattr(Commands, name)).parameters.values())[1:]
    return {one.name: GIVEN[one.name] for one in wanted if one.default is one.empty}


@pytest.fixture(scope="module")
def notebook(lab: Lab, kept_pages: KeptPages, request: pytest.FixtureRequest) -> Iterator[Notebook]:
    """A notebook whose cells send the command that a file names: an editor for each would take long to show."""
    lab.write("at_once.ipynb", IMPORTS, AT_ONCE.format(file=COMMAND), SETTLED, CLOSE)
    with kept_pages.lent(request.session) as opener:
        opened = opener("at_once.ipynb")
        opened.run(0)
        yield opened


@pytest.mark.parametrize("name", NAMES)
def test_a_command_given_where_the_meeting_is_shown_takes_effect(
    lab: Lab, notebook: Notebook, name: str
) -> None:
    (lab.folder / COMMAND).write_text(
        json.dumps([name, given(name), name in ONCE, bool(OWN.search(name))])
    )
    notebook.run(1)
    printed = json.loads(notebook.until(2, lambda text: '"pending"' not in text))
    for state, words in printed:
        assert not re.search("NotJoined|Timeout", words)
        if state == "done":
            assert name not in REASONS or name in MAY_BE
        else:
            assert REASONS[name] in words
    notebook.run(3)


def errors(notebook: Notebook) -> Locator:
    return notebook.page.locator(
        ".jp-OutputArea-output[data-mime-type*=error], .jp-RenderedText[data-mime-type*=stderr]"
    )


def test_the_quickstart_by_run_all(lab: Lab, open_notebook: OpenNotebook) -> None:
    shutil.copy(QUICKSTART, lab.folder / "all.ipynb")
    source = nbformat.read(lab.folder / "all.ipynb", as_version=4)
    source.cells.append(
        nbformat.v4.new_code_cell(
            "print([e.state for e in meet.events if e.name == 'broadcast_changed'])\n"
            "print(meet.status, live.state == 'done' and live.result().vod)"
        )
    )
    nbformat.write(source, lab.folder / "all.ipynb")
    notebook = open_notebook("all.ipynb")
    notebook.menu("Run", "Run All Cells")
    expect(notebook.output(START)).to_contain_text(
        "start_broadcast: done: Playout(live='http", timeout=SLOW
    )
    expect(notebook.output(STOP)).to_contain_text("stop_broadcast: done", timeout=SLOW)
    expect(notebook.output(LEAVE)).to_contain_text("leave: done", timeout=SLOW)
    for number in range(LEAVE + 2):
        notebook.ran(number)
    expect(errors(notebook)).to_have_count(0)
    expect(notebook.meeting).to_contain_text("The notebook's code left algebra_101")
    states, end = notebook.until(LEAVE + 1, lambda text: "left" in text).splitlines()
    assert re.findall("[a-z]+", states) == ["off", "starting", "live", "stopping", "off"]
    status, vod = end.split()
    assert status == "left"
    # On a busy machine the broadcast may end before its sound has begun.
    assert "video" in {s["codec_type"] for s in probe(vod)["streams"]}


ORDER = """
given = shows("in_order")
commands = [given.set_subject(word) for word in ("Sets", "Rings", "Sets")]
commands += [given.toggle_audio() for _ in range(3)]
commands += [given.send_chat(word) for word in ("one", "two", "three")]
commands += [given.start_broadcast(), given.pause_broadcast(), given.stop_broadcast()]
"""
ORDERED = """
print(json.dumps([
    [outcome(one) for one in commands if one.state != "done"],
    [e.state for e in meet.events if e.name == "broadcast_changed"],
    given.subject,
    [m["text"] for m in given.chat],
    [one.result() for one in commands[3:6] if one.state == "done"],
]))
"""


def test_what_is_commanded_early_takes_effect_in_order(
    lab: Lab, open_notebook: OpenNotebook
) -> None:
    lab.write("order.ipynb", IMPORTS, ORDER, ORDERED)
    notebook = open_notebook("order.ipynb")
    notebook.run(0)
    notebook.run(1)
    said = json.loads(notebook.until(2, lambda text: text.startswith("[[],") and '"off"' in text))
    states = [s for s, before in zip(said[1], [None, *said[1]], strict=False) if s != before]
    assert states[-4:] == ["starting", "live", "stopping", "off"]
    assert said[2:] == ["Sets", ["one", "two", "three"], [False, True, False]]


AWAITED = """
awaited = shows("awaited_101")
playout = await awaited.start_broadcast(is_vod=True)
print(awaited.status, awaited.broadcast, playout == awaited.playout)
await awaited.stop_broadcast()
print(awaited.broadcast)
"""


def test_a_command_is_awaited_in_the_cell_that_shows_the_meeting(
    lab: Lab, open_notebook: OpenNotebook
) -> None:
    lab.write("awaited.ipynb", IMPORTS, AWAITED)
    notebook = open_notebook("awaited.ipynb")
    notebook.run(0)
    notebook.run(1)
    expect(notebook.output(1).last).to_have_text(re.compile(r"joined live True\s+off"))
    expect(errors(notebook)).to_have_count(0)


LOBBY = (
    "teacher = shows('lobby_101', **OFF)\nawait teacher.set_lobby(True)",
    (
        "guest = nm.NanoMeet(token=nm.create_invite(teacher.token).token, **OFF)\ndisplay(guest)\n"
        "hello = guest.send_chat('Hello')"
    ),
    "print(repr(hello), guest.status)",
    "await teacher.admit()",
)


def test_a_command_waits_in_the_lobby_and_then_takes_effect(
    lab: Lab, open_notebook: OpenNotebook
) -> None:
    lab.write("waits.ipynb", IMPORTS, *LOBBY)
    notebook = open_notebook("waits.ipynb")
    for number in range(3):
        notebook.run(number)
    notebook.tells(3, "<send_chat: pending: a moderator has to let you in> waiting")
    notebook.run(4)
    notebook.tells(3, "<send_chat: done> joined")


#: What prevents joining: how the meeting is shown, and the message.
KEPT: dict[str, tuple[str, str]] = {
    "prejoin": (
        "shows('door_101', prejoin=True, **OFF)",
        "pending: the page before it waits for you to join",
    ),
    "early": (
        (
            "room = nm.create_room('early_101', nbf=timedelta(hours=1))\n"
            "meet = nm.NanoMeet(room.token); display(meet)"
        ),
        "failed token_not_yet_valid",
    ),
    "rejected": (
        (
            "read = _tokens.read(nm.create_room('rejected_101').token)\n"
            "meet = nm.NanoMeet(_tokens.mint(read, b'0' * 32)); display(meet)"
        ),
        "failed token_rejected",
    ),
    "unreachable": (
        (
            "read = _tokens.read(nm.create_room('nowhere_101').token)\n"
            "_trust.use('http://127.0.0.1:1')\n"
            "lost = dataclasses.replace(read, server='http://127.0.0.1:1')\n"
            "meet = nm.NanoMeet(_tokens.mint(lost, b'0' * 32)); display(meet)"
        ),
        "failed server_unreachable",
    ),
    "untrusted": (
        (
            "read = _tokens.read(nm.create_room('strange_101').token)\n"
            "lost = dataclasses.replace(read, server='https://meet.example')\n"
            "meet = nm.NanoMeet(_tokens.mint(lost, b'0' * 32)); display(meet)"
        ),
        "pending: its cell asks whether you trust its server",
    ),
}
MORE = "import dataclasses\nfrom datetime import timedelta\nfrom nanomeet_widget import _tokens, _trust"
LATER = (
    "error = command.exception()\n"
    "print(command.state, f'{error.kind} {type(error).__name__} {error}' if error "
    "else repr(command).split(': ', 1)[1])"
)


@pytest.mark.parametrize("name", KEPT)
def test_a_command_says_what_keeps_the_meeting_from_being_joined(
    lab: Lab, open_notebook: OpenNotebook, name: str
) -> None:
    show, words = KEPT[name]
    cell = f"{MORE}\n{show}\ncommand = meet.set_subject('Rings')"
    leave = "left = meet.leave()\nawait asyncio.sleep(0)"
    lab.write(f"kept_{name}.ipynb", IMPORTS, cell, LATER, leave, "print(left.state)")
    notebook = open_notebook(f"kept_{name}.ipynb")
    notebook.run(0)
    notebook.run(1)
    words = words.replace("pending: ", "pending pending: ")
    said = notebook.until(2, lambda text: words in text)
    assert words in said
    if said.startswith("failed"):
        assert "NotJoinedError" in said
        return
    notebook.run(3)
    notebook.tells(4, "done")
    notebook.begins(2, "failed left NotJoinedError")


EARLY = (
    "from datetime import timedelta\nroom = nm.create_room('soon_101', nbf=timedelta(seconds=6))\n"
    "meet = nm.NanoMeet(room.token, **OFF); display(meet)\ncommand = meet.set_subject('Rings')"
)


def test_a_command_waits_for_its_token_to_be_valid(lab: Lab, open_notebook: OpenNotebook) -> None:
    lab.write("soon.ipynb", IMPORTS, EARLY, "print(repr(command), meet.subject)")
    notebook = open_notebook("soon.ipynb")
    notebook.run(0)
    notebook.run(1)
    notebook.tells(2, "<set_subject: done: 'Rings'> Rings")


WATCHED = (
    "meet = shows('watched_101', **OFF)\nmeet.observe(lambda change: change['new'][7], 'participants')\n"
    "command = meet.set_subject('Rings')"
)


def test_an_observer_that_raises_is_shown_and_status_stays_true(
    lab: Lab, open_notebook: OpenNotebook
) -> None:
    lab.write("watched.ipynb", IMPORTS, WATCHED, "print(meet.status)", "meet.leave()")
    notebook = open_notebook("watched.ipynb")
    notebook.run(0)
    notebook.run(1)
    expect(notebook.meeting).to_contain_text(
        "<lambda>, called for participants, raised IndexError", timeout=SLOW
    )
    notebook.tells(2, "joined")
    notebook.run(3)
    notebook.tells(2, "left")


PLAYER = (
    "player = nm.BroadcastPlayer('http://127.0.0.1:1/vod/none.mp4')\n"
    "player.observe(lambda change: 1 / 0, 'state')\nplayer"
)


def test_an_observer_of_a_player_that_raises_is_shown(
    lab: Lab, open_notebook: OpenNotebook
) -> None:
    lab.write("observed.ipynb", IMPORTS, PLAYER, "print(player.state)")
    notebook = open_notebook("observed.ipynb")
    notebook.run(0)
    notebook.run(1)
    expect(notebook.output(1)).to_contain_text("raised ZeroDivisionError", timeout=SLOW)
    notebook.tells(2, "failed")
