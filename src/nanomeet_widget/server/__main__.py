"""`python -m nanomeet_widget.server`: the server that a kernel starts, with the options of `serve`."""

from __future__ import annotations

import sys

from nanomeet_widget.server.cli import main

sys.exit(main())
