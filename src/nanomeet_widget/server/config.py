"""The embedded server's configuration."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from nanomeet_widget import _folders, _texts, _validation
from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.server import networks, strength
from nanomeet_widget.server.hub_settings import HubSettings
from nanomeet_widget.server.protocol.common import MAX_TEXT_FRAME

#: Path segments (RFC 3986, 3.3), into which hubs write user names.
_BASE = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@%-]+/)*")
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]+)?")
#: Sources of CSP's frame-ancestors (CSP Level 3, 6.4.2.1), without anything that begins a directive.
_ANCESTORS = re.compile(r"\*|'none'|(?:(?:'self'|https?://[A-Za-z0-9.*-]+(?::[0-9*]+)?) ?)+")
#: "Listen on every address", which guests cannot connect to.
EVERY_ADDRESS = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - recognised here, not bound
#: Proxies on this machine.
LOOPBACK = ("127.0.0.1", "::1")
#: Limits that 0 turns off.
_MAY_BE_NONE = frozenset({"connections", "unknown_connections", "waiting"})
#: Days for which records of meetings are kept.
RECORDS_DAYS = 30
RecordingSound = Literal["opus", "aac"]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits on what clients may use."""

    #: People in one room, including those with a lost connection.
    participants: int = 100
    #: People in one lobby; 0 for as many as a room holds.
    waiting: int = 0
    #: People on the stage, a browser-to-browser mesh. Participants who join a full stage become the
    #: audience.
    stage: int = 8
    #: Chat messages that a room keeps for people who join later, and the bytes of their texts.
    chat: int = 200
    chat_size: int = 2_000_000
    #: Chat messages that one person may write at once, and a second.
    chat_burst: float = 10
    chat_rate: float = 1
    #: Reactions that one person may send at once, and a second.
    reaction_burst: float = 10
    reaction_rate: float = 2
    #: Texts that the programs of one participant may send at once, and a second.
    endpoint_burst: float = 50
    endpoint_rate: float = 10
    #: Times that one participant may change their picture at once, and a second.
    avatar_burst: float = 5
    avatar_rate: float = 1
    #: Open rooms.
    rooms: int = 200
    #: Rooms of their own that one user of a JupyterHub may have.
    user_rooms: int = 10
    #: Viewers of all public broadcasts, and as many of the private ones. The audience of a room is none
    #: of them: each of its participants has a place.
    viewers: int = 1000
    #: Bytes a second that one broadcast may send: 20 Mbit/s carry 4K in good quality.
    ingest_rate: float = 2_500_000
    #: Bytes a second that the program of a source may send, and the page of a participant who is read:
    #: 10 and 4 Mbit/s.
    source_rate: float = 1_250_000
    reading_rate: float = 500_000
    #: Readings of one room, of one reader, and of one participant by others, with the questions that wait:
    #: a program may read both picture and sound of everyone on the stage, and the stage.
    readings: int = 64
    readings_by: int = 20
    readings_of: int = 8
    #: Bytes of the cached group of pictures; a longer one is not kept for new viewers.
    cache: int = 16 * 1024 * 1024
    #: WebSockets from one network (an IPv4 address, or an IPv6 network of 64 bits), of each kind: those
    #: that arrive, those that watch, and those that a token admitted; 0 for any number. A class behind
    #: one router shares an address.
    connections: int = 200
    #: The same for all whose address is unknown together: of this machine, which is also any proxy's on
    #: it, and behind a proxy that does not name them. A room of 100 people has two each.
    unknown_connections: int = 500
    #: Messages a second from one page in a room, and how many at once.
    message_rate: float = 100
    message_burst: float = 600
    #: Invalid messages, which pages never send: a second, and how many at once.
    invalid_rate: float = 10
    invalid_burst: float = 100
    #: Bytes of one message from a page.
    message_size: int = MAX_TEXT_FRAME

    @property
    def lobby(self) -> int:
        """People in one lobby: a class that arrives at once is as large as its room."""
        return self.waiting or self.participants

    @property
    def unsent(self) -> int:
        """Bytes that may wait for one page: what it gets when it joins, and a megabyte more."""
        # JSON escapes quotation marks and backslashes.
        return 2 * self.chat_size + self.participants * _texts.AVATAR.most + 1_000_000

    def __post_init__(self) -> None:
        for limit in fields(self):
            least = 0 if limit.name in _MAY_BE_NONE else 1
            if not getattr(self, limit.name) >= least:
                raise InvalidInputError(
                    f"{limit.name}={getattr(self, limit.name)} must be at least {least}"
                )


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long the server waits, in seconds."""

    #: For the first message of a connection.
    first_message: float = 10.0
    #: For a lost connection to be resumed.
    resume: float = 10.0
    #: For an unloaded page to reload, if others are in the room.
    reload: float = 2.0
    #: The same for a page whose participant's program is at work, such as a notebook's kernel.
    reload_notebook: float = 30.0
    #: For a broadcast's first picture: two cores busy with meetings took more than 10.
    first_picture: float = 20.0
    #: For a broadcast's lost sender to reconnect.
    ingest: float = 5.0
    #: The same if another moderator's page can take over, as viewers see nothing meanwhile.
    hand_over: float = 1.5
    #: For another page to send a broadcast whose sender is gone, while viewers wait.
    successor: float = 30.0
    #: For the answer to a reader's question.
    question: float = 60.0
    #: For a reader to ask a participant again who did not agree.
    ask_again: float = 60.0
    #: For the program of a reader to watch, and for the page of a source to show it.
    reader: float = 10.0
    #: For pages to confirm that they are muted.
    mute: float = 5.0
    #: For a recording to be finished.
    recording: float = 30.0
    #: For the rooms of a previous server to be joined again.
    restored_room: float = 120.0
    #: For each of their people to reconnect: more than a page waits between two attempts.
    restored_person: float = 15.0
    #: For an audience to return before the relay of the stage ends.
    audience: float = 10.0
    #: For the first lease, if leases keep the server running.
    first_lease: float = 30.0
    #: For a stream that does not exist; the page connects again, and waits on.
    unknown_stream: float = 60.0


@dataclass(frozen=True, kw_only=True)
class Retention:
    """Which recordings are kept, and how much disk space stays free."""

    #: Seconds for which a recording is kept after its end; None keeps it forever.
    age: float | None = None
    #: Bytes of all recordings, of which the oldest are deleted first; None sets no limit.
    size: int | None = None
    #: Bytes that recording leaves free on the disk.
    spare: int = 500_000_000
    #: Bytes of one recording, which ends then, while the broadcast continues. None sets no limit.
    largest: int | None = None

    def __post_init__(self) -> None:
        if self.age is not None and not self.age > 0:
            raise InvalidInputError(f"retention: age={self.age} s must be more than 0")
        if self.size is not None and not self.size > 0:
            raise InvalidInputError(f"retention: size={self.size} bytes must be more than 0")
        if self.largest is not None and not self.largest > 0:
            raise InvalidInputError(f"retention: largest={self.largest} bytes must be more than 0")
        if self.spare < 0:
            raise InvalidInputError(f"retention: spare={self.spare} bytes must not be negative")


@dataclass(frozen=True, kw_only=True)
class ServerConfig:
    """The embedded server's configuration.

    Parameters
    ----------
    host : str, default "127.0.0.1"
        The address to listen on; loopback by default, which only this machine reaches.
    port : int, default 8910
        The TCP port; 0 takes any free one.
    base_url : str, default "/"
        The path under which everything is served; it begins and ends with a slash.
    public_url : str, optional
        The address at which guests reach the server, if that is not `host` and `port`: behind a
        proxy, or under another name.
    certificate, private_key : Path, optional
        PEM files for TLS; both or neither.
    api_keys : tuple of str, optional
        The keys that may create rooms, besides the one in the data folder: each of 22 random characters
        or more.
    data : Path, optional
        The folder for secrets, the database and recordings.
    linger : float, optional
        Seconds to keep running after the last lease; None keeps running forever.
    organisation : str, default "local"
        The `sub` claim of every token, and the first part of a meeting's path.
    hls : bool, default False
        Whether every broadcast is packaged as HLS from its beginning, rather than from the first request.
    recording_sound : RecordingSound, default "opus"
        The audio codec of finished recordings: "opus", as broadcast, or "aac", for players without
        support for Opus in MP4.
    push_hosts : tuple of str, optional
        Hosts on this machine or in its network to which broadcasts may be pushed.
    ice_servers : tuple of str, optional
        URLs of STUN servers for the pages; none by default, which is enough within one network.
    turn_servers : tuple of str, optional
        URLs of TURN servers, which relay media if browsers cannot reach each other.
    turn_secret : str, optional
        The secret that those servers share with this one, for credentials that expire.
    proxies : tuple of str, optional
        The addresses of reverse proxies that are trusted to name the client's address.
    hosts : tuple of str, optional
        Host names of this server besides those of `public_url` and the machine; `*` for any.
    origins : tuple of str, optional
        Origins whose pages may open WebSockets, besides this server's own pages.
    origin_pattern : str, optional
        A regular expression that matches further origins completely, in lower case.
    naming : tuple, optional
        The names of the settings for further host names and origins, for errors.
    frame_ancestors : str, default "*"
        The sites that may frame meetings and live pages, in the syntax of CSP's `frame-ancestors`.
    local_metrics : bool, default True
        Whether this machine may read the metrics without an API key.
    limits : Limits, optional
        Limits on what clients may use.
    patience : Patience, optional
        How long the server waits.
    retention : Retention, optional
        Which recordings are kept.
    records_days : int, default 30
        The most days for which a room may keep records of its meetings, and the default.
    hub : HubSettings, optional
        The JupyterHub whose service this is; None for none.

    Raises
    ------
    InvalidInputError
        If a value is not valid; the error names it.
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
    records_days: int = RECORDS_DAYS
    hub: HubSettings | None = None

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
        if not 1 <= self.records_days <= _validation.MAX_RECORD_DAYS:
            raise InvalidInputError(
                f"records_days={self.records_days} must be from 1 to {_validation.MAX_RECORD_DAYS}"
            )
        if self.public_url is not None:
            check_public_url(self.public_url)
        self._check_keys()
        self._check_access()
        self._check_ice()

    @property
    def tls(self) -> bool:
        """Whether the server itself uses TLS."""
        return self.certificate is not None

    @property
    def guest_host(self) -> str:
        """The name or address in the URLs that guests get."""
        if self.public_url is not None:
            return urlsplit(self.public_url).hostname or self.host
        return outward_address(self.host) if self.host in EVERY_ADDRESS else self.host

    @property
    def doubt(self) -> str | None:
        """What its operator should be warned of; None for nothing.

        A participant's TURN credentials are made with the secret, which they could then guess offline. It
        is another server's, too, so a weak one is no error here.
        """
        wrong = strength.weakness(self.turn_secret) if self.turn_servers else None
        return wrong and (
            f"the secret of the TURN servers (NANOMEET_TURN_SECRET) {wrong}: make one with "
            f"{strength.MAKE}, and set it here and as their static-auth-secret"
        )

    def origin(self, port: int) -> str:
        """Return the address at which guests reach the server, without a trailing slash.

        Parameters
        ----------
        port : int
            The port on which it listens.

        Returns
        -------
        str
            `public_url`, or an address of this machine.
        """
        if self.public_url is not None:
            return self.public_url.rstrip("/")
        scheme, usual = ("https", 443) if self.tls else ("http", 80)
        host = f"[{self.guest_host}]" if ":" in self.guest_host else self.guest_host
        netloc = host if port == usual else f"{host}:{port}"
        return f"{scheme}://{netloc}{self.base_url.rstrip('/')}"

    def _check_keys(self) -> None:
        # Every origin's pages may try keys, and who has one owns the server.
        for key in self.api_keys:
            if wrong := strength.weakness(key):
                raise InvalidInputError(
                    f"an API key of NANOMEET_API_KEY or --api-key {wrong}: make one with {strength.MAKE}"
                )

    def _check_access(self) -> None:
        for proxy in self.proxies:
            if networks.read(proxy) is None:
                raise InvalidInputError(f"proxies: {proxy!r} is not an IP address")
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
                f"origin_pattern={self.origin_pattern!r} is not a regular expression: {error}"
            ) from None

    def _check_ice(self) -> None:
        for urls, schemes in ((self.ice_servers, "stun"), (self.turn_servers, "turn")):
            for url in urls:
                if not re.fullmatch(rf"{schemes}s?:[\w.:\[\]-]+(?:\?transport=(?:udp|tcp))?", url):
                    raise InvalidInputError(
                        f"{url!r} is not the address of a {schemes.upper()} server: write {schemes}:host:port"
                    )
        if self.turn_servers and not self.turn_secret:
            raise InvalidInputError(
                "TURN servers need the secret that they share with this server: set NANOMEET_TURN_SECRET"
            )


def outward_address(host: str) -> str:
    """Return this machine's address in its network.

    Parameters
    ----------
    host : str
        An address of `EVERY_ADDRESS`, which decides between IPv4 and IPv6.

    Returns
    -------
    str
        The address; loopback without a network.
    """
    family = socket.AF_INET6 if host == "::" else socket.AF_INET
    # Addresses for documentation (RFC 5737, RFC 3849). Connecting a datagram socket sends nothing: it
    # only looks up in the routing table which of this machine's addresses would be used.
    far, near = ("2001:db8::1", "::1") if family is socket.AF_INET6 else ("192.0.2.1", "127.0.0.1")
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((far, 9))
            return str(probe.getsockname()[0])
        except OSError:
            return near


def check_public_url(url: str) -> None:
    """Check that an address can be a server's.

    Parameters
    ----------
    url : str
        The address.

    Raises
    ------
    InvalidInputError
        If it is not http or https, or has a user, a query or a fragment.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InvalidInputError(
            f"public_url={url!r} must begin with http:// or https:// and a host"
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InvalidInputError("public_url must consist of scheme, host, port and path only")
