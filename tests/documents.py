"""The documents, as tests read them: blocks of code, headings, links and paths.

Each language of a block has a test that runs or reads all of its blocks (`READERS`), so that a new block
cannot be wrong unseen. One that cannot run here has a comment before it: `<!-- not run: reason -->`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[1]
#: Every document, by its path from the root.
DOCUMENTS = sorted(
    str(path.relative_to(ROOT))
    for pattern in ("*.md", "docs/**/*.md", "benchmarks/*.md")
    for path in ROOT.glob(pattern)
)
#: Which test runs, or reads, the blocks of a language.
READERS = {
    "dockerfile": "tests/contract/test_deployment.py",
    "dotenv": "tests/unit/test_jitsi_docs.py",
    "hocon": "tests/unit/test_jitsi_docs.py",
    "html": "tests/browser/test_documents.py",
    "ini": "tests/contract/test_deployment.py",
    "json": "tests/unit/server/protocol/test_signalling_document.py",
    "lua": "tests/unit/test_jitsi_docs.py",
    "python": "tests/browser/test_documents.py",
    "sh": "tests/contract/test_documents.py",
    # Drawings.
    "text": "",
    "yaml": "tests/contract/test_hub_documents.py",
}
#: Documents whose block of Python is a whole app, which `tests/browser/hosts/test_web_apps.py` runs.
APPS = ("docs/hosts/panel.md", "docs/hosts/shiny.md", "docs/hosts/solara.md")
#: Documents whose blocks of Python configure a JupyterHub, as `tests/contract/test_hub_documents.py` tries.
HUBS = ("docs/hub/index.md", "docs/hub/littlest.md")
_NOT_RUN = re.compile(r"<!-- not run: (.*?) -->", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A fenced block of a document."""

    document: str
    line: int
    #: Of the section that it is in.
    heading: str
    language: str
    text: str
    #: Why it cannot run here; empty if it can.
    not_run: str

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"


def parsed(document: str) -> list[Token]:
    """Return the tokens of a document, as GitHub reads it."""
    return MarkdownIt("gfm-like", {"linkify": False}).parse((ROOT / document).read_text())


def blocks(language: str | None = None, document: str | None = None) -> list[Block]:
    """Return the blocks of a language, of all documents or of one, in their order."""
    found: list[Block] = []
    for name in DOCUMENTS if document is None else [document]:
        heading, reason = "", ""
        for before, token in _pairs(parsed(name)):
            if before.type == "heading_open":
                heading = token.content
            elif token.type == "html_block" and (kept := _NOT_RUN.match(token.content)):
                reason = " ".join(kept[1].split())
            elif token.type == "fence" and token.map:
                block = Block(
                    document=name,
                    line=token.map[0] + 1,
                    heading=heading,
                    language=token.info.strip(),
                    text=token.content,
                    not_run=reason,
                )
                found.append(block)
                reason = ""
            elif token.type == "inline":
                assert not reason, f"{name}: `not run: {reason}` stands before no block"
    return [block for block in found if language in {None, block.language}]


def anchors(document: str) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    found: list[str] = []
    for before, token in _pairs(parsed(document)):
        if before.type == "heading_open":
            words = re.sub(r"[^\w\- ]", "", token.content.replace("`", "").lower())
            slug = words.strip().replace(" ", "-")
            again = sum(
                re.fullmatch(rf"{re.escape(slug)}(-\d+)?", one) is not None for one in found
            )
            found.append(f"{slug}-{again}" if again else slug)
    return set(found)


def links(document: str) -> list[str]:
    """Return where a document's links and pictures lead."""
    inline = [child for token in parsed(document) for child in token.children or []]
    found = [str(one.attrGet("href") or one.attrGet("src") or "") for one in inline]
    html = [one.content for one in inline if one.type == "html_inline"]
    return [one for one in found if one] + re.findall(r'(?:src|href)="([^"]*)"', "".join(html))


def spans(document: str) -> list[str]:
    """Return what a document has between backticks."""
    inline = [child for token in parsed(document) for child in token.children or []]
    return [one.content for one in inline if one.type == "code_inline"]


def _pairs(tokens: list[Token]) -> list[tuple[Token, Token]]:
    """Return each token after the one before it."""
    start = Token("start", "", 0)
    return list(zip([start, *tokens], tokens, strict=False))
