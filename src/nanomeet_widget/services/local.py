"""The embedded server as a service: found or started, and kept while this process lives."""

from __future__ import annotations

import http.client
import logging
import os
import secrets
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

from nanomeet_widget import (
    _child_environment,
    _folders,
    _json,
    _jupyter,
    _machine,
    _proof,
    _validation,
)
from nanomeet_widget._errors import InvalidInputError, NanoMeetError, ServerStartError, ServiceError
from nanomeet_widget._http import BEARER, MAX_ANSWER, Http, Request, Steps
from nanomeet_widget._jupyter import Extension
from nanomeet_widget._models import Invite, Issued, Room, RoomRoster, Secret, SecretText
from nanomeet_widget._progress import progress
from nanomeet_widget._recording import Recording, listing
from nanomeet_widget._version import __version__
from nanomeet_widget.services import _token_service as contract
from nanomeet_widget.services._service import (
    InviteRequest,
    InvitesRequest,
    RoomRequest,
    Service,
    as_secret,
)

if TYPE_CHECKING:
    import httpx


#: Seconds that a server has to start, on a busy machine.
START_TIMEOUT = 30.0
_LEASE_TIMEOUT = 5.0
_POLL = 0.02
_CHUNK = 4096
#: How a line of the server begins that is for its user, not for its log.
_SAYS = "nanomeet: "

logger = logging.getLogger("nanomeet")


#: Servers outlive the process that started them; while it lives, it keeps them, to reap them.
_started: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a server is for this process, and its key."""

    url: str
    api_key: Secret
    #: What it has to know to be the server that was found; None for one that the user named.
    proof: Secret | None = None
    #: The Jupyter server's, if it is part of one.
    extension: Extension | None = None


class _Lease:
    """An open connection: while it exists, the server stays. The system closes it if this process dies."""

    def __init__(self, address: Address) -> None:
        parts = urlsplit(address.url)
        self._connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port, timeout=_LEASE_TIMEOUT
        )
        self._response: http.client.HTTPResponse | None = None
        try:
            self._connect(address)
            self._ask(parts.path, address.api_key)
        except BaseException:
            self.close()
            raise

    def _connect(self, address: Address) -> None:
        self._connection.connect()
        # What was not proven is not asked: never on another connection than this one.
        self._connection.auto_open = 0
        sock = self._connection.sock
        if address.proof is None:
            return

        def receive(left: float) -> bytes:
            sock.settimeout(left)
            return sock.recv(_CHUNK)

        _proof.Challenge(_proof.Expected(address.proof), address.url).pose(sock.sendall, receive)
        sock.settimeout(_LEASE_TIMEOUT)

    def _ask(self, path: str, api_key: Secret) -> None:
        self._connection.request(
            "GET",
            f"{path.rstrip('/')}/lease",
            headers={"x-bintu-apikey": api_key.reveal()},
        )
        self._response = self._connection.getresponse()
        if self._response.status != http.client.OK:
            raise ConnectionError(f"the server refused the lease ({self._response.status})")

    @property
    def alive(self) -> bool:
        sock = self._connection.sock
        if sock is None:
            return False
        sock.setblocking(False)
        try:
            # The server sends nothing more: nothing to read means that the lease is held.
            return sock.recv(1) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    def close(self) -> None:
        self._connection.close()
        # It has a hold on the socket, too.
        if self._response is not None:
            self._response.close()


class LocalServer(Service):
    """The embedded server: this user's on this machine, or one that runs elsewhere.

    The one on this machine is started when it is first needed, and ends after its last use.

    Parameters
    ----------
    url : str, optional
        The address of a server that was started with `nanomeet serve`; by default this user's own on
        this machine.
    api_key : str or Secret, optional
        A key of the server at `url`; this user's own server is asked for its key.
    runtime : pathlib.Path, optional
        A folder for the server's address; by default the user's own.
    data : pathlib.Path, optional
        A folder for what the server keeps; by default the user's own.
    linger : int, default 15
        Seconds that a server started here stays after its last use, so that a restarted kernel finds
        it and its meetings.
    transport : httpx.BaseTransport, optional
        Replaces the network, in tests.
    async_transport : httpx.AsyncBaseTransport, optional
        Likewise, for calls that do not block.
    verify : bool or str, default True
        Whether to check the certificate of the server at `url`, or the path of its authority's.

    Raises
    ------
    InvalidInputError
        If `url` is not a URL, or there is no `api_key` for it.
    """

    name = "the embedded server"
    keeps_records = True

    def __init__(
        self,
        url: str | None = None,
        *,
        api_key: str | Secret | None = None,
        runtime: Path | None = None,
        data: Path | None = None,
        linger: int = 15,
        transport: httpx.BaseTransport | None = None,
        async_transport: httpx.AsyncBaseTransport | None = None,
        verify: bool | str = True,
    ) -> None:
        self._fixed: Address | None = None
        if url is not None:
            address = _validation.check_url("url", url)
            self._fixed = Address(url=address, api_key=as_secret("api_key", api_key))
        elif api_key is not None:
            raise InvalidInputError("api_key is for a server elsewhere: give its url, too")
        #: Whether the certificate of the server is checked, or the path of its authority's.
        self.verify = verify
        self._runtime = runtime
        self._data = data
        self._linger = linger
        self._http = Http(
            self.name, transport=transport, async_transport=async_transport, verify=verify
        )
        self._lock = threading.Lock()
        self._address: Address | None = None
        self._lease: _Lease | None = None
        # Where pages reach a server that is part of a Jupyter server; and which server was told that.
        self._public: str | None = None
        self._told: tuple[str, str] | None = None
        self._warned = False

    @property
    def url(self) -> str:
        """The server's address; it is started if it does not run."""
        return self._address_of(self._ensure())

    def demo_room(self, exp: timedelta) -> Room:
        """Make a room in which two bots keep its moderator company: the page that joins lets them come.

        Parameters
        ----------
        exp : datetime.timedelta
            For how long.

        Returns
        -------
        Room
            The room; nothing is kept of its meetings.

        Raises
        ------
        InvalidInputError
            If `exp` is too long.
        ServiceError
            If the server refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        asked = RoomRequest(
            room=f"Demo_{secrets.token_hex(3)}",
            nbf=None,
            exp=exp,
            streamname=None,
            server=None,
            moderator=True,
            records=[],
            bots=True,
        )
        return self._http.run(self._create_room(asked))

    def _create_room(self, asked: RoomRequest) -> Steps[Room]:
        body = contract.room_body(asked)
        # The server fills in the rest: its clock counts, and this one may be wrong.
        body = {name: value for name, value in body.items() if getattr(asked, name) is not None}
        at: Address = yield self._ensure
        if self._public is not None:
            body = {**body, "server": self._public}
        return contract.room_of((yield contract.room_request(at.url, at.api_key, body)))

    def _create_invite(self, asked: InviteRequest) -> Steps[Invite]:
        body = contract.invite_body(asked)
        at: Address = yield self._ensure
        if self._public is not None:
            yield from self._tell(at)
            body = {**body, "server": self._public}
        page = f"{self._page(at)}/invite"
        answer = yield contract.invite_request(at.url, asked.token, body)
        self._warn(at)
        return contract.invite_of(answer, page=page)

    def _create_invites(self, asked: InvitesRequest) -> Steps[list[Invite]]:
        body = contract.invites_body(asked)
        at: Address = yield self._ensure
        if self._public is not None:
            yield from self._tell(at)
            body = {**body, "server": self._public}
        page = f"{self._page(at)}/invite"
        answer = yield contract.invites_request(at.url, asked.token, body)
        self._warn(at)
        return contract.invites_of(answer, page=page, wanted=len(asked.people))

    def roster(self, token: str) -> RoomRoster:
        """Return who has a personal link to the room of a moderator's token, and who of them is there.

        Parameters
        ----------
        token : str
            A moderator's token.

        Returns
        -------
        RoomRoster
            The people.

        Raises
        ------
        TokenError
            If `token` is not a token.
        ServiceError
            If the server refuses or cannot be reached: a `PermissionDeniedError` for a participant's token.
        ServerStartError
            If the embedded server does not start.
        """
        contract.moderators(token)
        at = self._ensure()
        return contract.roster_of(self._http.call(contract.roster_request(at.url, token)))

    def revoke_person(self, token: str, person: str) -> int:
        """Revoke a person's personal links: who uses one is out within a second.

        Parameters
        ----------
        token : str
            A moderator's token.
        person : str
            Their ID in the roster.

        Returns
        -------
        int
            How many links were valid until now; with those that were made with them, if it is a moderator's.

        Raises
        ------
        TokenError
            If `token` is not a token.
        ServiceError
            If no one with this ID has a personal link to the room, or the server refuses or cannot be
            reached.
        ServerStartError
            If the embedded server does not start.
        """
        contract.moderators(token)
        at = self._ensure()
        request = contract.revoke_person_request(at.url, token, person)
        return len(contract.ids_of(self._http.call(request)))

    def browser_link(self, token: str) -> Secret:
        """Make a link that opens the meeting in a browser, once, within two minutes.

        Parameters
        ----------
        token : str
            A token of this server, a moderator's or a participant's.

        Returns
        -------
        Secret
            The link.

        Raises
        ------
        ServiceError
            If the server refuses or cannot be reached, or its address for guests is not known yet.
        ServerStartError
            If the embedded server does not start.
        """
        at = self._ensure()
        self._page(at)  # it may not be known yet
        ticket = contract.ticket_of(
            self._http.call(contract.ticket_request(at.url, SecretText(token)))
        )
        # For this user's own browser: a loopback address gives it a camera without TLS.
        return Secret(f"{self._address_of(at)}/invite#ticket={ticket}")

    def live_url(self, streamname: str) -> str:
        """Return the URL of this server's page that shows a broadcast.

        Parameters
        ----------
        streamname : str
            The `streamname` of the room's token.

        Returns
        -------
        str
            The URL.

        Raises
        ------
        InvalidInputError
            If `streamname` is not a stream's name.
        ServiceError
            If its address for guests is not known yet.
        ServerStartError
            If the embedded server does not start.
        """
        name = _validation.check_streamname(streamname)
        return f"{self._page(self._ensure())}/live/{name}"

    def invites(self, room: str | None = None) -> list[Issued]:
        """List the tokens that this server made and that have not expired: rooms' and invites'.

        Parameters
        ----------
        room : str, optional
            Only those of this room.

        Returns
        -------
        list of Issued
            The tokens, without their text.

        Raises
        ------
        InvalidInputError
            If `room` is not a room's name.
        ServiceError
            If the server refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        at = self._ensure()
        path = "/invites" if room is None else f"/invites?room={_validation.check_room(room)}"
        return contract.issued_of(self._http.call(self._keyed("GET", at, path)))

    def recordings(self, stream: str | None = None) -> list[Recording]:
        """List the recordings that this server has, newest first.

        Parameters
        ----------
        stream : str, optional
            Only those of this stream.

        Returns
        -------
        list of Recording
            The recordings.

        Raises
        ------
        InvalidInputError
            If `stream` is not a stream's name.
        ServiceError
            If the server refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        return self._http.run(self._recordings(stream))

    async def arecordings(self, stream: str | None = None) -> list[Recording]:
        """List the recordings that this server has, newest first, without blocking.

        Parameters
        ----------
        stream : str, optional
            Only those of this stream.

        Returns
        -------
        list of Recording
            The recordings.

        Raises
        ------
        InvalidInputError
            If `stream` is not a stream's name.
        ServiceError
            If the server refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        return await self._http.arun(self._recordings(stream))

    def _recordings(self, stream: str | None) -> Steps[list[Recording]]:
        at: Address = yield self._ensure
        headers = {"x-bintu-apikey": at.api_key.reveal()}
        page, own = self._address_of(at), at.proof is not None
        return (yield from listing(self._http, at.url, headers, page=page, stream=stream, own=own))

    def revoke(self, invite: Invite | Issued | str) -> int:
        """Revoke a token and all that were made with it: their users are out within a second.

        Parameters
        ----------
        invite : Invite, Issued or str
            An invite, an entry of `invites`, its `id`, or a token.

        Returns
        -------
        int
            How many of them were valid until now.

        Raises
        ------
        InvalidInputError
            If `invite` is none of these.
        TokenError
            If it is text that is neither an id nor a token.
        ServiceError
            If the server did not make it, refuses, or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        at = self._ensure()
        request = self._keyed("POST", at, "/revoke", {"id": contract.id_of(invite)})
        return len(contract.ids_of(self._http.call(request)))

    def carry(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        token: str,
        limit: int = MAX_ANSWER,
    ) -> Any:  # noqa: ANN401 - JSON, which the caller checks
        """Send a request that may be repeated, with a token of this server as its credential.

        Parameters
        ----------
        method : str
            ``GET`` or ``POST``.
        path : str
            Where, below the server's address.
        body : dict, optional
            What is sent.
        token : str
            The token.
        limit : int, optional
            Bytes that the answer may have; by default 1 MiB.

        Returns
        -------
        object
            The JSON of the answer.

        Raises
        ------
        ServiceError
            If the server refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        return self._http.call(
            Request(
                method=method,
                origin=self._ensure().url,
                path=path,
                headers={"Authorization": SecretText(BEARER + token)},
                body=body,
                repeatable=True,
                limit=limit,
            )
        )

    def _keyed(
        self, method: str, at: Address, path: str, body: dict[str, object] | None = None
    ) -> Request:
        """Return a request of the server's owner."""
        headers = {"x-bintu-apikey": at.api_key.reveal()}
        return Request(
            method=method, origin=at.url, path=path, headers=headers, body=body, repeatable=True
        )

    @property
    def transient(self) -> bool:
        """Whether the server ends after its last use."""
        return self._fixed is None

    def check(self) -> str:
        """Check that the server answers and accepts the key.

        Returns
        -------
        str
            The server's address.

        Raises
        ------
        ServiceError
            If the server refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        at = self._ensure()
        self._http.call(self._keyed("GET", at, "/organisation"))
        return at.url

    def serves(self, server: str) -> bool:
        """Return whether a server is this one; a user has one on each machine.

        Parameters
        ----------
        server : str
            The token's `server` claim.

        Returns
        -------
        bool
            True if it is.
        """
        if self._fixed is not None:
            return server.rstrip("/") == self._fixed.url
        if _validation.on_loopback(server) or _validation.origin(server) == self._public:
            return True
        extension = _jupyter.find()
        return extension is not None and _validation.origin(server) == _validation.origin(
            extension.url
        )

    def uses(self, server: str) -> bool:
        """Return whether this is the server, and not another of this machine; starts none.

        Parameters
        ----------
        server : str
            The token's `server` claim.

        Returns
        -------
        bool
            True if it is.
        """
        at = self._fixed or self._address
        return at is not None and _validation.origin(server) in {at.url, self._address_of(at)}

    def found_at(self, server: str, page: str) -> str | None:
        """Note where a notebook's page is; return where that page reaches the token's server.

        Parameters
        ----------
        server : str
            The token's `server` claim.
        page : str
            The base URL of the Jupyter server that the page came from.

        Returns
        -------
        str or None
            A URL; None if the token's own address is right, as the server is no part of that Jupyter
            server.

        Raises
        ------
        InvalidInputError
            If `page` is not a URL.
        """
        extension = None if self._fixed is not None else _jupyter.find()
        if extension is None or not self.serves(server):
            return None
        url = _validation.check_url("page", f"{page}{extension.path.rpartition('/')[2]}")
        if urlsplit(url).path.strip("/") != extension.path:
            return None
        # A page's own address works; one that works for other machines, too, is better.
        known = self._public or extension.links
        better = self._public is not None or (
            known is not None and not _validation.on_loopback(known)
        )
        worse = better and _validation.on_loopback(url)
        if _validation.on_loopback(extension.url) and not worse:
            self._public = url
            # If that fails, it is told with the next invite. Until then, links have the page's address.
            with suppress(NanoMeetError):
                self._http.run(self._tell(self._ensure()))
        ours = urlsplit(_validation.origin(server)).path.strip("/") == extension.path
        return url if ours else None

    def reached_at(self, server: str) -> str | None:
        """Return where this kernel reaches a token's server that is part of its Jupyter server.

        Parameters
        ----------
        server : str
            The token's `server` claim.

        Returns
        -------
        str or None
            A URL on this machine; None if the token's own address is right.
        """
        extension = None if self._fixed is not None else _jupyter.find()
        ours = extension is not None and extension.path == urlsplit(server).path.strip("/")
        return extension.api if extension is not None and ours and self.serves(server) else None

    def obstacle(self, server: str) -> str | None:
        """Return why pages on other machines cannot reach this server, and what to do.

        Parameters
        ----------
        server : str
            The token's `server` claim.

        Returns
        -------
        str or None
            None if no reason is known.
        """
        if not _validation.on_loopback(server):
            return None
        where = f"the meeting's server is at {_validation.origin(server)}, which only its own machine can reach"
        if self._fixed is not None:
            return (
                f"{where}: give its --public-url, or start it with --host and --tls, and make the room "
                "again"
            )
        if absent := _jupyter.why_absent():
            return f"this notebook's Jupyter server {absent.what}, so {where}: {absent.remedy}"
        if _jupyter.find() is not None:
            # The room was made earlier, or by another kernel.
            return f"{where}: make the room again in this notebook"
        if _jupyter.in_colab():
            where += ", and Colab runs it on a machine of its own"
        return (
            f"{where}: run `nanomeet serve` on a host that browsers reach, and set NANOMEET_SERVER and "
            "NANOMEET_API_KEY"
        )

    def _tell(self, at: Address) -> Steps[None]:
        """Tell the server where pages reach it: moderators' invites may name no other address."""
        if self._public is None or self._told == (at.url, self._public):
            return
        told = at.url, self._public
        yield self._keyed("POST", at, "/lease/address", {"server": self._public})
        self._told = told

    def _warn(self, at: Address) -> None:
        """Warn, once, that invites work here only, if this kernel's Jupyter server lacks the package."""
        if self._warned or self._fixed is not None or at.extension is not None:
            return
        if _jupyter.in_colab() or _jupyter.why_absent() is not None:
            self._warned = True
            logger.warning("invites work on this machine only: %s", self.obstacle(at.url))

    def _address_of(self, at: Address) -> str:
        """Return the address of a server as tokens and pages name it."""
        if at.extension is None:
            return at.url
        return self._public or _validation.origin(at.extension.url)

    def _page(self, at: Address) -> str:
        """Return the address of a server as guests reach it.

        Raises
        ------
        ServiceError
            If only a page that shows a notebook can say it, and none has yet.
        """
        if at.extension is None:
            return at.url
        found = self._public or at.extension.links
        if found is None:
            raise ServiceError(
                "the address by which guests reach this Jupyter server is not known yet: show the "
                "meeting in a notebook first, or set c.NanoMeetServer.public_url in "
                "jupyter_server_config.py"
            )
        return found

    def close(self) -> None:
        """Release the server. It ends soon after its last use."""
        with self._lock:
            self._forget()

    def abandon(self) -> None:
        """Close this process's copy of the lease, without the lock, after a fork.

        The parent may have held the lock when it forked.
        """
        self._forget()

    def _forget(self) -> None:
        if self._lease is not None:
            self._lease.close()
        self._lease = self._address = None

    def _where(self) -> str:
        return self._fixed.url if self._fixed is not None else "on this machine"

    def _ensure(self) -> Address:
        if self._fixed is not None:
            return self._fixed
        with self._lock:
            if self._address is not None and self._lease is not None and self._lease.alive:
                return self._address
            self._forget()
            self._address, self._lease = self._beside() or self._of_this_machine()
            if self._address.proof is not None:
                self._http.require_proof(self._address.url, _proof.Expected(self._address.proof))
            return self._address

    def _of_this_machine(self) -> tuple[Address, _Lease]:
        folder = self._runtime_folder()
        try:
            return self._shared(folder)
        except OSError as error:
            raise ServerStartError(
                f"{error.filename or folder} cannot be used ({error.strerror or error}): free "
                "some space there, or set XDG_RUNTIME_DIR to another folder of yours"
            ) from None

    def _shared(self, folder: Path) -> tuple[Address, _Lease]:
        """Return the server that this machine's processes share, with a lease; start it if need be."""
        # Servers and kernels find each other if they have the same version and run on the same machine:
        # several machines may share a home.
        mark = f"{__version__}-{_machine.name()}"
        ready = folder / f"server-{mark}.json"
        from filelock import Timeout  # noqa: PLC0415 - only what starts a server pays

        from nanomeet_widget import _locks  # noqa: PLC0415 - likewise

        lock = _locks.lock(folder / f"server-{mark}.lock")
        try:
            with lock.acquire(timeout=START_TIMEOUT * 2):
                if found := self._find(ready):
                    return found
                with progress("Starting the meeting server…"):
                    return self._start(ready)
        except Timeout:
            raise ServerStartError(
                "another process has been starting the embedded server for a minute: "
                f"end it, or remove {lock.lock_file}, then try again"
            ) from None

    def _runtime_folder(self) -> Path:
        if self._runtime is None:
            return _folders.runtime()
        try:
            return _folders.private(self._runtime)
        except OSError as error:
            raise ServerStartError(
                f"runtime={str(self._runtime)!r} cannot be used ({error.strerror or error}): name "
                "another folder of yours"
            ) from None

    def _beside(self) -> tuple[Address, _Lease] | None:
        """Return the server that is part of this kernel's Jupyter server, if that has one.

        With folders of its own, a `LocalServer` has a server of its own.
        """
        if self._runtime is not None or self._data is not None:
            return None
        extension = _jupyter.find()
        if extension is None:
            return None
        address = Address(
            url=extension.api,
            api_key=extension.api_key,
            proof=extension.proof,
            extension=extension,
        )
        # If it has just ended, this kernel will soon end, too.
        with suppress(OSError, http.client.HTTPException):
            return address, _Lease(address)
        return None

    @staticmethod
    def _find(ready: Path) -> tuple[Address, _Lease] | None:
        try:
            info = _json.read(_folders.read_own(ready))
            if not _machine.runs(info["pid"], info["started"]):
                return None
            address = Address(
                url=info["url"].rstrip("/"),
                api_key=Secret(info["api_key"]),
                proof=Secret(info["proof"]),
            )
            return address, _Lease(address)
        except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException):
            # No file, a stale one, or a server that is ending: a new one replaces it.
            return None

    def _start(self, ready: Path) -> tuple[Address, _Lease]:
        ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", "nanomeet_widget.server", "--port", "0"]
        command += ["--linger", str(self._linger), "--ready-file", str(ready)]
        if self._data is not None:
            command += ["--data", str(self._data)]
        log = ready.with_suffix(".log")
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
            child = _spawned(command, output)
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if found := self._find(ready):
                _started.append(child)
                for line in _warnings(log):
                    logger.warning(line)
                return found
            if child.poll() is not None:
                break
            time.sleep(_POLL)
        with suppress(OSError):
            child.kill()
        child.wait()
        said = _lines(log)[-1:]
        if not said:
            log.write_text("it said nothing", "utf-8")  # fails on a full disk, too
        words = said[0].removeprefix(_SAYS) if said else "it said nothing"
        raise ServerStartError(f"the embedded server did not start: {words} (its log is {log})")


def _spawned(command: list[str], output: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - our own module, our own arguments
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # No key or token of the kernel's environment is for this server.
            env=_child_environment.for_server(),
            # Ctrl-C in the notebook is for the kernel only.
            start_new_session=True,
        )
    except OSError as error:
        raise ServerStartError(
            f"the embedded server cannot be started: {command[0]} does not run "
            f"({error.strerror or error})"
        ) from None


def _lines(log: Path) -> list[str]:
    return log.read_text("utf-8", errors="replace").strip().splitlines()


def _warnings(log: Path) -> list[str]:
    """Return a starting server's warnings for its user."""
    own = [line for line in _lines(log) if line.startswith(_SAYS)]
    return [line for line in own if not line.startswith(f"{_SAYS}ready at ")]
