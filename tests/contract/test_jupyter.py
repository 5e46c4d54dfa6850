"""The server inside a real JupyterLab: found by its kernels, open to guests, and nothing else is."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import jwt
import pytest

import nanomeet_widget as nm
from nanomeet_widget import _jupyter
from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget._version import __version__
from nanomeet_widget.server import access
from nanomeet_widget.services import LocalServer
from tests.asking import PATIENT, get, post
from tests.conftest import RunningServer
from tests.labs import Lab, running_lab
from tests.unit.server.spoiling import deep
from tests.waiting import until

from .sockets import broadcasting, connect, join, run, watch

PATH = "/user/anna%40school.example"

#: What a guest must not reach: reading, writing, running, watching, stopping.
CLOSED = [
    *("GET /lab", "GET /tree", "GET /notebooks/a.ipynb", "GET /edit/a.py", "GET /doc/tree/a"),
    *("GET /files/secret.txt", "GET /view/secret.html", "GET /nbconvert/html/a.ipynb"),
    *("GET /api/contents", "GET /api/contents/secret.txt", "PUT /api/contents/new.txt"),
    *("DELETE /api/contents/secret.txt", "POST /api/contents", "PATCH /api/contents/secret.txt"),
    *("GET /api/contents/secret.txt/checkpoints", "GET /api/kernels", "POST /api/kernels"),
    *("DELETE /api/kernels/{kernel}", "POST /api/kernels/{kernel}/interrupt"),
    *("POST /api/kernels/{kernel}/restart", "GET /api/kernels/{kernel}/channels"),
    *("GET /api/sessions", "POST /api/sessions", "GET /api/kernelspecs", "GET /api/status"),
    *("GET /api/terminals", "POST /api/terminals", "GET /terminals/websocket/1"),
    *("GET /api/config/notebook", "PATCH /api/config/notebook", "GET /api/nbconvert"),
    *("GET /api/events/subscribe", "POST /api/events", "POST /api/shutdown", "GET /metrics"),
    *("GET /lsp/status", "GET /lsp/ws/pylsp", "GET /lab/api/settings", "PUT /lab/api/settings/x"),
    *("GET /lab/api/workspaces", "GET /lab/api/extensions", "POST /lab/api/extensions"),
    *("POST /lab/api/build", "GET /lab/api/listings/x", "GET /kernelspecs/python3/logo-64x64.png"),
]


@dataclass(frozen=True)
class Hosted:
    """A JupyterLab with the server in it."""

    lab: Lab
    file: Path
    data: Path

    @property
    def server(self) -> RunningServer:
        """The server, as guests and pages reach it; its process is the lab's."""
        said = json.loads(self.file.read_text())
        return RunningServer(
            url=f"{self.lab.url}/nanomeet",
            api_key=said["api_key"],
            data=self.data,
            log=self.lab.folder.parent / "app.log",
            process=None,  # type: ignore[arg-type]
        )

    @property
    def pid(self) -> int:
        """The process of the lab."""
        return int(self.file.stem.split("-")[1])


def file_in(base: Path) -> Path:
    """Wait for the file by which kernels find the server."""
    folder = base / "jupyter-run"
    until(lambda: len(list(folder.glob("nanomeet-*.json"))), to_be=1)
    return next(folder.glob("nanomeet-*.json"))


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    base = tmp_path_factory.mktemp("lab")
    with running_lab(base, path=PATH) as lab:
        (lab.folder / "secret.txt").write_text("the answers")
        yield Hosted(lab=lab, file=file_in(base), data=base / "data" / "nanomeet-widget")


@pytest.fixture
def kernel(hosted: Hosted, monkeypatch: pytest.MonkeyPatch) -> LocalServer:
    """What a kernel of this lab has: its environment, and the service."""
    monkeypatch.setenv("JPY_PARENT_PID", str(hosted.pid))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(hosted.file.parent))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(hosted.lab.runtime))
    return LocalServer()


def test_a_guest_joins_and_watches_by_a_token_alone(hosted: Hosted) -> None:
    async def scenario() -> None:
        token = hosted.server.room("Guests")
        guest = hosted.server.invite(token)
        async with (
            nm.Bot(guest, server=hosted.server.url) as bot,
            broadcasting(hosted.server, token),
        ):
            assert bot.moderator is False
            stream = jwt.decode(token, options={"verify_signature": False})["streamname"]
            viewer, state = await watch(hosted.server, stream)
            assert state["state"] == "waiting"
            viewer.close()

    run(scenario())


def test_nothing_of_jupyter_is_open_to_a_guest(hosted: Hosted) -> None:
    base = {"Authorization": f"token {hosted.lab.token}"}
    asked = post(f"{hosted.lab.url}/api/kernels", headers=base)
    kernel = asked.json()["id"]
    guest = hosted.server.invite(hosted.server.room("Closed"))
    carried: list[dict[str, str]] = [
        {},
        {"Authorization": f"token {guest}"},
        {"Authorization": f"Bearer {guest}", "X-BINTU-TOKEN": guest},
    ]
    let_in = []
    with httpx.Client(**PATIENT, follow_redirects=False) as client:
        for line in CLOSED:
            method, path = line.format(kernel=kernel).split(" ")
            for headers in carried:
                url = f"{hosted.lab.url}{path}"
                answer = client.request(method, url, headers=headers, params={"token": guest})
                to_login = answer.is_redirect and "/login" in answer.headers["location"]
                if answer.status_code not in {401, 403} and not to_login:
                    let_in.append((line, answer.status_code))
        assert let_in == []
        # The list names what is there: those who may, get an answer.
        for path in ("/api/contents", "/api/kernels", f"/api/kernels/{kernel}", "/api/status"):
            assert client.get(f"{hosted.lab.url}{path}", headers=base).status_code == 200
        client.delete(f"{hosted.lab.url}/api/kernels/{kernel}", headers=base)
    assert (hosted.lab.folder / "secret.txt").read_text() == "the answers"


def test_what_is_not_there_is_answered_by_us(hosted: Hosted) -> None:
    for path in ("no.thing", "a/b/c", "../nanomeet/x%2e%2e/y", "js/other.js"):
        answer = get(f"{hosted.server.url}/{path}")
        assert answer.status_code == 404
        assert answer.json() == {"message": "Not Found"}


def test_the_key_of_jupyter_makes_no_room(hosted: Hosted) -> None:
    for headers in ({"Authorization": f"token {hosted.lab.token}"}, {"X-BINTU-APIKEY": "wrong"}):
        assert hosted.server.post("nanomeet", headers=headers, room="R").status_code == 401


def test_another_site_may_not_open_a_socket(hosted: Hosted) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Origin": "https://evil.example",
    }
    for path in ("ws/meeting", "ws/watch", "ws/ingest"):
        answer = get(f"{hosted.server.url}/{path}", headers=upgrade)
        assert answer.status_code == 403


def test_only_the_meeting_page_may_be_framed_by_others(hosted: Hosted) -> None:
    def ancestors(path: str) -> str:
        answer = get(f"{hosted.lab.url}/{path}")
        return answer.headers["Content-Security-Policy"].split("frame-ancestors ")[1].split(";")[0]

    assert ancestors("nanomeet/local/Room") == "*"
    assert ancestors("nanomeet/invite") == "'self'"
    assert ancestors("login") == "'self'"


def test_what_no_client_sends_is_no_fault_of_jupyter(hosted: Hosted) -> None:
    server = hosted.server
    for depth in (65, 1000):
        for inner in deep(depth):
            for body in (inner, f'{{"ticket": {inner}}}'):
                assert post(f"{server.url}/ticket", content=body).status_code == 400
    page = get(f"{server.url}/static/meeting.html")
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"

    async def scenario() -> None:
        for path in ("ws/meeting", "ws/watch", "ws/ingest"):
            client = await connect(server, path)
            await client.send_raw(f'{{"x": {deep(1000)[0]}}}')
            told = await client.receive()
            assert isinstance(told, dict)
            assert "invalid" in str(told)
            await client.closed()

    run(scenario())


def test_connections_to_jupyter_are_limited(hosted: Hosted) -> None:
    """By default, and also where a proxy hides all addresses."""

    async def scenario() -> None:
        told = []
        for _ in range(access.WAITING + 1):
            viewer = await connect(hosted.server, "ws/watch")
            await viewer.send("watch", v=1, stream="nothing")
            answer = await viewer.receive()
            assert isinstance(answer, dict)
            told.append(answer["type"])
        assert told == ["stream_state"] * access.WAITING + ["error"]
        # A proxy on this machine says who else there is.
        other, _ = await join(
            hosted.server, hosted.server.room("Others"), address="203.0.113.5:4711"
        )
        other.close()
        arrived = [await connect(hosted.server, "ws/watch") for _ in range(501)]
        await arrived[-1].expect("error")

    run(scenario())


def test_a_kernel_finds_it_and_starts_nothing(hosted: Hosted, kernel: LocalServer) -> None:
    assert stat.S_IMODE(hosted.file.stat().st_mode) == 0o600
    room = kernel.create_room("Kernel_room")
    assert room.server == hosted.server.url
    assert kernel.check().startswith("http://127.0.0.1:")
    assert not (hosted.lab.runtime / "nanomeet").exists()
    invite = kernel.create_invite(room.token)
    assert invite.invite_link.startswith(f"{hosted.server.url}/invite#token=")
    assert kernel.browser_link(room.token).reveal().startswith(f"{hosted.server.url}/invite#ticket")
    kernel.close()


def test_links_have_the_address_of_the_page(kernel: LocalServer) -> None:
    room = kernel.create_room("Linked")
    # Reached by a page through some proxy; one of another path is of another server.
    assert kernel.found_at(room.server, "https://hub.example/user/otto/") is None
    public = f"hub.example{PATH}/nanomeet"
    assert kernel.found_at(room.server, f"https://hub.example{PATH}/") == f"https://{public}"
    assert kernel.found_at("http://127.0.0.1:8910", f"https://hub.example{PATH}/") is None
    invite = kernel.create_invite(room.token)
    assert invite.invite_link.startswith(f"https://{public}/invite#token=")
    token = invite.secret.reveal()
    assert jwt.decode(token, options={"verify_signature": False})["server"] == public
    again = kernel.create_room("Linked")
    assert again.server == public
    assert kernel.serves(public)
    assert kernel.found_at(public, f"https://hub.example{PATH}/") == f"https://{public}"
    # Another kernel of the same user gets it, too, from the server.
    with LocalServer() as other:
        assert other.create_room("Linked").server == public
    with pytest.raises(InvalidInputError):
        kernel.found_at(room.server, "javascript:alert(1)//")
    kernel.close()


def test_a_moderators_guests_are_led_to_addresses_of_the_owner_alone(hosted: Hosted) -> None:
    def server_of(token: str) -> str:
        return str(jwt.decode(token, options={"verify_signature": False})["server"])

    def invited_in_the_room(token: str, server: str) -> str:
        made: list[str] = []

        async def scenario() -> None:
            page, _ = await join(hosted.server, token)
            await page.send("create_invite", ref=1, server=server)
            made.append((await page.expect("invite_created"))["token"])
            page.close()

        run(scenario())
        return made[0]

    second = f"https://second.example{PATH}/nanomeet"
    token = hosted.server.room("Moderated", server=second)
    hosted.server.room("Moderated", server=f"https://hub.example{PATH}/nanomeet")
    known = f"hub.example{PATH}/nanomeet"
    for wrong in (
        # The same path, but another host, scheme or port.
        f"https://evil.example{PATH}/nanomeet",
        f"http://hub.example{PATH}/nanomeet",
        f"https://hub.example:8443{PATH}/nanomeet",
        f"https://hub.example.evil.example{PATH}/nanomeet",
        "https://hub.example/other",
        f"http://127.0.0.1:1{PATH}/nanomeet",
        "https://x/",
    ):
        assert server_of(hosted.server.invite(token, server=wrong)) == known, wrong
        assert server_of(invited_in_the_room(token, wrong)) == known, wrong
    assert server_of(hosted.server.room("Moderated")) == known
    # Each address that the owner named is as good.
    for named in (second, f"https://HUB.example:443{PATH}/nanomeet"):
        right = urlsplit(named).hostname
        for made in (hosted.server.invite(token, server=named), invited_in_the_room(token, named)):
            assert server_of(made) == f"{right}{PATH}/nanomeet"


def test_a_stale_file_is_passed_over(
    hosted: Hosted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JPY_PARENT_PID", str(hosted.pid))
    said = json.loads(hosted.file.read_text())
    copy = _jupyter.file_of(tmp_path, hosted.pid)

    def found(**changed: object) -> bool:
        copy.write_text(json.dumps({**said, **changed}))
        return _jupyter.find(tmp_path) is not None

    assert found()
    assert not found(started="another boot 1")
    assert not found(pid=hosted.pid + 1)
    assert not found(version="0.0.0")
    copy.write_text("[]")
    assert _jupyter.find(tmp_path) is None
    # A process of the past.
    process = subprocess.run([sys.executable, "-c", ""], check=True)
    assert process.returncode == 0
    monkeypatch.setenv("JPY_PARENT_PID", "999999999")
    _jupyter.file_of(tmp_path, 999999999).write_text(json.dumps({**said, "pid": 999999999}))
    assert _jupyter.find(tmp_path) is None
    for orphan in ("", "1", "x"):
        monkeypatch.setenv("JPY_PARENT_PID", orphan)
        assert _jupyter.find(tmp_path) is None


def test_why_there_is_none_is_known(
    hosted: Hosted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JPY_PARENT_PID", str(hosted.pid))
    said = json.loads(hosted.file.read_text())
    (info,) = hosted.file.parent.glob("jpserver-*.json")
    copy = tmp_path / hosted.file.name

    def why(**changed: object) -> str:
        copy.write_text(json.dumps({**said, **changed}))
        absent = _jupyter.why_absent(tmp_path)
        return "" if absent is None else f"{absent.what}: {absent.remedy}"

    assert why(version="0.0.0") == "", "no Jupyter server has said that it is there"
    (tmp_path / info.name).write_text(info.read_text())
    assert why() == ""
    assert f"runs nanomeet-widget 0.0.0, where {__version__} is needed" in why(version="0.0.0")
    assert "no room: correct that" in why(error="no room")
    assert "restart Jupyter" in why(started="another boot 1")
    copy.unlink()
    absent = _jupyter.why_absent(tmp_path)
    assert absent is not None
    # The environments are one here, so there is nothing to install.
    assert "server extension enable" in absent.remedy
    monkeypatch.setattr(sys, "executable", "/another/python")
    assert f"{said_python(hosted.pid)} -m pip install nanomeet-widget==" in absent.remedy
    # No Jupyter server: nbconvert, or an editor that starts kernels itself.
    monkeypatch.setenv("JPY_PARENT_PID", str(os.getpid()))
    assert _jupyter.why_absent(tmp_path) is None
    monkeypatch.delenv("JPY_PARENT_PID")
    assert _jupyter.why_absent(tmp_path) is None


def said_python(pid: int) -> str:
    """Return how a process was started."""
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")[0]


def test_doctor_looks_at_every_jupyter(hosted: Hosted, monkeypatch: pytest.MonkeyPatch) -> None:
    def findings(**variables: str) -> dict[str, dict[str, str]]:
        monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(hosted.file.parent))
        command = "import sys; from nanomeet_widget.cli import main; sys.exit(main())"
        run = subprocess.run(
            [sys.executable, "-c", command, "doctor", "--json"],
            capture_output=True,
            text=True,
            env={**os.environ, **variables},
            timeout=120,
            check=False,
        )
        return {finding["name"]: finding for finding in json.loads(run.stdout)["findings"]}

    name = f"Jupyter at {hosted.lab.url}/"
    hub = {"JUPYTERHUB_USER": "anna"}
    kernel = {**hub, "JPY_PARENT_PID": str(hosted.pid)}
    found = findings(**kernel)
    assert found[name]["state"] == "ok"
    # What it says of a hub is true: here the hub's own proxy leads to the meetings.
    assert found["notebook program"]["state"] == "ok"
    said = hosted.file.read_text()
    try:
        hosted.file.write_text(json.dumps({**json.loads(said), "version": "0.0.0"}))
        wrong = findings(**kernel)
        assert wrong[name]["state"] == "wrong"
        assert "0.0.0" in wrong[name]["found"]
        assert "restart Jupyter" in wrong[name]["remedy"]
        assert wrong["notebook program"]["state"] == "warning"
        # From a terminal it is said, too, but nothing there needs it.
        assert findings()[name]["state"] == "warning"
    finally:
        hosted.file.write_text(said)


def test_meetings_that_could_not_start_say_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_lab(tmp_path, "--NanoMeetServer.frame_ancestors=; script-src") as lab:
        file = file_in(tmp_path)
        monkeypatch.setenv("JPY_PARENT_PID", file.stem.split("-")[1])
        absent = _jupyter.why_absent(file.parent)
        assert absent is not None
        assert "frame_ancestors" in absent.what
        assert get(f"{lab.url}/api").status_code == 200


def test_it_goes_with_jupyter(tmp_path: Path) -> None:
    with running_lab(tmp_path) as lab:
        file = file_in(tmp_path)
        server = f"{lab.url}/nanomeet"
        assert get(f"{server}/healthz").json() == {"status": "ok"}
    assert not file.exists()
    log = (tmp_path / "app.log").read_text()
    assert "Endpoints without" not in log
    assert "Traceback" not in log
    assert list((tmp_path / "data" / "nanomeet-widget" / "instances").iterdir()) == []
