"""Which of the environment's network settings apply to a call: proxies, authorities, and a log of keys.

None applies to a call to this machine. For another host only those apply that concern the call; one
that cannot be used is an error that names its variable. A proxy's address may contain a password, so no
error shows it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import ipaddress
import os
import re
import socket
import ssl
import sys
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from nanomeet_widget import _validation
from nanomeet_widget._errors import InvalidInputError, ServiceUnavailableError

_CERTIFICATES, _FOLDER, _KEYS = "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"
#: What httpx speaks to a proxy; the last two with another package.
_PROTOCOLS = frozenset({"http", "https", "socks5", "socks5h"})
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]{0,9})://", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """A proxy that a call goes through, and the setting that says so."""

    url: str = field(repr=False)
    variable: str


def is_here(host: str) -> bool:
    """Return whether a host is this machine, which needs no proxy.

    Parameters
    ----------
    host
        A name or an address, without brackets.
    """
    if _validation.is_loopback(host):
        return True
    name = host.rstrip(".").lower()
    own = socket.gethostname().lower()
    if name in {own, own.partition(".")[0]}:
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_unspecified or _is_own(address)


def proxy_for(origin: str) -> Proxy | None:
    """Return the proxy that the environment or the system sets for an address.

    Parameters
    ----------
    origin
        A URL.

    Raises
    ------
    ServiceUnavailableError
        If the setting that applies names a proxy that cannot be used.
    """
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if is_here(host):
        return None
    found = urllib.request.getproxies()
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if is_excepted(host, port, found.get("no", "")) or urllib.request.proxy_bypass(host):
        return None
    for scheme in (parts.scheme, "all"):
        if value := found.get(scheme, "").strip():
            return _checked(value, variable=_name_of(scheme), host=host)
    return None


def authorities(host: str) -> ssl.SSLContext:
    """Return the authorities that a call to a host trusts: the environment's, else certifi's.

    Parameters
    ----------
    host
        The host; for this machine the environment does not apply.

    Raises
    ------
    ServiceUnavailableError
        If the environment names a file that cannot be read.
    """
    import certifi  # noqa: PLC0415 - httpx has it; plain http does without

    if is_here(host):
        return trusting(cafile=certifi.where())
    if file := os.environ.get(_CERTIFICATES):
        context = _trusting_file(file)
    elif folder := os.environ.get(_FOLDER):
        context = _trusting_folder(folder)
    else:
        context = trusting(cafile=certifi.where())
    if log := os.environ.get(_KEYS):
        try:
            context.keylog_filename = log
        except OSError as error:
            raise _useless(
                _KEYS, f"{log!r}, which cannot be written ({error.strerror or error})"
            ) from None
    return context


def trusting(*, cafile: str | None = None, capath: str | None = None) -> ssl.SSLContext:
    """Return a client's context that trusts these authorities, whatever the environment says.

    `ssl.create_default_context` fails where `SSLKEYLOGFILE` cannot be written.

    Raises
    ------
    OSError
        If no certificate can be read.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if sys.version_info >= (3, 13):
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT
    context.load_verify_locations(cafile=cafile, capath=capath)
    return context


def trust_for(url: str, verify: bool | str) -> ssl.SSLContext | None:  # noqa: FBT001 - as httpx has it
    """Return what a WebSocket's certificate is checked with; None without TLS.

    Parameters
    ----------
    url
        The WebSocket's URL.
    verify
        Whether the certificate is checked, or the path of its authority's.

    Raises
    ------
    InvalidInputError
        If `verify` is no certificate.
    ServiceUnavailableError
        If the environment names one that cannot be read.
    """
    if not url.startswith("wss:"):
        return None
    if verify is True:
        return authorities(urlsplit(url).hostname or "")
    if isinstance(verify, str):
        try:
            return trusting(cafile=verify)
        except OSError:
            raise InvalidInputError(
                f"verify={verify!r}: there is no certificate in PEM that can be read"
            ) from None
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def why_untrusted() -> str:
    """Return which variable sets what is trusted, for an error; empty if none does."""
    for variable in (_CERTIFICATES, _FOLDER):
        if value := os.environ.get(variable):
            return f"{variable}={value!r} of the environment sets what it trusts"
    return ""


def _trusting_file(file: str) -> ssl.SSLContext:
    try:
        return trusting(cafile=file)
    except ssl.SSLError:
        raise _useless(_CERTIFICATES, f"{file!r}, which holds no certificate in PEM") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise _useless(_CERTIFICATES, f"{file!r}, which cannot be read ({why})") from None


def _trusting_folder(folder: str) -> ssl.SSLContext:
    # OpenSSL accepts several, and ignores those that it cannot read.
    readable = [
        part
        for part in folder.split(os.pathsep)
        if Path(part).is_dir() and os.access(part, os.R_OK | os.X_OK)
    ]
    if not readable:
        raise _useless(_FOLDER, f"{folder!r}, which is not a folder that can be read")
    return trusting(capath=folder)


def _useless(variable: str, what: str) -> ServiceUnavailableError:
    return ServiceUnavailableError(
        f"{variable} of the environment names {what}: correct it, or unset {variable}"
    )


def _checked(value: str, *, variable: str, host: str) -> Proxy:
    """Return a proxy that httpx can use."""
    scheme = _SCHEME.match(value)
    if "://" not in value:
        value = f"http://{value}"
    elif scheme is None or scheme[1].lower() not in _PROTOCOLS:
        named = f"{scheme[1]}://" if scheme else "something else"
        raise ServiceUnavailableError(
            f"{variable} names a proxy with {named}, which is not supported: write "
            f"http://, https:// or socks5://, or unset {variable}, or add {host} to NO_PROXY"
        )
    try:
        parts = urlsplit(value)
        usable = (
            parts.hostname and (parts.port or 1) > 0 and value.isascii() and value.isprintable()
        )
    except ValueError:
        usable = False
    if not usable:
        raise ServiceUnavailableError(
            f"{variable} is not the address of a proxy: write http://host:port, or unset {variable}"
        )
    if parts.scheme.startswith("socks") and importlib.util.find_spec("socksio") is None:
        raise ServiceUnavailableError(
            f"{variable} names a SOCKS proxy, which needs another package: pip install "
            f"'httpx[socks]', or unset {variable}, or add {host} to NO_PROXY"
        )
    return Proxy(url=value, variable=variable)


def _name_of(scheme: str) -> str:
    """Return the variable that names the proxy for a scheme, as the environment spells it."""
    wanted = f"{scheme}_proxy"
    # `getproxies` prefers the one in lower case.
    named = [name for name in os.environ if name.lower() == wanted and os.environ[name]]
    if wanted in named:
        return wanted
    return named[0] if named else f"the system's setting of a proxy for {scheme}"


def is_excepted(host: str, port: int, exceptions: str) -> bool:
    """Return whether `NO_PROXY` names a host: by name, suffix, address, network, with a port or not."""
    return any(
        _matches(entry.partition("://")[2] or entry, host.lower(), port)
        for entry in re.split(r"[,\s]+", exceptions.lower())
        if entry
    )


def _matches(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    with contextlib.suppress(ValueError):
        network = ipaddress.ip_network(entry.strip("[]"), strict=False)
        with contextlib.suppress(ValueError):
            return ipaddress.ip_address(host) in network
        return False
    name, _, number = entry.rpartition(":")
    if name and number.isdigit():
        return int(number) == port and _matches(name, host, port)
    name = entry.lstrip("*").lstrip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _is_own(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET  # noqa: PLR2004 - of IP
    # Only an address of this machine can be bound; a datagram socket sends nothing by that.
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.bind((str(address), 0))
        return True
    return False
