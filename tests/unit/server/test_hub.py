"""A JupyterHub's groups and rooms, and to which hosts its token is sent."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from rich.console import Console
from rich.traceback import Traceback

from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget._validation import check_room
from nanomeet_widget.server.hub.people import MODERATE, HubUser, Visitor, room_of, rooms_of
from nanomeet_widget.services import hub
from nanomeet_widget.services._choice import Chooser

TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    "group",
    ["algebra_101", "algebra-101", "Algebra 101", "Gruppe Ä", "日本", "", "x" * 64, "x" * 65],
)
def test_every_group_has_a_room_of_an_allowed_name(group: str) -> None:
    room = check_room(room_of(group))
    plain = re.fullmatch("[A-Za-z0-9_]{1,64}", group) is not None
    assert (room == group) == plain


def test_no_two_groups_share_a_room() -> None:
    groups = ["a-b", "a b", "a_b", "a.b", "x" * 65, "x" * 66, "日本", "中国"]
    assert sorted(rooms_of(groups).values()) == sorted(groups)
    # Not even one that is named like another's room: it stays without.
    taken = room_of("a-b")
    assert rooms_of(["a-b", taken]) == {taken: "a-b"}
    assert rooms_of([taken, "a-b"]) == {taken: "a-b"}


def test_who_moderates_a_group() -> None:
    ada = HubUser(name="ada", groups=frozenset({"algebra"}))
    one = Visitor(user=ada, scopes=frozenset({f"{MODERATE}!group=algebra"}))
    assert one.moderates("algebra")
    assert not one.moderates("topology")
    assert not one.moderates("algebra2")
    assert Visitor(user=ada, scopes=frozenset({MODERATE})).moderates("topology")
    assert not Visitor(user=ada).moderates("algebra")
    assert Visitor(user=HubUser(name="root", admin=True)).moderates("algebra")


def test_what_a_user_keeps() -> None:
    before = HubUser(name="ada", groups=frozenset({"a"}), roles=frozenset({"user"}), admin=True)
    more = HubUser(
        name="ada", groups=frozenset({"a", "b"}), roles=frozenset({"user", "x"}), admin=True
    )
    assert before.keeps(before.basis)
    assert more.keeps(before.basis)
    assert not before.keeps(more.basis)
    assert not HubUser(name="ada", groups=frozenset({"a"}), roles=frozenset({"user"})).keeps(
        before.basis
    )


LOCAL = {"JUPYTERHUB_API_URL": "http://127.0.0.1:8081/hub/api"}
CLUSTER = {"JUPYTERHUB_API_URL": "http://hub:8081/hub/api"}
PUBLIC = {**LOCAL, "JUPYTERHUB_PUBLIC_HUB_URL": "https://hub.example/hub/"}


@pytest.mark.parametrize(
    ("url", "environment"),
    [
        ("http://127.0.0.1:910/services/nanomeet", LOCAL),
        ("http://localhost:910/services/nanomeet/", LOCAL),
        ("http://nanomeet:8910/services/nanomeet", CLUSTER),
        ("http://nanomeet.jhub.svc.cluster.local:8910/services/nanomeet", CLUSTER),
        ("https://hub.example/services/nanomeet", PUBLIC),
        ("https://nanomeet--service.hub.example/services/nanomeet", PUBLIC),
        ("http://10.0.0.5:8000/services/x", {"JUPYTERHUB_API_URL": "http://10.0.0.5:8081/hub/api"}),
    ],
)
def test_the_token_of_the_hub_is_for_its_hosts(url: str, environment: dict[str, str]) -> None:
    given = {**environment, "NANOMEET_HUB": url, "JUPYTERHUB_API_TOKEN": TOKEN}
    service = hub.from_environment(given)
    assert service is not None
    assert repr(service) == f"<HubService: {url.rstrip('/')}>"


@pytest.mark.parametrize(
    ("url", "environment"),
    [
        ("https://evil.example/services/nanomeet", PUBLIC),
        ("https://evilhub.example/services/nanomeet", PUBLIC),
        ("https://hub.example.evil.test/services/nanomeet", PUBLIC),
        ("https://hub.example@evil.test/services/nanomeet", PUBLIC),
        ("http://hub.example/services/nanomeet", PUBLIC),
        ("http://127.0.0.1:910/services/nanomeet", CLUSTER),
        ("http://localhost:910/services/nanomeet", CLUSTER),
        ("http://1.10.0.0.5/x", {"JUPYTERHUB_API_URL": "http://10.0.0.5:8081/hub/api"}),
        ("http://203.0.113.9/services/nanomeet", CLUSTER),
        ("http://[2001:db8::1]/services/nanomeet", CLUSTER),
        ("ftp://hub.example/services/nanomeet", PUBLIC),
    ],
)
def test_the_token_of_the_hub_is_sent_to_no_other(url: str, environment: dict[str, str]) -> None:
    given = {**environment, "NANOMEET_HUB": url, "JUPYTERHUB_API_TOKEN": TOKEN}
    with pytest.raises(InvalidInputError) as caught:
        hub.from_environment(given)
    assert "NANOMEET_HUB" in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_an_error_about_the_address_shows_no_token_in_its_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {
        **PUBLIC,
        "NANOMEET_HUB": "https://evil.example/x",
        "JUPYTERHUB_API_TOKEN": TOKEN,
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InvalidInputError) as caught:
        Chooser().current()
    shown = Console(file=StringIO(), width=200)
    shown.print(
        Traceback.from_exception(
            type(caught.value), caught.value, caught.value.__traceback__, show_locals=True
        )
    )
    text = shown.file.getvalue()  # type: ignore[attr-defined] # a StringIO
    assert "is not a host of this JupyterHub" in text
    # The test's own frame has it.
    assert TOKEN not in text.partition("_choice.py")[2]


def test_without_a_service_of_a_hub_there_is_none() -> None:
    assert hub.from_environment({"NANOMEET_HUB": "http://hub/services/nanomeet"}) is None
    assert hub.from_environment({"JUPYTERHUB_API_TOKEN": TOKEN}) is None
