"""Where the links of the built pages lead."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from docs.site.addresses import BASE, REPOSITORY, ROOT

#: Attributes that a browser follows, or loads.
_FOLLOWED = {"href", "src", "action", "poster"}
#: What is at the end of a stable address: this site, and files of this repository.
_SOURCES = re.compile(re.escape(REPOSITORY) + r"/(?:blob|tree)/main/([^#]+)")


@dataclass
class Page(HTMLParser):
    """A page: its links with their line, and the anchors that it has."""

    path: Path
    links: list[tuple[int, str]] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.path.read_text())

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what a tag has of both."""
        for name, value in attrs:
            if name == "id" and value:
                self.anchors.add(value)
            elif name in _FOLLOWED and value:
                self.links.append((self.getpos()[0], value))


def pages(site: Path) -> dict[Path, Page]:
    """Read all pages of a site."""
    return {
        path: Page(path) for path in sorted(site.rglob("*.html")) if "_static" not in path.parts
    }


def problems(site: Path) -> list[str]:
    """Return the links that lead nowhere: to no file, no anchor, or a wrong kind of address."""
    found = []
    known = pages(site)
    for path, page in known.items():
        for line, link in page.links:
            if why := _problem(site, known, path, link):
                found.append(f"{path.relative_to(site)}:{line}: {link}: {why}")
    return found


def _problem(site: Path, known: dict[Path, Page], path: Path, link: str) -> str | None:
    parts = urlsplit(link)
    if link.startswith(BASE):
        # An address of this site, such as the canonical one.
        parts = urlsplit(link.removeprefix(BASE.removesuffix("/")))
    elif parts.scheme or parts.netloc:
        return _external_problem(link)
    root = urlsplit(BASE).path
    name = unquote(parts.path)
    if name.startswith("/"):
        target = site / name.removeprefix(root).removeprefix("/")
    else:
        target = (path.parent / name).resolve() if name else path
    if target.is_dir():
        target /= "index.html"
    if not target.exists():
        return "there is no such file"
    anchor = unquote(parts.fragment)
    if anchor and target in known and anchor not in known[target].anchors:
        return "the page has no such anchor"
    return None


def _external_problem(link: str) -> str | None:
    """Look at the form of an address elsewhere: there may be no network."""
    parts = urlsplit(link)
    if parts.scheme in {"mailto", "data"}:
        return None
    if parts.scheme not in {"http", "https"} or "." not in (parts.hostname or ""):
        return "not an address of the web"
    if (source := _SOURCES.match(link)) and not (ROOT / unquote(source[1])).exists():
        return "this repository has no such file"
    return None


def external(site: Path) -> dict[str, list[str]]:
    """Return the links to other sites, with the pages that have them."""
    found: dict[str, set[str]] = defaultdict(set)
    for path, page in pages(site).items():
        for _, link in page.links:
            if urlsplit(link).scheme in {"http", "https"} and not link.startswith(BASE):
                found[link].add(str(path.relative_to(site)))
    return {link: sorted(found[link]) for link in sorted(found)}
