"""The server on a socket of its own, as `nanomeet serve` and the tests run it."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import ssl
from types import TracebackType

from tornado import netutil

from nanomeet_widget import _proof
from nanomeet_widget._errors import ServerStartError
from nanomeet_widget.server.assembly import assemble, farewell
from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.core import Core
from nanomeet_widget.server.http.app import application
from nanomeet_widget.server.http.http_server import BODY, IDLE, HttpServer
from nanomeet_widget.server.tokens import secrets_folder

_MAX_BODY = 1024 * 1024
_MAX_HEADER = 16 * 1024
#: Seconds between two checks whether the last meeting has ended.
_CHECK_EVERY = 0.25


class Server:
    """The embedded server on a socket of its own.

    Use it with `async with`: it listens inside, and has stopped afterwards, with all recordings
    finished.

    Parameters
    ----------
    config : ServerConfig
        The configuration.
    """

    def __init__(self, config: ServerConfig) -> None:
        self._config = config
        self._stack = contextlib.AsyncExitStack()
        self._stop = asyncio.Event()
        self._core: Core | None = None
        #: The address at which guests reach it; known once it listens.
        self.url = ""
        #: An API key that creates rooms while this process lives, as a configured one would outlive it.
        self.api_key = secrets.token_urlsafe(32)
        #: What proves that this process is the server; see `_proof`.
        self.proof = _proof.new_secret()

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
        """Stop the server: `wait` returns."""
        self._stop.set()

    def drain(self, patience: float) -> None:
        """Begin no new meetings, and stop once the last has ended; a second call stops at once.

        Parameters
        ----------
        patience : float
            Seconds after which it stops in any case; 0 stops at once.
        """
        rooms = self._core.rooms if self._core is not None else None
        if rooms is None or rooms.draining or patience <= 0:
            self.stop()
            return
        rooms.draining = True
        loop = asyncio.get_running_loop()
        end = loop.time() + patience

        def check() -> None:
            if not rooms.occupied or loop.time() >= end:
                self.stop()
            else:
                loop.call_later(_CHECK_EVERY, check)

        check()

    async def wait(self) -> None:
        """Wait until it is to stop, or is no longer needed."""
        await self._stop.wait()

    async def _start(self) -> None:
        config = self._config
        data = secrets_folder.open_folder(config.data)
        keys = (self.api_key, *config.api_keys, *secrets_folder.api_keys(data))
        try:
            sockets = netutil.bind_sockets(config.port, config.host)
        except OSError as error:
            raise ServerStartError(
                f"cannot listen on {config.host} port {config.port}: {error.strerror or error}"
            ) from error
        self.url = config.origin(sockets[0].getsockname()[1])
        core = self._core = assemble(
            self._stack,
            config,
            data=data,
            keys=keys,
            origin=self.url,
            links=self.url,
            proof=self.proof,
            on_unneeded=self.stop,
        )
        http = HttpServer(
            application(core),
            ssl_options=_tls(config),
            max_header_size=_MAX_HEADER,
            max_body_size=_MAX_BODY,
            idle_connection_timeout=IDLE,
            body_timeout=BODY,
        )
        http.limit(core.access, core.timers)
        http.add_sockets(sockets)
        self._stack.push_async_callback(_shut, http, core)


async def _shut(http: HttpServer, core: Core) -> None:
    http.stop()
    core.leases.close()
    await farewell(core)
    await http.close_all_connections()


def _tls(config: ServerConfig) -> ssl.SSLContext | None:
    if config.certificate is None or config.private_key is None:
        return None
    # `create_default_context` would obey SSLKEYLOGFILE in the environment.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(config.certificate, config.private_key)
    except (OSError, ssl.SSLError) as error:
        raise ServerStartError(
            f"the certificate {config.certificate} cannot be used: {error}"
        ) from error
    return context
