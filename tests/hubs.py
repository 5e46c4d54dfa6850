"""A real JupyterHub with its proxy, configured as the documents say, and its users."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.asking import PATIENT
from tests.documents import blocks
from tests.proxy import free_port
from tests.waiting import until, until_up

BINARIES = Path(__file__).parents[1] / ".hosts/hub/bin"
PATH = "/school"
#: Seconds for which the service believes the Hub.
RECHECK = 1
_START, _STOP = 180.0, 60.0
#: A user's server for tests without notebooks: it writes down what the Hub gave it, and answers.
_SERVER = """
import http.server, json, os, urllib.parse
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("X-JupyterHub-Version", "5")
        self.end_headers()
    def log_message(self, *_):
        pass
with open("environment.json", "w") as file:
    json.dump(dict(os.environ), file)
at = urllib.parse.urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
http.server.HTTPServer((at.hostname, at.port), Handler).serve_forever()
"""
_REST = """
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {{"root"}}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{base}/{{username}}"
c.Spawner.args = {args!r}
c.Spawner.cmd = {cmd!r}
c.Spawner.start_timeout = 120
c.JupyterHub.bind_url = "{url}/"
c.JupyterHub.hub_port = {hub}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.ConfigurableHTTPProxy.command = ["{bin}/configurable-http-proxy"]
c.ConfigurableHTTPProxy.pid_file = "{base}/proxy.pid"
c.JupyterHub.db_url = "sqlite:///{base}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{base}/cookie"
c.JupyterHub.services.append({{"name": "tester", "api_token": "{token}"}})
c.JupyterHub.load_roles.append({{"name": "tester", "services": ["tester"], "scopes": {scopes!r}}})
c.JupyterHub.load_roles.append(
    {{"name": "algebra_teacher", "users": ["noether"], "scopes": ["custom:nanomeet:moderate!group=algebra_101"]}}
)
c.JupyterHub.custom_scopes["custom:other:thing"] = {{"description": "Another service's"}}
"""
_SCOPES = ("admin:users", "admin:groups", "tokens", "admin:servers", "access:services", "read:hub")


@dataclass(kw_only=True)
class Hub:
    """A running JupyterHub with the service."""

    url: str
    base: Path
    #: Of the tests' own service, which may change users and groups.
    token: str
    command: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = field(default=None)
    browsers: list[httpx.Client] = field(default_factory=list)

    @property
    def service(self) -> str:
        """The service as people reach it."""
        return f"{self.url}/services/nanomeet"

    @property
    def direct(self) -> str:
        """The service without the Hub's proxy."""
        (port,) = re.findall(r'"url": "http://127.0.0.1:(\d+)"', (self.base / "hub.py").read_text())
        return f"http://127.0.0.1:{port}{PATH}/services/nanomeet"

    @property
    def log(self) -> Path:
        return self.base / "hub.log"

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.base,
            )
        until_up(self.process, self._is_up, log=self.log, patience=_START)

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=_STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Let the Hub answer nothing, while its proxy and services go on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def ask(self, method: str, path: str, **body: Any) -> Any:
        """Ask the Hub's API as the tests' own service."""
        answer = httpx.request(
            method,
            f"{self.url}/hub/api/{path}",
            headers={"Authorization": f"token {self.token}"},
            json=body or None,
            **PATIENT,
        )
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def make(self, user: str, *groups: str) -> None:
        """Make a user, who is in these groups."""
        self.ask("POST", "users", usernames=[user])
        for group in groups:
            self.ask("POST", f"groups/{group}/users", users=[user])

    def token_of(self, user: str, *scopes: str) -> str:
        """Return a new token of a user, with these scopes."""
        made: str = self.ask("POST", f"users/{user}/tokens", scopes=list(scopes))["token"]
        return made

    def browser(self, user: str | None = None, **options: Any) -> httpx.Client:
        """Return a browser without scripts, in which a user is logged in; `options` are httpx's."""
        client = httpx.Client(**{"follow_redirects": True, **PATIENT, **options})
        self.browsers.append(client)
        if user is not None:
            client.get(f"{self.url}/hub/login")
            data = {"username": user, "password": "any", "_xsrf": client.cookies["_xsrf"]}
            client.post(f"{self.url}/hub/login?next={PATH}/hub/token", data=data).raise_for_status()
        return client

    def rooms(self, client: httpx.Client) -> httpx.Response:
        """Open the list of rooms."""
        return client.get(f"{self.service}/", headers={"Sec-Fetch-Mode": "navigate"})

    def join(self, client: httpx.Client, room: str, **change: str) -> httpx.Response:
        """Press *Join*; the answer is not followed."""
        found = re.search(r'name="_xsrf" value="([^"]+)"', self.rooms(client).text)
        data = {"room": room, "_xsrf": found[1] if found else "", **change}
        return client.post(
            f"{self.service}/join",
            data=data,
            headers={"Sec-Fetch-Mode": "navigate"},
            follow_redirects=False,
        )

    def meeting_token(self, client: httpx.Client, room: str) -> str:
        """Return the token with which *Join* leads into a room."""
        answer = self.join(client, room)
        assert answer.status_code == 303, answer.text
        ticket = answer.headers["Location"].partition("#ticket=")[2]
        token: str = client.post(f"{self.service}/ticket", json={"ticket": ticket}).json()["data"]
        return token

    def environment_of(self, user: str) -> dict[str, str]:
        """Start a user's server; return the variables that the Hub gave it."""
        file = self.base / user / "environment.json"

        def runs() -> bool:
            return self.ask("GET", f"users/{user}").get("server") is not None

        # A Hub that stops ends its users' servers, and their tokens.
        if not (file.exists() and runs()):
            file.unlink(missing_ok=True)
            httpx.post(
                f"{self.url}/hub/api/users/{user}/server",
                headers={"Authorization": f"token {self.token}"},
                **PATIENT,
            ).raise_for_status()
            until(file.exists)
            until(runs)
        found: dict[str, str] = json.loads(file.read_text())
        return found

    def run(self, user: str, code: str) -> subprocess.CompletedProcess[str]:
        """Run a program in a user's server."""
        return subprocess.run(
            [str(BINARIES / "python"), "-c", code],
            env=self.environment_of(user),
            cwd=self.base / user,
            capture_output=True,
            text=True,
            check=False,
        )

    def _is_up(self) -> bool:
        try:
            login = httpx.get(f"{self.url}/hub/login", **PATIENT)
            service = httpx.get(f"{self.service}/healthz", **PATIENT)
        except httpx.HTTPError:
            return False
        return login.is_success and service.is_success


@contextmanager
def running_hub(
    base: Path, *, notebooks: bool = False, options: tuple[str, ...] = ()
) -> Iterator[Hub]:
    """Run a JupyterHub below a path with the service, as `docs/hub/index.md` configures it.

    `notebooks`: whether users get real notebook servers; `options`: further ones of `nanomeet serve`.
    """
    port, service, token = free_port(), free_port(), secrets.token_hex(16)
    url = f"http://127.0.0.1:{port}{PATH}"
    more = ["--hub-recheck", str(RECHECK), *options]
    block, *_ = blocks("python", "docs/hub/index.md")
    text = block.text
    for before, after in {
        "https://hub.school.example/": f"{url}/",
        "127.0.0.1:910/services": f"127.0.0.1:{service}{PATH}/services",
        "127.0.0.1:910": f"127.0.0.1:{service}",
        "/opt/nanomeet/bin": str(BINARIES),
        '"/var/lib/nanomeet"]': ", ".join(map(json.dumps, [str(base / "data"), *more])) + "]",
    }.items():
        assert before in text, before
        text = text.replace(before, after)
    fake = [sys.executable, "-c", _SERVER]
    text += _REST.format(
        base=base,
        bin=BINARIES,
        url=url,
        hub=free_port(),
        api=free_port(),
        token=token,
        scopes=list(_SCOPES),
        cmd=[str(BINARIES / "jupyterhub-singleuser")] if notebooks else fake,
        args=["--allow-root"] if notebooks else [],
    )
    (base / "hub.py").write_text(text)
    hub = Hub(
        url=url,
        base=base,
        token=token,
        command=[str(BINARIES / "jupyterhub"), "-f", str(base / "hub.py")],
        environment={**os.environ, "XDG_RUNTIME_DIR": str(base)},
    )
    try:
        hub.start()
        yield hub
    finally:
        hub.stop()
        for client in hub.browsers:
            client.close()
