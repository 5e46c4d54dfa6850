"""Notifications for service managers, and logs for log collectors."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
from datetime import datetime, timezone


def notify(state: str) -> None:
    """Tell the service manager, if there is one, the server's state; see sd_notify(3).

    Parameters
    ----------
    state : str
        `READY=1` or `STOPPING=1`.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    # An address in the abstract namespace begins with an @.
    path = "\0" + address[1:] if address.startswith("@") else address
    # A missing service manager is no reason to stop.
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(state.encode(), path)


class JsonLines(logging.Formatter):
    """Writes each record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line.

        Parameters
        ----------
        record : logging.LogRecord
            The record.

        Returns
        -------
        str
            A JSON object: time, level, logger, message, and an exception if there is one.
        """
        entry = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry)
