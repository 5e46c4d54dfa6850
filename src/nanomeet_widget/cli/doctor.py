"""`nanomeet doctor`: checks what meetings need, and says what to do."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta, timezone
from importlib import metadata
from urllib.parse import urlsplit

from nanomeet_widget import _jupyter, _tokens, _validation, services
from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget._http import Http
from nanomeet_widget._version import __version__
from nanomeet_widget.cli import doctor_jitsi
from nanomeet_widget.cli._finding import Finding, State
from nanomeet_widget.cli._output import DONE, FAILED, Output, distance
from nanomeet_widget.cli._token import TOKEN

#: Seconds that a server has to answer.
_TIMEOUT = 8.0
#: How far clocks may differ.
_SKEW = timedelta(seconds=_tokens.LEEWAY)
_BROWSERS = ("google-chrome", "chromium", "chromium-browser", "microsoft-edge", "firefox")

_SIGNS: dict[State, str] = {"ok": "✓", "warning": "!", "wrong": "✗"}


def add_doctor(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of `doctor`."""
    parser.description = (
        "Check everything that a meeting in a notebook needs, and say what to do where something is "
        f"missing. Set {TOKEN} to check a token, too. The exit status is 1 if something is wrong."
    )
    parser.set_defaults(run=doctor)


def doctor(options: argparse.Namespace, output: Output) -> int:
    """Check everything."""
    del options
    findings = []
    for finding in _findings():
        findings.append(finding)
        output.line(f"{_SIGNS[finding.state]} {finding.name}: {finding.found}")
        if finding.remedy:
            output.line(f"    {finding.remedy}")
    wrong = [finding.name for finding in findings if finding.state == "wrong"]
    if output.as_json:
        output.facts({}, {"ok": not wrong, "findings": [asdict(finding) for finding in findings]})
    else:
        output.line("")
        output.line(f"Something is wrong: {', '.join(wrong)}." if wrong else "All is well.")
    return FAILED if wrong else DONE


def _findings() -> Iterator[Finding]:
    yield _python()
    yield from _packages()
    yield _kernel()
    yield _host(os.environ)
    yield from _jupyters()
    yield _browser(shutil.which)
    yield from _service()


def _python() -> Finding:
    version = platform.python_version()
    found = f"{version} on {platform.system()}, nanomeet-widget {__version__}"
    return Finding(name="Python", state="ok", found=found)


def _packages() -> Iterator[Finding]:
    for name, least, why in (
        ("anywidget", (0, 9, 18), "shows the meeting in the cell"),
        ("ipywidgets", (8, 1), "connects cell and kernel"),
        ("jupyterlab", (4, 4), "the notebook"),
        ("jupyterlab_widgets", (3, 0), "shows widgets in JupyterLab and Notebook 7"),
    ):
        version = installed(name)
        if version is None:
            # The notebook may run in another environment than the kernel.
            yield Finding(
                name=name,
                state="warning" if name.startswith("jupyterlab") else "wrong",
                found=f"not installed ({why})",
                remedy=f"where your notebook runs: pip install '{name}>={_dotted(least)}'",
            )
        elif version < least:
            yield Finding(
                name=name,
                state="wrong",
                found=f"{_dotted(version)} is too old ({why})",
                remedy=f"pip install --upgrade '{name}>={_dotted(least)}'",
            )
        else:
            yield Finding(name=name, state="ok", found=_dotted(version))


def _kernel() -> Finding:
    version = installed("ipykernel")
    if version is None:
        remedy = "pip install 'ipykernel>=7.4', or use another environment's kernel"
        return Finding(name="ipykernel", state="warning", found="not installed", remedy=remedy)
    if version < (7, 4):
        found = f"{_dotted(version)}: a cell may not be able to await the meeting's replies"
        remedy = "pip install --upgrade 'ipykernel>=7.4'"
        return Finding(name="ipykernel", state="warning", found=found, remedy=remedy)
    return Finding(name="ipykernel", state="ok", found=_dotted(version))


def _host(environment: os._Environ[str] | dict[str, str]) -> Finding:
    """Check which program shows the notebook: not all let a page use the camera."""
    name = "notebook program"
    if "VSCODE_PID" in environment or environment.get("TERM_PROGRAM") == "vscode":
        return Finding(
            name=name,
            state="warning",
            found="VS Code blocks camera access in notebooks",
            remedy="the cell offers to open the meeting in a browser instead",
        )
    if "COLAB_RELEASE_TAG" in environment:
        return Finding(
            name=name,
            state="warning",
            found="Colab shows cells in frames of another origin",
            remedy="open the meeting in a tab, and use a service that the internet reaches: the "
            "embedded server of a Colab machine is not",
        )
    if "JUPYTERHUB_USER" in environment:
        return _hub(name)
    return Finding(name=name, state="ok", found="nothing is known to block camera access")


def _hub(name: str) -> Finding:
    """Look at whether a user's server on a JupyterHub has meetings: the hub leads pages to them then."""
    servers = [found for _, found in _jupyter.servers()]
    # What a kernel finds counts, even where no server of the user's is listed.
    if _jupyter.find() or any(isinstance(found, _jupyter.Extension) for found in servers):
        found = (
            "JupyterHub, whose users and guests reach your meetings at your server's own address"
        )
        return Finding(name=name, state="ok", found=found)
    for absent in servers:
        if isinstance(absent, _jupyter.Absent):
            return Finding(
                name=name,
                state="warning",
                found=f"JupyterHub, and your server on it {absent.what}: meetings work on its machine only",
                remedy=absent.remedy,
            )
    return Finding(
        name=name,
        state="warning",
        found="JupyterHub, and no Jupyter server of yours runs on this machine",
        remedy="run `nanomeet doctor` in a terminal or notebook of your server on the hub",
    )


def _jupyters() -> Iterator[Finding]:
    """Check whether each of this user's Jupyter servers has meetings, of this version."""
    for url, found in _jupyter.servers():
        name = f"Jupyter at {url}"
        if isinstance(found, _jupyter.Extension):
            yield Finding(name=name, state="ok", found=f"has meetings, of version {__version__}")
        else:
            # Other notebooks may not need them.
            own = found == _jupyter.why_absent()
            yield Finding(
                name=name,
                state="wrong" if own else "warning",
                found=f"{found.what}: its notebooks' meetings work on this machine only",
                remedy=found.remedy,
            )


def _browser(which: Callable[[str], str | None]) -> Finding:
    found = [name for name in _BROWSERS if which(name)]
    return Finding(
        name="browser",
        state="ok",
        found=", ".join(found) if found else "none on this machine; it does not need one",
        remedy="a broadcast is composed with WebCodecs: moderators use Chrome, Chromium or Edge 110 "
        "or newer",
    )


def _service() -> Iterator[Finding]:
    name = "service"
    try:
        choice = services.current()
    except NanoMeetError as error:
        yield Finding(name=name, state="wrong", found=str(error), remedy="correct the environment")
        return
    yield Finding(name=name, state="ok", found=str(choice))
    try:
        with choice.service as service:
            address = service.check()
            yield Finding(name="service answers", state="ok", found=address)
            yield from _server(address, service)
            yield from _token(address)
    except NanoMeetError as error:
        yield Finding(
            name="service answers",
            state="wrong",
            found=str(error),
            remedy="check the address and the key, and whether this machine can reach it",
        )


def _server(address: str, service: services.Service) -> Iterator[Finding]:
    yield _secure(address)
    answered = ask(address)
    if isinstance(answered, str):
        remedy = "check whether it runs, and whether a firewall or proxy blocks it"
        yield Finding(name="meeting server", state="wrong", found=answered, remedy=remedy)
        return
    yield Finding(name="meeting server", state="ok", found=f"{_validation.origin(address)} answers")
    if isinstance(service, services.Jitsi):
        yield doctor_jitsi.forgiving(skew(answered), answered)
        yield from doctor_jitsi.look(_validation.origin(address), service.meetings_at)
    else:
        yield skew(answered)


def _secure(address: str) -> Finding:
    """Check whether browsers let the server's pages use a camera (W3C Secure Contexts)."""
    parts = urlsplit(_validation.origin(address))
    if parts.scheme == "https" or _validation.is_loopback(parts.hostname or ""):
        return Finding(name="camera", state="ok", found="browsers let pages of this server use it")
    return Finding(
        name="camera",
        state="wrong",
        found=f"browsers block it on pages of {parts.netloc}, which has no TLS",
        remedy="run `nanomeet serve --tls`, or put a proxy with a certificate in front of it",
    )


def skew(difference: timedelta | None) -> Finding:
    """Judge the difference between the server's clock and this machine's."""
    name = "clocks"
    if difference is None:
        return Finding(name=name, state="warning", found="the server does not tell the time")
    if abs(difference) <= _SKEW:
        return Finding(name=name, state="ok", found="this machine's and the server's agree")
    where = "ahead of" if difference > timedelta() else "behind"
    words = distance(abs(difference)).removeprefix("in ")
    return Finding(
        name=name,
        state="wrong",
        found=f"this machine's is {words} {where} the server's: tokens seem too early or expired",
        remedy="set both with NTP: `timedatectl set-ntp true`",
    )


def _token(address: str) -> Iterator[Finding]:
    text = os.environ.get(TOKEN, "").strip()
    if not text:
        return
    try:
        claims = _tokens.read(text)
    except NanoMeetError as error:
        yield Finding(name="token", state="wrong", found=str(error), remedy="copy the whole token")
        return
    now = datetime.now(timezone.utc)
    found, remedy = f"opens {claims.room}", ""
    state: State = "ok"
    if now >= claims.expiration:
        found, state = f"expired {distance(claims.expiration - now)}", "wrong"
        remedy = "ask the moderator for a new invite, or make the room again"
    elif now < claims.notbefore:
        found, state = f"is valid {distance(claims.notbefore - now)}", "warning"
    elif claims.server and _validation.origin(claims.server) != _validation.origin(address):
        found, state = f"is for {claims.server}, not for {address}", "warning"
        remedy = "ask its issuer for invites"
    yield Finding(name="token", state=state, found=found, remedy=remedy)


def ask(address: str) -> timedelta | str:
    """Return how far this machine's clock is ahead of a server's, or why it does not answer."""
    began = time.time()
    try:
        # The browser judges the certificate; nothing secret is sent here.
        theirs = Http("the meeting server", verify=False, timeout=_TIMEOUT).date(
            _validation.origin(address)
        )
    except NanoMeetError as error:
        return str(error)
    if theirs is None:
        return f"{_validation.origin(address)} answers without a date"
    ours = datetime.fromtimestamp((began + time.time()) / 2, timezone.utc)
    # The date is in whole seconds: the middle of one is the best guess.
    return ours - (theirs + timedelta(seconds=0.5))


def installed(name: str) -> tuple[int, ...] | None:
    """Return the version of an installed package, or None."""
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
    parts = [part for part in version.split(".")[:3] if part.isdigit()]
    return tuple(map(int, parts))


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
