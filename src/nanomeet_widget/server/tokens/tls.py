"""A self-signed certificate, for machines without another one.

Browsers allow camera and microphone only in secure contexts, which over the network means TLS.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from pathlib import Path

from nanomeet_widget.server.tokens import secrets_folder

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
#: Browsers reject leaf certificates that are valid for longer (CA/Browser Forum, SC31).
_VALID = dt.timedelta(days=397)
_RENEW = dt.timedelta(days=30)


def self_signed(data: Path, host: str) -> tuple[Path, Path]:
    """Return a certificate and its private key for this machine, created if necessary.

    Parameters
    ----------
    data : Path
        The data folder, in which both files are kept; only its owner can read the key.
    host : str
        A name or address for which it must be valid, besides loopback.

    Returns
    -------
    tuple of Path
        Certificate and key, in PEM.
    """
    certificate, key = data / "certificate.pem", data / "private-key.pem"
    names = tuple(dict.fromkeys((*_LOOPBACK, host)))
    if not (certificate.exists() and key.exists() and _serves(certificate, names)):
        content, private = _make(names)
        secrets_folder.write_private(key, private)
        secrets_folder.write_private(certificate, content)
    return certificate, key


def _serves(path: Path, names: tuple[str, ...]) -> bool:
    from cryptography import x509  # noqa: PLC0415 - heavy, and only needed for TLS

    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (ValueError, x509.ExtensionNotFound):
        return False
    known = {str(name.value) for name in extension.value}
    now = dt.datetime.now(dt.timezone.utc)
    return known >= set(names) and certificate.not_valid_after_utc - now > _RENEW


def _make(names: tuple[str, ...]) -> tuple[bytes, bytes]:
    from cryptography import x509  # noqa: PLC0415 - heavy, and only needed for TLS
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID  # noqa: PLC0415

    def general(name: str) -> x509.GeneralName:
        try:
            return x509.IPAddress(ipaddress.ip_address(name))
        except ValueError:
            return x509.DNSName(name)

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nanomeet on this machine")])
    now = dt.datetime.now(dt.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + _VALID)
        .add_extension(x509.SubjectAlternativeName([general(n) for n in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return certificate.public_bytes(serialization.Encoding.PEM), private
