"""`nanomeet`: the embedded server from the command line."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import json
import logging
import math
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

from nanomeet_widget import _folders, _validation
from nanomeet_widget._errors import InvalidInputError, NanoMeetError
from nanomeet_widget.server import data_folder, supervision
from nanomeet_widget.server.config import (
    Limits,
    RecordingSound,
    Retention,
    ServerConfig,
)
from nanomeet_widget.server.supervision import JsonLines
from nanomeet_widget.server.tokens import secrets_folder

_ENVIRONMENT_KEY = "NANOMEET_API_KEY"
_TURN_SECRET = "NANOMEET_TURN_SECRET"  # noqa: S105 - a variable's name
_FAILED = 1
_DAY, _MB, _GB = 24 * 3600.0, 1e6, 1e9

#: Two of the limits have options of their own.
_LIMITS: dict[str, float] = {
    limit.name: getattr(Limits(), limit.name)
    for limit in dataclasses.fields(Limits)
    if limit.name not in {"participants", "stage"}
}
_EXAMPLES = """\
examples:
  nanomeet serve                            for this machine, at http://127.0.0.1:8910
  nanomeet serve --host 0.0.0.0 --tls       for the network: browsers give a camera only over TLS
  nanomeet serve --public-url https://meet.school.example
                                            behind a proxy that has the certificate
  NANOMEET_API_KEY=… nanomeet serve         with a key of yours, which makes rooms

exit status: 0 it was stopped, 1 it could not start, 2 the command line is wrong
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server alone, as `python -m nanomeet_widget.server` does; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m nanomeet_widget.server")
    parser.add_argument("--json", action="store_true", help="write JSON, for programs to read")
    add_serve(parser)
    options = parser.parse_args(arguments)
    # Whatever it writes (secrets, recordings, the database) is its user's own.
    os.umask(0o077)
    try:
        return serve(options)
    except NanoMeetError as error:
        _say(f"nanomeet: {error}", error=True)
        return _FAILED


def add_serve(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of `serve`."""
    parser.description = (
        "Run the meeting server until it is stopped: rooms, meetings, broadcasts and recordings for "
        "notebooks elsewhere and for web pages."
    )
    parser.epilog = _EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen on (default: %(default)s, this machine only)",
    )
    parser.add_argument(
        "--port", type=int, default=8910, help="port; 0 takes a free one (default: %(default)s)"
    )
    parser.add_argument(
        "--tls",
        action="store_true",
        help="speak TLS; with a self-signed certificate unless --cert and --key say otherwise",
    )
    parser.add_argument("--cert", type=Path, help="certificate chain, PEM")
    parser.add_argument("--key", type=Path, help="the certificate's private key, PEM")
    parser.add_argument(
        "--api-key",
        help=f"a key that may make rooms; others on this machine can see it in the list of "
        f"processes, so rather set {_ENVIRONMENT_KEY} (default: one is kept in the data folder)",
    )
    parser.add_argument(
        "--base-url", default="/", help="path to serve under (default: %(default)s)"
    )
    parser.add_argument("--public-url", help="address by which guests reach the server")
    parser.add_argument(
        "--stun", action="append", default=[], metavar="URL", help="STUN server for the pages"
    )
    parser.add_argument(
        "--turn",
        action="append",
        default=[],
        metavar="URL",
        help=f"TURN server for the pages; {_TURN_SECRET} is the secret that it shares with us",
    )
    parser.add_argument(
        "--max-participants",
        type=int,
        default=Limits.participants,
        metavar="N",
        help="people in one room at once (default: %(default)s)",
    )
    parser.add_argument(
        "--stage",
        type=int,
        default=Limits.stage,
        metavar="N",
        help="people on the stage of one room; whoever comes later is in the audience, sees and "
        "hears the stage, and can be invited up (default: %(default)s)",
    )
    parser.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help="another bound on what clients may ask: " + ", ".join(_limits()),
    )
    parser.add_argument(
        "--behind-proxy",
        nargs="?",
        action="append",
        const="127.0.0.1,::1",
        default=[],
        metavar="ADDRESSES",
        help="reverse proxies that are believed when they say where a request came from "
        "(default without addresses: those on this machine)",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name by which this server may be asked, besides that of --public-url; * for any",
    )
    parser.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="https://host whose pages may open WebSockets, besides the server's own pages",
    )
    parser.add_argument(
        "--frame-ancestors",
        default="*",
        metavar="SOURCES",
        help="whose pages may frame a meeting or a broadcast, as in CSP (default: %(default)s)",
    )
    parser.add_argument(
        "--drain",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="on SIGTERM, begin no new meetings and give those that run this long (default: 0)",
    )
    parser.add_argument("--data", type=Path, help="folder for secrets, database and recordings")
    parser.add_argument(
        "--hls",
        action="store_true",
        help="pack every broadcast as HLS from its beginning (default: from the first request on)",
    )
    parser.add_argument(
        "--recording-sound",
        choices=get_args(RecordingSound),
        default="opus",
        help="what finished recordings sound in: as they were broadcast, or for players that do not "
        "know Opus in MP4 (default: %(default)s)",
    )
    parser.add_argument(
        "--push-host",
        action="append",
        default=[],
        metavar="HOST",
        help="a host of this machine or its network that broadcasts may be pushed to; others there "
        "are refused",
    )
    parser.add_argument(
        "--keep-days",
        type=_amount,
        metavar="DAYS",
        help="delete recordings this long after their end (default: keep them)",
    )
    parser.add_argument(
        "--keep-gb",
        type=_amount,
        metavar="GB",
        help="delete the oldest recordings when all of them are larger (default: no bound)",
    )
    parser.add_argument(
        "--largest-gb",
        type=_amount,
        metavar="GB",
        help="end a recording that has become this large; its broadcast goes on (default: no bound)",
    )
    parser.add_argument(
        "--spare-mb",
        type=_amount,
        default=Retention.spare / _MB,
        metavar="MB",
        help="stop recording when the disk has less room left; broadcasts go on "
        "(default: %(default).0f)",
    )
    parser.add_argument(
        "--linger",
        type=float,
        metavar="SECONDS",
        help="exit this long after the last lease; 0 at once (default: run until stopped)",
    )
    parser.add_argument(
        "--ready-file",
        type=Path,
        metavar="FILE",
        help="when listening, write URL, API key and process id there as JSON; removed on exit",
    )
    parser.add_argument(
        "--log-format",
        choices=("text", "json"),
        default="text",
        help="json writes a line of JSON for each entry (default: %(default)s)",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="log every request")
    parser.set_defaults(run=lambda options, _: serve(options))


def add_rotate(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of `rotate`."""
    parser.description = (
        "Make a new API key and a new secret for tokens in the data folder. Servers take them at "
        "their next start; until the next rotation, the ones before count, too."
    )
    parser.add_argument("--data", type=Path, help="the data folder (default: this user's)")
    parser.add_argument(
        "--retire", action="store_true", help="make none, but let those before count no more"
    )
    parser.set_defaults(run=lambda options, _: rotate(options))


def rotate(options: argparse.Namespace) -> int:
    """Change the keys of a data folder."""
    data = secrets_folder.open_folder(options.data or _folders.default_data())
    if options.retire:
        secrets_folder.retire(data)
        _say("nanomeet: the key and secret before the last rotation count no more")
    else:
        secrets_folder.rotate(data)
        _say(f"nanomeet: there is a new key in {data / 'api-key'}; start the server anew")
    return 0


def serve(options: argparse.Namespace) -> int:
    """Run the server until it is stopped."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        JsonLines()
        if options.log_format == "json"
        else logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s")
    )
    level = logging.INFO if options.verbose else logging.WARNING
    logging.basicConfig(level=level, handlers=[handler])
    # asyncio's debug mode and PyAV log what goes through them.
    logging.getLogger("libav").setLevel(logging.ERROR)
    config = read_config(options)
    asyncio.run(_serve(config, options.ready_file, as_json=options.json, drain=options.drain))
    return 0


def read_config(options: argparse.Namespace) -> ServerConfig:
    """Return what the options and the environment say.

    Raises
    ------
    InvalidInputError
    """
    keys = []
    if options.api_key:
        keys.append(options.api_key)
        _say(
            f"nanomeet: --api-key is visible to everybody on this machine; {_ENVIRONMENT_KEY} is not",
            error=True,
        )
    # Several, so that a new one can be told to everybody before the old one ends.
    keys += [key for key in os.environ.get(_ENVIRONMENT_KEY, "").split(",") if key]
    config = ServerConfig(
        host=options.host,
        port=options.port,
        base_url=options.base_url,
        public_url=options.public_url,
        certificate=options.cert,
        private_key=options.key,
        api_keys=tuple(keys),
        data=options.data or _data(options),
        linger=options.linger,
        ice_servers=tuple(options.stun),
        hls=options.hls,
        recording_sound=options.recording_sound,
        push_hosts=tuple(options.push_host),
        retention=Retention(
            age=None if options.keep_days is None else options.keep_days * _DAY,
            size=None if options.keep_gb is None else int(options.keep_gb * _GB),
            spare=int(options.spare_mb * _MB),
            largest=None if options.largest_gb is None else int(options.largest_gb * _GB),
        ),
        turn_servers=tuple(options.turn),
        turn_secret=os.environ.get(_TURN_SECRET, ""),
        proxies=tuple(part for text in options.behind_proxy for part in text.split(",")),
        hosts=tuple(options.allow_host),
        origins=tuple(options.allow_origin),
        frame_ancestors=options.frame_ancestors,
        limits=_read_limits(options),
    )
    if options.tls and not config.tls:
        from nanomeet_widget.server.tokens import tls  # noqa: PLC0415 - heavy, and only needed for TLS

        certificate, key = tls.self_signed(
            secrets_folder.open_folder(config.data), config.guest_host
        )
        config = dataclasses.replace(config, certificate=certificate, private_key=key)
    return config


def _data(options: argparse.Namespace) -> Path:
    # One that ends with its last notebook is a kernel's, which takes no options.
    lasting = options.linger is None
    remedy = "name another with --data" if lasting else "set XDG_DATA_HOME to another folder"
    return data_folder.choose(
        lasting=lasting, remedy=remedy, say=lambda words: _say(f"nanomeet: {words}", error=True)
    )


def _limits() -> list[str]:
    return [f"{name}={default:g}" for name, default in _LIMITS.items()]


def _read_limits(options: argparse.Namespace) -> Limits:
    given: dict[str, Any] = {"participants": options.max_participants, "stage": options.stage}
    for text in options.limit:
        name, _, number = text.partition("=")
        try:
            given[name] = type(_LIMITS[name])(number)
        except (KeyError, ValueError):
            raise InvalidInputError(
                f"--limit {text}: write NAME=NUMBER; the names are {', '.join(_LIMITS)}"
            ) from None
    return Limits(**given)


async def _serve(config: ServerConfig, ready: Path | None, *, as_json: bool, drain: float) -> None:
    from nanomeet_widget.server.running import Server  # noqa: PLC0415 - `--help` does without

    async with Server(config) as server:
        loop = asyncio.get_running_loop()
        # Windows has no such handlers for a loop: there Ctrl+C raises KeyboardInterrupt.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(signal.SIGINT, server.stop)
            loop.add_signal_handler(signal.SIGTERM, server.drain, drain)
        with _ready_file(ready, url=server.url, api_key=server.api_key):
            if as_json:
                # No key: standard output often ends in a log.
                _say(json.dumps({"url": server.url, "pid": os.getpid()}))
            else:
                _say(f"nanomeet: ready at {server.url}")
            if not _validation.is_loopback(config.host) and not server.url.startswith("https://"):
                _say(
                    "nanomeet: without TLS browsers give no camera or microphone to pages of "
                    "another machine: add --tls",
                    error=True,
                )
            supervision.notify("READY=1")
            await server.wait()
            supervision.notify("STOPPING=1")


@contextlib.contextmanager
def _ready_file(path: Path | None, **content: str) -> Iterator[None]:
    if path is None:
        yield
        return
    text = json.dumps({**content, "pid": os.getpid()})
    secrets_folder.write_private(path, text.encode())
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _amount(text: str) -> float:
    value = float(text)
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is no amount")
    return value


def _say(text: str, *, error: bool = False) -> None:
    print(text, file=sys.stderr if error else sys.stdout, flush=True)
