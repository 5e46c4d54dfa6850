"""What the pages need of Sphinx beyond its own: anchors as GitHub has them, names to link, a map of the site."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from docs.site.addresses import BASE
from docs.site.reference import public
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util.inspect import stringify_signature
from traitlets import HasTraits

#: A link of a page that works only where the page is: neither absolute nor within it.
_RELATIVE = re.compile(r'((?:href|src|data-content_root)=")(?![a-z]+:|[/#])([^"]*)')


_INDEX = re.compile(r"(^|/)index\.html$")


class Anchors(SphinxTransform):
    """Gives each heading of a document the anchor that it has at GitHub."""

    default_priority = 900

    def apply(self, **_: Any) -> None:
        """Add the anchors to those that Sphinx makes."""
        for section in self.document.findall(nodes.section):
            slug = section.get("slug")
            if slug and slug not in section["ids"]:
                section["ids"].append(slug)


class DarkPictures(SphinxTransform):
    """Shows a picture's dark sibling on dark pages, unless the document shows both itself."""

    #: Before pictures are collected, which is at 880.
    default_priority = 870

    def apply(self, **_: Any) -> None:
        """Put a second picture beside each that has a sibling."""
        folder = Path(self.env.doc2path(self.env.docname)).parent
        pictures = list(self.document.findall(nodes.image))
        shown = {picture["uri"] for picture in pictures}
        for picture in pictures:
            dark = picture["uri"].replace("-light.", "-dark.")
            if dark not in shown and (folder / dark).exists():
                other = picture.deepcopy()
                other["uri"] = dark
                picture["classes"].append("only-light")
                other["classes"].append("only-dark")
                picture.parent.insert(picture.parent.index(picture) + 1, other)


def _documented_names() -> dict[str, str]:
    """Return the documented name of a public object by its other names."""
    found: dict[str, str] = {}
    for name, value in public():
        short = name.rpartition(".")[2]
        found.setdefault(short, name)
        found[f"nm.{short}"] = name
        found[f"{getattr(value, '__module__', '')}.{short}"] = name
    return found


def find_python_name(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, shown: nodes.Element
) -> nodes.Element | None:
    """Link what has another name than the documented one. What is no public name is code."""
    if node.get("refdomain") != "py":
        return None
    target = str(node["reftarget"])
    first, dot, rest = target.removeprefix("nm.").partition(".")
    names = app.nanomeet_names  # type: ignore[attr-defined]
    name = names.get(target) or (f"{names[first]}{dot}{rest}" if first in names else None)
    if name is not None and name != target:
        domain = env.domains.python_domain
        for kind in ("obj", "attr"):
            found: nodes.Element | None = domain.resolve_xref(
                env, node["refdoc"], app.builder, kind, name, node, shown
            )
            if found is not None:
                return found
    return shown


def show_arguments(
    _app: Sphinx,
    what: str,
    _name: str,
    value: Any,
    _options: object,
    signature: str | None,
    returns: str | None,
) -> tuple[str | None, str | None]:
    """Show a widget's own arguments, and none of a class that you receive and never make."""
    if what == "class" and not re.search(
        r"^ *(Parameters|Attributes)\n", value.__doc__ or "", re.MULTILINE
    ):
        return "", None
    if what == "class" and issubclass(value, HasTraits):
        # Traitlets gives its classes a signature of its own.
        own = inspect.signature(value.__init__)
        given = [one for name, one in own.parameters.items() if name != "self"]
        return stringify_signature(own.replace(parameters=given), show_annotation=False), None
    return signature, returns


def name_attributes(_app: Sphinx, document: nodes.document, _page: str) -> None:
    """Call attributes what their docstrings call them."""
    for name in document.findall(nodes.field_name):
        if name.astext() == "Variables":
            name.replace_self(nodes.field_name("", "Attributes"))


def finish(app: Sphinx, error: Exception | None) -> None:
    """Write the map of the site, and make the page for wrong addresses work at any of them."""
    if error is not None or app.builder.name != "html":
        return
    pages = sorted(app.env.found_docs - {"404"})
    addresses = [BASE + _INDEX.sub(r"\1", f"{page}.html") for page in pages]
    places = [f"  <url><loc>{address}</loc></url>" for address in addresses]
    out = Path(app.outdir)
    (out / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        + "\n".join(places)
        + "\n</urlset>\n"
    )
    (out / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {BASE}sitemap.xml\n")
    missing = out / "404.html"
    root = urlsplit(BASE).path
    missing.write_text(_RELATIVE.sub(lambda m: m[1] + _rooted(root, m[2]), missing.read_text()))


def _rooted(root: str, link: str) -> str:
    return root + link.removeprefix("./")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register all of it."""
    app.nanomeet_names = _documented_names()  # type: ignore[attr-defined]
    app.add_transform(Anchors)
    app.add_transform(DarkPictures)
    app.connect("missing-reference", find_python_name)
    app.connect("autodoc-process-signature", show_arguments)
    app.connect("doctree-resolved", name_attributes)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
