"""Bokeh's pages load the front end of widgets from a CDN; this has it in the page, for pages without internet.

`ipywidgets_bokeh` loads a package's front end from an address that ends with ``/<package>@<version>/dist/index``,
and one page loads all of them from one place. What anywidget needs is in its wheel.
"""

from __future__ import annotations

import sys
from functools import cache, wraps
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    import ipywidgets

#: As `ipywidgets_bokeh` has it.
_CDN = "https://unpkg.com"
#: The packages whose front end `ipywidgets_bokeh` has itself.
_CORE = "@jupyter-widgets/"
#: What a URL's data may contain as it is.
_PLAIN = "!$&'()*+,-./:;=?@_~"


def serve_without_cdn() -> None:
    """Let the documents of this process that show no other packages' widgets load anywidget from themselves."""
    model = getattr(sys.modules.get("ipywidgets_bokeh.widget"), "IPyWidget", None)
    if model is None or getattr(model.__init__, "serves_without_cdn", False):
        return
    # Panel makes these models, and gives no other way to set their `cdn`.
    make = model.__init__

    @wraps(make)
    def make_with_place(self: object, **options: Any) -> None:  # noqa: ANN401 - as the model has it
        make(self, **{"cdn": _place(), **options})

    make_with_place.serves_without_cdn = True  # type: ignore[attr-defined]
    model.__init__ = make_with_place


def _place() -> str:
    import ipywidgets  # noqa: PLC0415 - this is asked by what shows a widget

    return _CDN if _others(ipywidgets.Widget) else _embedded()


def _others(kind: type[ipywidgets.Widget]) -> bool:
    """Return whether a package other than anywidget has defined widgets in this process."""
    trait = kind.class_traits().get("_model_module")
    name = str(trait.default_value or "") if trait is not None else ""
    other = name not in {"", "anywidget"} and not name.startswith(_CORE)
    return other or any(_others(one) for one in kind.__subclasses__())


@cache
def _embedded() -> str:
    """Return anywidget's front end as a ``data:`` URL: what is added to it is in a comment."""
    found = util.find_spec("anywidget")
    assert found is not None  # noqa: S101 - a requirement of this package
    assert found.origin is not None  # noqa: S101 - likewise
    file = Path(found.origin).parent / "nbextension/index.js"
    source = quote(f"{file.read_text(encoding='utf-8')}\n//", safe=_PLAIN)
    return f"data:text/javascript;charset=utf-8,{source}"
