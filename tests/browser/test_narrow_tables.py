"""Tables that a notebook shows, in a cell of a phone's width and on a dark page: words stay whole."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from playwright.sync_api import expect

from nanomeet_widget.classroom.table import Table
from nanomeet_widget.cli._finding import Finding
from nanomeet_widget.cli.diagnosis import Diagnosis

from .axe import violations
from .conftest import OpenPage

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="en"><title>Tables</title>
<body style="margin:8px;background:#111;color:#fff;font:13px sans-serif"><main>{}{}</main>"""
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
LONG = "x" * 300

#: The words of up to 20 letters that are on several lines.
BROKEN = """() => {
  const broken = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    for (const { 0: word, index } of node.data.matchAll(/[^\\s/:.-]{2,20}(?=[\\s/:.-]|$)/g)) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
      if (lines.size > 1 && !word.includes("xxx")) broken.push(word);
    }
  }
  return broken;
}"""


def test_words_stay_whole_and_the_table_scrolls(open_page: OpenPage) -> None:
    doctor = Diagnosis(
        [
            Finding(
                name="trust",
                state="warning",
                found="the notebook as it is saved is not trusted",
                remedy="run its cells, or trust it: View > Activate Command Palette > Trust Notebook",
            ),
            Finding(name="this kernel", state="ok", found=f"/home/ada/{LONG}, process 27982"),
            Finding(name="jupyterlab_widgets", state="ok", found="3.0.17"),
        ]
    )
    row = {"name": "Émilie du Châtelet", "roster": "s1", "joined": NOW, "seconds": 12.5}
    table = Table(
        [{**row, "note": LONG}],
        kinds={
            "name": "text",
            "roster": "text",
            "joined": "time",
            "seconds": "seconds",
            "note": "text",
        },
        title="Attendance",
    )
    page = open_page(viewport={"width": 320, "height": 800}, color_scheme="dark")
    page.set_content(PAGE.format(doctor._repr_html_(), table._repr_html_()))
    tables = page.get_by_role("region").get_by_role("table")
    expect(tables).to_have_count(2)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(BROKEN) == []
        # The table scrolls, not the page; what has no place to break makes no column wide.
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for one in tables.all():
            assert one.evaluate("one => one.offsetWidth") < 1280
    assert violations(page, "main") == []
