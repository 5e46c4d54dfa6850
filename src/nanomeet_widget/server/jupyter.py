"""The server as an extension of a Jupyter server, with the notebook's address, port and TLS.

Installing the package enables it. Guests need no Jupyter account: every handler authorises requests
by their token or key only, and none gives access to anything of Jupyter's.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp
from tornado import httpserver, ioloop, netutil, routing, web
from traitlets import Dict, Enum, Int, List, Unicode

from nanomeet_widget import _jupyter, _proof
from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget._models import Secret
from nanomeet_widget.server import data_folder
from nanomeet_widget.server import jupyter_address as address
from nanomeet_widget.server.assembly import assemble, farewell
from nanomeet_widget.server.config import (
    LOOPBACK,
    RECORDS_DAYS,
    Limits,
    RecordingSound,
    ServerConfig,
)
from nanomeet_widget.server.core import Core
from nanomeet_widget.server.http.app import application, routes
from nanomeet_widget.server.http.handlers import NotFoundHandler
from nanomeet_widget.server.tokens import secrets_folder

_PATH = "nanomeet"
#: Jupyter's settings for further host names and origins.
_NAMING = (
    "c.ServerApp.local_hostnames or c.ServerApp.allow_remote_access of Jupyter",
    "c.ServerApp.allow_origin or c.ServerApp.allow_origin_pat of Jupyter",
)
#: Milliseconds between two notes of activity, which keep a hub from stopping the server.
_ACTIVITY = 60_000


class NanoMeetServer(ExtensionApp):
    """The meeting server inside a Jupyter server. Its options are set as `c.NanoMeetServer.…`."""

    name = "nanomeet"
    description = "Meetings at {base_url}nanomeet/, for this server's notebooks and their guests"

    public_url = Unicode(
        "",
        help="The address at which guests reach the Jupyter server, with its base URL. Without it, "
        "links have the address at which the page that creates them was opened.",
    ).tag(config=True)
    data = Unicode("", help="The folder for secrets, the database and recordings.").tag(config=True)
    ice_servers = List(Unicode(), help="URLs of STUN servers for the pages; none by default.").tag(
        config=True
    )

    turn_servers = List(Unicode(), help="URLs of TURN servers for the pages.").tag(config=True)
    turn_secret = Unicode("", help="The secret that the TURN servers share with this server.").tag(
        config=True
    )
    frame_ancestors = Unicode(
        "*", help="Sites that may frame meetings and broadcasts, as in CSP."
    ).tag(config=True)
    recording_sound = Enum(
        get_args(RecordingSound),
        default_value="opus",
        help="The audio codec of finished recordings; `aac` is for players without Opus in MP4.",
    ).tag(config=True)
    records_days = Int(
        RECORDS_DAYS,
        help="The most days for which a room may keep records of its meetings, and the default.",
    ).tag(config=True)
    limits = Dict(
        help="Limits on what clients may use, by the names of `nanomeet serve --limit`."
    ).tag(config=True)

    def initialize_handlers(self) -> None:
        """Start once the event loop runs, as only then the port is known."""
        self._stack = contextlib.AsyncExitStack()
        self._app.io_loop.add_callback(self._open)

    async def stop_extension(self) -> None:
        """End the meetings, and finish the recordings."""
        await self._stack.aclose()

    @property
    def _app(self) -> ServerApp:
        """The Jupyter server, which exists before the handlers."""
        assert self.serverapp is not None  # noqa: S101 - Jupyter's contract with extensions
        return self.serverapp

    async def _open(self) -> None:
        try:
            await self._start()
        except Exception as error:  # a notebook without meetings is better than none
            self.log.exception("nanomeet: meetings are not available")
            await self._stack.aclose()
            self._stack = contextlib.AsyncExitStack()
            # Kernels show the reason; the project's own errors say what to do.
            known = isinstance(error, NanoMeetError)
            with contextlib.suppress(OSError):
                self._announce(_jupyter.Absent(error=str(error) if known else repr(error)))

    async def _start(self) -> None:
        app = self._app
        path = f"{app.base_url}{_PATH}"
        public = (self.public_url or os.environ.get("JUPYTERHUB_PUBLIC_URL", "")).rstrip("/")
        public = f"{public}/{_PATH}" if public else ""
        hosts, pattern = _access_of(app.web_app.settings)
        config = ServerConfig(
            base_url=f"{path}/",
            public_url=public or None,
            data=Path(self.data) if self.data else self._own_data(),
            ice_servers=tuple(self.ice_servers),
            turn_servers=tuple(self.turn_servers),
            turn_secret=self.turn_secret or os.environ.get("NANOMEET_TURN_SECRET", ""),
            frame_ancestors=self.frame_ancestors,
            recording_sound=self.recording_sound,
            records_days=self.records_days,
            hosts=hosts,
            origin_pattern=pattern,
            naming=_NAMING,
            proxies=LOOPBACK,
            # A proxy on another machine may hide all client addresses behind its own.
            limits=Limits(**{"connections": Limits.unknown_connections, **self.limits}),
            # Requests through a hub's proxy seem to come from this machine.
            local_metrics=False,
        )
        if config.doubt:
            self.log.warning("nanomeet: %s", config.doubt)
        key, proof = secrets.token_urlsafe(32), _proof.new_secret()
        own = address.parts_of(app)
        core = assemble(
            self._stack,
            config,
            data=secrets_folder.open_folder(config.data),
            keys=(key,),
            # Pages replace a loopback address by their own: see `domainOf` of the widget.
            origin=public or f"{own.on_loopback}{path}",
            links=public or path,
            proof=proof,
            movable=not public,
            on_unneeded=lambda: None,
        )
        self._serve(core)
        # Kernels have an endpoint of their own, as Jupyter's may be a Unix socket or need a certificate.
        endpoint = httpserver.HTTPServer(application(core))
        sockets = netutil.bind_sockets(0, "127.0.0.1")
        endpoint.add_sockets(sockets)
        self._stack.callback(endpoint.stop)
        here = f"http://127.0.0.1:{sockets[0].getsockname()[1]}{path}"
        found = public or address.outward(own)
        self._announce(
            _jupyter.Extension(
                api=here,
                url=core.origin,
                links=public or (found and f"{found}{path}"),
                api_key=Secret(key),
                proof=Secret(proof),
            )
        )
        beat = ioloop.PeriodicCallback(lambda: self._note_activity(core), _ACTIVITY)
        beat.start()
        self._stack.callback(beat.stop)
        self._stack.push_async_callback(farewell, core)
        self.log.info("nanomeet: meetings are at %s/", path)

    def _own_data(self) -> Path:
        return data_folder.choose(
            lasting=False,
            remedy="set c.NanoMeetServer.data to another folder",
            say=lambda words: self.log.warning("nanomeet: %s", words),
        )

    def _serve(self, core: Core) -> None:
        table = [
            routing.URLSpec(spec.regex.pattern, _open_to_guests(spec.target), spec.target_kwargs)
            for spec in routes(core)
        ]
        # All paths below are answered here: Jupyter's 404 is a page for logged-in users.
        rest = f"{core.config.base_url}.*"
        table.append(routing.URLSpec(rest, _open_to_guests(NotFoundHandler), {"core": core}))
        self._app.web_app.add_handlers(".*$", table)

    def _announce(self, extension: _jupyter.Extension | _jupyter.Absent) -> None:
        file = _jupyter.file_of(Path(self._app.runtime_dir), os.getpid())
        secrets_folder.write_private(file, _jupyter.content(extension, os.getpid()))
        self._stack.callback(file.unlink, missing_ok=True)

    def _note_activity(self, core: Core) -> None:
        if core.rooms.occupied:
            now = dt.datetime.now(dt.timezone.utc)
            self._app.web_app.settings["last_activity_times"]["nanomeet"] = now


def _access_of(settings: Mapping[str, Any]) -> tuple[tuple[str, ...], str | None]:
    """Return the host names and the origins that Jupyter itself accepts.

    Parameters
    ----------
    settings : mapping
        The settings of Jupyter's handlers.

    Returns
    -------
    tuple
        The names, and a regular expression for origins; see `ServerConfig`.
    """
    any_host = settings.get("allow_remote_access", False)
    hosts = ("*",) if any_host else tuple(settings.get("local_hostnames", ()))
    # It takes precedence over the pattern, which may already be compiled.
    if origin := settings.get("allow_origin", ""):
        return hosts, ".*" if origin == "*" else re.escape(origin.lower().rstrip("/"))
    pattern = settings.get("allow_origin_pat")
    return hosts, getattr(pattern, "pattern", pattern) or None


def _open_to_guests(handler: type[web.RequestHandler]) -> type[web.RequestHandler]:
    """Return a handler whose methods are marked as needing no Jupyter account."""
    refuse = web.RequestHandler._unimplemented_method  # noqa: SLF001 - Jupyter itself compares with it
    methods: dict[str, Any] = {
        name.lower(): allow_unauthenticated(getattr(handler, name.lower()))
        for name in handler.SUPPORTED_METHODS
        if getattr(handler, name.lower()) is not refuse
    }
    return type(handler.__name__, (handler,), methods)


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "nanomeet_widget.server.jupyter", "app": NanoMeetServer}]
