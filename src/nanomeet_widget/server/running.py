"""A server from its first socket to its last: what `nanomeet serve` and the tests run."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from types import TracebackType

from tornado import httpserver, netutil

from nanomeet_widget._errors import ServerStartError
from nanomeet_widget.server import messages, secrets_folder
from nanomeet_widget.server.app import application
from nanomeet_widget.server.broadcast import Broadcasts
from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.core import Core
from nanomeet_widget.server.issuing import Issuer
from nanomeet_widget.server.leases import Leases
from nanomeet_widget.server.recordings import Recordings
from nanomeet_widget.server.rooms import Rooms
from nanomeet_widget.server.store import Store
from nanomeet_widget.server.tickets import Tickets

_MAX_BODY = 1024 * 1024
_MAX_HEADER = 16 * 1024
#: Seconds that a connection may be silent between requests, and a request may take to arrive.
_IDLE, _BODY = 120.0, 30.0
#: Seconds for the last words to reach the pages.
_FAREWELL = 0.2


class Server:
    """The embedded server on a socket of its own.

    Use it as an asynchronous context: it listens inside, and has stopped afterwards, with every
    recording whole.

    Parameters
    ----------
    config
        How it runs.
    """

    def __init__(self, config: ServerConfig) -> None:
        self._config = config
        self._stack = contextlib.AsyncExitStack()
        self._stop = asyncio.Event()
        #: The address by which guests reach it; known once it listens.
        self.url = ""
        #: The key that makes rooms here: the first configured one, or the data folder's own.
        self.api_key = ""

    async def __aenter__(self) -> Server:  # noqa: PYI034 - typing.Self needs Python 3.11
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    def stop(self) -> None:
        """Ask it to stop; `wait` returns."""
        self._stop.set()

    async def wait(self) -> None:
        """Wait until somebody asks it to stop, or nobody needs it any more."""
        await self._stop.wait()

    async def _start(self) -> None:
        config = self._config
        loop = asyncio.get_running_loop()
        data = secrets_folder.open_folder(config.data)
        own_key = secrets_folder.api_key(data)
        self.api_key = config.api_keys[0] if config.api_keys else own_key
        store = self._stack.enter_context(Store(data))
        try:
            sockets = netutil.bind_sockets(config.port, config.host)
        except OSError as error:
            raise ServerStartError(
                f"cannot listen on {config.host} port {config.port}: {error.strerror or error}"
            ) from error
        port = sockets[0].getsockname()[1]
        self.url = config.origin(port)
        recordings = Recordings(data, store=store, loop=loop, patience=config.patience.recording)
        self._stack.push_async_callback(recordings.close)
        broadcasts = Broadcasts(
            config=config, origin=self.url, store=store, timers=loop, record=recordings.new
        )
        rooms = Rooms(config=config, store=store, timers=loop, broadcasts=broadcasts)
        leases = Leases(
            timers=loop,
            linger=config.linger,
            first=config.patience.first_lease,
            on_unneeded=self.stop,
        )
        core = Core(
            config=config,
            origin=self.url,
            issuer=Issuer(
                secret=secrets_folder.server_secret(data),
                keys=(*config.api_keys, own_key),
                server=self.url.removeprefix("https://"),
                organisation=config.organisation,
                store=store,
            ),
            rooms=rooms,
            broadcasts=broadcasts,
            leases=leases,
            tickets=Tickets(),
            timers=loop,
        )
        http = httpserver.HTTPServer(
            application(core),
            ssl_options=_tls(config),
            max_header_size=_MAX_HEADER,
            max_body_size=_MAX_BODY,
            idle_connection_timeout=_IDLE,
            body_timeout=_BODY,
        )
        http.add_sockets(sockets)
        self._stack.push_async_callback(self._shut, http, core)

    async def _shut(self, http: httpserver.HTTPServer, core: Core) -> None:
        http.stop()
        core.leases.close()
        over = asyncio.Event()
        core.broadcasts.close(over.set)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(over.wait(), core.config.patience.recording)
        core.rooms.close(
            messages.Bye(kind="server_stopping", message="The server is stopping.", retry=True)
        )
        await asyncio.sleep(_FAREWELL)
        await http.close_all_connections()


def _tls(config: ServerConfig) -> ssl.SSLContext | None:
    if config.certificate is None or config.private_key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(config.certificate, config.private_key)
    except (OSError, ssl.SSLError) as error:
        raise ServerStartError(f"the certificate cannot be used: {error}") from error
    return context
