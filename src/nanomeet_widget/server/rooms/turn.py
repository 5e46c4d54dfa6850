"""The STUN and TURN servers that a page uses, with credentials that expire.

The scheme is "A REST API for access to TURN services" (draft-uberti-behave-turn-rest-00), which is
`use-auth-secret` in coturn: the user name is the expiry time, the password its HMAC.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.protocol import meeting

#: Seconds that credentials are valid: no meeting is longer, and a page that reconnects gets new ones.
LIFETIME = 24 * 3600


def ice_servers(config: ServerConfig, who: str, *, now: float) -> list[meeting.IceServer]:
    """Return the servers for one participant.

    Parameters
    ----------
    config : ServerConfig
        The servers, and the secret that TURN servers share with this one.
    who : str
        The participant's ID, by which a TURN server's log tells people apart.
    now : float
        Seconds since the epoch.

    Returns
    -------
    list of IceServer
        The STUN servers, then the TURN servers.
    """
    found = [meeting.IceServer(urls=[url]) for url in config.ice_servers]
    if config.turn_servers:
        name = f"{int(now) + LIFETIME}:{who}"
        # The scheme requires SHA-1, which is not broken as an HMAC (RFC 6151 says the same of MD5).
        digest = hmac.digest(config.turn_secret.encode(), name.encode(), hashlib.sha1)
        password = base64.b64encode(digest).decode()
        found.append(
            meeting.IceServer(urls=list(config.turn_servers), username=name, credential=password)
        )
    return found
