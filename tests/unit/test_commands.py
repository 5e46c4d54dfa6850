"""A command of a meeting: who waits for it, for how long, and how asyncio treats it."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from comm.base_comm import BaseComm

import nanomeet_widget as nm
from nanomeet_widget import _channel

from .test_widget import Page, _pages, shown, token

__all__ = ["_pages"]


def commands(page: Page) -> list[int]:
    return [m["id"] for m in page.custom() if m["type"] == "command"]


def settled(command: nm.Command[Any]) -> bool:
    done = threading.Event()
    command.add_done_callback(lambda _: done.set())
    return done.wait(60)


def confirm(page: Page, number: int, subject: str = "Sets") -> None:
    page.says(type="reply", id=number, result={"subject": subject})


WAYS: dict[str, Callable[[nm.Command[str]], Awaitable[Any]]] = {
    "await": lambda command: command,
    "create_task": asyncio.create_task,
    "ensure_future": asyncio.ensure_future,
    "gather": asyncio.gather,
    "wait_for": lambda command: asyncio.wait_for(command, 60),
    "shield": asyncio.shield,
}


@pytest.mark.parametrize("way", WAYS)
def test_asyncio_accepts_a_command_as_a_coroutine(way: str) -> None:
    meet, page = shown()
    page.joins()

    async def run() -> Any:
        command = meet.set_subject("Sets")
        asyncio.get_running_loop().call_later(0.01, confirm, page, commands(page)[-1])
        return await WAYS[way](command)

    assert asyncio.run(run(), debug=True) in ("Sets", ["Sets"])


def test_asyncio_runs_a_command_by_itself() -> None:
    meet, page = shown()
    page.joins()
    command = meet.set_subject("Sets")
    threading.Timer(0.05, confirm, (page, commands(page)[-1])).start()
    assert asyncio.run(command) == "Sets"


def test_two_tasks_await_one_command_and_a_third_gives_up() -> None:
    meet, page = shown()
    page.joins()

    async def run() -> list[Any]:
        command = meet.set_subject("Sets")
        tasks = [asyncio.create_task(command, name=name) for name in ("a", "b", "c")]
        await asyncio.sleep(0)
        assert "set_subject" in repr(tasks[0])
        tasks[2].cancel()
        await asyncio.gather(tasks[2], return_exceptions=True)
        assert tasks[2].cancelled()
        assert command.state == "pending"
        confirm(page, commands(page)[-1])
        return [*await asyncio.gather(*tasks[:2]), await command, await command]

    assert asyncio.run(run()) == ["Sets"] * 4


def test_a_command_that_is_not_awaited_is_no_warning() -> None:
    meet, page = shown()
    page.joins()
    for _ in range(3):
        meet.set_subject("Sets").close()
    gc.collect()
    assert len(commands(page)) == 3


def test_a_task_fails_as_the_command_does() -> None:
    meet, page = shown()
    page.joins()

    async def run() -> None:
        task = asyncio.create_task(meet.set_subject("Sets"))
        await asyncio.sleep(0)
        error = {"kind": "refused", "message": "Not now."}
        page.says(type="reply", id=commands(page)[-1], error=error)
        await task

    with pytest.raises(nm.CommandRefusedError, match="Not now"):
        asyncio.run(run())


def test_a_refusal_has_the_kind_that_the_server_gave_it() -> None:
    meet, page = shown()
    page.joins()
    command = meet.set_subject("Sets")
    error = {"kind": "refused", "cause": "too_many", "message": "Wait a moment."}
    page.says(type="reply", id=commands(page)[-1], error=error)
    failure = command.exception()
    assert isinstance(failure, nm.CommandRefusedError)
    assert (failure.kind, str(failure)) == ("too_many", "Wait a moment.")


def test_a_reply_after_its_loop_has_ended_is_harmless(caplog: pytest.LogCaptureFixture) -> None:
    meet, page = shown()
    page.joins()
    command = meet.set_subject("Sets")

    async def run() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(command, 0.01)

    asyncio.run(run())
    page.says(type="reply", id=commands(page)[-1], error={"kind": "refused", "message": "No."})
    assert isinstance(command.exception(), nm.CommandRefusedError)
    gc.collect()
    assert caplog.records == []


def test_a_command_says_what_it_waits_for() -> None:
    meet, page = shown()
    page.says(type="hello")
    command = meet.start_broadcast()
    page.says(type="held", id=commands(page)[-1], why="a moderator has to let you in")
    assert repr(command) == "<start_broadcast: pending: a moderator has to let you in>"
    page.says(type="begun", id=commands(page)[-1])
    assert repr(command) == "<start_broadcast: pending>"


def test_a_commands_own_time_runs_from_when_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nanomeet_widget._widget.CONFIRM", 0.05)
    monkeypatch.setattr(
        nm.NanoMeet._command, "__kwdefaults__", {"timeout": 0.05, "moderator": False}
    )
    meet, page = shown()
    page.says(type="hello")
    held = meet.set_subject("Sets")
    page.says(type="held", id=commands(page)[-1], why="it is being joined")
    gone = meet.set_subject("Sets")
    assert settled(gone)
    assert isinstance(gone.exception(), nm.CommandTimeoutError)
    assert held.state == "pending"
    page.says(type="begun", id=commands(page)[0])
    assert settled(held)
    assert isinstance(held.exception(), nm.CommandTimeoutError)


def test_a_page_that_disappears_while_it_holds_a_command_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_channel, "HELD", 0.05)
    meet, page = shown()
    page.says(type="hello")
    command = meet.set_subject("Sets")
    page.says(type="held", id=commands(page)[-1], why="it asks for its password")
    assert settled(command)
    with pytest.raises(nm.CommandTimeoutError, match=r"in 0\.05 s\. Before that, it asks"):
        command.result()


def test_a_command_fails_with_the_reason_why_the_meeting_is_not_joined() -> None:
    meet, page = shown()
    page.says(type="hello")
    early = meet.set_subject("Sets")
    words = "The token has expired."
    error = {"kind": "not_joined", "cause": "token_expired", "message": words}
    page.says(type="reply", id=commands(page)[-1], error=error)
    failure = early.exception()
    assert isinstance(failure, nm.NotJoinedError)
    assert (failure.kind, str(failure)) == ("token_expired", words)
    page.says(type="status", status="failed", error={"kind": "token_expired", "message": words})
    late = meet.set_subject("Sets").exception()
    assert isinstance(late, nm.NotJoinedError)
    assert late.kind == "token_expired"
    assert "The token has expired" in str(late)


def test_another_page_gets_in_order_what_the_first_had_not_begun() -> None:
    meet, page = shown()
    page.says(type="hello")
    begun, *waiting = [meet.set_subject(str(number)) for number in range(4)]
    numbers = commands(page)
    page.says(type="begun", id=numbers[0])
    page.says(type="hello")  # the same page again has them already
    assert commands(page) == numbers
    page.says(type="hello", client="page-2")
    assert commands(page)[4:] == numbers[1:]
    page.says(type="reply", id=numbers[1], result={"subject": "1"}, client="page-2")
    assert waiting[0].result() == "1"
    with pytest.raises(nm.CommandError, match="another page took the meeting over"):
        begun.result()


def test_commands_for_the_former_meeting_are_not_carried_out_in_the_next() -> None:
    meet, page = shown()
    unseen = meet.set_subject("Sets")
    meet.token = token(room="physics")
    page.says(type="hello")
    assert commands(page) == []
    with pytest.raises(nm.NotJoinedError, match="token was changed"):
        unseen.result()
    seen = meet.set_subject("Rings")
    meet.token = token(room="biology")
    assert seen.state == "failed"
    kinds = [(m["type"], m.get("id")) for m in page.custom()]
    assert kinds.index(("withdrawn", commands(page)[-1])) < kinds.index(("token", None), 3)


def test_a_granted_moderator_is_not_refused_before_the_grant_is_known() -> None:
    meet, page = shown(token(moderator=False))
    page.says(type="hello")
    assert meet.kick("ab").state == "pending"
    page.joins()
    assert isinstance(meet.kick("ab").exception(), nm.CommandRefusedError)


def test_leaving_before_joining_is_sent_to_the_page() -> None:
    meet, page = shown()
    meet._repr_mimebundle_()
    command = meet.leave()
    page.says(type="hello")
    assert page.last_command()["name"] == "leave"
    page.says(type="reply", id=commands(page)[-1], result=None)
    assert command.state == "done"
    assert isinstance(page, BaseComm)
