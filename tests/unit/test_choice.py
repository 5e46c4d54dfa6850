"""Which service is used where none is named."""

from __future__ import annotations

import os
from pathlib import Path

import jwt
import pytest

import nanomeet_widget as nm
from nanomeet_widget.services import Jitsi, LocalServer, NanoStreamCloud
from nanomeet_widget.services._choice import Chooser

SECRET = "0123456789abcdef0123456789abcdef"
KEY = "key-0123456789"
JITSI = {
    "NANOMEET_JITSI_SERVER": "meet.example.org",
    "NANOMEET_JITSI_APP_ID": "classroom",
    "NANOMEET_JITSI_APP_SECRET": SECRET,
}


@pytest.fixture
def chooser(monkeypatch: pytest.MonkeyPatch) -> Chooser:
    for name in os.environ:
        if name.startswith("NANOMEET_"):
            monkeypatch.delenv(name)
    return Chooser()


def having(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def test_without_anything_it_is_the_embedded_server(chooser: Chooser) -> None:
    choice = chooser.current()
    assert isinstance(choice.service, LocalServer)
    assert "nothing else" in choice.why
    assert chooser.current().service is choice.service


def test_a_key_means_the_cloud(chooser: Chooser, monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch, NANOMEET_API_KEY=KEY, NANOMEET_SERVER="nanomeet-us.nanocosmos.de")
    choice = chooser.current()
    assert isinstance(choice.service, NanoStreamCloud)
    assert "nanomeet-us" in repr(choice.service)
    assert "NANOMEET_API_KEY" in str(choice)
    assert KEY not in str(choice) + repr(choice)


def test_a_key_comes_before_jitsi(chooser: Chooser, monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch, NANOMEET_API_KEY=KEY, **JITSI)
    assert isinstance(chooser.current().service, NanoStreamCloud)


def test_an_address_and_a_key_mean_a_server_elsewhere(
    chooser: Chooser, monkeypatch: pytest.MonkeyPatch
) -> None:
    having(monkeypatch, NANOMEET_API_KEY=KEY, NANOMEET_SERVER="https://meet.school.example")
    choice = chooser.current()
    assert isinstance(choice.service, LocalServer)
    assert "meet.school.example" in repr(choice.service)


def test_all_settings_of_jitsi_are_read(chooser: Chooser, monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch, **JITSI, NANOMEET_JITSI_TENANT="school")
    choice = chooser.current()
    assert isinstance(choice.service, Jitsi)
    assert "meet.example.org/school" in repr(choice.service)
    assert choice.service.create_room("R").server == "meet.example.org"


def test_what_jitsis_moderators_may_do_is_read(
    chooser: Chooser, monkeypatch: pytest.MonkeyPatch
) -> None:
    features = "file-upload, recording=true,outbound-call=False"
    having(monkeypatch, **JITSI, NANOMEET_JITSI_FEATURES=features)
    token = chooser.current().service.create_room("R").token
    named = jwt.decode(token, options={"verify_signature": False})["context"]["features"]
    assert (named["file-upload"], named["recording"]) == ("true", "true")
    assert named["outbound-call"] == "false"


def test_a_changed_environment_is_read_again(
    chooser: Chooser, monkeypatch: pytest.MonkeyPatch
) -> None:
    having(monkeypatch, **JITSI)
    first = chooser.current().service
    assert chooser.current().service is first
    having(monkeypatch, NANOMEET_API_KEY=KEY)
    assert isinstance(chooser.current().service, NanoStreamCloud)


def test_what_is_configured_comes_first(chooser: Chooser, monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch, **JITSI)
    mine = NanoStreamCloud(KEY)
    chooser.configure(mine)
    assert chooser.current().service is mine
    chooser.configure(None)
    assert isinstance(chooser.current().service, Jitsi)
    with pytest.raises(nm.InvalidInputError, match="takes a service"):
        chooser.configure("cloud")  # type: ignore[arg-type]


def test_who_made_a_token_is_remembered(chooser: Chooser) -> None:
    mine = NanoStreamCloud(KEY)
    chooser.remember("nanomeet.example.org", mine)
    assert chooser.maker("nanomeet.example.org") is mine
    assert isinstance(chooser.maker("http://127.0.0.1:9000"), LocalServer)


def test_a_token_is_not_sent_to_a_service_of_other_servers(
    chooser: Chooser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(nm.InvalidInputError, match="service="):
        chooser.maker("other.example")
    having(monkeypatch, NANOMEET_API_KEY=KEY)
    assert isinstance(chooser.maker("nanomeet-us.nanocosmos.de"), NanoStreamCloud)
    for server in ("http://127.0.0.1:9000", "evil.nanocosmos.de.example", "meet.example.org"):
        with pytest.raises(nm.InvalidInputError):
            chooser.maker(server)


def test_the_tokens_server_decides_where_a_broadcast_goes(
    chooser: Chooser, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert chooser.target("http://127.0.0.1:9000", "s", is_vod=False) is None
    assert chooser.target("other.example", "s", is_vod=False) is None
    in_cloud = chooser.target("nanomeet-eu.nanocosmos.de", "s", is_vod=True)
    assert in_cloud is not None
    assert in_cloud.ingest.reveal().endswith("/rec/s")
    having(monkeypatch, **JITSI)
    assert chooser.target("meet.example.org", "s", is_vod=False) is None
    having(monkeypatch, NANOMEET_JITSI_BROADCAST_URL="rtmp://ingest.example/{streamname}")
    own = chooser.target("meet.example.org", "s", is_vod=False)
    assert own is not None
    assert own.ingest.reveal() == "rtmp://ingest.example/s"


MISTAKES = [
    ({"NANOMEET_SERVER": "https://x.example"}, "NANOMEET_API_KEY"),
    ({"NANOMEET_SERVER": "x.example"}, "does not say which service"),
    ({"NANOMEET_JITSI_APP_ID": "a"}, "NANOMEET_JITSI_SERVER"),
    ({"NANOMEET_JITSI_SERVER": "a"}, "NANOMEET_JITSI_APP_ID"),
    ({**JITSI, "NANOMEET_JITSI_SECRET": "x"}, "is not a setting"),
    ({**JITSI, "NANOMEET_JITSI_PRIVATE_KEY_FILE": "/nowhere/key.pem"}, "cannot be read"),
    ({**JITSI, "NANOMEET_JITSI_FEATURES": "recording=yes"}, "neither true nor false"),
    ({**JITSI, "NANOMEET_JITSI_FEATURES": "recordings"}, "did you mean 'recording'"),
]


@pytest.mark.parametrize(("variables", "words"), MISTAKES, ids=[w for _, w in MISTAKES])
def test_an_environment_that_cannot_work_is_an_error(
    chooser: Chooser, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], words: str
) -> None:
    having(monkeypatch, **variables)
    with pytest.raises(nm.InvalidInputError, match=words) as caught:
        chooser.current()
    assert SECRET not in str(caught.value)


def test_the_embedded_server_gets_no_key_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    having(monkeypatch, NANOMEET_API_KEY=KEY)
    with LocalServer(runtime=tmp_path / "run", data=tmp_path / "data", linger=0) as own:
        assert own.create_room("R").room == "R"
        (ready,) = (tmp_path / "run").glob("server-*.json")
        assert KEY not in ready.read_text()
