"""How Bokeh's pages get the front end of widgets."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import anywidget
import ipywidgets
import traitlets as t

import nanomeet_widget as nm
from nanomeet_widget import _bokeh


def test_an_address_below_the_embedded_front_end_is_its_source_and_a_comment() -> None:
    url = f"{_bokeh._embedded()}/anywidget@~0.11.*/dist/index"
    kind, _, source = url.partition(",")
    assert kind == "data:text/javascript;charset=utf-8"
    # Browsers cut an address at a hash, and drop line breaks.
    assert not set('#\n\r\t <>"') & set(source)
    wheel = (Path(anywidget.__file__).parent / "nbextension/index.js").read_text(encoding="utf-8")
    assert unquote(source) == f"{wheel}\n///anywidget@~0.11.*/dist/index"


def test_widgets_of_other_packages_are_noticed() -> None:
    class Chart(ipywidgets.DOMWidget):  # type: ignore[misc]
        _model_module = t.Unicode("charts").tag(sync=True)

    assert _bokeh._others(Chart)
    assert _bokeh._others(ipywidgets.DOMWidget)
    assert not _bokeh._others(ipywidgets.IntSlider)
    assert not _bokeh._others(nm.NanoMeet)
