"""What the embedded server is told before it starts. Nothing else configures it."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from nanomeet_widget import _folders
from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.server.protocol.common import MAX_TEXT_FRAME

#: Segments of a path (RFC 3986, 3.3): a hub writes names of users into them.
_BASE = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@%-]+/)*")
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]+)?")
#: Sources of CSP's frame-ancestors (CSP Level 3, 6.4.2.1); nothing that could begin another directive.
_ANCESTORS = re.compile(r"\*|'none'|(?:(?:'self'|https?://[A-Za-z0-9.*-]+(?::[0-9*]+)?) ?)+")
#: "Listen on every address": nothing that a guest could connect to.
EVERY_ADDRESS = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - recognised here, not bound
#: Limits that 0 turns off.
_MAY_BE_NONE = frozenset({"connections", "waiting"})
RecordingSound = Literal["opus", "aac"]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds on what clients may ask of the server."""

    #: People in one room, those with a lost connection included.
    participants: int = 100
    #: People waiting in one lobby; 0 for as many as a room takes.
    waiting: int = 0
    #: Cameras that a browser-to-browser mesh carries; whoever comes later is the audience.
    stage: int = 8
    #: Messages of the chat that a room keeps for those who come later, and bytes of their texts.
    chat: int = 200
    chat_size: int = 2_000_000
    #: Messages that one person may write at once, and a second.
    chat_burst: float = 10
    chat_rate: float = 1
    #: Reactions that one person may show at once, and a second.
    reaction_burst: float = 10
    reaction_rate: float = 2
    #: Texts that the programs of one participant may send at once, and a second.
    endpoint_burst: float = 50
    endpoint_rate: float = 10
    #: Times that one participant may change their picture at once, and a second.
    avatar_burst: float = 5
    avatar_rate: float = 1
    #: Rooms at once.
    rooms: int = 200
    #: Viewers of all broadcasts.
    viewers: int = 1000
    #: Bytes a second that one broadcast may send: 20 Mbit/s is 4K of good quality.
    ingest_rate: float = 2_500_000
    #: Bytes of the cached group of pictures; a longer one is not kept for latecomers.
    cache: int = 16 * 1024 * 1024
    #: WebSockets from one address, but for this machine's own; 0 for any number. A class behind one
    #: router has one address.
    connections: int = 200
    #: Messages a second of one page in a room, and how many more at once.
    message_rate: float = 100
    message_burst: float = 600
    #: Those that break a rule, which pages check themselves: a second, and how many more at once.
    invalid_rate: float = 10
    invalid_burst: float = 100
    #: Bytes of a page's message.
    message_size: int = MAX_TEXT_FRAME

    @property
    def lobby(self) -> int:
        """People waiting in one lobby: a class that knocks at once is as large as its room."""
        return self.waiting or self.participants

    def __post_init__(self) -> None:
        for limit in fields(self):
            least = 0 if limit.name in _MAY_BE_NONE else 1
            if not getattr(self, limit.name) >= least:
                raise InvalidInputError(
                    f"{limit.name}={getattr(self, limit.name)} must be at least {least}"
                )


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long the server waits for what, in seconds."""

    #: For the first message of a connection.
    first_message: float = 10.0
    #: For somebody whose connection was lost to come back.
    resume: float = 10.0
    #: For a page that went away to be there again, if it was a reload and others are in the room.
    reload: float = 2.0
    #: For a started broadcast's first picture: two cores busy with meetings took more than 10.
    first_picture: float = 20.0
    #: For a broadcast's lost sender to come back.
    ingest: float = 5.0
    #: The same where another moderator's page can take over: viewers see nothing meanwhile.
    hand_over: float = 1.5
    #: For somebody else's page to send a broadcast whose sender is gone; until then viewers wait.
    successor: float = 30.0
    #: For everybody to have switched off what a moderator muted.
    mute: float = 5.0
    #: For a recording to be closed and made ready to play.
    recording: float = 30.0
    #: For rooms of a server that ended to be joined again.
    restored_room: float = 120.0
    #: For each of the people in them to come back: more than a page waits between two attempts.
    restored_person: float = 15.0
    #: For somebody of the audience to come back, before nobody composes the stage for it any more.
    audience: float = 10.0
    #: For a first lease, where a lease keeps the server alive.
    first_lease: float = 30.0


@dataclass(frozen=True, kw_only=True)
class Retention:
    """Which recordings are kept, and what of the disk is left to others."""

    #: Seconds after its end that a recording is kept; None keeps it for ever.
    age: float | None = None
    #: Bytes of all recordings, the oldest of which go first; None sets no bound.
    size: int | None = None
    #: Bytes of the disk that recording leaves free.
    spare: int = 500_000_000
    #: Bytes of one recording; then it ends, whole, and the broadcast goes on. None sets no bound.
    largest: int | None = None

    def __post_init__(self) -> None:
        if self.age is not None and not self.age > 0:
            raise InvalidInputError(f"retention: an age of {self.age} s must be more than 0")
        if self.size is not None and not self.size > 0:
            raise InvalidInputError(f"retention: a size of {self.size} bytes must be more than 0")
        if self.largest is not None and not self.largest > 0:
            raise InvalidInputError(f"retention: {self.largest} bytes of one must be more than 0")
        if self.spare < 0:
            raise InvalidInputError(f"retention: {self.spare} bytes to spare must not be negative")


@dataclass(frozen=True, kw_only=True)
class ServerConfig:
    """How the embedded server runs.

    Parameters
    ----------
    host
        The address to listen on. Loopback by default: only this machine reaches the server.
    port
        The TCP port; 0 takes a free one.
    base_url
        The path under which everything is served; begins and ends with a slash.
    public_url
        The address by which guests reach the server, where that is not `host` and `port`: behind
        a proxy, or by another name.
    certificate, private_key
        PEM files for TLS; both or neither.
    api_keys
        The keys that may make rooms, besides the one in the data folder.
    data
        The folder for secrets, the database and recordings.
    linger
        Seconds to stay after the last lease is gone; None stays for ever.
    organisation
        The `sub` claim of every token, and the first part of a meeting's path.
    hls
        Whether every broadcast is packed as HLS from its beginning, and not from the first request on.
    recording_sound
        What the sound of finished recordings is: "opus", as it was broadcast, or "aac", for players that
        do not know Opus in MP4.
    push_hosts
        Hosts that broadcasts may be pushed to though they are on this machine or in its network.
    ice_servers
        URLs of STUN servers that the pages use; none by default, which is enough in one network.
    turn_servers
        URLs of TURN servers that relay media where browsers cannot reach each other.
    turn_secret
        What those servers share with this one, to make credentials that end by themselves.
    proxies
        The addresses of reverse proxies; what they say of where a request came from is believed.
    hosts
        Names of this server besides `public_url`'s and the machine's own; `*` for any.
    origins
        Origins whose pages may open WebSockets besides our own pages.
    origin_pattern
        A regular expression of more such origins, in lower case, as a whole.
    naming
        What the setting of more names, and that of more origins, is called where this server runs.
    frame_ancestors
        Who may frame a meeting and a live page, as CSP's `frame-ancestors` has it.
    local_metrics
        Whether this machine reads the metrics without a key.
    """

    host: str = "127.0.0.1"
    port: int = 8910
    base_url: str = "/"
    public_url: str | None = None
    certificate: Path | None = None
    private_key: Path | None = None
    api_keys: tuple[str, ...] = field(default=(), repr=False)
    data: Path = field(default_factory=_folders.default_data)
    linger: float | None = None
    organisation: str = "local"
    ice_servers: tuple[str, ...] = ()
    turn_servers: tuple[str, ...] = ()
    turn_secret: str = field(default="", repr=False)
    proxies: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    origin_pattern: str | None = None
    naming: tuple[str, str] = ("--allow-host", "--allow-origin")
    frame_ancestors: str = "*"
    local_metrics: bool = True
    hls: bool = False
    recording_sound: RecordingSound = "opus"
    push_hosts: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    patience: Patience = field(default_factory=Patience)
    retention: Retention = field(default_factory=Retention)

    def __post_init__(self) -> None:
        if not _BASE.fullmatch(self.base_url):
            raise InvalidInputError(
                f"base_url={self.base_url!r} must be a path that begins and ends with /"
            )
        if (self.certificate is None) != (self.private_key is None):
            raise InvalidInputError("TLS needs both a certificate and its private key")
        if not 0 <= self.port <= 65535:  # noqa: PLR2004 - the range of TCP ports
            raise InvalidInputError(f"port={self.port} is not between 0 and 65535")
        if self.recording_sound not in get_args(RecordingSound):
            raise InvalidInputError(
                f"recording_sound={self.recording_sound!r} must be one of "
                f"{', '.join(get_args(RecordingSound))}"
            )
        if self.linger is not None and self.linger < 0:
            raise InvalidInputError(f"linger={self.linger} must not be negative")
        if self.public_url is not None:
            check_public_url(self.public_url)
        self._check_door()
        self._check_ice()

    @property
    def tls(self) -> bool:
        """Whether the server itself speaks TLS."""
        return self.certificate is not None

    @property
    def guest_host(self) -> str:
        """The name or address in the URLs that guests get."""
        if self.public_url is not None:
            return urlsplit(self.public_url).hostname or self.host
        return outward_address(self.host) if self.host in EVERY_ADDRESS else self.host

    def origin(self, port: int) -> str:
        """Return the address by which guests reach the server, without a slash at its end.

        Parameters
        ----------
        port
            The port that it is really bound to.
        """
        if self.public_url is not None:
            return self.public_url.rstrip("/")
        scheme, usual = ("https", 443) if self.tls else ("http", 80)
        host = f"[{self.guest_host}]" if ":" in self.guest_host else self.guest_host
        netloc = host if port == usual else f"{host}:{port}"
        return f"{scheme}://{netloc}{self.base_url.rstrip('/')}"

    def _check_door(self) -> None:
        if not _ANCESTORS.fullmatch(self.frame_ancestors):
            raise InvalidInputError(
                f"frame_ancestors={self.frame_ancestors!r} must be *, 'none', 'self' or origins"
            )
        for origin in self.origins:
            if not _ORIGIN.fullmatch(origin):
                raise InvalidInputError(
                    f"origins: {origin!r} must be https://host, in lower case, without a path"
                )
        try:
            re.compile(self.origin_pattern or "")
        except re.error as error:
            raise InvalidInputError(
                f"origin_pattern: {self.origin_pattern!r} is no regular expression: {error}"
            ) from None

    def _check_ice(self) -> None:
        for urls, schemes in ((self.ice_servers, "stun"), (self.turn_servers, "turn")):
            for url in urls:
                if not re.fullmatch(rf"{schemes}s?:[\w.:\[\]-]+(?:\?transport=(?:udp|tcp))?", url):
                    raise InvalidInputError(f"{url!r} is no address of a {schemes.upper()} server")
        if self.turn_servers and not self.turn_secret:
            raise InvalidInputError(
                "TURN servers need the secret that they share with us: set NANOMEET_TURN_SECRET"
            )


def outward_address(host: str) -> str:
    """Return this machine's own address in its network, where `host` means every address."""
    family = socket.AF_INET6 if host == "::" else socket.AF_INET
    # Addresses for documentation (RFC 5737, RFC 3849): connecting a datagram socket sends nothing,
    # it only asks the routing table which of our addresses would be used.
    far, near = ("2001:db8::1", "::1") if family is socket.AF_INET6 else ("192.0.2.1", "127.0.0.1")
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((far, 9))
            return str(probe.getsockname()[0])
        except OSError:
            return near


def check_public_url(url: str) -> None:
    """Refuse an address that cannot be a server's.

    Raises
    ------
    InvalidInputError
        If it is not http or https, or carries a user, a query or a fragment.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InvalidInputError(
            f"public_url={url!r} must begin with http:// or https:// and a host"
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InvalidInputError("public_url must be scheme, host, port and path, nothing more")
