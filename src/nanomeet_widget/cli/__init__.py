"""`nanomeet`: rooms, invites, tokens, the server and a doctor, from a terminal."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget._version import __version__
from nanomeet_widget.cli import demonstrating, doctor, explaining, keeping, minting, revoking
from nanomeet_widget.cli._output import FAILED, Output

_EPILOGUE = """\
service: set by the environment, by default the embedded server on this machine
  NANOMEET_API_KEY                  nanoStream Cloud
  NANOMEET_SERVER=https://…         a server of `nanomeet serve`, with its NANOMEET_API_KEY
  NANOMEET_JITSI_SERVER, _APP_ID,   any Jitsi; with NANOMEET_JITSI_APP_SECRET, or with
  …                                 NANOMEET_JITSI_PRIVATE_KEY_FILE and NANOMEET_JITSI_KID

tokens and keys are never arguments, which other users of this machine can read: a token comes from
standard input, from NANOMEET_TOKEN, or from a prompt.

exit status: 0 success, 1 failure or something is wrong, 2 wrong command line
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    options = _parser().parse_args(arguments)
    # What a command writes (secrets, recordings, the database) is for its user only.
    os.umask(0o077)
    output = Output(as_json=options.json)
    try:
        return int(options.run(options, output))
    except NanoMeetError as error:
        output.error(error)
        return FAILED
    except KeyboardInterrupt:
        return 128 + 2
    except BrokenPipeError:
        # The reader has closed the pipe; Python would complain again when it flushes.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nanomeet",
        description="Video meetings in a notebook cell: rooms, invites and the server behind them.",
        epilog=_EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"nanomeet {__version__}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="write JSON")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    # Imported here, so that no other command loads the server.
    from nanomeet_widget.server import cli as server  # noqa: PLC0415

    server.add_serve(commands.add_parser("serve", parents=[common], help="run the meeting server"))
    server.add_rotate(
        commands.add_parser("rotate", parents=[common], help="change the server's key and secret")
    )
    minting.add_room(
        commands.add_parser("room", parents=[common], help="make a room, and a token that opens it")
    )
    minting.add_invite(
        commands.add_parser("invite", parents=[common], help="make an invite into a token's room")
    )
    revoking.add_invites(commands.add_parser("invites", parents=[common], help="list the invites"))
    revoking.add_revoke(
        commands.add_parser("revoke", parents=[common], help="revoke an invite, or a room's token")
    )
    keeping.add_records(
        commands.add_parser(
            "records", parents=[common], help="show what is kept of a room's meetings"
        )
    )
    minting.add_roster(
        commands.add_parser(
            "roster", parents=[common], help="make a personal link for each person of a roster"
        )
    )
    minting.add_token(commands.add_parser("token", parents=[common], help="show what a token says"))
    doctor.add_doctor(
        commands.add_parser("doctor", parents=[common], help="check what meetings need")
    )
    demonstrating.add_demo(
        commands.add_parser(
            "demo", parents=[common], help="open a meeting with two bots in your browser"
        )
    )
    explaining.add_explain(
        commands.add_parser("explain", parents=[common], help="explain an error, without a network")
    )
    return parser
