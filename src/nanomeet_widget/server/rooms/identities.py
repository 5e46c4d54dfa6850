"""What a room recognises people, browsers, networks and links by: keyed hashes, unrelated between rooms."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from nanomeet_widget._tokens import Claims
from nanomeet_widget.server import networks

#: Hexadecimal digits of an identity that all participants may see.
ID_LENGTH = 16


def identity_of(claims: Claims, person: str | None, *, key: str) -> str:
    """Return what the room recognises a person by: a hash of the token's ID and the browser's ID.

    Parameters
    ----------
    claims : Claims
        The token's claims; several people may share an invite.
    person : str or None
        The browser's ID; without one the person is never recognised again.
    key : str
        The room's key: a person's identities in two rooms are unrelated.

    Returns
    -------
    str
        Hexadecimal digits.
    """
    if person is None:
        return secrets.token_hex(32)
    return _hashed(f"{claims.jti}\n{person}", key=key)


def link_of(claims: Claims, *, key: str) -> str:
    """Return the ID by which moderators know a link; it reveals neither the token nor its ID.

    Parameters
    ----------
    claims : Claims
        The claims of the link's token.
    key : str
        The room's key.

    Returns
    -------
    str
        Hexadecimal digits.
    """
    return _hashed(f"link\n{claims.jti}", key=key)[:ID_LENGTH]


def browser_of(person: str | None, *, key: str) -> str:
    """Return a hash of a browser's ID.

    Parameters
    ----------
    person : str or None
        The browser's ID.
    key : str
        The room's key.

    Returns
    -------
    str
        Hexadecimal digits; empty without an ID.
    """
    return _hashed(f"browser\n{person}", key=key) if person else ""


def network_of(address: str, *, key: str) -> str:
    """Return a hash of the network of an address's subscriber; empty if the address says nothing.

    Parameters
    ----------
    address : str
        The address; empty if it is unknown.
    key : str
        The room's key.

    Returns
    -------
    str
        Hexadecimal digits, or nothing.
    """
    found = networks.network_of(address)
    return _hashed(f"network\n{found}", key=key) if found else ""


def _hashed(text: str, *, key: str) -> str:
    return hmac.new(bytes.fromhex(key), text.encode(), hashlib.sha256).hexdigest()
