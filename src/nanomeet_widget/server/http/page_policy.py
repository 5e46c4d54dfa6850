"""What the front end's pages, workers and everything else that is answered may do in a browser.

Inside Jupyter these pages share their origin with the user's notebooks: a script that ran in one of them
could use a kernel. Jupyter serves the user's own files as scripts on that origin, so no policy here
admits scripts by the origin alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from tornado import httputil

from nanomeet_widget.server.config import ServerConfig

#: A page that this server does not know runs nothing and loads nothing.
NOTHING = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
#: What is played or shown when its address is opened: browsers then make a page of their own around it.
PLAYED = f"{NOTHING}; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'"
#: What a page needs to be framed by a cross-origin isolated one (`crossOriginIsolated`, for
#: SharedArrayBuffer), on this origin or another, and a worker's script to run there. Images of other
#: servers, as in a branding, still load, without credentials.
EMBEDDABLE = {
    "Cross-Origin-Embedder-Policy": "credentialless",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
#: Features that no page uses, as far as browsers agree on their names.
_UNUSED = (
    *("accelerometer", "browsing-topics", "clipboard-read", "compute-pressure", "encrypted-media"),
    *("gamepad", "geolocation", "gyroscope", "hid", "idle-detection", "keyboard-map"),
    *("local-fonts", "magnetometer", "midi", "otp-credentials", "payment"),
    *("publickey-credentials-create", "publickey-credentials-get", "serial", "storage-access"),
    *("sync-xhr", "usb", "window-management", "xr-spatial-tracking"),
)
#: Features of which each page uses some.
_USED = (
    *("autoplay", "camera", "clipboard-write", "display-capture", "fullscreen", "microphone"),
    *("picture-in-picture", "screen-wake-lock", "speaker-selection"),
)
#: A host's name or IPv4 address, perhaps with a port: a policy knows no address of IPv6.
_HOST = re.compile(r"[A-Za-z0-9._-]+(?::[0-9]{1,5})?")
#: Characters of a path that need no encoding in a policy, where "," and ";" separate.
_PATH = "/%:@!$&'()*+=~"


@dataclass(frozen=True, kw_only=True)
class _Needs:
    """What a page uses."""

    #: Files of the front end that its workers and audio worklets are.
    workers: tuple[str, ...] = ()
    worklets: tuple[str, ...] = ()
    #: Where it connects to, and what it shows.
    connect: str = "'self'"
    images: str = "'self' data:"
    media: str = "'none'"
    features: tuple[str, ...] = ()
    #: Names of its policies for Trusted Types.
    trusted: str = "'none'"
    #: Where its forms lead.
    forms: str = "'none'"


_PAGES = {
    "meeting.html": _Needs(
        workers=("background.js", "composer.js", "tap.js"),
        worklets=("player-audio.js",),
        # A branding and a person's picture may be anywhere.
        connect="'self' ws: wss: http: https:",
        images="'self' data: blob: https:",
        media="'self' blob:",
        features=_USED,
        trusted="nanomeet-workers",
    ),
    "player.html": _Needs(
        worklets=("player-audio.js",),
        # Not every browser takes a WebSocket for `'self'`.
        connect="'self' ws: wss:",
        images="'self' data: blob:",
        media="'self' blob:",
        features=("autoplay", "fullscreen", "picture-in-picture", "screen-wake-lock"),
    ),
    "invite.html": _Needs(),
    "hub.html": _Needs(forms="'self'"),
}
#: Scripts that run as workers have a policy of their own.
_WORKERS = {
    "background.js": "connect-src 'self'; script-src 'wasm-unsafe-eval'",
    "composer.js": "connect-src 'self' ws: wss:",
    "tap.js": "connect-src 'self' ws: wss:",
}


@dataclass(frozen=True)
class PagePolicy:
    """The security headers of one answer with a page.

    Parameters
    ----------
    page : str
        The page's file name.
    config : ServerConfig
        The server's configuration.
    request : HTTPServerRequest
        The request: it says by which name the browser knows this server.
    nonce : str
        A random text, which the page's own script element has as its `nonce`; empty for a page without one.
    framed : bool
        Whether other sites may frame the page.
    """

    page: str
    config: ServerConfig
    request: httputil.HTTPServerRequest
    nonce: str = field(repr=False)
    framed: bool

    @property
    def headers(self) -> dict[str, str]:
        """The headers' names and values."""
        needs = _PAGES.get(self.page, _Needs())
        return {
            **EMBEDDABLE,
            "Content-Security-Policy": self._content(needs),
            # In a tab, no page that opened this one keeps a hold of it.
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": ", ".join(
                f"{feature}=({'self' if feature in needs.features else ''})"
                for feature in (*_USED, *_UNUSED)
            ),
        }

    def _content(self, needs: _Needs) -> str:
        directives = {
            "default-src": "'none'",
            "script-src": " ".join([self._own_script, *self._files(needs.worklets)]),
            "worker-src": " ".join(self._files(needs.workers)) or "'none'",
            "style-src": "'self'",
            "img-src": needs.images,
            "media-src": needs.media,
            "connect-src": needs.connect,
            "font-src": "'self'",
            "object-src": "'none'",
            "base-uri": "'none'",
            "form-action": needs.forms,
            "frame-ancestors": self.config.frame_ancestors if self.framed else "'self'",
            "require-trusted-types-for": "'script'",
            "trusted-types": needs.trusted,
        }
        return "; ".join(f"{name} {value}" for name, value in directives.items())

    @property
    def _own_script(self) -> str:
        return f"'nonce-{self.nonce}'" if self.nonce else "'none'"

    def _files(self, names: tuple[str, ...]) -> list[str]:
        """Return these files of the front end, by each name that the browser may know this server by."""
        if not names:
            return []
        base = quote(self.config.base_url, safe=_PATH)
        hosts = [host for host in self._hosts if _HOST.fullmatch(host)]
        return [f"{host}{base}static/{name}" for host in hosts for name in names] or ["'self'"]

    @property
    def _hosts(self) -> list[str]:
        public = urlsplit(self.config.public_url or "").netloc
        return list(dict.fromkeys([self.request.host, public]))


def file_policy(name: str) -> str:
    """Return the Content Security Policy of a file of the front end: workers have that of their script.

    Parameters
    ----------
    name : str
        The file's name.
    """
    return "; ".join(filter(None, [NOTHING, _WORKERS.get(name)]))
