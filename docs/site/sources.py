"""Gathers what Sphinx reads: the documents, the notebooks, and pages made of lists.

The documents stay as GitHub shows them. Only links that lead out of ``docs/`` are turned: to the page that the
site has for a file, or to the file at GitHub.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable
from fnmatch import fnmatch
from itertools import pairwise
from pathlib import Path, PurePosixPath

from docs.site.addresses import REPOSITORY, ROOT
from docs.site.navigation import GALLERY, HOME, LEADS, OUTSIDE, SECTIONS, Section
from docs.site.reference import group_pages
from markdown_it import MarkdownIt
from markdown_it.token import Token

_SITE = ROOT / "docs/site"
_EXTERNAL = re.compile(r"[a-z][a-z0-9+.-]*:|#")


def gather(out: Path) -> None:
    """Write all sources to an empty folder."""
    shutil.copytree(ROOT / "docs/images", out / "images")
    notebooks = _notebooks()
    pages = {
        **{str(p.relative_to(ROOT / "docs").with_suffix("")): p for p in _documents()},
        **{page: ROOT / name for name, page in OUTSIDE.items()},
    }
    site = Addresses(pages, notebooks)
    for page, path in pages.items():
        _write(out / f"{page}.md", site.turned(page, path, path.read_text()))
    for path in notebooks:
        page = f"notebooks/{path.stem}"
        shutil.copy(path, _folder(out / "notebooks") / path.name)
        _write(out / f"{page}.md", notebook_page(path))
    for name, text in group_pages().items():
        _write(out / f"{name}.rst", text)
    for path in (_SITE / "pages").iterdir():
        shutil.copy(path, out)
    _write_sections(out, [*pages, *group_pages()])
    with (out / f"{GALLERY}.md").open("a") as gallery:
        gallery.write(_toctree_in_markdown(f"notebooks/{path.stem}" for path in notebooks))


def _notebooks() -> list[Path]:
    """Return the notebooks in the order of the gallery, and then those that are not in it."""
    gallery = ROOT / f"docs/{GALLERY}.md"
    shown = [(gallery.parent / link).resolve() for link in links_of(gallery.read_text())]
    found = (ROOT / "notebooks").glob("*.ipynb")
    return sorted(
        found, key=lambda path: (path not in shown, shown.index(path) if path in shown else 0, path)
    )


def _documents() -> list[Path]:
    return sorted(path for path in (ROOT / "docs").rglob("*.md") if _SITE not in path.parents)


class Addresses:
    """Where files of the repository are in the site, or at GitHub."""

    def __init__(self, pages: dict[str, Path], notebooks: list[Path]) -> None:
        self._pages = {path: page for page, path in pages.items()}
        self._pages |= {ROOT / name: page for name, page in HOME.items()}
        self._pages |= {path: f"notebooks/{path.stem}" for path in notebooks}

    def turned(self, page: str, path: Path, text: str) -> str:
        """Return a document whose links lead to the site's pages."""
        for link in sorted({link for link in links_of(text) if not _EXTERNAL.match(link)}):
            name, _, anchor = link.partition("#")
            turned = self._to(page, (path.parent / name).resolve()) + (anchor and f"#{anchor}")
            if turned != link:
                text = text.replace(f"]({link})", f"]({turned})")
        return text

    def _to(self, page: str, target: Path) -> str:
        if (found := self._pages.get(target)) is not None:
            # The two that are no Markdown are written in reStructuredText.
            ending = ".rst" if found in HOME.values() else ".md"
            return _relative(f"{found}{ending}", page)
        if (ROOT / "docs/images") in target.parents:
            return _relative(str(target.relative_to(ROOT / "docs")), page)
        kind = "tree" if target.is_dir() else "blob"
        return f"{REPOSITORY}/{kind}/main/{target.relative_to(ROOT)}"


def _relative(target: str, page: str) -> str:
    return os.path.relpath(target, PurePosixPath(page).parent)


def links_of(text: str) -> list[str]:
    """Return where the links and pictures of a Markdown text lead."""
    inline = [child for token in _tokens(text) for child in token.children or []]
    return [str(one.attrGet("href") or one.attrGet("src") or "") for one in inline if one.attrs]


def _tokens(text: str) -> list[Token]:
    return MarkdownIt("gfm-like", {"linkify": False}).parse(text)


# --- notebooks --------------------------------------------------------------------------------------


def notebook_page(path: Path) -> str:
    """Return a notebook as a document: its texts, its code, its picture and where to get it."""
    cells = [
        (cell["cell_type"], "".join(cell["source"]).strip())
        for cell in json.loads(path.read_text())["cells"]
    ]
    (_, first), *rest = cells
    title, _, lead = first.partition("\n")
    source = f"{REPOSITORY}/blob/main/{path.relative_to(ROOT)}"
    picture = f"../images/gallery-{path.stem}-light.png"
    parts = [
        title,
        lead.strip(),
        f"{{download}}`Download {path.name} <{path.name}>` · [Source at GitHub]({source})",
        f"![{title.lstrip('# ')}: the notebook in JupyterLab]({picture})",
    ]
    for kind, text in rest:
        parts.append(text if kind == "markdown" else f"```python\n{text}\n```")
    return "\n\n".join(parts) + "\n"


# --- lists of pages ---------------------------------------------------------------------------------


def _write_sections(out: Path, pages: list[str]) -> None:
    placed = {GALLERY}
    found = {
        name: {topic: _matching(patterns, pages, placed) for topic, patterns in one.topics.items()}
        for name, one in SECTIONS.items()
    }
    found["guide"]["More"] = sorted(set(pages) - placed)
    for name, topics in found.items():
        told = {topic: names for topic, names in topics.items() if names}
        _write(out / f"{name}.rst", _section_page(out, SECTIONS[name], told))


def _matching(patterns: list[str], pages: list[str], placed: set[str]) -> list[str]:
    names = []
    for pattern in patterns:
        for page in pages if pattern == "reference/*" else sorted(pages):
            if fnmatch(page, pattern) and page not in placed:
                placed.add(page)
                names.append(page)
    return names


def _section_page(out: Path, section: Section, topics: dict[str, list[str]]) -> str:
    parts = [section.title, "=" * len(section.title), "", section.lead, ""]
    for topic, names in topics.items():
        if topic:
            parts += [topic, "-" * len(topic), ""]
        parts += [".. container:: cards", ""]
        for name in names:
            title, lead = summary(out, name)
            parts += [f"   - :doc:`{title} </{name}>`", "", f"     {lead}", ""]
        caption = [f"   :caption: {topic}"] if topic else []
        parts += [".. toctree::", "   :hidden:", *caption, ""]
        parts += [f"   /{name}" for name in names] + [""]
    return "\n".join(parts)


def summary(out: Path, name: str) -> tuple[str, str]:
    """Return a page's title, and what it is about: by its first sentence, if nothing else is said."""
    if (path := out / f"{name}.rst").exists():
        title, _, _, lead, *_ = path.read_text().splitlines()
        return title, lead
    tokens = _tokens((out / f"{name}.md").read_text())
    texts = [
        _plain(token)
        for before, token in pairwise(tokens)
        if before.type in {"heading_open", "paragraph_open"} and before.level == 0
    ]
    return texts[0], LEADS.get(name) or re.split(r"(?<=[.:]) ", texts[1])[0].rstrip(":")


def _plain(token: Token) -> str:
    kept = [one.content or " " for one in token.children or [] if one.type != "html_inline"]
    return re.sub(r"([*`|_\\])", r"\\\1", " ".join("".join(kept).split()))


def _toctree_in_markdown(names: Iterable[str]) -> str:
    entries = "\n".join(f"/{name}" for name in names)
    return f"\n```{{toctree}}\n:hidden:\n\n{entries}\n```\n"


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def _write(path: Path, text: str) -> None:
    _folder(path.parent)
    path.write_text(text)
