"""How a server of this machine proves what it is.

A port outlives its server: after a crash, another user of the machine may listen there. So each
connection begins with a challenge, and nothing secret is sent before it is answered: with the secret of
the file by which the server was found, which only its user can read; or with the signature of a token,
which only the server that made the token can compute from the rest of it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from nanomeet_widget._models import Secret

#: Where a server answers challenges, below its address, and the header that has the nonce.
PATH = "/lease/proof"
HEADER = "X-NanoMeet-Nonce"
#: The headers that have a token without its signature, and a hash of that, which chooses a secret.
SIGNED, MARK = "X-NanoMeet-Signed", "X-NanoMeet-Mark"
#: Seconds for an answer.
TIMEOUT = 5.0

_BYTES = 32
_NONCE = re.compile(r"[0-9a-f]{64}")
_DIGEST = 64
#: Bytes of the headers before the answer.
_HEAD = 4096
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *%d(?:\r|$)" % _DIGEST, re.IGNORECASE)


class UnprovenError(ConnectionError):
    """What listens at an address is not the server that the file names."""


def new_secret() -> str:
    """Return the secret of a new process."""
    return secrets.token_hex(_BYTES)


def is_nonce(text: str) -> bool:
    """Return whether a text can be a challenge's nonce."""
    return _NONCE.fullmatch(text) is not None


def answer(secret: str, nonce: str, port: int) -> str:
    """Return the answer to a challenge.

    Parameters
    ----------
    secret
        The server's secret.
    nonce
        The challenge's nonce, which `is_nonce`.
    port
        The TCP port at which the server was asked: a process in between listens at another one.
    """
    words = f"nanomeet server proof\n{port}\n{nonce}"
    return hmac.new(secret.encode(), words.encode(), "sha256").hexdigest()


@dataclass(frozen=True)
class Expected:
    """What a server has to know.

    Parameters
    ----------
    secret
        The secret.
    headers
        What says which one, if the server has several.
    """

    secret: Secret
    headers: tuple[tuple[str, str], ...] = ()


def of_token(token: str) -> Expected:
    """Return what the server that made a token knows.

    Parameters
    ----------
    token
        The token.
    """
    signed, _, signature = token.rpartition(".")
    return Expected(Secret(signature), ((SIGNED, signed), (MARK, mark(signature))))


def mark(signature: str) -> str:
    """Return a hash of a signature, which does not reveal it."""
    return hashlib.sha256(signature.encode()).hexdigest()


class Challenge:
    """One challenge, for one connection.

    Parameters
    ----------
    expected
        What the server has to know.
    url
        The server's address: http, as only this machine's own servers are challenged.
    """

    def __init__(self, expected: Expected, url: str) -> None:
        parts = urlsplit(url)
        nonce = secrets.token_hex(_BYTES)
        self._expected = answer(expected.secret.reveal(), nonce, parts.port or 80)
        headers = [("Host", parts.netloc), (HEADER, nonce), *expected.headers]
        lines = [f"GET {parts.path.rstrip('/')}{PATH} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers]
        self._request = "\r\n".join([*lines, "", ""]).encode()
        self._end = time.monotonic() + TIMEOUT

    def pose(self, send: Callable[[bytes], None], receive: Callable[[float], bytes]) -> None:
        """Ask on a new connection, which can carry requests afterwards.

        Parameters
        ----------
        send
            Sends bytes.
        receive
            Returns what arrives next, within so many seconds.

        Raises
        ------
        UnprovenError
            If the answer is wrong, or there is none.
        """
        send(self._request)
        said = b""
        while self._unfinished(said):
            more = receive(self._left())
            if not more:
                break
            said += more
        self._judge(said)

    async def apose(
        self,
        send: Callable[[bytes], Awaitable[None]],
        receive: Callable[[float], Awaitable[bytes]],
    ) -> None:
        """Ask as `pose` does, without blocking.

        Parameters
        ----------
        send, receive
            As `pose` has them.

        Raises
        ------
        UnprovenError
            If the answer is wrong, or there is none.
        """
        await send(self._request)
        said = b""
        while self._unfinished(said):
            more = await receive(self._left())
            if not more:
                break
            said += more
        self._judge(said)

    def _unfinished(self, said: bytes) -> bool:
        head, end, body = said.partition(_END)
        if not end:
            return len(head) <= _HEAD
        return len(body) < _DIGEST and _LENGTH.search(head) is not None

    def _left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise UnprovenError("it took too long to prove that it is the server of the file")
        return left

    def _judge(self, said: bytes) -> None:
        head, _, body = said.partition(_END)
        # Exactly the answer: what followed it would be taken for the next one.
        if not head.startswith(b"HTTP/1.1 200 ") or not hmac.compare_digest(
            body, self._expected.encode()
        ):
            raise UnprovenError("another program listens there")
