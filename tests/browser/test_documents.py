"""The documents' code, run as a reader would: in one JupyterLab, cell by cell, and in a web page."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Browser, Locator, expect

from tests.conftest import RunningServer, Servers
from tests.documents import APPS, HUBS, Block, blocks
from tests.labs import Lab
from tests.standins import cloud
from tests.standins.https import Site
from tests.standins.jitsi import LIBRARY, jitsi
from tests.standins.prosody import Prosody

from .conftest import OpenPage
from .contexts import new_context
from .media import probe
from .notebook import SLOW, Notebook
from .site import site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

#: An app is no notebook's cell.
CELLS = [block for block in blocks("python") if block.document not in {*APPS, *HUBS}]
SECRET = "0123456789abcdef0123456789abcdef-prosody"
#: Documents in whose meetings pictures and sound are looked at: others begin with the devices off.
WITH_DEVICES = {"README.md", "docs/tutorials/data-team.md"}
#: Changes the default of the widget's options.
_DEVICES = """
import nanomeet_widget as nm
nm.NanoMeet.__init__.__kwdefaults__.update(camera={0}, microphone={0})
"""
#: Cells between those of the documents: what a text presupposes, and what it says will follow.
ASIDE = {
    "devices on": _DEVICES.format(True),
    "devices off": _DEVICES.format(False),
    "own server": "import nanomeet_widget as nm\nnm.configure(None)",
    "show": "meet = nm.NanoMeet(token=nm.create_room('shown_101').token)\nmeet",
    "show the room": "meet = nm.NanoMeet(token=room.token)\nmeet",
    "broadcast": "meet.start_broadcast(is_vod=True)",
    "stop": "meet.stop_broadcast()",
    "recorded": "print(meet.playout.vod)",
    "leave": "meet.leave()",
    "moderator": "print(meet.moderator)",
    "cloud by environment": (
        "import os, nanomeet_widget as nm\n"
        "os.environ['NANOMEET_API_KEY'] = 'any'\nnm.configure(None)"
    ),
    "no cloud": "del os.environ['NANOMEET_API_KEY']",
    "revoked": "print([one.revoked is not None for one in server.invites('algebra_101')])",
    "services": (
        "import functools, nanomeet_widget.services as services\n"
        "services.NanoStreamCloud = functools.partial(services.NanoStreamCloud, {options})"
    ),
}


@dataclass
class Places:
    """Stand-ins for the machines that the documents name."""

    deployment: Site
    cloud: Site
    engine: Site
    school: RunningServer

    def named(self, text: str) -> str:
        """Return code with the stand-ins' addresses."""
        certificate = self.school.data / "certificate.pem"
        digest = base64.b64encode(hashlib.sha384(LIBRARY).digest()).decode()
        vendor = "https://nanomeet.pages.nanocosmos.de/nanomeet-frontend"
        options = (
            f"token_url='{self.cloud.url}/token', api_url='{self.cloud.url}/api', "
            f"server='{self.engine.host}', verify='{self.cloud.certificate}'"
        )
        for name, stand_in in {
            "meet.example.org": self.deployment.host,
            '"https://meet.school.example:8910"': f'"{self.school.url}", verify="{certificate}"',
            vendor: self.engine.url,
            "sha384-…": f"sha384-{digest}",
            "{options}": options,
        }.items():
            text = text.replace(name, stand_in)
        return text

    @property
    def secrets(self) -> dict[str, str]:
        """Return what a reader types when a document's code prompts for it."""
        return {
            "docs/jitsi.md": SECRET,
            "docs/nanostream-cloud.md": cloud.API_KEY,
            "docs/server.md": self.school.api_key,
            "docs/tutorials/administrator.md": self.school.api_key,
        }


@dataclass
class Book:
    """A notebook with the code of all documents, in their order."""

    notebook: Notebook
    places: Places
    folder: Path
    cells: list[Block]

    def open(self, document: str) -> Chapter:
        return Chapter(
            book=self, document=document, left=[b for b in self.cells if b.document == document]
        )


@dataclass
class Chapter:
    """A document's cells, each of which is run once."""

    book: Book
    document: str
    left: list[Block] = field(default_factory=list)

    def aside(self, name: str) -> Locator:
        """Run a cell that is not the document's, and return its outputs."""
        return self._run(list(ASIDE).index(name), asks=False)

    def next(self) -> Locator:
        """Run the document's next cell, and return its outputs."""
        block = self.left.pop(0)
        return self._run(
            len(ASIDE) + self.book.cells.index(block), asks="Secret.ask(" in block.text
        )

    def joins(self) -> None:
        """Run the next cell, which shows a meeting."""
        self.joined(self.next())

    def joined(self, output: Locator) -> None:
        expect(output.locator(".nanomeet")).to_have_attribute("data-status", "joined", timeout=SLOW)

    def _run(self, number: int, *, asks: bool) -> Locator:
        notebook = self.book.notebook
        notebook.start(number)
        if asks:
            field = notebook.cell(number).locator("input.jp-Stdin-input")
            expect(field).to_have_attribute("type", "password", timeout=SLOW)
            field.fill(self.book.places.secrets[self.document])
            field.press("Enter")
        notebook.ran(number)
        cell = notebook.cell(number)
        expect(cell.locator("[data-mime-type='application/vnd.jupyter.error']")).to_have_count(0)
        return cell.locator(".jp-OutputArea")


def readme(chapter: Chapter) -> None:
    chapter.aside("own server")
    chapter.joins()
    expect(chapter.next()).to_contain_text(
        "start_broadcast: done: Playout(live='http", timeout=SLOW
    )
    output = chapter.next()
    expect(output).to_contain_text(
        re.compile(r"Playout\(live='http\S+/live/\S+', vod='http\S+\.mp4'\)")
    )
    expect(output).to_contain_text("stop_broadcast: done", timeout=SLOW)
    recording = chapter.aside("recorded").inner_text().strip()
    assert {s["codec_type"] for s in probe(recording)["streams"]} == {"video", "audio"}
    chapter.aside("leave")


def bots(chapter: Chapter) -> None:
    chapter.aside("own server")
    expect(chapter.next()).to_contain_text("['Helper']")
    expect(chapter.next()).to_contain_text("Rings")
    expect(chapter.next()).to_contain_text("failed ended")


def hosts(chapter: Chapter) -> None:
    chapter.aside("own server")
    meeting = chapter.aside("show")
    chapter.joined(meeting)
    chapter.next()
    expect(meeting).to_contain_text("Rings")
    expect(chapter.next()).to_have_text(re.compile("'done'"))
    chapter.aside("leave")


def server(chapter: Chapter) -> None:
    school = chapter.book.places.school
    chapter.next()
    chapter.next()
    # The room's own token, and the invite.
    expect(chapter.aside("revoked")).to_have_text(re.compile(r"\[False, True\]"))
    chapter.joined(chapter.aside("show the room"))
    live = "start_broadcast: done: Playout(live='" + school.url
    expect(chapter.aside("broadcast")).to_contain_text(live, timeout=SLOW)
    expect(chapter.aside("stop")).to_contain_text("stop_broadcast: done", timeout=SLOW)
    listed = chapter.next()
    expect(listed).to_contain_text("Recording(")
    found = probe(str(chapter.book.folder / "lesson.mp4"))
    assert {s["codec_type"] for s in found["streams"]} == {"video", "audio"}
    chapter.aside("leave")


def jitsi_page(chapter: Chapter) -> None:
    deployment = chapter.book.places.deployment
    chapter.next()
    chapter.joins()
    expect(chapter.next()).to_contain_text(f"https://{deployment.host}/check_roles#")
    chapter.joins()
    expect(chapter.aside("moderator")).to_have_text(re.compile("True"))
    chapter.joins()
    started = "start_broadcast: done: Playout(live='https://watch.example.org/?stream="
    expect(chapter.next()).to_contain_text(started, timeout=SLOW)
    orders = [seen.json() for seen in deployment.seen if seen.path == "/jibri"]
    assert orders[-1]["rtmpStreamKey"].startswith("rtmp://ingest.example.org/live/")
    expect(chapter.next()).to_contain_text("Jitsi: " + deployment.host)
    expect(chapter.next()).to_contain_text("Jitsi: 8x8.vc")
    chapter.aside("leave")


def cloud_page(chapter: Chapter) -> None:
    places = chapter.book.places
    chapter.aside("services")
    chapter.next()
    output = chapter.next()
    chapter.joined(output)
    frame = f"iframe[src^='https://{places.engine.host}/classroom/algebra_101#']"
    said = chapter.book.notebook.page.frame_locator(frame).locator("#said")
    expect(said).to_have_text("Joined /classroom/algebra_101")
    expect(chapter.aside("moderator")).to_have_text(re.compile("True"))
    expect(chapter.next()).to_contain_text("nanoplayer.html?bintu.streamname=AbCdE-2")
    started = chapter.aside("broadcast")
    expect(started).to_contain_text("nanoplayer.html?bintu.streamname=AbCdE-1", timeout=SLOW)
    expect(started).to_contain_text("vod/AbCdE-1.mp4")
    expect(chapter.aside("stop")).to_contain_text("stop_broadcast: done", timeout=SLOW)
    orders = [seen.json()["rtmpStreamKey"] for seen in places.engine.seen if seen.path == "/jibri"]
    assert orders == ["rtmp://bintu-vtrans.nanocosmos.de/rec/AbCdE-1"]
    chapter.aside("leave")
    chapter.joins()
    assert "GET /js/nanomeet.js" in places.engine.paths()
    chapter.aside("own server")


def privacy(chapter: Chapter) -> None:
    chapter.aside("own server")
    chapter.next()
    meeting = chapter.aside("show the room")
    chapter.joined(meeting)
    expect(chapter.next()).to_contain_text("Talk time: not kept")
    assert (chapter.book.folder / "hands.csv").read_text().startswith("session,person,name,roster,")
    expect(chapter.next()).to_contain_text("Attendance (0 rows)")
    expect(chapter.next()).to_contain_text("['session', 'name', 'moderator',")
    chapter.aside("leave")


def classroom(chapter: Chapter) -> None:
    chapter.aside("own server")
    expect(chapter.next()).to_have_text("Bo Li")
    chapter.joins()
    expect(chapter.next()).to_contain_text("absent: ['Ada Lovelace']")
    chapter.next()
    expect(chapter.next()).to_have_text("Exercise 3?")
    expect(chapter.next()).to_have_text("True")
    poll = chapter.next()
    expect(poll).to_contain_text("0 people voted")
    expect(chapter.next()).to_contain_text("100")
    expect(poll).to_contain_text("1 person voted")
    expect(chapter.next().locator("tbody tr")).to_have_count(1)
    expect(chapter.next()).to_contain_text("Scores")
    groups = chapter.next()
    expect(groups.locator("dt")).to_have_text(["Red", "Blue"])
    chapter.next()
    expect(groups).to_contain_text("Groups: closed")
    expect(chapter.next().locator("table")).to_contain_text("Bo Li")
    expect(chapter.next()).to_contain_text("['Bo Li'] Talk time")
    assert (chapter.book.folder / "hands.csv").read_text().count("Bo Li") == 1
    expect(chapter.next()).to_contain_text("['session', 'name', 'moderator',")
    expect(chapter.next().locator("tbody tr")).to_have_count(1)


def services(chapter: Chapter) -> None:
    (block,) = chapter.left
    chapter.aside("cloud by environment")
    *_, printed = block.text.splitlines()
    expect(chapter.next()).to_have_text(re.compile(re.escape(printed.removeprefix("# "))))
    chapter.aside("no cloud")


def python_media(chapter: Chapter) -> None:
    chapter.aside("own server")
    output = chapter.next()
    for told in (r"http\S+/live/\S+", r"SendStats\(sent=[1-9]", r"http\S+\.mp4"):
        expect(output).to_contain_text(re.compile(told), timeout=SLOW)
    expect(chapter.next()).to_contain_text("<broadcast: live", timeout=SLOW)
    chapter.next()


def teacher(chapter: Chapter) -> None:
    chapter.aside("own server")
    expect(chapter.next()).to_contain_text("links for: ['Ada Lovelace', 'Bo Li']")
    chapter.joins()
    expect(chapter.next()).to_contain_text("absent: ['Bo Li']")
    expect(chapter.next()).to_contain_text("Ada Lovelace")
    poll = chapter.next()
    expect(poll).to_contain_text("0 people voted")
    expect(chapter.next()).to_contain_text("100")
    expect(poll).to_contain_text("1 person voted")
    groups = chapter.next()
    expect(groups).to_contain_text("Ada Lovelace")
    chapter.next()
    expect(groups).to_contain_text("Groups: closed")
    expect(chapter.next().locator("table")).to_contain_text("Ada Lovelace")
    assert "Ada Lovelace" in (chapter.book.folder / "attendance.csv").read_text()
    chapter.next()


def data_team(chapter: Chapter) -> None:
    chapter.aside("own server")
    chapter.joins()
    chapter.next()
    expect(chapter.next()).to_contain_text(re.compile(r"SendStats\(sent=[1-9]"))
    expect(chapter.next()).to_contain_text(re.compile(r"http\S+/live/\S+"), timeout=SLOW)
    expect(chapter.next()).to_contain_text("(180, 320, 3)")
    recorded = chapter.next()
    expect(recorded).to_contain_text(re.compile(r"http\S+\.mp4"))
    chapter.next()


def administrator(chapter: Chapter) -> None:
    school = chapter.book.places.school
    expect(chapter.next()).to_contain_text(school.url)
    chapter.aside("own server")


#: How a reader works through each document with notebook code.
READERS: dict[str, Callable[[Chapter], None]] = {
    "README.md": readme,
    "docs/bots.md": bots,
    "docs/classroom.md": classroom,
    "docs/hosts.md": hosts,
    "docs/jitsi.md": jitsi_page,
    "docs/nanostream-cloud.md": cloud_page,
    "docs/privacy.md": privacy,
    "docs/python-media.md": python_media,
    "docs/server.md": server,
    "docs/services.md": services,
    "docs/tutorials/administrator.md": administrator,
    "docs/tutorials/data-team.md": data_team,
    "docs/tutorials/teacher.md": teacher,
}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    base = tmp_path_factory.mktemp("places")
    key = hashlib.sha256(b"nanocosmos").hexdigest()
    clouds = Prosody(
        app_id="bintu", keys={key: cloud.PUBLIC}, audiences=("nanomeet",), domain="none"
    )
    starter = Servers(base)
    with ExitStack() as stack:
        stack.callback(starter.close)
        yield Places(
            deployment=stack.enter_context(
                jitsi(base / "jitsi", Prosody(app_id="classroom", secret=SECRET))
            ),
            cloud=stack.enter_context(cloud.cloud(base / "cloud")),
            engine=stack.enter_context(jitsi(base / "engine", clouds)),
            school=starter.start("--tls"),
        )


@pytest.fixture(scope="module")
def book(lab: Lab, browser: Browser, places: Places) -> Iterator[Book]:
    cells = [block for block in CELLS if not block.not_run]
    codes = [*ASIDE.values(), *(block.text for block in cells)]
    lab.write("documents.ipynb", *map(places.named, codes))
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (lab.folder / "jaas.pk").write_bytes(pem)
    context = new_context(
        browser,
        viewport={"width": 1280, "height": 800},
        permissions=["camera", "microphone"],
        ignore_https_errors=True,
    )
    notebook = Notebook(context.new_page(), lab, "documents.ipynb")
    yield Book(notebook, places, lab.folder, cells)
    # A secret displayed by a cell would be in it.
    notebook.save()
    saved = (lab.folder / "documents.ipynb").read_text()
    assert json.loads(saved)["cells"]
    assert SECRET not in saved
    context.close()


@pytest.mark.parametrize("document", sorted({block.document for block in CELLS}))
def test_a_document_s_cells_run_one_after_the_other(book: Book, document: str) -> None:
    chapter = book.open(document)
    chapter.aside("devices on" if document in WITH_DEVICES else "devices off")
    READERS[document](chapter)
    assert not chapter.left


@pytest.mark.parametrize("block", [b for b in blocks("html") if not b.not_run], ids=str)
def test_a_web_page_of_the_documents_shows_its_meeting(
    open_page: OpenPage, server: RunningServer, block: Block
) -> None:
    token = server.room("documents")
    page = block.text.replace("http://127.0.0.1:8910", server.url)
    with site(f"<!doctype html><script>const token = {json.dumps(token)};</script>{page}") as url:
        opened = open_page(url)
        meeting = opened.frame_locator("#meeting iframe")
        expect(meeting.locator("[data-participant]")).to_have_count(1, timeout=SLOW)
        opened.wait_for_function("() => meeting.view?.broadcast === 'live'")
