"""The server, as it is, but it waits an hour for a lost connection to be resumed: who is gone sooner has left."""

from __future__ import annotations

import sys
from typing import Any
from unittest import mock

from nanomeet_widget.server import cli
from nanomeet_widget.server.config import Patience, ServerConfig


class _Patient(ServerConfig):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options, patience=Patience(resume=3600))


if __name__ == "__main__":
    with mock.patch.object(cli, "ServerConfig", _Patient):
        sys.exit(cli.main())
