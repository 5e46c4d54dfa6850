"""Which service is used where none is named."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget._models import Secret, SecretText
from nanomeet_widget.services import cloud, hub
from nanomeet_widget.services._service import BroadcastTarget, Service
from nanomeet_widget.services.cloud import NanoStreamCloud
from nanomeet_widget.services.hub import HubService
from nanomeet_widget.services.jitsi import Jitsi
from nanomeet_widget.services.local import LocalServer

if TYPE_CHECKING:
    from nanomeet_widget._library import Library

_KEY, _SERVER, _JITSI = "NANOMEET_API_KEY", "NANOMEET_SERVER", "NANOMEET_JITSI_"
#: The variables after `NANOMEET_JITSI_`, and the arguments of `Jitsi` that they are.
_JITSI_ARGUMENTS = {
    "APP_ID": "app_id",
    "KID": "kid",
    "TENANT": "tenant",
    "DOMAIN": "domain",
    "AUDIENCE": "audience",
    "BROADCAST_URL": "broadcast_url",
    "WATCH_URL": "watch_url",
    "RECORDING_URL": "recording_url",
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A service, and why it is used.

    Attributes
    ----------
    service : Service
        The service.
    why : str
        What chose it, in words.
    """

    service: Service
    why: str

    def __str__(self) -> str:
        return f"{self.service.name} ({self.service!r}): {self.why}"


class Chooser:
    """Chooses: what was configured, else what the environment says, else the embedded server.

    The server of a JupyterHub comes before one of the user's own.
    """

    def __init__(self) -> None:
        self._configured: Service | None = None
        self._environment: tuple[dict[str, str], Choice] | None = None
        self._local: LocalServer | None = None
        self._hub: tuple[object, HubService | None] | None = None
        # What made a token of a server makes its invites, too.
        self._makers: dict[str, Service] = {}

    def configure(self, service: Service | None) -> None:
        """Use a service wherever none is named.

        Parameters
        ----------
        service : Service, optional
            The service; None returns to what the environment says.

        Raises
        ------
        InvalidInputError
            If it is not a service.
        """
        if service is not None and not isinstance(service, Service):
            raise InvalidInputError(
                f"configure() takes a service, such as Jitsi(...), not {type(service).__name__}"
            )
        self._configured = service

    def current(self) -> Choice:
        """Return which service is used, and why.

        Returns
        -------
        Choice
            The service and the reason.

        Raises
        ------
        InvalidInputError
            If the environment's settings are incomplete or contradict each other.
        """
        if self._configured is not None:
            return Choice(service=self._configured, why="configure() was given it")
        environment = {
            name: value
            for name, value in os.environ.items()
            if value and (name in {_KEY, _SERVER} or name.startswith(_JITSI))
        }
        if not environment:
            return self._of_hub() or Choice(service=self.own(), why="nothing else was configured")
        if self._environment is None or self._environment[0] != environment:
            self._environment = environment, _from_environment(environment)
        return self._environment[1]

    def remember(self, server: str, service: Service) -> None:
        """Note which service made a token of a server.

        Parameters
        ----------
        server : str
            The token's `server` claim.
        service : Service
            What makes further tokens of that server.
        """
        self._makers[server] = service

    def maker(self, server: str) -> Service:
        """Return the service that makes the tokens of a server.

        Parameters
        ----------
        server : str
            The token's `server` claim.

        Returns
        -------
        Service
            The service.

        Raises
        ------
        InvalidInputError
            If no service here does: a token is not sent to a service of other servers.
        """
        if server in self._makers:
            return self._makers[server]
        service = self.current().service
        if service.serves(server):
            return service
        raise InvalidInputError(
            f"{service.name} does not serve {server}, which this token is for: pass service=... for "
            "its issuer"
        )

    def target(self, server: str, streamname: str, *, is_vod: bool) -> BroadcastTarget | None:
        """Return where a broadcast of a server is sent.

        Parameters
        ----------
        server : str
            The token's `server` claim.
        streamname : str
            The `streamname` of the room's token.
        is_vod : bool
            Whether it is recorded, too.

        Returns
        -------
        BroadcastTarget or None
            None if the engine itself carries it, or no service knows.
        """
        with suppress(InvalidInputError):
            return self.maker(server).broadcast_target(streamname, is_vod=is_vod)
        with suppress(InvalidInputError):
            return cloud.target(streamname, is_vod=is_vod) if cloud.in_cloud(server) else None
        return None

    def library(self, server: str) -> Library | None:
        """Return the library that pages use for a server's meetings.

        Parameters
        ----------
        server : str
            The token's `server` claim.

        Returns
        -------
        Library or None
            None for this package's own client.
        """
        with suppress(InvalidInputError):
            return self.maker(server).library
        return None

    def forget_in_child(self) -> None:
        """Close the lease in a forked child: its copy would keep the server alive."""
        if self._local is not None:
            self._local.abandon()
        self._local = None
        self._makers.clear()

    def own(self) -> LocalServer:
        """Return the embedded server of this machine, whatever is configured.

        Returns
        -------
        LocalServer
            The server; it is not started by this.
        """
        if self._local is None:
            self._local = LocalServer()
        return self._local

    def _of_hub(self) -> Choice | None:
        """Return the service of the JupyterHub that started this notebook's server, if it has one."""
        names = (hub.ADDRESS, "JUPYTERHUB_API_TOKEN")
        given = [SecretText(os.environ.get(name, "")) for name in names]
        # One service, which remembers what it has learned, while these stay the same.
        if self._hub is None or self._hub[0] != given:
            self._hub = given, hub.from_environment()
        service = self._hub[1]
        if service is None:
            return None
        return Choice(service=service, why=f"the JupyterHub has set {hub.ADDRESS}")


def _from_environment(found: dict[str, str]) -> Choice:
    server = found.get(_SERVER, "")
    elsewhere = server.startswith(("http://", "https://"))
    if found.get(_KEY) and not elsewhere:
        key = Secret(found[_KEY])
        service = NanoStreamCloud(key, server=server) if server else NanoStreamCloud(key)
        return Choice(service=service, why=f"the environment has {_KEY}")
    if elsewhere:
        if not found.get(_KEY):
            raise InvalidInputError(
                f"the environment has {_SERVER}, but no {_KEY}: set the key that `nanomeet serve` "
                "was started with, too"
            )
        own = LocalServer(server, api_key=found[_KEY])
        return Choice(service=own, why=f"the environment has {_SERVER} and {_KEY}")
    if any(name.startswith(_JITSI) for name in found):
        return Choice(service=_jitsi(found), why=f"the environment has {_JITSI}*")
    raise InvalidInputError(
        f"{_SERVER}={server!r} does not say which service it belongs to: write https://host for a server "
        f"of `nanomeet serve`, or set {_KEY} for nanoStream Cloud"
    )


def _jitsi(found: dict[str, str]) -> Jitsi:
    given = {name.removeprefix(_JITSI): value for name, value in found.items() if _JITSI in name}
    for name in ("SERVER", "APP_ID"):
        if name not in given:
            raise InvalidInputError(f"the environment has {_JITSI}*, but no {_JITSI}{name}")
    known = {"SERVER", "APP_SECRET", "PRIVATE_KEY_FILE", "FEATURES", *_JITSI_ARGUMENTS}
    if unknown := sorted(set(given) - known):
        raise InvalidInputError(
            f"{_JITSI}{unknown[0]} is not a setting: there are "
            + ", ".join(f"{_JITSI}{name}" for name in sorted(known))
        )
    arguments = {_JITSI_ARGUMENTS[n]: value for n, value in given.items() if n in _JITSI_ARGUMENTS}
    secret = Secret(given["APP_SECRET"]) if "APP_SECRET" in given else None
    key = _file(given["PRIVATE_KEY_FILE"]) if "PRIVATE_KEY_FILE" in given else None
    features = _features(given["FEATURES"]) if "FEATURES" in given else None
    return Jitsi(
        given["SERVER"], app_secret=secret, private_key=key, features=features, **arguments
    )


def _features(text: str) -> dict[str, bool]:
    """Read `file-upload,outbound-call=false`."""
    features: dict[str, bool] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = (piece.strip() for piece in part.partition("="))
        if value.lower() not in {"", "true", "false"}:
            raise InvalidInputError(
                f"{_JITSI}FEATURES: {part!r} is neither true nor false; write "
                "file-upload,outbound-call=false"
            )
        features[name] = value.lower() != "false"
    return features


def _file(path: str) -> Secret:
    try:
        return Secret(Path(path).expanduser().read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(
            f"{_JITSI}PRIVATE_KEY_FILE: {path} cannot be read ({type(error).__name__})"
        ) from None
