"""`nanomeet` as people and programs meet it: a process, its output and its exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jwt
import pytest

from nanomeet_widget.cli import doctor, doctor_jitsi
from nanomeet_widget.cli._output import distance
from tests.conftest import RunningServer, Servers
from tests.standins.https import Answer, Seen, Site, serving
from tests.standins.jitsi import ENGINE

#: Seconds for a command: it starts a server, too.
PATIENCE = 120
RUN = "import sys; from nanomeet_widget.cli import main; sys.exit(main())"
SECRET = "0123456789abcdef0123456789abcdef"
JITSI = {
    "NANOMEET_JITSI_SERVER": "meet.example.org",
    "NANOMEET_JITSI_APP_ID": "classroom",
    "NANOMEET_JITSI_APP_SECRET": SECRET,
}


def nanomeet(
    *arguments: str, stdin: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("NANOMEET_")}
    return subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env={**environment, "TZ": "UTC", "NO_PROXY": "*", **variables},
        check=False,
    )


def facts(run: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert run.returncode == 0, run.stderr + run.stdout
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def at(server: RunningServer) -> dict[str, str]:
    return {"NANOMEET_SERVER": server.url, "NANOMEET_API_KEY": server.api_key}


def test_help_is_worth_reading() -> None:
    run = nanomeet("--help")
    assert run.returncode == 0
    for word in ("serve", "room", "invite", "token", "doctor", "NANOMEET_API_KEY", "exit status"):
        assert word in run.stdout
    for command in ("serve", "room", "invite", "token", "doctor"):
        told = nanomeet(command, "--help").stdout
        assert "--json" in told
        # What it is for, before its options.
        assert ". " in told.split("\noptions:")[0].replace("\n", " ")
    assert "examples:" in nanomeet("serve", "--help").stdout


def test_a_room_an_invite_and_what_the_token_says(server: RunningServer) -> None:
    room = facts(nanomeet("room", "Algebra_1", "--exp", "2h", "--json", **at(server)))
    assert (room["room"], room["moderator"]) == ("Algebra_1", True)
    invite = facts(nanomeet("invite", "--json", stdin=room["token"], **at(server)))
    assert invite["invite_link"].startswith(f"{server.url}/invite#token=")
    said = facts(nanomeet("token", "--json", NANOMEET_TOKEN=invite["token"]))
    assert said["state"] == "valid_now"
    assert (said["claims"]["room"], said["claims"]["moderator"]) == ("Algebra_1", False)


def test_a_jitsi_room_needs_no_server() -> None:
    room = facts(nanomeet("room", "R", "--participant", "--streamname", "s", "--json", **JITSI))
    claims = jwt.decode(room["token"], SECRET, algorithms=["HS256"], audience="jitsi")
    assert (claims["moderator"], claims["streamname"]) == (False, "s")


def test_people_read_words(server: RunningServer) -> None:
    run = nanomeet("room", "Algebra_1", "--exp", "3d", **at(server))
    assert run.returncode == 0
    assert "moderator: may invite" in run.stdout
    assert "(in 3 days)" in run.stdout


def test_a_tokens_signature_is_never_shown() -> None:
    token = facts(nanomeet("room", "R", "--json", **JITSI))["token"]
    for options in ((), ("--json",)):
        run = nanomeet("token", *options, stdin=f"{token}\n")
        assert run.returncode == 0
        assert "classroom" in run.stdout
        assert token.split(".")[2] not in run.stdout + run.stderr
        assert token.split(".")[1] not in run.stdout + run.stderr


@pytest.mark.parametrize(("nbf", "exp", "state"), [(-9, -1, "expired"), (1, 9, "not_valid_yet")])
def test_a_token_that_opens_nothing_now_is_a_failure(nbf: int, exp: int, state: str) -> None:
    now = int(datetime.now(timezone.utc).timestamp())
    times = {"nbf": now + nbf * 3600, "exp": now + exp * 3600}
    claims = {"room": "R", "streamname": "s", "sub": "t", **times}
    run = nanomeet("token", "--json", stdin=jwt.encode(claims, SECRET, algorithm="HS256"))
    assert run.returncode == 1
    assert json.loads(run.stdout)["state"] == state


MISTAKES = [
    (("room", "with space"), "", "InvalidInputError", "letters"),
    (("room", "R", "--exp", "xh"), "", "InvalidInputError", "is not a time"),
    (("token",), "nonsense", "MalformedTokenError", "token"),
    (("invite",), "", "MalformedTokenError", "there is no token"),
]


@pytest.mark.parametrize(("arguments", "stdin", "kind", "words"), MISTAKES)
def test_a_failure_is_told_to_people_and_programs(
    arguments: tuple[str, ...], stdin: str, kind: str, words: str
) -> None:
    run = nanomeet(*arguments, stdin=stdin, **JITSI)
    assert run.returncode == 1
    assert words in run.stderr
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
    error = json.loads(nanomeet(*arguments, "--json", stdin=stdin, **JITSI).stdout)["error"]
    assert error["kind"] == kind
    assert words in error["message"]


def test_a_wrong_command_line_has_a_status_of_its_own() -> None:
    assert nanomeet("fly").returncode == 2
    assert nanomeet().returncode == 2


def test_a_refused_key_is_not_shown(server: RunningServer) -> None:
    key = "wrong-key-0123456789"
    run = nanomeet("room", "R", NANOMEET_SERVER=server.url, NANOMEET_API_KEY=key)
    assert run.returncode == 1
    assert "401" in run.stderr
    assert key not in run.stderr


def test_serve_says_where_it_is_to_programs(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "nanomeet_widget.server", "--json"),
            *("--port", "0", "--data", str(tmp_path)),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        assert said["url"].startswith("http://127.0.0.1:")
        assert said["pid"] == process.pid
        assert set(said) == {"url", "pid"}
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def findings(run: subprocess.CompletedProcess[str]) -> dict[str, dict[str, str]]:
    return {finding["name"]: finding for finding in json.loads(run.stdout)["findings"]}


def test_the_doctor_finds_a_healthy_machine_healthy(server: RunningServer) -> None:
    token = server.room("Checked")
    run = nanomeet("doctor", "--json", NANOMEET_TOKEN=token, **at(server))
    found = findings(run)
    assert run.returncode == 0, found
    assert json.loads(run.stdout)["ok"]
    for name in ("Python", "anywidget", "service answers", "camera", "meeting server", "clocks"):
        assert found[name]["state"] == "ok", found[name]
    assert found["token"]["found"] == "opens Checked"
    assert token not in run.stdout
    words = nanomeet("doctor", **at(server)).stdout
    assert "All is well." in words


def test_the_doctor_starts_the_embedded_server_to_look_at_it(tmp_path: Path) -> None:
    run = nanomeet(
        *("doctor", "--json"), XDG_RUNTIME_DIR=str(tmp_path), XDG_DATA_HOME=str(tmp_path / "data")
    )
    assert run.returncode == 0, run.stdout
    assert "embedded" in findings(run)["service"]["found"]


@pytest.mark.parametrize(
    ("variables", "name", "words"),
    [
        ({"NANOMEET_SERVER": "http://127.0.0.1:9", "NANOMEET_API_KEY": "k" * 20}, "service answers", "reach"),
        ({**JITSI, "NANOMEET_JITSI_SERVER": "http://192.0.2.1:9"}, "camera", "TLS"),
        ({**JITSI, "NANOMEET_JITSI_SERVER": "127.0.0.1:9"}, "meeting server", "cannot be reached"),
        ({"NANOMEET_JITSI_APP_ID": "x"}, "service", "NANOMEET_JITSI_SERVER"),
    ],
    ids=["no server", "no TLS", "no Jitsi", "half an environment"],
)  # fmt: skip
def test_the_doctor_names_what_is_wrong(variables: dict[str, str], name: str, words: str) -> None:
    run = nanomeet("doctor", "--json", **variables)
    assert run.returncode == 1
    finding = findings(run)[name]
    assert finding["state"] == "wrong"
    assert words in finding["found"]
    assert finding["remedy"]


def test_the_doctor_sees_a_certificate_that_browsers_do_not_trust(tmp_path: Path) -> None:
    found = looked_at(tmp_path)["certificate"]
    assert found["state"] == "wrong"
    assert "self" in found["found"]
    assert "SSL_CERT_FILE" in found["remedy"]


def test_the_doctor_looks_at_a_token(server: RunningServer, servers: Servers) -> None:
    other = servers.start().room("Elsewhere")
    found = findings(nanomeet("doctor", "--json", NANOMEET_TOKEN=other, **at(server)))
    assert found["token"]["state"] == "warning"
    assert "not for" in found["token"]["found"]


@pytest.mark.parametrize(
    ("seconds", "state", "words"),
    [(2, "ok", "agree"), (90, "wrong", "2 minutes ahead"), (-7200, "wrong", "2 hours behind")],
)
def test_clocks_that_differ_are_found(seconds: int, state: str, words: str) -> None:
    finding = doctor.skew(timedelta(seconds=seconds))
    assert finding.state == state
    assert words in finding.found


@pytest.mark.parametrize(
    ("seconds", "state", "words"),
    [
        (2, "ok", "agree"),
        (30, "warning", "30 seconds ahead of the server's: tokens begin a minute early"),
        (-30, "warning", "30 seconds behind the server's: tokens end early"),
        (90, "wrong", "2 minutes ahead"),
    ],
)
def test_a_jitsis_clock_is_judged_by_what_tokens_allow_for(
    seconds: int, state: str, words: str
) -> None:
    difference = timedelta(seconds=seconds)
    finding = doctor_jitsi.forgiving(doctor.skew(difference), difference)
    assert finding.state == state
    assert words in finding.found


JITSI_PAGE = b'<script src="libs/lib-jitsi-meet.min.js?v=8043"></script>'


def looked_at(tmp_path: Path, script: str = "/external_api.js", **headers: str) -> dict[str, Any]:
    """What the doctor finds at a Jitsi whose pages have these headers."""

    def answer(site: Site, seen: Seen) -> Answer:
        del site
        if seen.path == script:
            return Answer(body=ENGINE, kind="text/javascript")
        return Answer(body=JITSI_PAGE, kind="text/html", headers=headers)

    with serving(tmp_path, answer) as site:
        here = {**JITSI, "NANOMEET_JITSI_SERVER": site.host, "NANOMEET_JITSI_TENANT": "school"}
        run = nanomeet("doctor", "--json", **here)
    found = findings(run)
    assert run.returncode == any(one["state"] == "wrong" for one in found.values())
    return found


def test_the_doctor_sees_of_a_jitsi_what_it_tells_anyone(tmp_path: Path) -> None:
    found = looked_at(tmp_path)
    for name in ("camera", "meeting server", "clocks", "engine script", "framing", "release"):
        assert found[name]["state"] == "ok", found[name]
    assert "build 8043" in found["release"]["found"]
    assert "stable-9584" in found["release"]["remedy"]


def test_the_doctor_finds_the_script_of_a_tenant(tmp_path: Path) -> None:
    found = looked_at(tmp_path, "/school/external_api.js")
    assert found["engine script"]["found"].endswith("/school/external_api.js is there")


def test_the_doctor_takes_a_room_for_no_script(tmp_path: Path) -> None:
    # A Jitsi answers any path with its page.
    found = looked_at(tmp_path, "nowhere")
    assert found["engine script"]["state"] == "warning"
    assert "no external_api.js" in found["engine script"]["found"]


@pytest.mark.parametrize(
    ("headers", "state", "words"),
    [
        ({"X-Frame-Options": "sameorigin"}, "warning", "SAMEORIGIN"),
        ({"X-Frame-Options": "DENY"}, "wrong", "DENY"),
        ({"Content-Security-Policy": "frame-ancestors 'none'"}, "wrong", "'none'"),
        ({"Content-Security-Policy": "frame-ancestors"}, "wrong", "'none'"),
        (
            {"Content-Security-Policy": "img-src *; Frame-Ancestors https://hub.example"},
            "warning",
            "https://hub.example",
        ),
        ({"Content-Security-Policy": "default-src 'none'"}, "ok", "may be shown"),
        (
            {"Content-Security-Policy": "frame-ancestors *", "X-Frame-Options": "DENY"},
            "ok",
            "may be shown",
        ),
    ],
    ids=str,
)
def test_the_doctor_sees_whether_a_notebook_may_frame_a_jitsi(
    tmp_path: Path, headers: dict[str, str], state: str, words: str
) -> None:
    finding = looked_at(tmp_path, **headers)["framing"]
    assert finding["state"] == state
    assert words in finding["found"]


def test_a_servers_clock_is_read(server: RunningServer) -> None:
    began = time.monotonic()
    difference = doctor.ask(server.url)
    assert isinstance(difference, timedelta)
    # The one is read at some time between those at which the other is.
    assert abs(difference.total_seconds()) < 2 + time.monotonic() - began


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "now"), (1, "in 1 second"), (-60, "1 minute ago"), (7300, "in 2 hours"), (1e6, "in 12 days")],
)  # fmt: skip
def test_distances_are_words(seconds: float, words: str) -> None:
    assert distance(timedelta(seconds=seconds)) == words
