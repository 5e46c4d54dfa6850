"""The RTMP addresses to which broadcasts are pushed: parsed, and limited to public hosts."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget.server import networks

_PORTS = {"rtmp": 1935, "rtmps": 443}
#: An application and a stream key.
_PARTS = 2


class PushRefusedError(NanoMeetError):
    """The broadcast cannot be pushed to an address."""


@dataclass(frozen=True, kw_only=True)
class PushTarget:
    """An RTMP address."""

    host: str
    port: int
    tls: bool
    #: The application and the stream key, which is a secret.
    path: str = field(repr=False)


def read_target(url: str) -> PushTarget:
    """Parse an RTMP address.

    Parameters
    ----------
    url : str
        The address.

    Returns
    -------
    PushTarget
        Its parts.

    Raises
    ------
    PushRefusedError
        If it is not valid. The error does not contain the address, as its end is a secret.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if host is None or parts.scheme not in _PORTS or parts.username or parts.fragment:
        raise PushRefusedError(
            "the address to push to must be rtmp://host/application/key, or rtmps://"
        )
    if len([part for part in parts.path.split("/") if part]) < _PARTS:
        raise PushRefusedError(
            f"the address at {host} lacks the stream key: rtmp://host/application/key"
        )
    return PushTarget(
        host=host,
        port=port or _PORTS[parts.scheme],
        tls=parts.scheme == "rtmps",
        path=parts.path + (f"?{parts.query}" if parts.query else ""),
    )


async def resolve(target: PushTarget, allowed: frozenset[str]) -> list[str]:
    """Return the network addresses of a target's host. Only these are connected to: the name is not asked again.

    Permission to broadcast is not permission to reach this machine's network: its own and private
    addresses are refused, unless the host is allowed.

    Parameters
    ----------
    target : PushTarget
        The target.
    allowed : frozenset of str
        Hosts in this server's own network that are allowed.

    Returns
    -------
    list of str
        The addresses.

    Raises
    ------
    PushRefusedError
        If an address belongs to this machine or its network.
    OSError
        If the host has no address.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if target.host not in allowed and not all(map(networks.is_public, addresses)):
        raise PushRefusedError(
            f"{target.host} is in this server's own network. Allow it with --push-host"
        )
    return addresses
