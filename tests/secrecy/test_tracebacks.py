"""Errors show no token, not even in tracebacks that print every variable."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import IPython
import pytest
from IPython.core.ultratb import AutoFormattedTB
from rich.console import Console
from rich.traceback import Traceback

import nanomeet_widget as nm
from nanomeet_widget._models import SecretText
from nanomeet_widget.services import LocalServer, NanoStreamCloud
from tests.conftest import RunningServer
from tests.leaks import found

from .test_shown import KEY, TOKEN

#: As a user has it: from a room, or read from a file.
WHOLE = str(TOKEN)
HEAD, BODY, SIGNATURE = WHOLE.split(".")
#: Looks like a token, and is none.
BROKEN = f"{HEAD}.{BODY[:-8]}.{SIGNATURE}"


class Service(LocalServer):
    """A server that is there, and gives an answer of the test's."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        super().__init__(
            transport=httpx.MockTransport(answer), async_transport=httpx.MockTransport(answer)
        )

    def _ensure(self) -> Any:
        from nanomeet_widget.services.local import Address  # noqa: PLC0415

        return Address(url="http://127.0.0.1:9000", api_key=KEY)


def away(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def refuses(request: httpx.Request) -> httpx.Response:
    return httpx.Response(403, json={"message": "no"}, request=request)


def babbles(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, text="<html>", request=request)


def gives_half(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"data": BROKEN}, request=request)


def invite(token: str, answer: Callable[[httpx.Request], httpx.Response], **options: Any) -> None:
    nm.create_invite(token, service=Service(answer), **options)


def ainvite(token: str, answer: Callable[[httpx.Request], httpx.Response]) -> None:
    asyncio.run(nm.acreate_invite(token, service=Service(answer)))


def records(token: str, answer: Callable[[httpx.Request], httpx.Response]) -> None:
    nm.records(token, service=Service(answer)).attendance()


def kept(token: str) -> nm.Records:
    """Return records with nothing in them."""

    def nothing(request: httpx.Request) -> httpx.Response:
        found: dict[str, Any] = {"session": None, "kept": [], "rows": [], "left_out": 0}
        return httpx.Response(200, json=found, request=request)

    return nm.records(token, service=Service(nothing))


def room(answer: Callable[[httpx.Request], httpx.Response]) -> None:
    nm.create_room("algebra_101", service=Service(answer))


def broken(token: str) -> str:
    """Lose a piece from the midst of it, as copying does."""
    return type(token)(token[:-60] + token[-43:])


def set_token(token: str) -> None:
    nm.NanoMeet().token = token


MISTAKES: dict[str, Callable[[str], object]] = {
    "bad time": lambda token: invite(token, refuses, exp=timedelta(days=900)),
    "bad flag": lambda token: invite(token, refuses, moderator="yes"),
    "server away": lambda token: invite(token, away),
    "server away, async": lambda token: ainvite(token, away),
    "refused": lambda token: invite(token, refuses),
    "refused, async": lambda token: ainvite(token, refuses),
    "no JSON": lambda token: invite(token, babbles),
    "half an answer": lambda token: invite(token, gives_half),
    "half a room": lambda _: room(gives_half),
    "room refused": lambda _: room(refuses),
    "broken token": lambda token: nm.create_invite(broken(token)),
    "broken widget": lambda token: nm.NanoMeet(token=broken(token)),
    "broken trait": lambda token: set_token(broken(token)),
    "unknown option": lambda token: nm.NanoMeet(token=token, heigth=4),
    "bad option": lambda token: nm.NanoMeet(token=token, height=-4),
    "records away": lambda token: records(token, away),
    "records refused": lambda token: records(token, refuses),
    "records that are no JSON": lambda token: records(token, babbles),
    "odd records": lambda token: records(token, gives_half),
    "no records on another engine": lambda token: nm.records(token, service=NanoStreamCloud(KEY)),
    "no session": lambda token: nm.records(token, service=Service(refuses)).attendance(""),
    "a table without a place": lambda token: kept(token).attendance().to_csv("/nowhere/a.csv"),
    "closed": lambda token: nm.NanoMeet(token=token).start_broadcast().result(),
}


#: Columns: nothing is broken over lines.
WIDE = 10_000


def error_of(mistake: Callable[[str], object], token: str) -> BaseException:
    try:
        mistake(token)
    except nm.NanoMeetError as error:
        return error
    except Exception as error:  # noqa: BLE001 - traitlets wraps what a trait refuses
        return error
    raise AssertionError("it did not fail")


def written(error: BaseException, style: str) -> str:
    """Write it down as a notebook does."""
    if style == "rich":
        console = Console(file=io.StringIO(), width=WIDE)
        of = Traceback.from_exception(
            type(error),
            error,
            error.__traceback__,
            width=WIDE,
            show_locals=True,
            locals_max_string=WIDE,
        )
        console.print(of)
        assert isinstance(console.file, io.StringIO)
        return console.file.getvalue()
    # IPython 9, which needs Python 3.11, names it otherwise.
    plain = (
        {"theme_name": "nocolor"} if IPython.version_info >= (9,) else {"color_scheme": "NoColor"}
    )
    writer = AutoFormattedTB(mode=style, **plain)
    return "\n".join(writer.structured_traceback(type(error), error, error.__traceback__))


def from_ours(error: BaseException) -> BaseException:
    """Leave out the frames above ours: their variables hold what the user has written."""
    at = error.__traceback__
    while at is not None and "/nanomeet_widget/" not in at.tb_frame.f_code.co_filename:
        at = at.tb_next
    assert at is not None
    return error.with_traceback(at)


@pytest.mark.parametrize("style", ["Plain", "Context", "Verbose", "rich"])
@pytest.mark.parametrize("name", MISTAKES)
def test_no_traceback_shows_a_token(name: str, style: str) -> None:
    error = error_of(MISTAKES[name], SecretText(WHOLE))
    assert not found(written(error, style), WHOLE, "a-key-that-may-make-rooms", SIGNATURE)


@pytest.mark.parametrize("name", MISTAKES)
def test_our_frames_show_none_that_came_as_a_plain_text(name: str) -> None:
    error = error_of(MISTAKES[name], WHOLE)
    for style in ("Verbose", "rich"):
        text = written(from_ours(error), style)
        assert not found(text, WHOLE, SIGNATURE)


def test_a_plain_text_in_a_frame_would_be_found() -> None:
    def careless(token: str) -> None:
        raise ValueError(len(token))

    for style in ("Verbose", "rich"):
        assert found(written(error_of(careless, WHOLE), style), SIGNATURE)


@pytest.mark.parametrize("fields", [{"exp": 5}, {"moderator": "x"}])
def test_the_servers_refusals_repeat_no_token(
    server: RunningServer, fields: dict[str, Any]
) -> None:
    token = server.room("Quiet")
    answer = server.post("nanomeet", headers={"x-bintu-token": token}, **fields)
    assert answer.status_code >= 400
    assert not found(json.dumps(dict(answer.headers)) + answer.text, token, server.api_key)
