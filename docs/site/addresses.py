"""Where the site and the sources are."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
#: The site: page ``docs/x/y.md`` is at ``x/y.html`` below it.
BASE = "https://nanomeet-widget.github.io/nanomeet-widget/"
REPOSITORY = "https://github.com/nanomeet-widget/nanomeet-widget"
