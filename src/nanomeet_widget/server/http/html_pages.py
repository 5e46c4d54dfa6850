"""The front end's pages as files, and what browsers may do with each."""

from __future__ import annotations

import html
from pathlib import Path

from tornado import web

from nanomeet_widget.server.config import ServerConfig

STATIC = Path(__file__).parents[2] / "static"

#: Scripts and styles are files of this server; pages reach only the server they were given.
_POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self' blob:; style-src 'self'; "
    "img-src 'self' data: blob: https:; media-src 'self' blob:; "
    "connect-src 'self' ws: wss: https: http:; font-src 'self'; base-uri 'self'; "
    "form-action 'none'; frame-ancestors {ancestors}"
)
#: What a page needs to be framed by one that is isolated from other origins (`crossOriginIsolated`, for
#: SharedArrayBuffer), on our origin or another: and a worker's script to run in it. Pictures of other
#: servers, as in a branding, are still shown: they are asked for without credentials.
EMBEDDABLE = {
    "Cross-Origin-Embedder-Policy": "credentialless",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def show(handler: web.RequestHandler, page: str, config: ServerConfig, *, framed: bool) -> None:
    """Answer with a page, with the server's base URL written into it.

    Parameters
    ----------
    handler
        Whose answer it is.
    page
        The file's name.
    config
        The server's.
    framed
        Whether pages of other servers may frame it.

    Raises
    ------
    tornado.web.HTTPError
        503 if the front end was never built.
    """
    content = built(page).read_text(encoding="utf-8")
    base = html.escape(config.base_url, quote=True)
    ancestors = config.frame_ancestors if framed else "'self'"
    handler.set_header("Content-Type", "text/html; charset=utf-8")
    handler.set_header("Cache-Control", "no-cache")
    for name, value in EMBEDDABLE.items():
        handler.set_header(name, value)
    handler.set_header("Content-Security-Policy", _POLICY.format(ancestors=ancestors))
    handler.finish(content.replace("{{base}}", base))


def built(name: str) -> Path:
    """Return a file of the front end.

    Raises
    ------
    tornado.web.HTTPError
        404 if there is no such file, 503 if the front end was never built.
    """
    path = STATIC / name
    if path.is_file():
        return path
    if not STATIC.is_dir() or name.endswith(".html"):
        raise web.HTTPError(503, reason="This part of the front end is not built")
    raise web.HTTPError(404)
