"""The headers that say what pages, workers and everything else that is answered may do."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from nanomeet_widget._static import STATIC
from tests.asking import get
from tests.conftest import RunningServer, Servers
from tests.proxy import free_port

PAGES = ("local/Room", "live/stream", "invite")


def policy(answer: httpx.Response) -> dict[str, list[str]]:
    """Return the directives of an answer's Content Security Policy."""
    parts = answer.headers["Content-Security-Policy"].split("; ")
    return {name: sources for name, *sources in (part.split() for part in parts)}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_its_own_script_and_no_other(server: RunningServer, path: str) -> None:
    first, second = get(f"{server.url}/{path}"), get(f"{server.url}/{path}")
    given = policy(first)
    (nonce,) = re.findall(r'<script nonce="([\w-]{20,})"', first.text)
    assert given["script-src"][0] == f"'nonce-{nonce}'"
    assert nonce not in second.text
    for directive in ("default-src", "object-src", "base-uri", "form-action"):
        assert given[directive] == ["'none'"]
    assert given["require-trusted-types-for"] == ["'script'"]
    run = given["script-src"][1:] + given["worker-src"]
    assert not {"'self'", "*", "blob:", "data:", "https:", "'strict-dynamic'"} & {*run}
    assert "unsafe" not in first.headers["Content-Security-Policy"]
    assert "<base" not in first.text
    assert "<script>" not in first.text
    assert not re.search(r" (?:on\w+|style)=", first.text)


def test_scripts_are_named_one_by_one_at_each_name_of_the_server(servers: Servers) -> None:
    port = free_port()
    base = "/user/ada%40school.example/a;b/nanomeet/"
    public = f"https://meet.example:8443{base}"
    servers.start("--base-url", base, "--public-url", public, "--port", str(port))
    here = f"http://127.0.0.1:{port}{base}"
    asked = {"Host": "localhost:1234", "X-Forwarded-Host": "evil.example"}
    given = policy(get(f"{here}local/Room", headers=asked))
    path = "/user/ada%40school.example/a%3Bb/nanomeet/static/"
    names = ("localhost:1234", "meet.example:8443")
    assert given["script-src"][1:] == [f"{name}{path}player-audio.js" for name in names]
    assert given["worker-src"] == [
        f"{name}{path}{file}"
        for name in names
        for file in ("background.js", "composer.js", "tap.js")
    ]
    assert given["trusted-types"] == ["nanomeet-workers"]
    for page in ("live/stream", "invite"):
        given = policy(get(f"{here}{page}", headers=asked))
        assert given["worker-src"] == given["trusted-types"] == ["'none'"]


@pytest.mark.parametrize("host", ["[::1]:8888", "*", "'unsafe-inline'", "*.example"])
def test_a_request_names_no_source_but_a_host(servers: Servers, host: str) -> None:
    # The HTTP server itself refuses spaces and separators.
    server = servers.start("--allow-host", "*")
    given = policy(get(f"{server.url}/local/Room", headers={"Host": host}))
    assert given["script-src"][1:] == ["'self'"]
    assert given["worker-src"] == ["'self'"]
    assert given["default-src"] == ["'none'"]


def test_only_a_page_that_needs_a_device_may_ask_for_it(server: RunningServer) -> None:
    def allowed(path: str) -> set[str]:
        pairs = get(f"{server.url}/{path}").headers["Permissions-Policy"].split(", ")
        given = dict(pair.split("=") for pair in pairs)
        assert set(given.values()) <= {"(self)", "()"}
        assert given["geolocation"] == given["usb"] == "()"
        return {name for name, value in given.items() if value == "(self)"}

    shared = {"autoplay", "fullscreen", "picture-in-picture", "screen-wake-lock"}
    devices = {"camera", "microphone", "display-capture", "speaker-selection", "clipboard-write"}
    assert allowed("local/Room") == shared | devices
    assert allowed("live/stream") == shared
    assert allowed("invite") == set()


def test_no_page_is_held_by_the_one_that_opened_it(server: RunningServer) -> None:
    for path in PAGES:
        headers = get(f"{server.url}/{path}").headers
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_what_is_no_page_runs_nothing(server: RunningServer) -> None:
    for path in (
        "healthz",
        "openapi.json",
        "recordings",
        "no/such/thing",
        "nanomeet",
        "static/no.js",
    ):
        assert policy(get(f"{server.url}/{path}"))["default-src"] == ["'none'"]
    for file in Path(STATIC).iterdir():
        if file.suffix == ".html" or file.name.startswith("."):
            continue
        given = policy(get(f"{server.url}/static/{file.name}"))
        assert given["default-src"] == given["trusted-types"] == ["'none'"]
        # A worker has the policy of its own script: this one compiles WebAssembly.
        compiles = file.name == "background.js"
        assert given.get("script-src") == (["'wasm-unsafe-eval'"] if compiles else None)
