"""Which STUN and TURN servers a page is told of, with credentials that end by themselves.

The scheme is that of "A REST API for access to TURN services" (draft-uberti-behave-turn-rest-00), which
coturn has as `use-auth-secret`: the name is the time of the end, the password its HMAC.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.protocol import meeting

#: Seconds that credentials are good for: no meeting is longer, and a page that comes back gets new ones.
LIFETIME = 24 * 3600


def ice_servers(config: ServerConfig, who: str, *, now: float) -> list[meeting.IceServer]:
    """Return the servers for one participant.

    Parameters
    ----------
    config
        Which ones there are, and what TURN servers share with us.
    who
        The participant's id, so that a TURN server's log can tell people apart.
    now
        Seconds since the epoch.
    """
    found = [meeting.IceServer(urls=[url]) for url in config.ice_servers]
    if config.turn_servers:
        name = f"{int(now) + LIFETIME}:{who}"
        # SHA-1 is what the scheme has; as an HMAC it is not broken (RFC 6151 says the same of MD5).
        digest = hmac.digest(config.turn_secret.encode(), name.encode(), hashlib.sha1)
        password = base64.b64encode(digest).decode()
        found.append(
            meeting.IceServer(urls=list(config.turn_servers), username=name, credential=password)
        )
    return found
