"""The front end's pages, and their security headers."""

from __future__ import annotations

import html
from pathlib import Path

from tornado import web

from nanomeet_widget._static import STATIC
from nanomeet_widget.server.config import ServerConfig

#: Scripts and styles are files of this server only.
_POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self' blob:; style-src 'self'; "
    "img-src 'self' data: blob: https:; media-src 'self' blob:; "
    "connect-src 'self' ws: wss: https: http:; font-src 'self'; base-uri 'self'; "
    "form-action 'none'; frame-ancestors {ancestors}"
)
#: What a page needs to be framed by a cross-origin isolated one (`crossOriginIsolated`, for
#: SharedArrayBuffer), on this origin or another, and a worker's script to run there. Images of other
#: servers, as in a branding, still load, without credentials.
EMBEDDABLE = {
    "Cross-Origin-Embedder-Policy": "credentialless",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def show(handler: web.RequestHandler, page: str, config: ServerConfig, *, framed: bool) -> None:
    """Answer with a page, into which the server's base URL is written.

    Parameters
    ----------
    handler : web.RequestHandler
        The handler that answers.
    page : str
        The file's name.
    config : ServerConfig
        The server's configuration.
    framed : bool
        Whether other sites may frame it.

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
    """Return the path of a file of the front end.

    Parameters
    ----------
    name : str
        The file's name.

    Returns
    -------
    Path
        The existing file.

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
