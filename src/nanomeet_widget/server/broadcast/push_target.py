"""Where a broadcast is pushed to: an RTMP address, whose end is a secret, and which hosts it may name."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from nanomeet_widget._errors import NanoMeetError

_PORTS = {"rtmp": 1935, "rtmps": 443}
#: An application and a stream's key.
_PARTS = 2


class PushRefusedError(NanoMeetError):
    """The broadcast is not pushed there."""


@dataclass(frozen=True, kw_only=True)
class PushTarget:
    """An RTMP address."""

    host: str
    port: int
    tls: bool
    #: The application and the key: whoever knows them sends in this one's place.
    path: str = field(repr=False)


def read_target(url: str) -> PushTarget:
    """Return what an address says.

    Raises
    ------
    PushRefusedError
        If it is none. The address is not repeated: its end is a secret.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if host is None or parts.scheme not in _PORTS or parts.username or parts.fragment:
        raise PushRefusedError("a broadcast is pushed to rtmp://host/application/key, or rtmps://")
    if len([part for part in parts.path.split("/") if part]) < _PARTS:
        raise PushRefusedError(f"the address at {host} lacks the stream's key")
    return PushTarget(
        host=host,
        port=port or _PORTS[parts.scheme],
        tls=parts.scheme == "rtmps",
        path=parts.path + (f"?{parts.query}" if parts.query else ""),
    )


async def resolve(target: PushTarget, allowed: frozenset[str]) -> list[str]:
    """Return the addresses of a target's host.

    Who may broadcast is not thereby inside this machine's network: its own addresses and private
    ones are refused, unless the server was told of the host.

    Raises
    ------
    PushRefusedError
        If any is of this machine or its network.
    OSError
        If there is none.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if target.host not in allowed and not all(map(_is_public, addresses)):
        raise PushRefusedError(
            f"{target.host} is in this server's own network: it is allowed by --push-host"
        )
    return addresses


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        # Those that stand for an IPv4 address are as good as that one.
        ip = ip.ipv4_mapped or ip.sixtofour or ip
    return ip.is_global and not ip.is_multicast
