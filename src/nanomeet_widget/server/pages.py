"""The pages and their scripts."""

from __future__ import annotations

import html
from pathlib import Path

from tornado import web

from nanomeet_widget.server.core import Core
from nanomeet_widget.server.handlers import Handler

STATIC = Path(__file__).parent.parent / "static"

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
_EMBEDDABLE = {
    "Cross-Origin-Embedder-Policy": "credentialless",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class PageHandler(Handler):
    """Serves one page, with the server's base URL written into it."""

    def initialize(self, core: Core, page: str, *, framed: bool) -> None:  # type: ignore[override]
        """Take the page's file, and whether any other page may frame it."""
        super().initialize(core)
        self._page = page
        self._framed = framed

    def get(self, *_: str) -> None:
        """Serve the page."""
        content = built(self._page).read_text(encoding="utf-8")
        base = html.escape(self.core.config.base_url, quote=True)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        for name, value in _EMBEDDABLE.items():
            self.set_header(name, value)
        self.set_header(
            "Content-Security-Policy",
            _POLICY.format(
                ancestors=self.core.config.frame_ancestors if self._framed else "'self'"
            ),
        )
        self.finish(content.replace("{{base}}", base))


class FileHandler(Handler, web.StaticFileHandler):
    """Serves files of one folder, with ETag and Range."""

    def initialize(self, core: Core, path: str) -> None:  # type: ignore[override]
        """Take the folder."""
        self.core = core
        web.StaticFileHandler.initialize(self, path)

    def set_extra_headers(self, path: str) -> None:
        """Have the browser ask each time whether the file is still the same."""
        del path
        self.set_header("Cache-Control", "no-cache")
        for name, value in _EMBEDDABLE.items():
            self.set_header(name, value)

    def get_content_type(self) -> str:
        """Name scripts as browsers need it, whatever this machine's own table says."""
        path = self.absolute_path or ""
        if path.endswith(".d.ts"):  # by its ending a film: an MPEG-2 transport stream
            return "text/plain; charset=utf-8"
        return "text/javascript" if path.endswith((".js", ".mjs")) else super().get_content_type()


class BundleHandler(FileHandler):
    """Serves the front end's bundles."""

    def validate_absolute_path(self, root: str, absolute_path: str) -> str | None:
        """Say what is missing where the front end was never built."""
        if not (STATIC / Path(absolute_path).name).exists():
            built(Path(absolute_path).name)
        return super().validate_absolute_path(root, absolute_path)


class ScriptHandler(BundleHandler):
    """Serves a script that pages of other servers load, `nanomeet.js` or `external_api.js`, or its types."""

    def set_default_headers(self) -> None:
        """Let any page load it."""
        super().set_default_headers()
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("Cross-Origin-Resource-Policy", "cross-origin")


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
