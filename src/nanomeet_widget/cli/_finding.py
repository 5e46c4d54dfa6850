"""What the checks of `nanomeet doctor` share: what they find, and how they ask a server."""

from __future__ import annotations

import shlex
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from typing import Literal
from urllib.parse import urlsplit

from nanomeet_widget import _child_environment, _validation

State = Literal["ok", "warning", "wrong"]

#: Seconds that a server has to answer.
_TIMEOUT = 8.0
#: Bytes that are read of an answer: a page's head is a few thousand.
_READ = 1 << 18


#: Seconds for a command that installs or enables something.
_PATIENCE = 600.0


@dataclass(frozen=True, kw_only=True)
class Fix:
    """What the doctor can do about a finding: a command, or an action of its own.

    Attributes
    ----------
    shown : str
        What is done, in words, or the command itself.
    command : tuple of str
        The command; empty if `act` does it.
    act : callable, optional
        Does it; raises an `OSError` if it cannot.
    afterwards : str
        What the user has to do then.
    """

    shown: str
    command: tuple[str, ...] = ()
    act: Callable[[], object] | None = None
    afterwards: str = ""

    def apply(self) -> str:
        """Do it; return why it failed, empty if it did not."""
        try:
            if self.act is not None:
                self.act()
                return ""
            done = subprocess.run(  # noqa: S603 - shown to the user, who agreed
                self.command,
                capture_output=True,
                text=True,
                timeout=_PATIENCE,
                check=False,
                env=_child_environment.for_installer(),
            )
        except (OSError, subprocess.SubprocessError) as error:
            return str(error)
        said = (done.stderr or done.stdout).strip().splitlines()
        return "" if done.returncode == 0 else (said[-1] if said else f"exit {done.returncode}")


def installing(python: str, *requirements: str, afterwards: str = "") -> Fix:
    """Return the fix that installs packages into an interpreter's environment."""
    command = (python, "-m", "pip", "install", "--upgrade", *requirements)
    return Fix(shown=shlex.join(command), command=command, afterwards=afterwards)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A check: its name, what was found, what to do about it, and what the doctor can do itself."""

    name: str
    state: State
    found: str
    remedy: str = ""
    fix: Fix | None = None

    def facts(self) -> dict[str, object]:
        """Return it for programs."""
        return {
            "name": self.name,
            "state": self.state,
            "found": self.found,
            "remedy": self.remedy,
            "fixable": self.fix is not None,
            "fix": self.fix.shown if self.fix else "",
        }


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A server's answer, of any status."""

    status: int
    headers: Message
    body: bytes


def fetch(url: str, method: str = "GET") -> Reply | str:
    """Return what a server answers, or why it does not."""
    request = urllib.request.Request(url, method=method)  # noqa: S310 - http and https only
    # The browser judges the certificate.
    context = ssl._create_unverified_context()  # noqa: S323, SLF001 - nothing secret is sent
    handlers: list[urllib.request.BaseHandler] = [urllib.request.HTTPSHandler(context=context)]
    if _validation.is_loopback(urlsplit(url).hostname or ""):
        # The environment's proxy is for other hosts.
        handlers.append(urllib.request.ProxyHandler({}))
    opener = urllib.request.build_opener(*handlers)
    try:
        with opener.open(request, timeout=_TIMEOUT) as answer:
            return Reply(status=answer.status, headers=answer.headers, body=answer.read(_READ))
    except urllib.error.HTTPError as error:
        with error:
            return Reply(status=error.code, headers=error.headers, body=b"")
    except (OSError, HTTPException) as error:
        return f"{url} does not answer: {getattr(error, 'reason', error)}"
