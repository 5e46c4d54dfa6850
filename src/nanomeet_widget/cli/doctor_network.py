"""What `nanomeet doctor` sees of a server's certificate and of TURN servers."""

from __future__ import annotations

import secrets
import socket
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

from nanomeet_widget import _environment, _validation
from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget.cli._finding import Finding

_TIMEOUT = 5.0
#: A certificate is renewed before this.
_SOON = timedelta(days=14)
#: STUN (RFC 8489): a binding request, and the number by which a reply is known.
_BINDING, _COOKIE = b"\x00\x01\x00\x00", b"\x21\x12\xa4\x42"
_REQUEST = 20


def certificate(address: str, verify: bool | str) -> Iterator[Finding]:  # noqa: FBT001 - as httpx has it
    """Check a server's certificate as a browser does.

    Parameters
    ----------
    address
        The server's address.
    verify
        As the service has it.
    """
    parts = urlsplit(_validation.origin(address))
    if parts.scheme != "https":
        return
    name, host = "certificate", parts.hostname or ""
    try:
        trust = (
            _environment.trusting(cafile=verify)
            if isinstance(verify, str)
            else _environment.authorities(host)
        )
        with (
            socket.create_connection((host, parts.port or 443), timeout=_TIMEOUT) as plain,
            trust.wrap_socket(plain, server_hostname=host) as line,
        ):
            given = line.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        yield Finding(
            name=name,
            state="warning" if verify is False else "wrong",
            found=f"{parts.netloc}: {error.verify_message}",
            remedy=_remedy(error),
        )
    except NanoMeetError as error:
        yield Finding(
            name=name, state="wrong", found=str(error), remedy="correct the variable, or unset it"
        )
    except OSError as error:
        remedy = "check the address, the network and its firewall"
        found = f"{parts.netloc} does not answer: {error.strerror or error}"
        yield Finding(name=name, state="wrong", found=found, remedy=remedy)
    else:
        yield judged(str(given.get("notAfter", "")))


def judged(until: str) -> Finding:
    """Judge for how long a trusted certificate is valid.

    Parameters
    ----------
    until
        Its end, as OpenSSL writes it.
    """
    end = datetime.fromtimestamp(ssl.cert_time_to_seconds(until), timezone.utc)
    left = end - datetime.now(timezone.utc)
    found = f"trusted, until {end:%Y-%m-%d}"
    if left > _SOON:
        return Finding(name="certificate", state="ok", found=found)
    remedy = "renew it: browsers refuse the server afterwards"
    return Finding(name="certificate", state="warning", found=found, remedy=remedy)


def _remedy(error: ssl.SSLCertVerificationError) -> str:
    words = error.verify_message.lower()
    if "expired" in words:
        return "its administrator renews it; if it is new, this machine's clock is wrong"
    if "not yet valid" in words:
        return "set this machine's clock"
    if "mismatch" in words or "doesn't match" in words or "not valid for" in words:
        return "use the name that the certificate is for"
    return (
        "it is self-signed, or of an authority that is not known here: set SSL_CERT_FILE to the "
        "authority's certificate, pass verify='certificate.pem', or get one that browsers trust"
    )


def relay(url: str) -> Finding:
    """Check whether a TURN server answers: by a STUN request, which each understands, or a connection.

    Parameters
    ----------
    url
        ``turn:host:port?transport=udp``.
    """
    scheme, _, rest = url.partition(":")
    where, _, query = rest.partition("?")
    host, _, port = where.rpartition(":") if where.rpartition(":")[2].isdigit() else (where, "", "")
    name, remedy = f"TURN {where}", "check its address, and whether a firewall blocks its port"
    number = int(port or (5349 if scheme == "turns" else 3478))
    try:
        if "transport=tcp" in query or scheme == "turns":
            with socket.create_connection((host, number), timeout=_TIMEOUT):
                return Finding(name=name, state="ok", found="takes connections")
        family, kind, _, _, place = socket.getaddrinfo(host, number, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind) as line:
            line.settimeout(_TIMEOUT / 2)
            asked = secrets.token_bytes(12)
            line.sendto(_BINDING + _COOKIE + asked, place)
            reply = line.recv(2048)
        if len(reply) >= _REQUEST and reply[4:20] == _COOKIE + asked:
            return Finding(name=name, state="ok", found="answers")
        found = "what answers is no TURN server"
    except OSError as error:
        found = f"does not answer: {error.strerror or error}"
    return Finding(
        name=name,
        state="warning",
        found=f"{found}: participants behind some firewalls cannot be seen or heard",
        remedy=remedy,
    )
