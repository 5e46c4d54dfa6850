"""Network access: accepted host names and origins, and the number of connections of an address."""

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
#: Bits that the IPv6 addresses of one subscriber have in common (RFC 6177).
_SUBSCRIBER = 64


class Access:
    """The rules of network access, and the open connections of each address.

    Parameters
    ----------
    config : ServerConfig
        The known names, origins and proxies, and how many connections an address may have.
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

        A foreign site can have its own name resolve to this machine, and its pages would then pass for
        this server's (DNS rebinding). IP addresses and `localhost` cannot be another site's name.

        Parameters
        ----------
        host : str
            The header's value.
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
        """Return whether a page may open a WebSocket: this server's own pages and allowed ones may.

        Parameters
        ----------
        origin : str
            The page's origin.
        host : str
            The request's `Host` header.
        own : str
            The address at which guests reach the server.
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
        """Return the network address that a request came from.

        Parameters
        ----------
        request : httputil.HTTPServerRequest
            The request, perhaps forwarded by trusted proxies.

        Returns
        -------
        str
            The last address that is not a trusted proxy's.
        """
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
        """Count a connection.

        Parameters
        ----------
        address : str
            Where it comes from.

        Returns
        -------
        bool
            False if this address has reached its limit.
        """
        network = self.network(address)
        self._open[network] += 1
        return not self.has_limits(network) or self._open[network] <= self._limit

    def leave(self, address: str) -> None:
        """Stop counting a connection.

        Parameters
        ----------
        address : str
            As in `enter`.
        """
        network = self.network(address)
        self._open[network] -= 1
        if self._open[network] <= 0:
            del self._open[network]

    def has_limits(self, network: str) -> bool:
        """Return whether the connections of an address are limited in number.

        Parameters
        ----------
        network : str
            What `network` returned.
        """
        # Connections from this machine are its user's, or come through a proxy that was not named.
        if self._limit == 0 or not network or network in self._config.proxies:
            return False
        return not ipaddress.ip_network(network).is_loopback

    @staticmethod
    def network(address: str) -> str:
        """Return what has the limits of an address: the address, or the IPv6 network of a subscriber.

        Parameters
        ----------
        address : str
            The address; empty for a Unix socket.

        Returns
        -------
        str
            The address, or the network.
        """
        # A link-local address names its interface, too.
        found = ipaddress.ip_address(address.partition("%")[0]) if address else None
        if not isinstance(found, ipaddress.IPv6Address):
            return address
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        if found.is_loopback:
            return str(found)
        return str(ipaddress.IPv6Network((int(found), _SUBSCRIBER), strict=False))

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return self._open.total()
