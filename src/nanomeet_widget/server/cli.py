"""The options of `nanomeet serve` and `nanomeet rotate`, and what they do."""

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

from nanomeet_widget import _folders, _machine, _validation
from nanomeet_widget._errors import InvalidInputError, NanoMeetError
from nanomeet_widget.server import data_folder, hub_settings, supervision
from nanomeet_widget.server.config import (
    LOOPBACK,
    RECORDS_DAYS,
    Limits,
    RecordingSound,
    Retention,
    ServerConfig,
)
from nanomeet_widget.server.hub_settings import RECHECK, HubSettings
from nanomeet_widget.server.supervision import JsonLines
from nanomeet_widget.server.tokens import secrets_folder

_ENVIRONMENT_KEY = "NANOMEET_API_KEY"
#: Open files of the server, if it may: more than any meeting needs.
_MOST_FILES = 65_536
_TURN_SECRET = "NANOMEET_TURN_SECRET"  # noqa: S105 - a variable's name
_FAILED = 1
_DAY, _MB, _GB = 24 * 3600.0, 1e6, 1e9

#: The limits without options of their own.
_LIMITS: dict[str, float] = {
    limit.name: getattr(Limits(), limit.name)
    for limit in dataclasses.fields(Limits)
    if limit.name not in {"participants", "stage"}
}
_EXAMPLES = """\
examples:
  nanomeet serve                            for this machine, at http://127.0.0.1:8910
  nanomeet serve --host 0.0.0.0 --tls       for the network; browsers allow cameras only over TLS
  nanomeet serve --public-url https://meet.school.example
                                            behind a proxy that has the certificate
  NANOMEET_API_KEY=… nanomeet serve         with your own API key, which creates rooms

exit status: 0 stopped, 1 could not start, 2 invalid command line
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server, as `python -m nanomeet_widget.server` does.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; None for the process's own.

    Returns
    -------
    int
        The exit status.
    """
    parser = argparse.ArgumentParser(prog="python -m nanomeet_widget.server")
    parser.add_argument("--json", action="store_true", help="write JSON, for programs")
    add_serve(parser)
    options = parser.parse_args(arguments)
    # Everything that it writes (secrets, recordings, the database) is private to its user.
    os.umask(0o077)
    try:
        return serve(options)
    except NanoMeetError as error:
        _say(f"nanomeet: {error}", error=True)
        return _FAILED


def add_serve(parser: argparse.ArgumentParser) -> None:
    """Add the options of `serve` to a parser.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        The parser.
    """
    parser.description = (
        "Run the meeting server until it is stopped: rooms, meetings, broadcasts and recordings for "
        "notebooks on other machines and for web pages."
    )
    parser.epilog = _EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--host", help=f"address to listen on (default: {ServerConfig.host}, this machine only)"
    )
    parser.add_argument(
        "--port", type=int, help=f"port; 0 takes any free one (default: {ServerConfig.port})"
    )
    parser.add_argument(
        "--tls",
        action="store_true",
        help="use TLS, with a self-signed certificate unless --cert and --key name another",
    )
    parser.add_argument("--cert", type=Path, help="certificate chain, PEM")
    parser.add_argument("--key", type=Path, help="the certificate's private key, PEM")
    parser.add_argument(
        "--api-key",
        help=f"API key that may create rooms; other users of this machine can see it in the process "
        f"list, so prefer the variable {_ENVIRONMENT_KEY} (default: a key in the data folder)",
    )
    parser.add_argument(
        "--base-url", help=f"path to serve under (default: {ServerConfig.base_url})"
    )
    parser.add_argument("--public-url", help="address at which guests reach the server")
    parser.add_argument(
        "--hub",
        action="store_true",
        help="be a service of the JupyterHub whose variables are in the environment: its users log in "
        "there, and its groups have rooms. Host, port, path and public address are then as the Hub says "
        "by default",
    )
    parser.add_argument(
        "--hub-recheck",
        type=float,
        default=RECHECK,
        metavar="SECONDS",
        help="how long what the JupyterHub says of a user counts: after that it is asked again whether "
        "they keep their access (default: %(default)g)",
    )
    parser.add_argument(
        "--stun", action="append", default=[], metavar="URL", help="STUN server for the pages"
    )
    parser.add_argument(
        "--turn",
        action="append",
        default=[],
        metavar="URL",
        help=f"TURN server for the pages; the variable {_TURN_SECRET} has the secret that it shares",
    )
    parser.add_argument(
        "--max-participants",
        type=int,
        default=Limits.participants,
        metavar="N",
        help="people in one room (default: %(default)s)",
    )
    parser.add_argument(
        "--stage",
        type=int,
        default=Limits.stage,
        metavar="N",
        help="people on the stage of one room; participants who join a full stage become the "
        "audience, who watch and can be invited to the stage (default: %(default)s)",
    )
    parser.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help="another limit on what clients may use: " + ", ".join(_limits()),
    )
    parser.add_argument(
        "--behind-proxy",
        nargs="?",
        action="append",
        const=",".join(LOOPBACK),
        default=[],
        metavar="ADDRESSES",
        help="reverse proxies that are trusted to name the client's address "
        "(without addresses: those on this machine)",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="another host name of this server, besides that of --public-url; * for any",
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
        metavar="SOURCES",
        help="sites that may frame meetings and broadcasts, as in CSP (default: *; with --hub, the Hub "
        "and the servers of its users)",
    )
    parser.add_argument(
        "--drain",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="on SIGTERM, begin no new meetings, and wait this long for running ones (default: 0)",
    )
    parser.add_argument("--data", type=Path, help="folder for secrets, database and recordings")
    parser.add_argument(
        "--hls",
        action="store_true",
        help="package every broadcast as HLS from its beginning (default: from the first request)",
    )
    parser.add_argument(
        "--recording-sound",
        choices=get_args(RecordingSound),
        default="opus",
        help="audio codec of finished recordings: opus, as broadcast, or aac, for players without "
        "support for Opus in MP4 (default: %(default)s)",
    )
    parser.add_argument(
        "--push-host",
        action="append",
        default=[],
        metavar="HOST",
        help="a host on this machine or in its network to which broadcasts may be pushed; others "
        "there are refused",
    )
    parser.add_argument(
        "--keep-days",
        type=_amount,
        metavar="DAYS",
        help="delete recordings this many days after their end (default: keep them)",
    )
    parser.add_argument(
        "--keep-gb",
        type=_amount,
        metavar="GB",
        help="delete the oldest recordings when all of them exceed this (default: no limit)",
    )
    parser.add_argument(
        "--records-days",
        type=int,
        default=RECORDS_DAYS,
        metavar="DAYS",
        help="the most days for which a room may keep records of its meetings, such as attendance; also "
        "the default of rooms that do not say (default: %(default)s)",
    )
    parser.add_argument(
        "--largest-gb",
        type=_amount,
        metavar="GB",
        help="end a recording at this size; its broadcast continues (default: no limit)",
    )
    parser.add_argument(
        "--spare-mb",
        type=_amount,
        default=Retention.spare / _MB,
        metavar="MB",
        help="stop recording and storing events when the disk has less free space; meetings and "
        "broadcasts continue "
        "(default: %(default).0f)",
    )
    parser.add_argument(
        "--linger",
        type=float,
        metavar="SECONDS",
        help="exit this long after the last lease; 0 exits at once (default: run until stopped)",
    )
    parser.add_argument(
        "--ready-file",
        type=Path,
        metavar="FILE",
        help="once listening, write URL, process ID and an API key of this process there as JSON; "
        "removed on exit",
    )
    parser.add_argument(
        "--log-format",
        choices=("text", "json"),
        default="text",
        help="json writes each entry as one line of JSON (default: %(default)s)",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="log every request")
    parser.set_defaults(run=lambda options, _: serve(options))


def add_rotate(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rotate` to a parser.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        The parser.
    """
    parser.description = (
        "Create a new API key and a new token secret in the data folder. Servers use them after "
        "their next start; the previous ones stay valid until the next rotation."
    )
    parser.add_argument("--data", type=Path, help="the data folder (default: this user's)")
    parser.add_argument(
        "--retire", action="store_true", help="create none, but retire the previous ones"
    )
    parser.set_defaults(run=lambda options, _: rotate(options))


def rotate(options: argparse.Namespace) -> int:
    """Rotate the API key and the token secret of a data folder, or retire the previous ones.

    Parameters
    ----------
    options : argparse.Namespace
        The options of `add_rotate`.

    Returns
    -------
    int
        The exit status.
    """
    data = secrets_folder.open_folder(options.data or _folders.default_data())
    if options.retire:
        secrets_folder.retire(data)
        _say("nanomeet: retired the previous key and secret")
    else:
        secrets_folder.rotate(data)
        _say(f"nanomeet: the new key is in {data / 'api-key'}. Restart the server to use it")
    return 0


def serve(options: argparse.Namespace) -> int:
    """Run the server until it is stopped.

    Parameters
    ----------
    options : argparse.Namespace
        The options of `add_serve`.

    Returns
    -------
    int
        The exit status.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(
        JsonLines()
        if options.log_format == "json"
        else logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s")
    )
    level = logging.INFO if options.verbose else logging.WARNING
    logging.basicConfig(level=level, handlers=[handler])
    # PyAV logs what goes through it.
    logging.getLogger("libav").setLevel(logging.ERROR)
    _allow_files()
    config = read_config(options)
    asyncio.run(_serve(config, options.ready_file, as_json=options.json, drain=options.drain))
    return 0


def _allow_files() -> None:
    """Raise this process's limit of open files as far as it may: each participant takes some."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - Windows has none

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft < most:
        # Some systems have a lower limit than they say.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def read_config(options: argparse.Namespace) -> ServerConfig:
    """Return the configuration that the options and the environment describe.

    Parameters
    ----------
    options : argparse.Namespace
        The options of `add_serve`.

    Returns
    -------
    ServerConfig
        The configuration.

    Raises
    ------
    InvalidInputError
        If an option has an invalid value.
    """
    keys = []
    if options.api_key is not None:
        keys.append(options.api_key)
        _say(
            f"nanomeet: --api-key is visible to all users of this machine. Set {_ENVIRONMENT_KEY} instead",
            error=True,
        )
    # Several, so that clients can get a new key before the old one is retired.
    given = os.environ.get(_ENVIRONMENT_KEY, "").split(",")
    keys += [key.strip() for key in given if key.strip()]
    hub = None
    if options.hub:
        hub = hub_settings.read(public_url=options.public_url, recheck=options.hub_recheck)
    config = ServerConfig(
        **_place(options, hub),
        hub=hub,
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
        records_days=options.records_days,
        turn_servers=tuple(options.turn),
        turn_secret=os.environ.get(_TURN_SECRET, ""),
        origins=tuple(options.allow_origin),
        limits=_read_limits(options),
    )
    if config.doubt:
        _say(f"nanomeet: {config.doubt}", error=True)
    if options.tls and not config.tls:
        from nanomeet_widget.server.tokens import tls  # noqa: PLC0415 - heavy, and only needed for TLS

        certificate, key = tls.self_signed(
            secrets_folder.open_folder(config.data), config.guest_host
        )
        config = dataclasses.replace(config, certificate=certificate, private_key=key)
    return config


def _place(options: argparse.Namespace, hub: HubSettings | None) -> dict[str, Any]:
    """Return where the server is and who leads to it: as the options say, else as the JupyterHub does."""
    proxies = tuple(part.strip() for text in options.behind_proxy for part in text.split(","))
    hosts = tuple(options.allow_host)
    usual: dict[str, Any] = {}
    if hub is not None:
        # Its proxy is on this machine, unless an option says more.
        proxies = proxies or LOOPBACK
        hosts = (*hosts, *filter(None, [hub.known_as]))
        usual = {"host": hub.host, "port": hub.port, "base_url": hub.prefix}
        usual |= {"public_url": hub.public_url, "frame_ancestors": hub.ancestors}
    names = ("host", "port", "base_url", "public_url", "frame_ancestors")
    given = {name: getattr(options, name) for name in names}
    chosen = {name: value for name, value in given.items() if value is not None}
    return {**usual, **chosen, "proxies": proxies, "hosts": hosts}


def _data(options: argparse.Namespace) -> Path:
    # A server that ends with its last notebook was started by a kernel, which takes no options.
    lasting = options.linger is None
    remedy = (
        "choose another folder with --data" if lasting else "set XDG_DATA_HOME to another folder"
    )
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
    from nanomeet_widget.server.running import Server  # noqa: PLC0415 - `--help` does not need it

    async with Server(config) as server:
        loop = asyncio.get_running_loop()
        # On Windows event loops have no signal handlers: Ctrl+C raises KeyboardInterrupt there.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(signal.SIGINT, server.stop)
            loop.add_signal_handler(signal.SIGTERM, server.drain, drain)
        with _ready_file(ready, url=server.url, api_key=server.api_key, proof=server.proof):
            if as_json:
                # Without the key, as standard output often ends in a log.
                _say(json.dumps({"url": server.url, "pid": os.getpid()}))
            else:
                _say(f"nanomeet: ready at {server.url}")
            if not _validation.is_loopback(config.host) and not server.url.startswith("https://"):
                _say(
                    "nanomeet: without TLS, browsers block camera and microphone for pages of other "
                    "machines. Add --tls",
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
    pid = os.getpid()
    text = json.dumps({**content, "pid": pid, "started": _machine.started(pid)})
    secrets_folder.write_private(path, text.encode())
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _amount(text: str) -> float:
    value = float(text)
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"{text} must be a number of 0 or more")
    return value


def _say(text: str, *, error: bool = False) -> None:
    print(text, file=sys.stderr if error else sys.stdout, flush=True)
