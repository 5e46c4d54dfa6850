"""The engine API from a plain page: a meeting's commands, and its events.

Each page is of another origin than the server, and loads only the engine's script.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.framed import PAGE, Person
from tests.browser.media import moves
from tests.browser.site import site
from tests.browser.test_room import address as link
from tests.conftest import RunningServer

pytestmark = pytest.mark.browser

CONTRACT = Path(__file__).parents[2] / "js/src/engine/contract.json"


@pytest.fixture(scope="module")
def address(server: RunningServer) -> Iterator[str]:
    """A page that loads `external_api.js` from the server."""
    with site(PAGE.format(server=server.url)) as found:
        yield found


class Room:
    """A room with Ada, a moderator, and Grace, who is not."""

    def __init__(self, server: RunningServer, open_page: OpenPage, address: str) -> None:
        self.name = f"Engine_{secrets.token_hex(4)}"
        self.token = server.room(self.name)
        self.ada = Person(open_page(address), server, self.token, self.name, "Ada")
        guest = server.invite(self.token)
        self.grace = Person(open_page(address), server, guest, self.name, "Grace")
        self.ada.hears("participantJoined", id=self.grace.id)


@pytest.fixture
def room(server: RunningServer, open_page: OpenPage, address: str) -> Room:
    return Room(server, open_page, address)


def test_people_write_raise_hands_and_look_around(room: Room) -> None:
    ada, grace = room.ada, room.grace

    grace.does("sendChatMessage", "Hello, everybody")
    said = ada.hears("incomingMessage", message="Hello, everybody")
    assert (said["from"], said["nick"], said["privateMessage"]) == (grace.id, "Grace", False)
    grace.hears("outgoingMessage", message="Hello, everybody", privateMessage=False)
    ada.hears("chatUpdated", unreadCount=1, isOpen=False)
    ada.does("toggleChat")
    ada.hears("chatUpdated", isOpen=True)
    ada.does("sendChatMessage", "Only you", grace.id)
    grace.hears("incomingMessage", message="Only you", privateMessage=True)

    grace.does("toggleRaiseHand")
    assert ada.hears("raiseHandUpdated", id=grace.id)["handRaised"] > 0
    grace.hears("raiseHandUpdated", id=grace.id)
    grace.does("toggleRaiseHand")
    ada.hears("raiseHandUpdated", id=grace.id, handRaised=0)

    ada.does("toggleParticipantsPane", True)
    ada.hears("participantsPaneToggled", open=True)
    assert ada.asks("isParticipantsPaneOpen") is True

    for to in (ada.id, ""):
        text = json.dumps({"slide": 4, "to": to})
        grace.does("sendEndpointTextMessage", to, text)
        ada.hears(
            "endpointTextMessageReceived",
            senderInfo={"jid": grace.id, "id": grace.id},
            eventData={"name": "endpoint-text-message", "text": text},
        )
    assert "endpointTextMessageReceived" not in grace.page.evaluate("events.map((e) => e.name)")
    for wrong in (ada.id, ""), (ada.id, "x" * 2001), (ada.id, {"slide": 4}), (grace.id, "x"):
        assert grace.refused("sendEndpointTextMessage", *wrong)["name"] == "invalid", wrong
    assert grace.refused("sendEndpointTextMessage", "0" * 16, "x")["name"] == "not_found"

    frame = ada.page.frame_locator("iframe")
    ada.does("showNotification", {"title": "Break", "uid": "break", "timeout": "sticky"})
    ada.hears("notificationTriggered", title="Break")
    notice = frame.get_by_role("button", name="Break")
    expect(notice).to_be_visible()
    ada.does("hideNotification", "break")
    expect(notice).to_have_count(0)

    grace.does("localSubject", "My lesson")
    title = grace.page.frame_locator("iframe").get_by_role("heading", name="My lesson")
    expect(title).to_be_visible()
    ada.does("subject", "Everybody's lesson")
    grace.hears("subjectChange", subject="Everybody's lesson")

    grace.does("displayName", "Grace H.")
    ada.hears("displayNameChange", id=grace.id, displayname="Grace H.")
    assert ada.asks("getDisplayName", grace.id) == "Grace H."


def test_only_a_moderator_moderates(room: Room) -> None:
    ada, grace = room.ada, room.grace

    for command, *args in (
        ("kickParticipant", ada.id),
        ("muteRemoteParticipant", ada.id, "audio"),
        ("grantModerator", grace.id),
        ("toggleLobby", True),
        ("endConference",),
    ):
        assert "moderator" in grace.refused(command, *args)["message"], command
    assert ada.refused("kickParticipant", "0123456789abcdef")["name"] == "not_found"

    for media in ("audio", "video"):
        ada.does("muteRemoteParticipant", grace.id, media)
        ada.hears("participantMuted", id=grace.id, mediaType=media, isMuted=True)
    grace.hears("audioMuteStatusChanged", muted=True)
    assert grace.asks("isVideoMuted") is True
    assert ada.asks("isParticipantForceMuted", grace.id, "audio") is False

    # Pinned by a moderator: on every page. Pinned by a participant: on their own.
    ada.does("setLargeVideoParticipant", grace.id)
    for one in (ada, grace):
        one.hears("largeVideoChanged", id=grace.id)
        one.hears("tileViewChanged", enabled=False)
    ada.does("setLargeVideoParticipant")
    grace.hears("tileViewChanged", enabled=True)
    before = ada.page.evaluate("events.length")
    grace.does("pinParticipant", ada.id)
    grace.hears("largeVideoChanged", id=ada.id)
    # The speaker may be reported at any time.
    heard = ada.page.evaluate("(from) => events.slice(from).map((e) => e.name)", before)
    assert not {"largeVideoChanged", "tileViewChanged"} & set(heard)

    ada.does("grantModerator", grace.id)
    grace.hears("participantRoleChanged", id=grace.id, role="moderator")
    ada.hears("participantRoleChanged", id=grace.id, role="moderator")
    roles = {p["id"]: p["role"] for p in grace.asks("getRoomsInfo")["rooms"][0]["participants"]}
    assert roles == {ada.id: "moderator", grace.id: "moderator"}

    grace.does("kickParticipant", ada.id)
    grace.hears("participantKickedOut", kicked={"id": ada.id, "local": False})
    assert ada.hears("participantKickedOut")["kicked"] == {"id": ada.id, "local": True}
    grace.does("endConference")
    assert grace.hears("errorOccurred", isFatal=True)["name"] == "ended"


def test_pictures_devices_and_connections_can_be_looked_at(room: Room) -> None:
    ada, grace = room.ada, room.grace

    ada.does("pinParticipant", grace.id)
    ada.hears("largeVideoChanged", id=grace.id)
    shown = f"[data-participant='{grace.id}'][data-camera=on] video"
    assert moves(ada.page.frame_locator("iframe").locator(shown))
    picture = ada.page.evaluate(
        """async () => {
            const { dataURL } = await api.captureLargeVideoScreenshot();
            const image = new Image();
            image.src = dataURL;
            await image.decode();
            return [dataURL.slice(0, 22), image.width > 100];
        }"""
    )
    assert picture == ["data:image/png;base64,", True]

    ada.does("setVideoQuality", 180)
    ada.hears("videoQualityChanged", videoQuality=180)
    assert ada.asks("getVideoQuality") == 180
    ada.does("setAudioOnly", True)
    ada.hears("videoMuteStatusChanged", muted=True)
    ada.hears("videoQualityChanged", videoQuality=0)
    for event in ("audioOnlyChanged", "lowBandwidthModeChanged"):
        ada.hears(event, enabled=True)
    ada.does("setLowBandwidthMode", False)
    for event in ("audioOnlyChanged", "lowBandwidthModeChanged"):
        ada.hears(event, enabled=False)

    stats = ada.page.evaluate(
        """async (id) => {
            for (let tries = 0; tries < 600; tries += 1) {
                const found = (await api.getConnectionStats())[id];
                if (found) return found;
                await new Promise((wake) => setTimeout(wake, 100));
            }
        }""",
        grace.id,
    )
    assert stats["grade"] in {"good", "fair", "poor"}
    assert ada.asks("isP2pActive") is True

    devices = ada.asks("getAvailableDevices")
    assert set(devices) == {"audioInput", "audioOutput", "videoInput"}
    assert ada.hears("deviceListChanged")["devices"].keys() == devices.keys()
    camera = devices["videoInput"][0]
    assert ada.asks("setVideoInputDevice", camera["label"], camera["deviceId"]) is True
    assert ada.asks("getCurrentDevices")["videoInput"]["deviceId"] == camera["deviceId"]
    assert ada.asks("isVideoAvailable") is True
    assert ada.asks("getContentSharingParticipants") == {"sharingParticipantIds": []}
    assert ada.asks("getSessionId") == grace.asks("getSessionId") != ""
    assert ada.asks("getDeploymentInfo")["environment"] == "nanomeet"
    assert ada.asks("isAudioDisabled") is False
    assert ada.asks("isStartSilent") is False


def test_name_and_devices_are_chosen_first_where_the_page_wishes(
    server: RunningServer, open_page: OpenPage, address: str
) -> None:
    name = f"Engine_{secrets.token_hex(4)}"
    config = {"prejoinConfig": {"enabled": True}}
    ada = Person(open_page(address), server, server.room(name), name, "Ada", **config)
    assert ada.hears("prejoinScreenLoaded")["displayName"] == "Ada"
    frame = ada.page.frame_locator("iframe")
    frame.get_by_role("button", name="Join", exact=False).first.click()
    assert ada.hears("videoConferenceJoined")["displayName"] == "Ada"


def test_what_the_meeting_does_not_do_is_said_and_not_listed(
    server: RunningServer, open_page: OpenPage, address: str
) -> None:
    name = f"Engine_{secrets.token_hex(4)}"
    ada = Person(open_page(address), server, server.room(name), name, "Ada")
    ada.hears("videoConferenceJoined")
    contract = json.loads(CONTRACT.read_text())
    commands = contract["commands"]
    assert sorted(ada.asks("getSupportedCommands")) == sorted(
        command for command, reason in commands.items() if reason is None
    )
    for command in (command for command, reason in commands.items() if reason):
        assert ada.refused(command)["name"] == "unsupported"
    # Messages that Jitsi's own script sends by itself are not commands, and get no answer.
    before = ada.page.evaluate("events.length")
    ada.page.evaluate("api.send('document-pip-capability', true)")
    assert ada.asks("isStartSilent") is False
    told = ada.page.evaluate("(from) => events.slice(from).map(({ name }) => name)", before)
    assert "errorOccurred" not in told
    words = ada.page.evaluate("api.invite([{ id: 'x' }]).catch((error) => error.message)")
    assert "cannot answer" in words


def test_a_recording_can_be_fetched_when_the_broadcast_is_over(
    server: RunningServer, open_page: OpenPage, address: str
) -> None:
    name = f"Engine_{secrets.token_hex(4)}"
    ada = Person(open_page(address), server, server.room(name), name, "Ada")
    ada.hears("videoConferenceJoined")
    ada.does("startRecording", {"mode": "stream", "rtmpStreamKey": "rtmp://ingest.example/rec/x"})
    ada.hears("recordingStatusChanged", on=True)
    assert "/live/" in ada.asks("getLivestreamUrl")["livestreamUrl"]
    ada.does("stopRecording", "stream")
    ada.hears("recordingStatusChanged", on=False)
    assert "/vod/" in ada.hears("recordingLinkAvailable")["link"]


def test_a_page_that_always_answers_wrongly_is_asked_no_more(
    room: Room, open_page: OpenPage, address: str, server: RunningServer
) -> None:
    room.ada.does("password", "sesame")
    page = open_page(address)
    page.evaluate(
        """([...args]) => {
          enter(...args);
          api.on("passwordRequired", () => api.executeCommand("password", "not sesame"));
        }""",
        [f"{server.url}/local", room.name, server.invite(room.token), "Alan", {}],
    )
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Wrong password.")).to_be_visible()
    refusal = page.evaluate('heard("errorOccurred", { type: "COMMAND" })')
    assert refusal["name"] == "wrong_password"
    # Requests go through the server: another request takes as long as that one.
    frame.get_by_label("Password").fill("sesame")
    frame.get_by_role("button", name="Join").click()
    page.evaluate('heard("videoConferenceJoined")')
    assert page.evaluate('events.filter(({ name }) => name === "passwordRequired").length') == 2


#: Calls that a page could make by mistake.
ODD_CALLS = """[
  ["sendChatMessage"],
  ["sendChatMessage", ""],
  ["sendChatMessage", "x".repeat(2001)],
  ["sendChatMessage", "\\ud83d"],
  ["sendChatMessage", "Hello", "unknown"],
  ["subject", "x".repeat(201)],
  ["subject", "\\ud83d"],
  ["password", "x".repeat(129)],
  ["displayName", ""],
  ["kickParticipant", "unknown"],
  ["kickParticipant"],
  ["grantModerator", {}],
  ["muteRemoteParticipant", "unknown", "audio"],
  ["answerKnockingParticipant", "unknown", true],
  ["setLargeVideoParticipant", "unknown"],
]"""


def test_no_wrong_argument_ends_the_meeting(room: Room) -> None:
    ada, grace = room.ada, room.grace
    assert ada.id
    calls = ada.page.evaluate(ODD_CALLS)
    for number in range(len(calls)):
        failure = ada.page.evaluate(
            f"""(number) => {{
              const from = events.length;
              run(...{ODD_CALLS}[number]);
              return heard("errorOccurred", {{ type: "COMMAND" }}, from);
            }}""",
            number,
        )
        assert failure["name"] in {"invalid", "not_found"}, calls[number]
        assert failure["message"].endswith("."), failure
    long = "👨‍👩‍👧‍👦" * 2000
    ada.does("sendChatMessage", long)
    assert grace.hears("incomingMessage", message=long)["from"] == ada.id
    ada.does("sendChatMessage", "Still here")
    grace.hears("incomingMessage", message="Still here")
    for person in (ada, grace):
        gone = 'events.filter(({ name }) => name === "videoConferenceLeft")'
        assert person.page.evaluate(gone) == []


def test_a_name_of_63_letters_and_an_emoji_joins(
    server: RunningServer, open_page: OpenPage, address: str
) -> None:
    room = f"Engine_{secrets.token_hex(4)}"
    token = server.room(room)
    name = "x" * 63 + "👋"
    ada = Person(open_page(address), server, token, room, name)
    assert ada.hears("videoConferenceJoined")["displayName"] == name

    # By the link, as a guest who types a name one character over the limit.
    config = {"prejoinConfig.enabled": True}
    guest = open_page(link(server, server.invite(token), room, "Grace", **config))
    field = guest.get_by_label("Your name")
    field.fill(f"{name}y")
    expect(field).to_have_value(name)
    guest.get_by_role("button", name="Join").click()
    ada.hears("participantJoined", displayName=name)

    family = "y" * 63 + "👨‍👩‍👧‍👦"
    ada.does("displayName", f"{family}z")
    ada.hears("displayNameChange", displayname=family)
