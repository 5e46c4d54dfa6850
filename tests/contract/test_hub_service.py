"""`nanomeet serve --hub` on a real JupyterHub with its proxy: who may do what, and what others cannot."""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from nanomeet_widget.server.protocol.common import VERSION
from tests.asking import PATIENT, get, post
from tests.hubs import BINARIES, PATH, Hub, running_hub
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.timeout(600)

USE = "access:services!service=nanomeet"
MODERATE = "custom:nanomeet:moderate"
ROOM = "algebra_101"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    assert (BINARIES / "jupyterhub").exists(), "run make hosts"
    with running_hub(tmp_path_factory.mktemp("hub")) as running:
        running.make("mallory")
        yield running


def ask(hub: Hub, token: str, method: str, path: str, **body: Any) -> httpx.Response:
    """Ask the service as a user's program does, through the Hub's proxy."""
    return httpx.request(
        method,
        f"{hub.service}/hub/{path}",
        headers={"Authorization": f"Bearer {token}"},
        json=body if method == "POST" else None,
        **PATIENT,
    )


def claims(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def listed(page: str) -> dict[str, str]:
    """Return what a list of rooms says of each room."""
    return dict(re.findall(r'<h2>(\w+)</h2><p class="quiet">([^<]+)</p>', page))


class Seat:
    """A participant's page, as far as these tests need one."""

    def __init__(self, line: ClientConnection) -> None:
        self._line = line

    def say(self, **message: Any) -> None:
        self._line.send(json.dumps(message))

    def hear(self, kind: str) -> dict[str, Any]:
        """Return the next message of a kind."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            message: dict[str, Any] = json.loads(self._line.recv(timeout=PATIENCE))
            if message["type"] == kind:
                return message
        raise AssertionError(f"no {kind} came")


@contextlib.contextmanager
def seat(hub: Hub, token: str) -> Iterator[Seat]:
    """Join with a token, as a page of the service does."""
    url, origin = f"ws{hub.service.removeprefix('http')}/ws/meeting", hub.url.removesuffix(PATH)
    with connect(url, origin=Origin(origin), open_timeout=PATIENCE, proxy=None) as line:
        taken = Seat(line)
        browser = secrets.token_hex(16)
        taken.say(type="join", v=VERSION, token=token, name="Chosen", person=browser)
        yield taken


# --- who sees and joins what -----------------------------------------------------------------------


def test_each_sees_the_rooms_of_their_groups_in_their_role(hub: Hub) -> None:
    hub.ask("POST", "groups/chess")
    hub.make("pupil", ROOM, "chess")
    client = hub.browser("pupil")
    # The service asks for the Hub's groups again after a while.
    until(lambda: listed(hub.rooms(client).text).keys() == {ROOM, "chess"})
    student = listed(hub.rooms(client).text)
    assert student[ROOM].startswith("Group algebra_101 · you are a participant · ")
    assert student["chess"] == "Group chess · you are a participant · no one is there"
    for moderator in ("emmy", "root"):
        everything = listed(hub.rooms(hub.browser(moderator)).text)
        assert everything.keys() >= {ROOM, "teachers"}
        assert all("you are a moderator" in said for said in everything.values())
    # A scope for one group is for that one's room.
    assert listed(hub.rooms(hub.browser("noether")).text).keys() == {ROOM}
    outsider = hub.rooms(hub.browser("mallory"))
    assert outsider.status_code == 200
    assert "You have no rooms yet" in outsider.text


def test_the_list_is_in_the_language_of_the_browser(hub: Hub) -> None:
    client = hub.browser("ada")
    client.headers["Accept-Language"] = "de-AT,de;q=0.9,en;q=0.5"
    page = hub.rooms(client).text
    assert '<html lang="de">' in page
    assert "Sie nehmen teil" in page


def test_a_name_is_the_one_of_the_account(hub: Hub) -> None:
    token = hub.meeting_token(hub.browser("ada"), ROOM)
    said = claims(token)
    assert (said["name"], said["roster"], said["moderator"]) == ("ada", "ada", False)
    assert said["server"] == hub.service
    with seat(hub, token) as ada:
        me = ada.hear("welcome")["own"]["id"]
        with seat(hub, hub.meeting_token(hub.browser("emmy"), ROOM)) as emmy:
            people = emmy.hear("welcome")["participants"]
            assert {person["name"] for person in people if person["id"] == me} == {"ada"}


def test_who_joins_again_is_the_same_person(hub: Hub) -> None:
    client = hub.browser("ada")
    first, second = hub.meeting_token(client, ROOM), hub.meeting_token(client, ROOM)
    assert claims(first)["jti"] == claims(second)["jti"]
    assert claims(hub.meeting_token(hub.browser("grace"), ROOM))["jti"] != claims(first)["jti"]


def test_the_way_into_a_room_works_once(hub: Hub) -> None:
    client = hub.browser("ada")
    address = hub.join(client, ROOM).headers["Location"]
    assert address.startswith(f"{PATH}/services/nanomeet/invite#ticket=")
    ticket = address.partition("#ticket=")[2]
    assert post(f"{hub.service}/ticket", json={"ticket": ticket}).status_code == 200
    assert post(f"{hub.service}/ticket", json={"ticket": ticket}).status_code == 403


def test_a_notebook_creates_the_room_of_a_group_and_a_student_joins_it_by_the_list(
    hub: Hub,
) -> None:
    code = "import nanomeet_widget as nm; r = nm.create_room('algebra_101'); print(r.token)"
    done = hub.run("emmy", f"{code}; print(nm.create_invite(r.token).invite_link)")
    assert done.returncode == 0, done.stderr
    token, link = done.stdout.split()
    assert (claims(token)["moderator"], claims(token)["name"]) == (True, "emmy")
    # Guests need no account.
    assert link.startswith(f"{hub.service}/invite#token=")
    with seat(hub, token) as emmy:
        emmy.hear("welcome")
        with seat(hub, link.partition("#token=")[2]) as guest:
            people = guest.hear("welcome")["participants"]
            assert "emmy" in {person["name"] for person in people}
        assert "no one is there" not in listed(hub.rooms(hub.browser("ada")).text)[ROOM]
        with seat(hub, hub.meeting_token(hub.browser("ada"), ROOM)) as ada:
            assert ada.hear("welcome")["streamname"] == claims(token)["streamname"]


def test_the_server_of_a_user_asks_with_the_scopes_of_that_user(hub: Hub) -> None:
    done = hub.run("ada", "import nanomeet_widget as nm; nm.create_room('algebra_101')")
    assert "a member, not a moderator" in done.stderr
    done = hub.run(
        "ada",
        "import nanomeet_widget as nm; r = nm.create_room('algebra_101', moderator=False); print(r.moderator)",
    )
    assert done.stdout.strip() == "False", done.stderr


def test_a_program_reads_what_is_its_users_and_nothing_else(hub: Hub) -> None:
    hub.make("reader")
    code = """
import nanomeet_widget as nm
room = nm.create_room("readers_room")
service = nm.services.current().service
invite = nm.create_invite(room.token)
print(len(service.invites("readers_room")), service.revoke(invite), service.recordings(), service.check())
print({entry.room for entry in service.invites()})
print(repr(service))
"""
    done = hub.run("reader", code)
    assert done.stdout.splitlines()[:2] == [f"2 1 [] {hub.service}", "{'readers_room'}"], (
        done.stderr
    )
    assert hub.environment_of("reader")["JUPYTERHUB_API_TOKEN"] not in done.stdout
    ada = hub.token_of("ada", USE)
    assert ask(hub, ada, "GET", "invites?room=readers_room").status_code == 403
    assert ask(hub, ada, "GET", f"invites?room={ROOM}").status_code == 403
    rooms = {entry["room"] for entry in ask(hub, ada, "GET", "invites").json()["data"]}
    assert "readers_room" not in rooms
    own = claims(
        ask(hub, hub.token_of("reader", USE), "POST", "rooms", room="readers_room").json()["data"]
    )
    assert ask(hub, ada, "POST", "revoke", id=own["jti"]).status_code == 400
    assert ask(hub, ada, "GET", f"recordings?stream={own['streamname']}").status_code == 403


# --- what others cannot ----------------------------------------------------------------------------


@pytest.mark.parametrize("room", [ROOM, "teachers", "emmys_room"])
def test_a_room_of_others_is_closed_to_an_outsider(hub: Hub, room: str) -> None:
    emmy = hub.token_of("emmy", USE, MODERATE)
    assert ask(hub, emmy, "POST", "rooms", room="emmys_room").status_code == 200
    mallory = hub.token_of("mallory", USE)
    for moderator in (True, False):
        refused = ask(hub, mallory, "POST", "rooms", room=room, moderator=moderator)
        assert refused.status_code == 403
        assert "another user or group" in refused.json()["message"]
    client = hub.browser("mallory")
    hub.rooms(client)
    assert hub.join(client, room).status_code == 403


def test_a_token_without_the_scope_is_refused(hub: Hub) -> None:
    for token in (hub.token_of("emmy", "read:users:name!user=emmy"), hub.token):
        assert ask(hub, token, "GET", "rooms").status_code in {401, 403}
    # A token of a teacher that was not given the right to moderate does not moderate.
    weak = hub.token_of("emmy", USE)
    assert ask(hub, weak, "POST", "rooms", room=ROOM).status_code == 403


def test_what_is_no_token_is_refused_and_locks_no_one_out(hub: Hub) -> None:
    assert get(f"{hub.service}/hub/rooms").status_code == 401
    wrong = [secrets.token_hex(16) for _ in range(40)] + ["a b", "x" * 600]
    assert {ask(hub, token, "GET", "rooms").status_code for token in wrong} == {401}
    assert ask(hub, hub.token_of("ada", USE), "GET", "rooms").status_code == 200
    # No cookie authorises programs, and no token in the header pages.
    client = hub.browser("ada")
    hub.rooms(client)
    assert client.get(f"{hub.service}/hub/rooms").status_code == 401
    header = {"Authorization": f"token {hub.token_of('ada', USE)}"}
    assert get(f"{hub.service}/", headers=header).status_code == 302


def test_forged_headers_of_a_proxy_change_nothing(hub: Hub) -> None:
    forged = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "for=203.0.113.9;host=evil.example;proto=https",
        "X-Real-IP": "203.0.113.9",
    }
    client = hub.browser(follow_redirects=False, headers=forged)
    login = client.get(f"{hub.service}/")
    target = urlsplit(login.headers["Location"])
    assert (
        f"{target.scheme}://{target.netloc}{target.path}" == f"{hub.url}/hub/api/oauth2/authorize"
    )
    assert parse_qs(target.query)["redirect_uri"] == [f"{PATH}/services/nanomeet/oauth_callback"]
    assert "evil.example" not in str(login.headers)
    # No name but the Hub's own is answered to.
    assert get(f"{hub.service}/healthz", headers={"Host": "evil.example"}).status_code == 403
    emmy = hub.token_of("emmy", USE, MODERATE)
    made = httpx.post(
        f"{hub.service}/hub/rooms",
        headers={**forged, "Authorization": f"token {emmy}"},
        json={"room": ROOM, "server": "https://evil.example"},
        **PATIENT,
    )
    assert claims(made.json()["data"])["server"] == hub.service


def test_another_sites_form_joins_no_one(hub: Hub) -> None:
    client = hub.browser("ada")
    hub.rooms(client)
    for change in ({"_xsrf": ""}, {"_xsrf": "guessed"}):
        assert hub.join(client, ROOM, **change).status_code == 403
    other = hub.browser("grace")
    hub.rooms(other)
    theirs = re.search(r'name="_xsrf" value="([^"]+)"', hub.rooms(other).text)
    assert theirs is not None
    assert hub.join(client, ROOM, _xsrf=theirs[1]).status_code == 403


def test_cookies_are_of_the_services_path_and_not_for_scripts(hub: Hub) -> None:
    client = hub.browser(follow_redirects=False)
    state = client.get(f"{hub.service}/").headers["Set-Cookie"].lower()
    assert f"path={PATH}/services/nanomeet/" in state
    assert "httponly" in state
    client = hub.browser("ada")
    hub.rooms(client)
    paths = {cookie.name: cookie.path for cookie in client.cookies.jar}
    assert paths["service-nanomeet"] == f"{PATH}/services/nanomeet/"


def test_a_login_is_not_replayed(hub: Hub) -> None:
    client = hub.browser("ada")
    client.follow_redirects = False
    answer = client.get(f"{hub.service}/")
    hops = []
    while answer.is_redirect:
        hops.append(str(answer.next_request.url))  # type: ignore[union-attr]
        answer = client.send(answer.next_request)  # type: ignore[arg-type]
    (callback,) = [hop for hop in hops if urlsplit(hop).path.endswith("oauth_callback")]
    # In another browser: it has not begun this login.
    other = hub.browser(follow_redirects=False)
    replayed = other.get(callback)
    assert replayed.status_code == 403
    assert "The login did not work" in replayed.text
    assert "service-nanomeet" not in other.cookies
    # A made-up state fails as well.
    assert other.get(f"{hub.service}/oauth_callback?code=x&state=y").status_code == 403


def test_a_page_may_be_framed_by_the_hubs_own_pages_only(hub: Hub) -> None:
    for path, by in ((f"local/{ROOM}", "'self'"), ("live/abc", "'self'")):
        policy = get(f"{hub.service}/{path}").headers["Content-Security-Policy"]
        assert re.search(r"frame-ancestors ([^;]+)", policy)[1] == by  # type: ignore[index]


def test_a_user_names_no_stream_of_another_room(hub: Hub) -> None:
    stream = claims(
        ask(hub, hub.token_of("emmy", USE, MODERATE), "POST", "rooms", room=ROOM).json()["data"]
    )["streamname"]
    refused = ask(
        hub, hub.token_of("mallory", USE), "POST", "rooms", room="mine", streamname=stream
    )
    assert refused.status_code == 400
    assert "streamname" in refused.json()["message"]


def test_one_user_does_not_use_up_what_belongs_to_all(hub: Hub) -> None:
    hub.make("greedy")
    greedy = hub.token_of("greedy", USE)
    said = [ask(hub, greedy, "POST", "rooms", room=f"greedy_{number}") for number in range(12)]
    assert [answer.status_code for answer in said] == [200] * 10 + [429] * 2
    assert "10 rooms of your own" in said[-1].json()["message"]
    often = {ask(hub, greedy, "POST", "rooms", room="greedy_0").status_code for _ in range(60)}
    assert often == {200, 429}
    # Others are not concerned.
    assert (
        ask(hub, hub.token_of("grace", USE), "POST", "rooms", room="graces_other").status_code
        == 200
    )


def test_links_are_counted_by_the_user_in_all_of_their_rooms(hub: Hub) -> None:
    hub.make("inviter")
    user = hub.token_of("inviter", USE)
    rooms = [ask(hub, user, "POST", "rooms", room=f"inviter_{n}").json()["data"] for n in range(3)]
    people = [{"name": f"P{number}", "roster": f"p{number}"} for number in range(1900)]

    def invite(token: str) -> int:
        header = {"X-BINTU-TOKEN": token}
        return post(f"{hub.service}/invites", headers=header, json={"people": people}).status_code

    # Nearly five times the largest roster, in whichever room.
    assert [invite(rooms[number % 2]) for number in range(5)] == [200] * 5
    assert invite(rooms[2]) == 429


# --- what is taken back ----------------------------------------------------------------------------


def test_who_leaves_a_group_is_out_of_its_room_soon(hub: Hub) -> None:
    hub.make("leaver", ROOM)
    client = hub.browser("leaver")
    until(lambda: ROOM in listed(hub.rooms(client).text))
    token = hub.meeting_token(client, ROOM)
    with seat(hub, token) as leaver:
        leaver.hear("welcome")
        hub.ask("DELETE", f"groups/{ROOM}/users", users=["leaver"])
        assert leaver.hear("bye")["kind"] == "token_rejected"
    until(lambda: listed(hub.rooms(client).text), to_be={})
    # Back in the group, they may come back: no moderator had removed them.
    hub.ask("POST", f"groups/{ROOM}/users", users=["leaver"])
    until(lambda: ROOM in listed(hub.rooms(client).text))
    assert claims(hub.meeting_token(client, ROOM))["jti"] != claims(token)["jti"]


def test_a_moderator_who_loses_the_role_loses_the_room_with_their_invites(hub: Hub) -> None:
    hub.make("tutor", "teachers")
    done = hub.run(
        "tutor",
        "import nanomeet_widget as nm; r = nm.create_room('algebra_101'); print(r.token);"
        "print(nm.create_invite(r.token).invite_link)",
    )
    assert done.returncode == 0, done.stderr
    token, link = done.stdout.split()
    hub.ask("POST", f"groups/{ROOM}/users", users=["tutor"])
    with seat(hub, link.partition("#token=")[2]) as guest:
        guest.hear("welcome")
        hub.ask("DELETE", "groups/teachers/users", users=["tutor"])
        assert guest.hear("bye")["kind"] == "token_rejected"
    invite = post(f"{hub.service}/nanomeet", headers={"X-BINTU-TOKEN": token}, json={})
    assert invite.status_code == 401
    # They are still a member.
    tutor = hub.token_of("tutor", USE)
    until(
        lambda: ask(hub, tutor, "POST", "rooms", room=ROOM, moderator=False).status_code, to_be=200
    )


def test_a_group_that_is_not_what_made_the_moderator_changes_nothing(hub: Hub) -> None:
    hub.make("dean", "teachers", ROOM)
    hub.make("witness", ROOM)
    client = hub.browser("dean")
    until(lambda: "moderator" in listed(hub.rooms(client).text).get(ROOM, ""))
    token = hub.meeting_token(client, ROOM)
    hub.ask("DELETE", f"groups/{ROOM}/users", users=["dean"])
    # Another user's loss, which comes later, is noticed no earlier.
    with seat(hub, hub.meeting_token(hub.browser("witness"), ROOM)) as witness:
        witness.hear("welcome")
        hub.ask("DELETE", f"groups/{ROOM}/users", users=["witness"])
        assert witness.hear("bye")["kind"] == "token_rejected"
    with seat(hub, token) as dean:
        assert dean.hear("welcome")["own"]["moderator"]


def test_a_new_group_takes_over_the_room_of_its_name(hub: Hub) -> None:
    token = ask(hub, hub.token_of("grace", USE), "POST", "rooms", room="reading_circle").json()[
        "data"
    ]
    with seat(hub, token) as grace:
        grace.hear("welcome")
        hub.ask("POST", "groups/reading_circle")
        assert grace.hear("bye")["kind"] == "token_rejected"
    hub.ask("DELETE", "groups/reading_circle")


def test_a_deleted_user_and_an_ended_server_have_no_access(hub: Hub) -> None:
    hub.make("former")
    done = hub.run(
        "former", "import nanomeet_widget as nm; print(nm.create_room('formers_room').token)"
    )
    token = done.stdout.strip()
    server = hub.environment_of("former")["JUPYTERHUB_API_TOKEN"]
    assert ask(hub, server, "GET", "rooms").status_code == 200
    with seat(hub, token) as former:
        former.hear("welcome")
        hub.ask("DELETE", "users/former/server")
        until(lambda: ask(hub, server, "GET", "rooms").status_code, to_be=401)
        hub.ask("DELETE", "users/former")
        assert former.hear("bye")["kind"] == "token_rejected"


def test_who_was_removed_from_a_meeting_does_not_return_by_the_list(hub: Hub) -> None:
    hub.make("rowdy", ROOM)
    client = hub.browser("rowdy")
    until(lambda: ROOM in listed(hub.rooms(client).text))
    with seat(hub, hub.meeting_token(hub.browser("emmy"), ROOM)) as emmy:
        emmy.hear("welcome")
        with seat(hub, hub.meeting_token(client, ROOM)) as rowdy:
            me = rowdy.hear("welcome")["own"]["id"]
            emmy.say(type="kick", id=me, ref=1)
            assert rowdy.hear("bye")["kind"] == "kicked"
        refused = hub.join(client, ROOM)
        assert refused.status_code == 403
        assert "removed you from this meeting" in refused.text
        token = hub.token_of("rowdy", USE)
        again = ask(
            hub, token, "POST", "rooms", room=ROOM, moderator=False, exp="2027-06-01T00:00:00Z"
        )
        assert again.status_code == 403


# --- when something is away ------------------------------------------------------------------------


def test_while_the_hub_is_away_people_stay_and_newcomers_are_told(hub: Hub) -> None:
    client, token = hub.browser("ada"), hub.token_of("grace", USE)
    with seat(hub, hub.meeting_token(client, ROOM)) as ada:
        ada.hear("welcome")
        with hub.standing_still():
            # What the Hub said just before still counts.
            until(lambda: "JupyterHub does not answer" in hub.rooms(client).text)
            assert hub.rooms(client).status_code == 503
            refused = ask(hub, token, "POST", "rooms", room="graces_third")
            assert refused.status_code == 503
            assert "does not answer" in refused.json()["message"]
            ada.say(type="ping", t=1)
            ada.hear("pong")
    until(lambda: hub.rooms(client).status_code, to_be=200)


def test_a_restarted_hub_finds_its_meeting_again(hub: Hub) -> None:
    client = hub.browser("ada")
    token = hub.meeting_token(client, ROOM)
    with seat(hub, token) as ada:
        ada.hear("welcome")
        hub.stop()
    hub.start()
    with seat(hub, token) as ada:
        ada.hear("welcome")
    # The same browser is still logged in, or is again without being asked.
    assert ROOM in listed(hub.rooms(client).text)


def test_no_token_of_the_hub_is_in_a_log_or_in_the_data(hub: Hub) -> None:
    hub.meeting_token(hub.browser("ada"), ROOM)
    assert (
        hub.run("ada", "import nanomeet_widget as nm; nm.create_room('adas_room')").returncode == 0
    )
    tokens = [
        json.loads(file.read_text())["JUPYTERHUB_API_TOKEN"]
        for file in hub.base.glob("*/environment.json")
    ]
    log = hub.log.read_text()
    kept = b"".join(file.read_bytes() for file in (hub.base / "data").rglob("*") if file.is_file())
    for token in tokens:
        assert token not in log
        assert token.encode() not in kept
    assert not re.search(r"#(?:token|ticket)=", log)


def test_the_service_says_what_it_lacks(tmp_path: Path) -> None:
    import subprocess  # noqa: PLC0415

    done = subprocess.run(
        [str(BINARIES / "nanomeet"), "serve", "--hub", "--data", str(tmp_path)],
        env={"PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "JUPYTERHUB_API_TOKEN" in done.stderr
