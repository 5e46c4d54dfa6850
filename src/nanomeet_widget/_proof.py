"""How a local server proves that it is the one that wrote the file by which it was found.

A port outlives its server: after a crash, another user of the machine may listen there. So each
connection begins with a challenge, and nothing secret is sent before it is answered. The secret that
answers it is in the file alone, which only its user can read, and in the memory of the process.
"""

from __future__ import annotations

import hmac
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

#: Where a server answers challenges, below its address, and the header that has the nonce.
PATH = "/lease/proof"
HEADER = "X-NanoMeet-Nonce"
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


class Challenge:
    """One challenge, for one connection.

    Parameters
    ----------
    secret
        The secret that the server has to know.
    url
        The server's address: http, as only this machine's own servers are challenged.
    """

    def __init__(self, secret: str, url: str) -> None:
        parts = urlsplit(url)
        nonce = secrets.token_hex(_BYTES)
        self._expected = answer(secret, nonce, parts.port or 80)
        self._request = (
            f"GET {parts.path.rstrip('/')}{PATH} HTTP/1.1\r\n"
            f"Host: {parts.netloc}\r\n{HEADER}: {nonce}\r\n\r\n"
        ).encode()
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
