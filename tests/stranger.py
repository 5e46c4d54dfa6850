"""A participant of another make: aiortc for the media, and what `docs/signalling.md` says for the rest.

Nothing here is of the package: that is the point. Where this needs to know more than the document says, the
document is wrong.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import secrets
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeVar

import av
import numpy as np
import websockets
from aiortc import (
    AudioStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpTransceiver,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from aiortc.sdp import candidate_from_sdp

from tests.waiting import PATIENCE

T = TypeVar("T")
Message = dict[str, Any]
Place = Literal["microphone", "camera", "screen", "screen sound"]

#: The media sections, in their order.
PLACES: tuple[tuple[Place, str], ...] = (
    ("microphone", "audio"),
    ("camera", "video"),
    ("screen", "video"),
    ("screen sound", "audio"),
)
#: Lines sent to those who have not said how many they show.
_LINES = 180
_RATE = 48_000
#: Samples of a packet.
_PACKET = _RATE // 50
#: Seconds after which an offer without an answer is repeated.
_UNANSWERED = 4.0
_PING = 5.0


class Picture(VideoStreamTrack):
    """A colour on the left; on the right, a grey that grows lighter with each picture."""

    def __init__(self, colour: tuple[int, int, int]) -> None:
        super().__init__()
        self._colour = colour
        self._number = 0
        self.lines = _LINES

    async def recv(self) -> av.VideoFrame:
        """Return the next picture."""
        at, base = await self.next_timestamp()
        self._number += 1
        pixels = np.empty((self.lines, self.lines * 16 // 9 // 2 * 2, 3), np.uint8)
        pixels[:, : pixels.shape[1] // 2] = self._colour
        pixels[:, pixels.shape[1] // 2 :] = 8 * self._number % 256
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
        frame.pts, frame.time_base = at, base
        return frame


class Tone(AudioStreamTrack):
    """One tone."""

    def __init__(self, hertz: int) -> None:
        super().__init__()
        self._hertz = hertz
        self._at = 0
        self._began: float | None = None

    async def recv(self) -> av.AudioFrame:
        """Return the next 20 ms."""
        loop = asyncio.get_running_loop()
        self._began = self._began if self._began is not None else loop.time()
        await asyncio.sleep(self._began + self._at / _RATE - loop.time())
        times = (self._at + np.arange(_PACKET)) / _RATE
        wave = (8000 * np.sin(2 * np.pi * self._hertz * times)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave[np.newaxis], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = _RATE, self._at, Fraction(1, _RATE)
        self._at += _PACKET
        return frame


@dataclass
class Tracks:
    """What can be sent on one connection."""

    microphone: Tone
    camera: Picture
    screen: Picture


class Peer:
    """The connection to one other participant."""

    def __init__(self, stranger: Stranger, other: str) -> None:
        self._stranger = stranger
        self._other = other
        self._polite = stranger.own_id < other
        self._tracks = stranger.make_tracks()
        #: What the other side's newest description is of.
        self._theirs: object = None
        self._reading: list[asyncio.Task[None]] = []
        self._repeating: asyncio.Task[None] | None = None
        #: The newest picture, the number of pictures, and the newest second of sound, by place.
        self.pictures: dict[Place, np.ndarray[Any, Any]] = {}
        self.counts: dict[Place, int] = {}
        self.sounds: dict[Place, np.ndarray[Any, Any]] = {}
        #: Whether the other side has said that there are no more candidates.
        self.complete = False
        self.wanted = {"camera": _LINES, "screen": _LINES}
        self.pc = self._create()

    @property
    def connected(self) -> bool:
        """Whether media can flow."""
        return bool(self.pc.connectionState == "connected")

    async def offer(self) -> None:
        """Begin a connection."""
        for (_, kind), track in zip(PLACES, self._sent(), strict=True):
            self.pc.addTransceiver(track or kind, direction="sendrecv")
        await self.pc.setLocalDescription()
        self._repeating = asyncio.create_task(self._repeat(self.pc))

    async def take(self, step: Message) -> None:
        """Take one step of the other side."""
        if (description := step["description"]) is not None:
            await self._take_description(RTCSessionDescription(**description))
        elif (candidate := step["candidate"]) is not None:
            await self._take_candidate(candidate)
        elif step["restart"] and not self._polite and self.pc.signalingState == "stable":
            await self.restart()

    async def restart(self) -> None:
        """Look for a new path: aiortc cannot restart ICE, so this takes a new connection."""
        if self._polite:
            await self._stranger.send("signal", to=self._other, restart=True)
        else:
            await self._renew()
            await self.offer()

    async def describe(self) -> None:
        """Send the description of this side."""
        local = self.pc.localDescription
        description = {"type": local.type, "sdp": local.sdp}
        await self._stranger.send("signal", to=self._other, description=description)
        # aiortc has all of its candidates in the description.
        await self._stranger.send("signal", to=self._other, candidate={"candidate": ""})

    def apply(self) -> None:
        """Send what the stranger sends now, no larger than the other side shows it."""
        for transceiver, track in zip(self.pc.getTransceivers(), self._sent(), strict=True):
            if transceiver.sender.track is not track:
                transceiver.sender.replaceTrack(track)

    async def close(self) -> None:
        """End the connection."""
        for task in (*self._reading, *([self._repeating] if self._repeating else [])):
            task.cancel()
        self._reading.clear()
        await self.pc.close()

    def _sent(self) -> list[MediaStreamTrack | None]:
        """Return what is sent now, by place."""
        sending = self._stranger.sending
        camera, screen = self.wanted["camera"], self.wanted["screen"]
        self._tracks.camera.lines = _even(camera)
        self._tracks.screen.lines = _even(screen)
        return [
            self._tracks.microphone if sending["audio"] else None,
            self._tracks.camera if sending["video"] and camera else None,
            self._tracks.screen if sending["screen"] and screen else None,
            None,
        ]

    def _create(self) -> RTCPeerConnection:
        servers = [RTCIceServer(**server) for server in self._stranger.ice_servers]
        pc = RTCPeerConnection(RTCConfiguration(servers, bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))

        @pc.on("connectionstatechange")
        async def changed() -> None:
            if pc is self.pc and pc.connectionState == "connected":
                await self._stranger.send("want", to=self._other, camera=360, screen=360)

        return pc

    async def _renew(self) -> None:
        await self.close()
        # A closed connection ends its tracks.
        self._tracks = self._stranger.make_tracks()
        self._theirs = None
        self.pc = self._create()

    async def _repeat(self, pc: RTCPeerConnection) -> None:
        while pc.signalingState == "have-local-offer":
            await self.describe()
            await asyncio.sleep(_UNANSWERED)

    async def _take_description(self, description: RTCSessionDescription) -> None:
        theirs = _connection(description.sdp)
        another = self._theirs not in {None, theirs}
        if description.type == "answer":
            if another:
                await self._renew()
                await self.offer()
            elif self.pc.signalingState == "have-local-offer":
                self._theirs = theirs
                await self.pc.setRemoteDescription(description)
                self._read()
            return
        collides = self.pc.signalingState == "have-local-offer"
        if collides and not self._polite:
            return
        if another or collides:
            await self._renew()
        self._theirs = theirs
        await self.pc.setRemoteDescription(description)
        for transceiver in self.pc.getTransceivers():
            transceiver.direction = "sendrecv"
        self.apply()
        await self.pc.setLocalDescription()
        await self.describe()
        self._read()

    async def _take_candidate(self, fields: Message) -> None:
        if not fields["candidate"]:
            self.complete = True
            await self.pc.addIceCandidate(None)
            return
        candidate = candidate_from_sdp(fields["candidate"].removeprefix("candidate:"))
        candidate.sdpMid, candidate.sdpMLineIndex = fields["sdpMid"], fields["sdpMLineIndex"]
        await self.pc.addIceCandidate(candidate)

    def _read(self) -> None:
        if not self._reading:
            self._reading = [
                asyncio.create_task(self._consume(place, transceiver))
                for (place, _), transceiver in zip(PLACES, self.pc.getTransceivers(), strict=True)
            ]

    async def _consume(self, place: Place, transceiver: RTCRtpTransceiver) -> None:
        with suppress(MediaStreamError):
            while True:
                frame = await transceiver.receiver.track.recv()
                if isinstance(frame, av.VideoFrame):
                    self.pictures[place] = frame.to_ndarray(format="rgb24")
                    self.counts[place] = self.counts.get(place, 0) + 1
                elif isinstance(frame, av.AudioFrame):
                    wave = frame.to_ndarray().reshape(-1, len(frame.layout.channels)).mean(axis=1)
                    before = self.sounds.get(place, np.zeros(0))
                    self.sounds[place] = np.concatenate([before, wave])[-frame.sample_rate :]


def _connection(sdp: str) -> tuple[str, str]:
    """Return what stays the same on one connection: its certificate, and for aiortc its ICE session."""
    found = [
        re.search(rf"^a={name}:(.*?)\s*$", sdp, re.MULTILINE)
        for name in ("fingerprint", "ice-ufrag")
    ]
    certificate, session = (one[1] if one else "" for one in found)
    return certificate, session


def _even(lines: int) -> int:
    return max(2, min(_LINES, lines) // 2 * 2)


class Stranger:
    """A participant on the stage, with a picture and a tone of its own."""

    def __init__(
        self, token: str, name: str, *, colour: tuple[int, int, int] = (0, 0, 0), hertz: int = 440
    ) -> None:
        self.own_id = ""
        self.stage = self.invited = False
        self.participants: dict[str, Message] = {}
        self.peers: dict[str, Peer] = {}
        self.ice_servers: list[Message] = []
        #: Whether it makes offers also to those who come, which it should not.
        self.crosses = False
        self.sending = {"audio": True, "video": True, "screen": False}
        self._token = token
        self._name = name
        self._colour = colour
        self._hertz = hertz
        self._socket: websockets.ClientConnection
        self._tasks: list[asyncio.Task[None]] = []

    async def join(self) -> None:
        """Join, and connect to each participant on the stage."""
        payload = self._token.split(".")[1]
        server = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["server"]
        address = re.sub(r"^http", "ws", server if "://" in server else f"https://{server}")
        self._socket = await websockets.connect(f"{address.rstrip('/')}/ws/meeting")
        person = secrets.token_urlsafe(16)
        await self.send(
            "join", v=1, token=self._token, name=self._name, person=person, composes=False
        )
        welcome = await self._receive()
        assert welcome["type"] == "welcome", welcome
        self.own_id, self.ice_servers = welcome["own"]["id"], welcome["ice_servers"]
        await self.send("media", **self.sending)
        for participant in welcome["participants"]:
            self._note(participant)
        await self._enter(stage=welcome["own"]["stage"])
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._ping())]

    async def leave(self) -> None:
        """Leave; the server says goodbye."""
        await self.send("leave")
        # What is answered meanwhile may find the connection closed.
        with suppress(websockets.ConnectionClosedOK):
            await asyncio.wait_for(self._tasks[0], PATIENCE)
        await self.close()

    async def close(self) -> None:
        """Stop whatever runs."""
        for task in self._tasks:
            task.cancel()
        for other in list(self.peers):
            await self._remove(other)
        await self._socket.close()

    async def send(self, kind: str, **fields: Any) -> None:
        """Send a message."""
        await self._socket.send(json.dumps({"type": kind, **fields}))

    async def change(self, **sending: bool) -> None:
        """Change what is sent to everyone."""
        self.sending |= sending
        for peer in self.peers.values():
            peer.apply()
        await self.send("media", **self.sending)

    def make_tracks(self) -> Tracks:
        """Return tracks for one connection: a track has one sender."""
        return Tracks(Tone(self._hertz), Picture(self._colour), Picture(self._colour))

    def connections(self, name: str) -> list[Peer]:
        """Return the connections to participants with this name."""
        people = [one["id"] for one in self.participants.values() if one["name"] == name]
        return [self.peers[one] for one in people if one in self.peers]

    async def until(self, told: Callable[[], object]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(PATIENCE):
            while not told():
                for task in self._tasks:
                    if task.done():
                        task.result()
                await asyncio.sleep(0.05)

    async def _receive(self) -> Message:
        message: Message = json.loads(await asyncio.wait_for(self._socket.recv(), PATIENCE))
        return message

    async def _listen(self) -> None:
        while (message := await self._receive())["type"] != "bye":
            kind = message["type"]
            if kind in {"joined", "updated"}:
                self._note(message["participant"])
                await self._meet(message["participant"])
            elif kind == "left":
                self.participants.pop(message["id"], None)
                await self._remove(message["id"])
            elif kind == "signalled" and (peer := self.peers.get(message["sender"])):
                await peer.take(message)
            elif kind == "wanted" and (peer := self.peers.get(message["sender"])):
                peer.wanted = {"camera": message["camera"], "screen": message["screen"]}
                if peer.pc.getTransceivers():
                    peer.apply()
            elif kind == "stage_invited":
                self.invited = True
            elif kind == "mute_requested":
                await self.change(**{message["media"]: False})

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(_PING)
            await self.send("ping", t=0)

    def _note(self, participant: Message) -> None:
        self.participants[participant["id"]] = participant

    async def _meet(self, participant: Message) -> None:
        """Expect the offer of one who comes to the stage; close the connection of one who goes."""
        other = participant["id"]
        if other == self.own_id:
            if participant["stage"] != self.stage:
                await self._enter(stage=participant["stage"])
        elif not participant["stage"]:
            await self._remove(other)
        elif self.stage and other not in self.peers:
            peer = self._add(other)
            if self.crosses:
                await peer.offer()

    async def _enter(self, *, stage: bool) -> None:
        """Make offers to those on the stage, or leave it."""
        self.stage = stage
        for other in list(self.peers):
            await self._remove(other)
        for participant in self.participants.values():
            if stage and participant["stage"] and participant["id"] != self.own_id:
                await self._add(participant["id"]).offer()

    def _add(self, other: str) -> Peer:
        self.peers[other] = peer = Peer(self, other)
        return peer

    async def _remove(self, other: str) -> None:
        if peer := self.peers.pop(other, None):
            await peer.close()


@asynccontextmanager
async def present(stranger: Stranger) -> AsyncIterator[Stranger]:
    """Join, and leave at the end."""
    await stranger.join()
    try:
        yield stranger
        await stranger.leave()
    finally:
        await stranger.close()


class Beside:
    """A stranger on an event loop of its own, beside a test that has none."""

    def __init__(self, stranger: Stranger, loop: asyncio.AbstractEventLoop) -> None:
        self.stranger = stranger
        self._loop = loop

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Let the stranger do something, and wait for it."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(2 * PATIENCE)

    def until(self, told: Callable[[], object]) -> None:
        """Wait until something is so."""
        self.run(self.stranger.until(told))

    def peer(self, name: str) -> Peer:
        """Return the connection to the participant with this name, who may be seen elsewhere before the stranger hears of it."""
        self.until(lambda: self.stranger.connections(name))
        (found,) = self.stranger.connections(name)
        return found


@contextmanager
def beside(stranger: Stranger) -> Iterator[Beside]:
    """Let a stranger join from a thread, and leave at the end."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="stranger", daemon=True)
    thread.start()
    here = Beside(stranger, loop)
    try:
        meeting = present(stranger)
        here.run(meeting.__aenter__())
        try:
            yield here
        finally:
            here.run(meeting.__aexit__(None, None, None))
    finally:
        here.run(loop.shutdown_default_executor())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.close()


def colour(picture: np.ndarray[Any, Any]) -> tuple[int, int, int]:
    """Return the colour of a picture's left side."""
    rows, columns = picture.shape[:2]
    red, green, blue = picture[:, : columns // 3].reshape(-1, 3).mean(axis=0)
    assert rows
    return round(red), round(green), round(blue)


def pitch(sound: np.ndarray[Any, Any]) -> int:
    """Return the loudest frequency of a second of sound, in hertz."""
    return int(np.abs(np.fft.rfft(sound)).argmax() * _RATE / len(sound))
