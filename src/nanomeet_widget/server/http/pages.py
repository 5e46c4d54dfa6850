"""The pages and their scripts."""

from __future__ import annotations

from pathlib import Path

from tornado import web

from nanomeet_widget.server.core import Core
from nanomeet_widget.server.http.handlers import Handler
from nanomeet_widget.server.http.html_pages import EMBEDDABLE, STATIC, built, show


class PageHandler(Handler):
    """Serves one page."""

    def initialize(self, core: Core, page: str, *, framed: bool) -> None:  # type: ignore[override]
        """Take the page's file, and whether any other page may frame it."""
        super().initialize(core)
        self._page = page
        self._framed = framed

    def get(self, *_: str) -> None:
        """Serve the page."""
        show(self, self._page, self.core.config, framed=self._framed)


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
        for name, value in EMBEDDABLE.items():
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
    """Serves a script that pages of other servers load, or its types."""

    def set_default_headers(self) -> None:
        """Let any page load it."""
        super().set_default_headers()
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("Cross-Origin-Resource-Policy", "cross-origin")


class EngineScriptHandler(ScriptHandler):
    """Serves the engine's script, under each of the paths that a Jitsi has it at."""

    def parse_url_path(self, url_path: str) -> str:
        """Return the one file that all of them mean."""
        del url_path
        return "external_api.js"
