"""What a JupyterHub tells a service in its environment: where it is, and how people reach it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from nanomeet_widget import _validation
from nanomeet_widget._errors import InvalidInputError

#: Seconds for which the Hub's answers about a person count.
RECHECK = 60.0
_TOKEN, _API = "JUPYTERHUB_API_TOKEN", "JUPYTERHUB_API_URL"
_NAME, _PREFIX = "JUPYTERHUB_SERVICE_NAME", "JUPYTERHUB_SERVICE_PREFIX"
_SERVICE, _PUBLIC = "JUPYTERHUB_SERVICE_URL", "JUPYTERHUB_PUBLIC_URL"
#: How people reach the Hub, without a path; and its login's way back, with the service's domain if it has one.
_HOST, _BACK = "JUPYTERHUB_HOST", "JUPYTERHUB_OAUTH_CALLBACK_URL"


@dataclass(frozen=True, kw_only=True)
class HubSettings:
    """A service's place in its JupyterHub.

    Parameters
    ----------
    name : str
        The service's name, as in `c.JupyterHub.services`.
    prefix : str
        The path under which the Hub's proxy serves it, with slashes at both ends.
    public_url : str
        How people reach that path.
    hub_url : str
        How people reach the Hub's own pages.
    host : str
        The address to listen on.
    port : int
        The TCP port.
    known_as : str
        The host by which the Hub's proxy reaches the service.
    recheck : float, default 60
        Seconds for which the Hub's answers about a person count.
    """

    name: str
    prefix: str
    public_url: str
    hub_url: str
    host: str
    port: int
    known_as: str
    recheck: float = RECHECK

    def __post_init__(self) -> None:
        if not self.recheck > 0:
            raise InvalidInputError(f"--hub-recheck {self.recheck} must be more than 0 seconds")

    @property
    def secure(self) -> bool:
        """Whether browsers reach the service over TLS."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def ancestors(self) -> str:
        """The pages that may frame a meeting: those of the Hub's users, in the syntax of CSP."""
        own, hub = urlsplit(self.public_url), urlsplit(self.hub_url)
        if own.netloc == hub.netloc:
            # Users' servers are below the Hub's own address, as this service is.
            return "'self'"
        port = "" if hub.port is None else f":{hub.port}"
        return f"'self' {hub.scheme}://{hub.netloc} {hub.scheme}://*.{hub.hostname}{port}"


def read(
    environment: Mapping[str, str] = os.environ,
    *,
    public_url: str | None = None,
    recheck: float = RECHECK,
) -> HubSettings:
    """Return what a JupyterHub says in the environment.

    Parameters
    ----------
    environment : mapping, optional
        The environment variables.
    public_url : str, optional
        How people reach the service; by default as the Hub says.
    recheck : float, default 60
        Seconds for which the Hub's answers about a person count.

    Returns
    -------
    HubSettings
        The settings.

    Raises
    ------
    InvalidInputError
        If a variable is missing or not valid.
    """
    for name in (_TOKEN, _API, _NAME):
        if not environment.get(name):
            raise InvalidInputError(
                f"--hub needs {name}, which a JupyterHub sets for the services that it starts: add this "
                "service to c.JupyterHub.services, or set the variable yourself for one that the Hub "
                "does not start"
            )
    prefix = environment.get(_PREFIX) or _default_prefix(environment)
    public = public_url or _public(environment, prefix)
    if not public:
        raise InvalidInputError(
            "the address at which people reach this JupyterHub is not known: set c.JupyterHub.public_url "
            "to it (JupyterHub 5 or later), or give the service's own with --public-url"
        )
    public = _validation.check_url("the service's public address", public)
    if urlsplit(public).path.strip("/") != prefix.strip("/"):
        raise InvalidInputError(
            f"the service's public address {public} must end with its prefix {prefix}"
        )
    parts = urlsplit(public)
    hub = environment.get(_HOST) or f"{parts.scheme}://{parts.netloc}"
    base = environment.get("JUPYTERHUB_BASE_URL") or "/"
    listens = urlsplit(environment.get(_SERVICE, ""))
    if listens.scheme == "https":
        raise InvalidInputError(
            f"{_SERVICE}={listens.geturl()} asks for TLS between the Hub's proxy and this service "
            "(internal_ssl), which it does not support: write http://"
        )
    return HubSettings(
        name=environment[_NAME],
        prefix=prefix,
        public_url=public,
        hub_url=_validation.check_url(_HOST, f"{hub.rstrip('/')}{base.rstrip('/')}/hub"),
        host=listens.hostname or "127.0.0.1",
        port=listens.port or 8910,
        known_as=listens.hostname or "",
        recheck=recheck,
    )


def _public(environment: Mapping[str, str], prefix: str) -> str:
    """Return how people reach the service; empty if the Hub does not know how they reach the Hub."""
    if known := environment.get(_PUBLIC):
        return known
    back = environment.get(_BACK, "")
    if urlsplit(back).netloc:
        return back.rpartition("/")[0]
    host = environment.get(_HOST)
    return f"{host.rstrip('/')}{prefix}" if host else ""


def _default_prefix(environment: Mapping[str, str]) -> str:
    base = environment.get("JUPYTERHUB_BASE_URL") or "/"
    return f"{base.rstrip('/')}/services/{environment[_NAME]}/"
