"""Failures of our own `nanomeet.js`: every promise settles with a message, and nothing remains."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from nanomeet_widget.services import Jitsi
from tests.browser.conftest import OpenPage
from tests.browser.site import site
from tests.browser.test_web_api import PLAIN_PAGE, moment
from tests.conftest import RunningServer
from tests.standins.https import Answer, Seen, Site, said, serving
from tests.standins.jitsi import jitsi
from tests.standins.prosody import Prosody

pytestmark = pytest.mark.browser

SECRET = "0123456789abcdef0123456789abcdef-prosody"


@pytest.fixture(scope="module")
def address(server: RunningServer) -> Iterator[str]:
    """A page of another origin that loads `nanomeet.js` from the server."""
    with site(PLAIN_PAGE.format(server=server.url)) as found:
        yield found


@pytest.fixture
def page(open_page: OpenPage, address: str) -> Page:
    """That page, opened."""
    return open_page(address, ignore_https_errors=True)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A token service that allows CORS; each test sets its answers."""

    def answer(_site: Site, seen: Seen) -> Answer:
        if seen.method == "OPTIONS":
            return Answer(headers={"Access-Control-Allow-Headers": "*"})
        return ANSWER["now"]

    with serving(tmp_path_factory.mktemp("broken"), answer) as found:
        yield found


ANSWER: dict[str, Answer] = {}
HTML = b"<h1>welcome to our Wi-Fi</h1>"
ANSWERS = {
    "a page": (Answer(body=HTML, kind="text/html"), "not JSON"),
    "nothing": (Answer(), "not JSON"),
    "something else": (said(7), "something unknown"),
    "an error page": (Answer(status=502, body=HTML, kind="text/html"), "status 502 and no reason"),
    "a reason": (said({"message": "10 rooms at most"}, 429), "10 rooms at most"),
    "a cut line": (Answer(status=0), "cannot be reached"),
    "silence": (Answer(delay=600), "did not answer within 2 s"),
    "somewhere else": (Answer(status=307, headers={"Location": "/"}), "cannot be reached"),
}


@pytest.mark.parametrize(("answer", "words"), ANSWERS.values(), ids=ANSWERS)
def test_a_service_that_fails_is_told_by_every_call(
    page: Page, broken: Site, server: RunningServer, answer: Answer, words: str
) -> None:
    ANSWER["now"] = answer
    room = {
        "room": "r",
        "moderator": True,
        "server": server.url,
        "nbf": moment(minutes=-1),
        "exp": moment(hours=1),
    }
    failures: list[dict[str, Any]] = page.evaluate(
        """([url, token, room, serviceTimeout]) => {
            const nanoMeet = new NanoMeet({ tokenUrl: url, apiUrl: url, serviceTimeout });
            return Promise.all([
                nanoMeet.validateAPIKey("key"),
                nanoMeet.createNanoMeetRoom("key", room),
                nanoMeet.createInviteToken(token, { moderator: false }),
                nanoMeet.createNanoStreams("key"),
            ].map(settle));
        }""",
        # Only the test of silence needs a short timeout.
        [broken.url, server.room("broken"), room, 2_000 if answer.delay else 60_000],
    )
    assert [failure.get("error") for failure in failures] == [
        "API Key Error",
        "Create Room Error",
        "Create Invite Token Error",
        "Create Stream Error",
    ]
    for failure in failures:
        assert words in failure["message"]


def test_what_cannot_be_shown_is_refused_at_once(page: Page, server: RunningServer) -> None:
    failures = page.evaluate(
        """(token) => Promise.all([
            new NanoMeet().init(),
            new NanoMeet().init({ token, id: "nowhere" }),
            new NanoMeet().init({ token }),
            new NanoMeet().init({ token, id: "one", branding: "javascript:alert(1)" }),
            new NanoMeet().init({ token, id: "one", tileView: { maxColumns: 9 } }),
            new NanoMeet().destroy(),
            new NanoMeet().startBroadcast(),
            new NanoMeet().getParticipants(),
        ].map(settle))""",
        server.room("refused_at_once"),
    )
    assert [failure.get("error") for failure in failures] == [
        "Config Error",
        "Missing Div Error",
        "Missing Div Error",
        "Branding Error",
        "Tile View Error",
        "Missing Instance Error",
        "Broadcast Error",
        "Participants Error",
    ]
    expect(page.locator("iframe")).to_have_count(0)


def test_a_meeting_that_is_left_while_it_is_joined_is_not_joined(
    page: Page, server: RunningServer
) -> None:
    second, joining = page.evaluate(
        """async (token) => {
            const nanoMeet = new NanoMeet();
            const joining = settle(nanoMeet.init({ token, id: "one" }));
            const second = await settle(nanoMeet.init({ token, id: "two" }));
            await nanoMeet.destroy();
            return [second, await joining];
        }""",
        server.room("left_early"),
    )
    assert second["error"] == "Instance Error"
    assert joining["error"]
    assert joining["message"]
    expect(page.locator("iframe")).to_have_count(0)


def test_a_participant_is_refused_what_is_a_moderators(page: Page, server: RunningServer) -> None:
    failures = page.evaluate(
        """async (token) => {
            const nanoMeet = new NanoMeet();
            await nanoMeet.init({ token, id: "one" });
            return Promise.all([
                nanoMeet.startBroadcast(),
                nanoMeet.stopBroadcast(),
                nanoMeet.setNanoMeetSubject("x"),
                nanoMeet.setLobby(true),
                nanoMeet.setPassword("x"),
                nanoMeet.muteEveryone(),
                nanoMeet.pinParticipant("no-one"),
            ].map(settle));
        }""",
        server.invite(server.room("guests")),
    )
    assert [failure.get("kind") for failure in failures[:-1]] == ["not_moderator"] * 6
    assert failures[-1]["error"] == "Participant ID Error"


def test_the_pages_address_chooses_no_server(
    open_page: OpenPage, address: str, server: RunningServer
) -> None:
    page = open_page(
        f"{address}?nanomeet.server=elsewhere.invalid&nanomeet.branding=https://x.invalid"
    )
    joined = page.evaluate(
        '(token) => settle(new NanoMeet().init({ token, id: "one" }))', server.room("steady")
    )
    assert joined == {"value": {"data": {"moderator": True}}}
    source = page.locator("iframe").get_attribute("src") or ""
    assert source.startswith(server.url)
    assert "invalid" not in source


def test_a_jitsi_that_refuses_is_told_in_its_words(page: Page, tmp_path: Path) -> None:
    prosody = Prosody(app_id="classroom", secret=SECRET)
    with jitsi(tmp_path, prosody) as deployment:
        good = Jitsi(deployment.host, app_id="classroom", app_secret=SECRET)
        wrong = Jitsi(deployment.host, app_id="classroom", app_secret=SECRET[::-1])
        refused, broadcasts = page.evaluate(
            """async ([wrong, good]) => {
                const to = (ingest) => ({ ingest, playout: null });
                const ingests = { live: to("rtmp://refuse.example/s"), rec: to("rtmp://r.example/s") };
                const refused = await settle(new NanoMeet().init({ token: wrong, id: "one" }));
                const nowhere = new NanoMeet();
                await nowhere.init({ token: good, id: "one" });
                const somewhere = new NanoMeet();
                await somewhere.init({ token: good, id: "two", broadcast: ingests });
                return [refused, [
                    await settle(nowhere.startBroadcast()),
                    await settle(somewhere.startBroadcast(false)),
                    await settle(somewhere.startBroadcast(true)),
                ]];
            }""",
            [str(wrong.create_room("r").token), str(good.create_room("r").token)],
        )
    assert refused["kind"] == "token_rejected"
    assert broadcasts[0]["kind"] == "no_broadcast_target"
    assert "unexpected-request" in broadcasts[1]["message"]
    # After a failure, another broadcast can start.
    assert broadcasts[2]["value"]["data"]["nanoStream"] == "rtmp://r.example/s"
