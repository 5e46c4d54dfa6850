"""The pages and their scripts."""

from __future__ import annotations

from pathlib import Path

from tornado import web

from nanomeet_widget._static import STATIC
from nanomeet_widget.server.core import Core
from nanomeet_widget.server.http.handlers import Handler
from nanomeet_widget.server.http.html_pages import built, show
from nanomeet_widget.server.http.page_policy import EMBEDDABLE, file_policy


class PageHandler(Handler):
    """Serves one page."""

    def initialize(self, core: Core, page: str, *, framed: bool) -> None:  # type: ignore[override]
        """Store the page's file, and whether other sites may frame it.

        Parameters
        ----------
        core : Core
            The server's parts.
        page : str
            The page's file name.
        framed : bool
            Whether other sites may frame it.
        """
        super().initialize(core)
        self._page = page
        self._framed = framed

    def get(self, *_: str) -> None:
        """Serve the page."""
        show(self, self._page, self.core.config, framed=self._framed)


class StaticPageHandler(Handler):
    """Serves a page under its file's name, with the headers of every page."""

    def get(self, page: str) -> None:
        """Serve the page.

        Parameters
        ----------
        page : str
            The page's file name.
        """
        show(self, page, self.core.config, framed=False)


class FileHandler(Handler, web.StaticFileHandler):
    """Serves the files of a folder, with ETag and Range."""

    def initialize(self, core: Core, path: str) -> None:  # type: ignore[override]
        """Store the folder.

        Parameters
        ----------
        core : Core
            The server's parts.
        path : str
            The folder.
        """
        self.core = core
        web.StaticFileHandler.initialize(self, path)

    def set_extra_headers(self, path: str) -> None:
        """Have browsers check each time whether the file has changed.

        Parameters
        ----------
        path : str
            The requested file.
        """
        del path
        self.set_header("Cache-Control", "no-cache")
        for name, value in EMBEDDABLE.items():
            self.set_header(name, value)

    def get_content_type(self) -> str:
        """Return the type that browsers need for scripts, whatever this machine's own table says."""
        path = self.absolute_path or ""
        if path.endswith(".d.ts"):  # the suffix of MPEG-2 transport streams
            return "text/plain; charset=utf-8"
        return "text/javascript" if path.endswith((".js", ".mjs")) else super().get_content_type()


class BundleHandler(FileHandler):
    """Serves the front end's bundles."""

    def set_extra_headers(self, path: str) -> None:
        """Add the policy of those that run as workers.

        Parameters
        ----------
        path : str
            The requested file.
        """
        super().set_extra_headers(path)
        self.set_header("Content-Security-Policy", file_policy(path))

    def validate_absolute_path(self, root: str, absolute_path: str) -> str | None:
        """Report a front end that was never built.

        Parameters
        ----------
        root : str
            The folder.
        absolute_path : str
            The requested file.

        Returns
        -------
        str or None
            As tornado's `StaticFileHandler` returns it.
        """
        if not (STATIC / Path(absolute_path).name).exists():
            built(Path(absolute_path).name)
        return super().validate_absolute_path(root, absolute_path)


class ScriptHandler(BundleHandler):
    """Serves a script that pages of other servers load, or its types."""

    def set_default_headers(self) -> None:
        """Allow any page to load it."""
        super().set_default_headers()
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("Cross-Origin-Resource-Policy", "cross-origin")


class EngineScriptHandler(ScriptHandler):
    """Serves the engine's script, under each of the paths at which Jitsi servers have it."""

    def parse_url_path(self, url_path: str) -> str:
        """Return the same file for all of them.

        Parameters
        ----------
        url_path : str
            The requested path.

        Returns
        -------
        str
            The script's file name.
        """
        del url_path
        return "external_api.js"
