"""Tests of `classroom.records`, with a transport in place of the network."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, get_args

import httpx
import pytest

import nanomeet_widget as nm
from nanomeet_widget import _tokens, _validation, services
from nanomeet_widget.server.protocol import classroom
from nanomeet_widget.services import Jitsi, LocalServer, NanoStreamCloud

NOW = datetime.now(timezone.utc)
SECRET = _tokens.new_secret()
SERVER = "https://meet.example"
ROW = {
    "person": "p1",
    "name": "Ada",
    "roster": "17",
    "moderator": False,
    "joined": 1_700_000_000.5,
    "left": None,
    "seconds": 12.5,
}
ANSWER = {"session": "s2", "kept": ["attendance"], "rows": [ROW], "left_out": 0}


def token(*, moderator: bool = True, server: str = SERVER) -> str:
    claims = _tokens.Claims(
        room="Algebra",
        streamname="abc",
        server=server,
        moderator=moderator,
        sub="local",
        notbefore=NOW,
        expiration=NOW + timedelta(hours=1),
    )
    return _tokens.mint(claims, SECRET)


class Asked:
    """A server that gives answers by its paths, and keeps what it was asked."""

    def __init__(self, answer: Callable[[httpx.Request], Any] | Any) -> None:
        self.requests: list[httpx.Request] = []
        self._answer = answer

    @property
    def service(self) -> LocalServer:
        return LocalServer(SERVER, api_key="key", transport=httpx.MockTransport(self._handle))

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answer(request) if callable(self._answer) else self._answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)


def test_the_kinds_are_those_of_the_server() -> None:
    assert get_args(classroom.RecordKind) == _validation.RECORD_KINDS


def test_a_table_is_asked_for_with_the_token_and_has_plain_values() -> None:
    server, secret = Asked(ANSWER), token()
    table = nm.records(secret, service=server.service).attendance()
    (request,) = server.requests
    assert request.headers["authorization"] == f"Bearer {secret}"
    assert "x-bintu-apikey" not in request.headers
    assert request.url.path == "/records"
    assert dict(request.url.params) == {"kind": "attendance"}
    assert table == [
        {
            "session": "s2",
            "person": "p1",
            "name": "Ada",
            "roster": "17",
            "moderator": False,
            "joined": datetime.fromtimestamp(1_700_000_000.5, timezone.utc),
            "left": None,
            "seconds": 12.5,
        }
    ]
    # Not the hidden text in which answers come: a name is no secret.
    assert {type(value) for value in table[0].values()} == {str, bool, datetime, type(None), float}
    assert "Ada" in repr(table)
    assert table.note == ""


def test_sessions_can_be_named_in_three_ways() -> None:
    session = {
        "session": "s1",
        "began": 1.0,
        "ended": 2.0,
        "people": 3,
        "kept": ["chat"],
        "days": 5,
    }
    sessions = {"session": None, "kept": [], "rows": [session, {**session, "session": "s0"}]}

    def answer(request: httpx.Request) -> dict[str, Any]:
        if request.url.params["kind"] == "sessions":
            return {**sessions, "left_out": 0}
        return {**ANSWER, "session": request.url.params.get("session", "newest")}

    server = Asked(answer)
    records = nm.records(token(), service=server.service)
    (first, _) = records.sessions()
    assert first["kept"] == ["chat"]
    assert [row["session"] for row in records.attendance("s0")] == ["s0"]
    assert [row["session"] for row in records.attendance(first)] == ["s1"]
    assert [row["session"] for row in records.attendance("all")] == ["s0", "s1"]
    for wrong in (7, "", {}, {"session": None}):
        with pytest.raises(nm.InvalidInputError, match="session"):
            records.attendance(wrong)  # type: ignore[arg-type]


def test_a_kind_that_was_not_kept_says_how_to_keep_it() -> None:
    records = nm.records(token(), service=Asked({**ANSWER, "rows": []}).service)
    assert records.talk().columns[-1] == "seconds"
    assert "['attendance', 'talk']" in records.talk().note
    assert "not kept" in records.votes()._repr_html_()
    assert records.attendance().note == ""


def test_rows_that_were_left_out_are_told() -> None:
    records = nm.records(token(), service=Asked({**ANSWER, "left_out": 40}).service)
    assert "40 more were not kept" in records.attendance().note


def test_before_the_first_meeting_the_table_says_so() -> None:
    empty: dict[str, Any] = {"session": None, "kept": [], "rows": [], "left_out": 0}
    records = nm.records(token(), service=Asked(empty).service)
    for table in (records.sessions(), records.attendance(), records.hands(), records.talk("all")):
        assert table == []
        assert table.note == "No meeting of this room has been kept yet."


def test_pseudonyms_have_neither_id_nor_roster() -> None:
    server = Asked({**ANSWER, "rows": [{**ROW, "name": "Person 1"}]})
    records = nm.records(token(), service=server.service)(pseudonyms=True)
    table = records.attendance()
    assert server.requests[0].url.params["pseudonyms"] == "true"
    assert table.columns == ["session", "name", "moderator", "joined", "left", "seconds"]
    assert table[0]["name"] == "Person 1"
    assert "p1" not in repr(table)
    assert "pseudonyms" in repr(records)
    with pytest.raises(nm.InvalidInputError, match="pseudonyms"):
        nm.records(token(), pseudonyms="yes", service=server.service)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("person", "sent"), [("p1", "p1"), (ROW, "17"), ({**ROW, "roster": None}, "p1")]
)
def test_a_person_is_forgotten_by_id_or_row(person: Any, sent: str) -> None:
    server = Asked({"forgotten": 4})
    assert nm.records(token(), service=server.service).forget(person) == 4
    assert server.requests[0].url.path == "/records/forget"
    assert json.loads(server.requests[0].read()) == {"person": sent}


@pytest.mark.parametrize("person", ["", "x" * 65, {}, None, 7])
def test_what_is_no_person_is_not_sent(person: Any) -> None:
    server = Asked({"forgotten": 4})
    with pytest.raises(nm.InvalidInputError, match="person"):
        nm.records(token(), service=server.service).forget(person)
    assert server.requests == []


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        {**ANSWER, "rows": None},
        {**ANSWER, "rows": [7]},
        {**ANSWER, "rows": [{**ROW, "joined": "then"}]},
        {**ANSWER, "rows": [{**ROW, "joined": 1e300}]},
        {**ANSWER, "kept": None},
    ],
)
def test_an_answer_outside_the_protocol_is_an_error(answer: Any) -> None:
    with pytest.raises(nm.ProtocolError):
        nm.records(token(), service=Asked(answer).service).attendance()


def test_a_token_that_the_server_repeats_is_not_shown() -> None:
    secret = token()
    refused = httpx.Response(401, json={"message": f"unknown token {secret}"})
    with pytest.raises(nm.AuthenticationError) as raised:
        nm.records(secret, service=Asked(refused).service).attendance()
    assert secret not in str(raised.value)


def test_a_participants_token_reads_nothing() -> None:
    server = Asked(ANSWER)
    with pytest.raises(nm.PermissionDeniedError, match="participant's"):
        nm.records(token(moderator=False), service=server.service)
    assert server.requests == []


@pytest.mark.parametrize(
    "service",
    [
        NanoStreamCloud("key"),
        Jitsi("meet.example.org", app_id="class", app_secret="0123456789abcdef0123456789abcdef"),
    ],
)
def test_only_the_embedded_server_keeps_records(service: Any) -> None:
    with pytest.raises(nm.InvalidInputError, match="only the embedded server"):
        nm.records(token(), service=service)
    for asked in ("attendance", "all", ["chat"]):
        with pytest.raises(nm.InvalidInputError, match="keeps no records"):
            service.create_room("Algebra", records=asked)
    with pytest.raises(nm.InvalidInputError, match="records_days"):
        service.create_room("Algebra", records_days=7)


def test_another_engine_takes_a_room_that_keeps_nothing() -> None:
    jitsi = Jitsi("meet.example.org", app_id="class", app_secret="0123456789abcdef" * 2)
    assert jitsi.create_room("Algebra", records="none").room == "Algebra"
    assert jitsi.create_room("Algebra", records=[]).room == "Algebra"


def test_an_unknown_server_gets_no_token() -> None:
    with pytest.raises(nm.InvalidInputError, match="not a server that you use"):
        nm.records(token(server="https://elsewhere.example"))
    with pytest.raises(nm.TokenError):
        nm.records("no token")


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (None, None),
        ("none", []),
        ([], []),
        ("attendance", ["attendance"]),
        ("chat", ["chat"]),
        (("chat", "attendance", "chat"), ["attendance", "chat"]),
        ({"hands"}, ["hands"]),
        ("all", list(_validation.RECORD_KINDS)),
    ],
)
def test_what_to_keep_is_sent_as_a_list_of_kinds(given: Any, sent: list[str] | None) -> None:
    server = Asked({"data": token()})
    server.service.create_room("Algebra", records=given)
    body = server.requests[0].read()
    found = httpx.Response(200, content=body).json()
    assert found.get("records") == sent
    assert "records_days" not in found


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"records": "attendence"}, "did you mean 'attendance'"),
        ({"records": ["attendance", "polles"]}, "did you mean 'polls'"),
        ({"records": "gaze"}, "there are attendance, hands"),
        ({"records": 7}, "a list of kinds"),
        ({"records": True}, "a list of kinds"),
        ({"records": [7]}, "not a kind"),
        ({"records": {"chat": True}}, "a list of kinds"),
        ({"records_days": 0}, "from 1 to"),
        ({"records_days": 10_000}, "from 1 to"),
        ({"records_days": 1.5}, "whole number"),
        ({"records_days": True}, "whole number"),
        ({"records_days": "30"}, "whole number"),
    ],
)
def test_what_cannot_be_kept_is_refused_before_anything_is_sent(
    arguments: dict[str, Any], words: str
) -> None:
    server = Asked({"data": token()})
    with pytest.raises(nm.InvalidInputError, match=words):
        server.service.create_room("Algebra", **arguments)
    assert server.requests == []


def test_a_meetings_records_are_those_of_its_token(monkeypatch: pytest.MonkeyPatch) -> None:
    server, secret = Asked(ANSWER), token()
    monkeypatch.setitem(services._chooser._makers, SERVER, server.service)
    meet = nm.NanoMeet(secret)
    assert meet.records.attendance()[0]["name"] == "Ada"
    assert meet.attendance()[0]["name"] == "Ada"
    assert meet.raised_hands().title == "Raised hands"
    assert meet.records(pseudonyms=True).talk().note
    assert secret not in repr(meet.records)
    assert {request.headers["authorization"] for request in server.requests} == {f"Bearer {secret}"}
    guest = nm.NanoMeet(token(moderator=False))
    assert guest.attendance() == []
    with pytest.raises(nm.PermissionDeniedError):
        guest.records.attendance()
    with pytest.raises(nm.InvalidInputError, match="set a token"):
        nm.NanoMeet(None).records.attendance()
