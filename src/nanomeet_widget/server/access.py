"""Network access: accepted host names and origins, and whose connections are how many."""

from __future__ import annotations

import contextlib
import enum
import ipaddress
import re
import socket
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from tornado import httputil

from nanomeet_widget.server import networks
from nanomeet_widget.server.config import ServerConfig

_ANY = "*"
#: Headers that proxies add: a request with one of them came from elsewhere, whatever its address.
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "Via")
#: Connections that wait for a stream that does not exist: from one network, and in all.
WAITING, ALL_WAITING = 50, 200


class Standing(enum.Enum):
    """What a connection is counted as. Each kind has places of its own, which no other takes up."""

    #: It has not said yet what it wants.
    ARRIVING = "arriving"
    #: It waits for a stream that does not exist.
    WAITING = "waiting"
    #: It watches a public stream.
    WATCHING = "watching"
    #: A token or a ticket admitted it.
    ADMITTED = "admitted"


class Place:
    """The place of one connection.

    Parameters
    ----------
    access : Access
        What counts it.
    address : str
        Where the connection comes from; empty if that is unknown.
    network : str
        What it is counted by.
    give_way : callable
        Closes the connection; called if a newer one takes its place.
    """

    def __init__(
        self, access: Access, *, address: str, network: str, give_way: Callable[[], None]
    ) -> None:
        self._access = access
        self.address = address
        self.network = network
        self.give_way = give_way
        #: As what it is counted; None once it is no longer.
        self.standing: Standing | None = None

    def become(self, standing: Standing) -> bool:
        """Count the connection as something else.

        Parameters
        ----------
        standing : Standing
            As what.

        Returns
        -------
        bool
            False if its network has no such place left: it then stays what it is.
        """
        return self._access.move(self, standing)

    def leave(self) -> None:
        """Stop counting the connection."""
        self._access.move(self, None)


class Access:
    """The rules of network access, and the open connections of each network.

    Parameters
    ----------
    config : ServerConfig
        The known names, origins and proxies, and how many connections a network may have.
    """

    def __init__(self, config: ServerConfig) -> None:
        self._config = config
        self._proxies = frozenset(map(networks.read, config.proxies))
        #: The oldest first.
        self._open: dict[tuple[Standing, str], dict[Place, None]] = {}
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
        name = _name_in(host)
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
            The last address that is not a trusted proxy's. Empty if there is none: a proxy that does not
            say where a request came from hides all clients behind its own address, and a Unix socket has
            no addresses.
        """
        found = networks.read(str(request.remote_ip))
        if found is None:
            return ""
        if found not in self._proxies:
            # A proxy on this machine that was not named is not believed, and its clients are not local.
            return "" if found.is_loopback and _is_forwarded(request) else str(found)
        for hop in _hops(request.headers):
            found = networks.read(hop)
            if found is None:
                return ""
            if found not in self._proxies:
                return str(found)
        return ""

    def is_local(self, request: httputil.HTTPServerRequest) -> bool:
        """Return whether a request certainly comes from this machine, and not through a proxy on it.

        Parameters
        ----------
        request : httputil.HTTPServerRequest
            The request.
        """
        found = networks.read(str(request.remote_ip))
        return (
            found is not None
            and found.is_loopback
            # A server that has guests, or a proxy on this machine, cannot tell.
            and found not in self._proxies
            and _is_loopback_name(urlsplit(self._config.public_url or "//localhost").hostname)
            and not _is_forwarded(request)
            and _is_loopback_name(_name_in(request.host))
        )

    def enter(self, address: str, give_way: Callable[[], None]) -> Place:
        """Count a connection that arrives. If its network has no place for it, the oldest gives way.

        Parameters
        ----------
        address : str
            Where it comes from; empty if that is unknown.
        give_way : callable
            Closes the connection; called if a newer one takes its place before it says what it wants.

        Returns
        -------
        Place
            Its place.
        """
        place = Place(self, address=address, network=_counted_by(address), give_way=give_way)
        while not self.move(place, Standing.ARRIVING):
            oldest = next(iter(self._open[Standing.ARRIVING, place.network]))
            oldest.leave()
            oldest.give_way()
        return place

    def move(self, place: Place, standing: Standing | None) -> bool:
        """Count a connection as something else; see `Place`.

        Parameters
        ----------
        place : Place
            The connection's place.
        standing : Standing or None
            As what; None to stop counting it.

        Returns
        -------
        bool
            False if there is no such place left.
        """
        if standing is place.standing:
            return True
        if standing is not None:
            if not self._has_room(standing, place.network):
                return False
            self._open.setdefault((standing, place.network), {})[place] = None
        if place.standing is not None:
            here = self._open[place.standing, place.network]
            del here[place]
            if not here:
                del self._open[place.standing, place.network]
        place.standing = standing
        return True

    def has_limits(self, address: str) -> bool:
        """Return whether connections from an address are limited in number before they say what they want.

        Parameters
        ----------
        address : str
            Where they come from, as the system says; empty for a Unix socket.

        Returns
        -------
        bool
            False for this machine, and for proxies, which connect for many.
        """
        found = networks.read(address)
        if self._config.limits.connections == 0 or found is None:
            return False
        return not found.is_loopback and found not in self._proxies

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return sum(map(len, self._open.values()))

    def _has_room(self, standing: Standing, network: str) -> bool:
        limits = self._config.limits
        limit = limits.connections if network else limits.unknown_connections
        here = len(self._open.get((standing, network), ()))
        if standing is Standing.WAITING:
            everywhere = sum(
                len(all_) for (kind, _), all_ in self._open.items() if kind is standing
            )
            return here < min(limit or WAITING, WAITING) and everywhere < ALL_WAITING
        return limit == 0 or here < limit


def _counted_by(address: str) -> str:
    """Return the network of an address; empty for this machine's own, which any local proxy has, too."""
    found = networks.read(address)
    return "" if found is None or found.is_loopback else networks.network_of(address)


def _is_forwarded(request: httputil.HTTPServerRequest) -> bool:
    return any(header in request.headers for header in _FORWARDED)


def _hops(headers: httputil.HTTPHeaders) -> Iterator[str]:
    """Yield the addresses that proxies have written, the last first; a client may have written the others.

    A proxy that writes `X-Forwarded-For` may pass on a client's own `Forwarded`: that counts only without
    the other.
    """
    if "X-Forwarded-For" in headers:
        yield from reversed(headers["X-Forwarded-For"].split(","))
        return
    for element in reversed(headers.get("Forwarded", "").split(",")):
        pairs = (pair.partition("=") for pair in element.split(";"))
        yield next((value for name, _, value in pairs if name.strip().lower() == "for"), "")


def _name_in(host: str) -> str:
    """Return the name in a `Host` header; empty if it has none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_loopback_name(name: str | None) -> bool:
    if name is None or name == "localhost" or name.endswith(".localhost"):
        return name is not None
    found = networks.read(name)
    return found is not None and found.is_loopback
