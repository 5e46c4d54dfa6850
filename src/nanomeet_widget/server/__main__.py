"""`python -m nanomeet_widget.server`: what a notebook's kernel starts, with the options of `serve`."""

from __future__ import annotations

import sys

from nanomeet_widget.server.cli import main

sys.exit(main())
