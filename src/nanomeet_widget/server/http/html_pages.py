"""The front end's pages, and their security headers."""

from __future__ import annotations

import html
import secrets
from pathlib import Path

from tornado import web

from nanomeet_widget._static import STATIC
from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.http.page_policy import PagePolicy


def show(handler: web.RequestHandler, page: str, config: ServerConfig, *, framed: bool) -> None:
    """Answer with a page, into which the server's base URL and a nonce for its script are written.

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
    nonce = secrets.token_urlsafe(16)
    policy = PagePolicy(page, config, handler.request, nonce, framed)
    handler.set_header("Cache-Control", "no-cache")
    send(handler, content.replace("{{base}}", base).replace("{{nonce}}", nonce), policy)


def send(handler: web.RequestHandler, content: str, policy: PagePolicy) -> None:
    """Answer with the text of a page.

    Parameters
    ----------
    handler : web.RequestHandler
        The handler that answers.
    content : str
        The page.
    policy : PagePolicy
        Its security headers.
    """
    handler.set_header("Content-Type", "text/html; charset=utf-8")
    for name, value in policy.headers.items():
        handler.set_header(name, value)
    handler.finish(content)


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
