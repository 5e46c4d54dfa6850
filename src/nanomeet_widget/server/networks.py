"""Network addresses: read as proxies write them, the network of a subscriber, and what is public."""

from __future__ import annotations

import ipaddress
import re
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

#: With a port: `1.2.3.4:567`, `[2001:db8::1]:4711`; or in brackets alone.
_WITH_PORT = re.compile(r"\[([^\]]+)\](?::\d{1,5})?|(\d+\.\d+\.\d+\.\d+):\d{1,5}")
#: Bits that the IPv6 addresses of one subscriber have in common (RFC 6177).
_SUBSCRIBER = 64
#: What the IANA has assigned as global unicast so far: all else is local, reserved, or embeds another address.
_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
#: Not public, although `is_global` of some versions of Python says so: the relays of 6to4 (RFC 7526), and
#: addresses for documentation (RFC 9637).
_NOT_PUBLIC = (ipaddress.IPv4Network("192.88.99.0/24"), ipaddress.IPv6Network("3fff::/20"))
#: The upper half of an interface's identifier in ISATAP, a tunnel within one organisation (RFC 5214).
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})
_LOW = (1 << 32) - 1


def read(text: str) -> Address | None:
    """Return an address as the system or a proxy writes it.

    Parameters
    ----------
    text : str
        The address: also in quotes, in brackets, with a port, or with an interface (`fe80::1%eth0`).

    Returns
    -------
    Address or None
        The address, as IPv4 if it is one mapped into IPv6; None if it is none, or says nothing
        (`0.0.0.0`, as for a Unix socket).
    """
    text = text.strip().strip('"')
    match = _WITH_PORT.fullmatch(text)
    if match is not None:
        text = match[1] or match[2]
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        # Without its interface.
        found = found.ipv4_mapped or ipaddress.IPv6Address(int(found))
    return None if found.is_unspecified else found


def network_of(address: str) -> str:
    """Return the network of the subscriber who has an address: what limits and blocks count by.

    A subscriber has one IPv4 address, also where IPv6 carries it, or the 2^64 addresses of an IPv6 network.

    Parameters
    ----------
    address : str
        The address; empty if it is unknown.

    Returns
    -------
    str
        An IPv4 address, or an IPv6 network; empty if the address says nothing.
    """
    found = read(address)
    if found is None:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        carried = _carried(found)
        if not carried:
            return str(ipaddress.IPv6Network((int(found), _SUBSCRIBER), strict=False))
        found = carried[-1]
    return str(found)


def is_public(address: str) -> bool:
    """Return whether an address is one of the internet, in whatever form it is written.

    Parameters
    ----------
    address : str
        The address.

    Returns
    -------
    bool
        False for this machine, its networks, and whatever leads there through a translator or a tunnel.
    """
    found = read(address)
    return found is not None and _is_public(found)


def _is_public(address: Address) -> bool:
    if address.is_multicast or any(address in net for net in _NOT_PUBLIC):
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global
    carried = _carried(address)
    if carried:
        return all(map(_is_public, carried))
    tunnelled = int(address) >> 32 & _LOW in _ISATAP
    return address in _UNICAST and address.is_global and not tunnelled


def _carried(address: ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...]:
    """Return the IPv4 addresses to which packets for an address are sent, the subscriber's last."""
    if address in _NAT64:
        return (ipaddress.IPv4Address(int(address) & _LOW),)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    return address.teredo or ()
