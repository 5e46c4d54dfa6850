"""`nanomeet doctor`: checks what meetings need, and says what to do."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

from nanomeet_widget import _jupyter, _tokens, _validation, services
from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget._http import Http
from nanomeet_widget._version import __version__
from nanomeet_widget.cli import doctor_jitsi, doctor_machine, doctor_network, doctor_packages
from nanomeet_widget.cli._finding import Finding, Fix, State, installing
from nanomeet_widget.cli._output import DONE, FAILED, Output, distance
from nanomeet_widget.cli._token import TOKEN

#: Seconds that a server has to answer.
_TIMEOUT = 8.0
#: How far clocks may differ.
_SKEW = timedelta(seconds=_tokens.LEEWAY)
_BROWSERS = ("google-chrome", "chromium", "chromium-browser", "microsoft-edge", "firefox")

#: How a finding begins in a terminal.
SIGNS: dict[State, str] = {"ok": "✓", "warning": "!", "wrong": "✗"}


def add_doctor(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of `doctor`."""
    parser.description = (
        "Check everything that a meeting in a notebook needs, and say what to do where something is "
        f"missing. Set {TOKEN} to check a token, too. Nothing is changed without --fix. The exit status is 1 "
        "if something is wrong."
    )
    parser.add_argument(
        "--fix",
        action="store_true",
        help="do what can safely be done, and ask before each step; then check again",
    )
    parser.add_argument("--yes", action="store_true", help="with --fix: do not ask")
    parser.add_argument(
        "--turn",
        action="append",
        default=[],
        metavar="URL",
        help="check a TURN server, too, as `nanomeet serve --turn` takes it",
    )
    parser.set_defaults(run=doctor)


def doctor(options: argparse.Namespace, output: Output) -> int:
    """Check everything; with `--fix`, do what can be done, and check again."""
    findings = _told(options, output)
    fixed: list[dict[str, str]] = []
    if options.fix:
        fixed = _fix([one for one in findings if one.fix is not None], options, output)
        if any(not one["failed"] for one in fixed):
            output.line("\nOnce more:\n")
            before, findings = findings, _told(options, output)
            _compare(before, findings, output)
    wrong = [finding.name for finding in findings if finding.state == "wrong"]
    if output.as_json:
        facts = [finding.facts() for finding in findings]
        output.facts({}, {"ok": not wrong, "findings": facts, "fixed": fixed})
        return FAILED if wrong else DONE
    output.line("")
    output.line(f"Something is wrong: {', '.join(wrong)}." if wrong else "All is well.")
    if not options.fix and (fixable := [one.name for one in findings if one.fix is not None]):
        output.line(f"`nanomeet doctor --fix` can mend: {', '.join(fixable)}.")
    return FAILED if wrong else DONE


def _told(options: argparse.Namespace, output: Output) -> list[Finding]:
    """Check everything, and tell each finding once it is known."""
    findings = []
    for finding in look(turn=options.turn):
        findings.append(finding)
        output.line(f"{SIGNS[finding.state]} {finding.name}: {finding.found}")
        if finding.remedy:
            output.line(f"    {finding.remedy}")
    return findings


def _fix(
    findings: list[Finding], options: argparse.Namespace, output: Output
) -> list[dict[str, str]]:
    """Do what the user agrees to; return what was done, and why it failed."""
    done: list[dict[str, str]] = []
    asks = not options.yes
    if asks and findings and (output.as_json or not sys.stdin.isatty()):
        output.note("--fix asks before each step, and no one can answer here: add --yes to agree")
        return done
    for finding in findings:
        if (fix := finding.fix) is None:
            continue
        output.line(f"\n{finding.name}: {finding.found}\n    {fix.shown}")
        if asks and input("    Do this? [y/N] ").strip().lower() not in {"y", "yes"}:
            continue
        failed = fix.apply()
        done.append({"name": finding.name, "did": fix.shown, "failed": failed})
        output.line(f"    It failed: {failed}" if failed else "    Done.")
        if fix.afterwards and not failed:
            output.line(f"    Then {fix.afterwards}.")
    return done


def _compare(before: list[Finding], after: list[Finding], output: Output) -> None:
    """Say what is different now."""
    were = {finding.name: finding for finding in before if finding.state != "ok"}
    now = {finding.name: finding for finding in after}
    output.line("")
    for name, was in were.items():
        found = now.get(name)
        if found is None or found.state == "ok":
            output.line(f"Mended: {name}.")
        elif was.fix is not None:
            output.line(f"As before: {name}: {found.found}")


def look(*, turn: Sequence[str] = ()) -> Iterator[Finding]:
    """Check everything, and yield what is found.

    Parameters
    ----------
    turn
        The addresses of TURN servers to check, too.
    """
    yield from doctor_packages.look()
    yield _host(os.environ)
    yield from _jupyters()
    yield from doctor_machine.look(os.environ)
    yield _browser(shutil.which)
    yield from _service()
    for url in turn:
        yield doctor_network.relay(url)


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
    if _jupyter.in_colab():
        return Finding(
            name=name,
            state="warning",
            found="Colab runs kernels on its own machines: no browser reaches a server that runs there",
            remedy="run `nanomeet serve` on a host that browsers reach, and set NANOMEET_SERVER and "
            "NANOMEET_API_KEY, or use nanoStream Cloud or a Jitsi server",
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
    if _jupyter.in_colab():
        return
    found = list(_jupyter.found())
    for pid, url, known in found:
        name = f"Jupyter at {_shown(url)}"
        if isinstance(known, _jupyter.Extension):
            yield Finding(name=name, state="ok", found=f"has meetings, of version {__version__}")
            continue
        # Other notebooks may not need them.
        own = known == _jupyter.why_absent()
        python = _jupyter.python_of(pid)
        said = doctor_packages.ask(python) if python else {}
        has_it = said.get(doctor_packages.PACKAGE) == __version__
        fix = _mending(python, has_it=has_it) if python and not known.error else None
        yield Finding(
            name=name,
            state="wrong" if own else "warning",
            found=f"{known.what}: its notebooks' meetings work on this machine only",
            remedy=known.remedy,
            fix=fix,
        )
        if python and said and said.get("anywidget") is None:
            fix = installing(python, "anywidget", afterwards="restart Jupyter")
            what = f"{python} lacks anywidget: its cells show no meeting"
            yield Finding(
                name=f"{name}: anywidget", state="wrong", found=what, remedy=fix.shown, fix=fix
            )
    if len(found) > 1:
        what = f"{len(found)} run: what is installed or enabled concerns the one of your notebook"
        yield Finding(name="Jupyter servers", state="ok", found=what)


def _mending(python: str, *, has_it: bool) -> Fix:
    """Return how a Jupyter server gets meetings: by installing the package, or by enabling its part."""
    if has_it:
        return doctor_packages.enabling(python)
    wanted = f"{doctor_packages.PACKAGE}=={__version__}"
    return installing(python, wanted, afterwards="restart Jupyter")


def _shown(url: str) -> str:
    """Return a Jupyter server's address without what may be secret in it."""
    return url.partition("?")[0]


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
            yield from doctor_network.certificate(address, getattr(service, "verify", True))
            yield from _server(address, service)
            yield from _token(address)
    except NanoMeetError as error:
        yield Finding(
            name="service answers",
            state="wrong",
            found=str(error),
            remedy="check the address and the key, and whether this machine can reach it; "
            f"{error.help} explains it",
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
