"""Who is at the door: by which name the server was asked for, and from how far away."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket
from collections import Counter
from urllib.parse import urlsplit

from tornado import httputil

from nanomeet_widget.server.config import ServerConfig

_ANY = "*"


class Access:
    """The rules of the door, and how many are in from each address.

    Parameters
    ----------
    config
        Which names, origins and proxies are known, and how many connections an address may have.
    """

    def __init__(self, config: ServerConfig) -> None:
        self._config = config
        self._limit = config.limits.connections
        self._open: Counter[str] = Counter()
        names = {"localhost", socket.gethostname(), socket.getfqdn(), *config.hosts}
        if config.public_url is not None:
            names.add(urlsplit(config.public_url).hostname or "")
        self._names = frozenset(name.lower() for name in names)

    def is_own_name(self, host: str) -> bool:
        """Return whether a `Host` header names this server.

        A page of somebody else can let its own name point at this machine, and would then pass for
        one of our pages (DNS rebinding). Addresses and `localhost` can be nobody else's name.
        """
        try:
            name = (urlsplit(f"//{host}").hostname or "").lower()
        except ValueError:
            return False
        if _ANY in self._names or name in self._names or name.endswith(".localhost"):
            return True
        with contextlib.suppress(ValueError):
            ipaddress.ip_address(name)
            return True
        return False

    def may_connect(self, origin: str, *, host: str, own: str) -> bool:
        """Return whether a page may open a WebSocket: ours, and those that were allowed.

        Parameters
        ----------
        origin
            The page's origin.
        host
            The request's `Host` header.
        own
            The address by which guests reach the server.
        """
        page = origin.lower().rstrip("/")
        pattern = self._config.origin_pattern
        if page in self._config.origins or (pattern is not None and re.fullmatch(pattern, page)):
            return True
        try:
            asked = urlsplit(page)
        except ValueError:
            return False
        if asked.scheme not in {"http", "https"}:
            return False
        return asked.netloc.lower() in {host.lower(), urlsplit(own).netloc.lower()}

    def address(self, request: httputil.HTTPServerRequest) -> str:
        """Return where a request came from, through however many proxies that are trusted."""
        address = str(request.remote_ip)
        if address not in self._config.proxies:
            return address
        forwarded = request.headers.get("X-Forwarded-For", "")
        for hop in reversed([part.strip() for part in forwarded.split(",")]):
            try:
                address = str(ipaddress.ip_address(hop))
            except ValueError:
                break
            if address not in self._config.proxies:
                break
        return address

    def enter(self, address: str) -> bool:
        """Count a connection; return False if this address has as many as it may have."""
        self._open[address] += 1
        # This machine's own are its user's, or come through a proxy that was not named.
        if self._limit == 0 or ipaddress.ip_address(address).is_loopback:
            return True
        return self._open[address] <= self._limit

    def leave(self, address: str) -> None:
        """Count a connection no more."""
        self._open[address] -= 1
        if self._open[address] <= 0:
            del self._open[address]

    @property
    def connections(self) -> int:
        """How many are open."""
        return self._open.total()
