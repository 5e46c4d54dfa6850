"""`nanomeet demo`: a meeting with two bots in a browser tab."""

from __future__ import annotations

import argparse
import threading
import webbrowser
from contextlib import suppress
from datetime import timedelta

from nanomeet_widget import services
from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget.cli._output import DONE, Output

_LASTS = timedelta(hours=8)


def add_demo(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of `demo`."""
    parser.description = (
        "Open a meeting with two bots in your browser, so that you see a full room although you are alone. "
        "It uses the embedded server of this machine, whatever is configured, and keeps no records. It ends "
        "with this command: press Ctrl+C."
    )
    parser.add_argument(
        "--no-browser", action="store_true", help="print the link, in place of opening a browser"
    )
    parser.set_defaults(run=demo)


def demo(options: argparse.Namespace, output: Output) -> int:
    """Run the demo until it is interrupted."""
    server = services.own()
    room = server.demo_room(_LASTS)
    link = server.browser_link(room.token).reveal()
    try:
        if not options.no_browser and webbrowser.open(link):
            output.facts({}, {"room": room.room, "opened": True})
            output.line(f"{room.room} is open in your browser. Press Ctrl+C to end it.")
        else:
            output.facts({}, {"room": room.room, "opened": False, "link": link})
            output.line(f"Open this link within two minutes; it works once:\n\n    {link}\n")
            output.line("Press Ctrl+C to end the demo.")
        threading.Event().wait()
    except KeyboardInterrupt:
        output.line("")
    finally:
        # Everyone is out at once, also the bots.
        with suppress(NanoMeetError):
            server.revoke(room.token)
    return DONE
