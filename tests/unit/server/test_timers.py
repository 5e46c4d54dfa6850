"""An alarm: one call at a time, and nothing of the last one stays."""

from __future__ import annotations

from nanomeet_widget.server.timers import Alarm
from tests.unit.server.fakes import Clock


def test_an_alarm_calls_once() -> None:
    clock, told = Clock(), list[str]()
    alarm = Alarm(clock)
    assert not alarm.is_set
    alarm.set(5, lambda: told.append("late"))
    clock.advance(4.9)
    assert (told, alarm.is_set) == ([], True)
    clock.advance(0.1)
    assert (told, alarm.is_set) == (["late"], False)
    clock.advance(100)
    assert told == ["late"]


def test_setting_it_again_replaces_the_call() -> None:
    clock, told = Clock(), list[str]()
    alarm = Alarm(clock)
    alarm.set(5, lambda: told.append("first"))
    clock.advance(4)
    alarm.set(5, lambda: told.append("second"))
    clock.advance(4)
    assert (told, alarm.is_set) == ([], True)
    clock.advance(1)
    assert told == ["second"]


def test_a_cancelled_alarm_calls_nothing_until_it_is_set_again() -> None:
    clock, told = Clock(), list[str]()
    alarm = Alarm(clock)
    alarm.cancel()
    alarm.set(1, lambda: told.append("cancelled"))
    alarm.cancel()
    alarm.cancel()
    assert not alarm.is_set
    clock.advance(10)
    alarm.set(1, lambda: told.append("set"))
    clock.advance(10)
    assert told == ["set"]


def test_what_it_calls_may_set_it_again() -> None:
    clock, told = Clock(), list[bool]()
    alarm = Alarm(clock)

    def tick() -> None:
        told.append(alarm.is_set)
        if len(told) < 3:
            alarm.set(1, tick)

    alarm.set(1, tick)
    clock.advance(10)
    assert (told, alarm.is_set) == ([False] * 3, False)


def test_what_it_calls_may_cancel_it() -> None:
    clock, told = Clock(), list[str]()
    alarm = Alarm(clock)

    def tick() -> None:
        told.append("tick")
        alarm.set(1, tick)
        alarm.cancel()

    alarm.set(1, tick)
    clock.advance(10)
    assert (told, alarm.is_set) == (["tick"], False)
