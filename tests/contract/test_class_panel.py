"""The class panel in Python, of bots on a real server: what it shows, and what its buttons do."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from html import unescape
from typing import Any

import ipywidgets
import pytest

import nanomeet_widget as nm
from nanomeet_widget._widget import _live_widgets
from nanomeet_widget.services import LocalServer
from tests import waiting
from tests.conftest import RunningServer

from .bots import until
from .sockets import run

HOSTILE = "<img src=x onerror=alert(1)>&amp;"


def service(server: RunningServer) -> LocalServer:
    return LocalServer(server.url, api_key=server.api_key)


def bot(server: RunningServer, token: str, name: str = "") -> nm.Bot:
    return nm.Bot(token, display_name=name or None, service=service(server))


def widgets(root: Any) -> list[Any]:
    """All widgets in a box."""
    return [root, *(one for child in getattr(root, "children", ()) for one in widgets(child))]


def html(panel: nm.ClassPanel) -> str:
    """What the panel shows."""
    parts = [one.value for one in widgets(panel) if isinstance(one, ipywidgets.HTML)]
    return "\n".join(parts)


def text(panel: nm.ClassPanel) -> str:
    """The same, as a person reads it: a line for each paragraph, heading and item."""
    lines = re.split(r"</(?:p|h3|li)>", html(panel))
    return "\n".join(unescape(re.sub("<[^>]*>", "", line)).strip() for line in lines)


def press(panel: nm.ClassPanel, words: str) -> None:
    (button,) = (one for one in widgets(panel) if getattr(one, "description", "") == words)
    button.click()


def control(panel: nm.ClassPanel, label: str, at: int = 0) -> Any:
    found = [one for one in widgets(panel) if getattr(one, "description", "") == label]
    return found[at]


def line(panel: nm.ClassPanel, start: str) -> str | None:
    """The first line that begins so."""
    return next((one for one in text(panel).splitlines() if one.startswith(start)), None)


async def shows(panel: nm.ClassPanel, *lines: str) -> None:
    """Wait until the panel shows all of these lines."""
    await until(lambda: set(lines) - set(text(panel).splitlines()), set())


def test_hands_are_called_in_their_order(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room(f"Hands_{secrets.token_hex(4)}")
        guests = server.invite(token)
        async with (
            bot(server, token, "Teacher") as teacher,
            bot(server, guests, "Ada") as ada,
            bot(server, guests, HOSTILE) as bo,
            bot(server, guests, "Cem") as cem,
        ):
            panel = nm.ClassPanel(teacher)
            await shows(panel, "Raised hands (0)", "No hand is raised.")
            await bo.raise_hand()
            await ada.raise_hand()
            await shows(panel, "Raised hands (2)", HOSTILE, "Ada", "Not raised (1): Cem")
            # What a name has in it is text.
            assert "<img" not in html(panel)
            assert text(panel).index(HOSTILE) < text(panel).index("Ada")
            press(panel, "Next")
            await until(lambda: list(teacher.hands), [ada.own_id])
            await shows(panel, "Raised hands (1)", f"Called on {HOSTILE}.")
            await cem.raise_hand()
            await shows(panel, "Raised hands (2)")
            who = control(panel, "Person")
            press(panel, "Call")
            await shows(panel, "Choose a person with a raised hand, or press Next.")
            who.value = cem.own_id
            press(panel, "Call")
            await until(lambda: list(teacher.hands), [ada.own_id])
            await shows(panel, "Called on Cem.", "Raised hands (1)")
            # Who was chosen is gone: no one else is in their place.
            assert who.value is None
            press(panel, "Next")
            await shows(panel, "Raised hands (0)")
            press(panel, "Next")
            await until(lambda: line(panel, "Called"), None)
            await until(lambda: text(panel).count("No hand is raised."), 2)
            panel.close()

    run(scenario())


def test_a_check_in_says_who_is_done_by_name(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room(f"Check_{secrets.token_hex(4)}")
        guests = server.invite(token)
        async with (
            bot(server, token, "Teacher") as teacher,
            bot(server, guests, "Ada") as ada,
            bot(server, guests, "Bo") as bo,
        ):
            panel = nm.ClassPanel(teacher)
            control(panel, "Question").value = "Exercise <3>?"
            press(panel, "Start check-in")
            await shows(panel, "Exercise <3>?", "Not yet (2): Ada, Bo")
            await until(lambda: ada.check_in is not None, True)
            await ada.answer_check_in()
            await shows(panel, "Done (1): Ada", "Not yet (1): Bo")
            press(panel, "End check-in")
            await shows(panel, "No check-in goes on.")
            assert bo.participants
            # A question that breaks its rule is refused in words, and nothing is asked.
            control(panel, "Question").value = ""
            press(panel, "Start check-in")
            await until(lambda: (line(panel, "✗ question") or "")[:10], "✗ question")
            assert 'role="alert"' in html(panel)
            assert teacher.check_in is None
            panel.close()

    run(scenario())


def test_the_lobby_is_let_in_and_refused(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room(f"Lobby_{secrets.token_hex(4)}")
        guests = server.invite(token)
        async with bot(server, token, "Teacher") as teacher:
            await teacher.set_lobby(True)
            panel = nm.ClassPanel(teacher)
            joins = [bot(server, guests, name) for name in ("Ada", "Bo", "Cem")]
            waits = []
            for number, one in enumerate(joins, start=1):
                waits.append(asyncio.ensure_future(one.join()))
                await shows(panel, f"Lobby ({number})")
            press(panel, "Admit")
            await shows(panel, "Choose a person who waits.")
            who = control(panel, "Waits")
            ids = {one["display_name"]: one["id"] for one in teacher.lobby}
            who.value = ids["Bo"]
            press(panel, "Refuse")
            with pytest.raises(nm.NotAdmittedError):
                await waits[1]
            await shows(panel, "Lobby (2)")
            who.value = ids["Ada"]
            press(panel, "Admit")
            await waits[0]
            await shows(panel, "Lobby (1)")
            press(panel, "Admit all")
            await waits[2]
            await shows(panel, "Lobby (0)", "No one waits.", "Here (3): Ada, Cem, Teacher")
            for one in joins:
                one.close()
            panel.close()

    run(scenario())


def test_the_roster_says_who_is_absent_and_whose_link_is_used_twice(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room(f"Roster_{secrets.token_hex(4)}")
        people = [{"id": one, "name": one} for one in ("Ada", "Bo", "Cem")]
        invites = await asyncio.to_thread(nm.create_invites, token, people, service=service(server))
        async with (
            bot(server, token, "Teacher") as teacher,
            bot(server, invites["Ada"].token),
            bot(server, invites["Bo"].token),
            bot(server, invites["Bo"].token) as again,
            bot(server, server.invite(token), "Guest"),
        ):
            panel = nm.ClassPanel(teacher)
            await shows(
                panel,
                "Roster (3)",
                "Absent (1): Cem",
                "Here (2): Ada, Bo",
                "Link used in several browsers (1): Bo",
                "Not on the roster (2): Guest, Teacher",
            )
            await again.raise_hand()
            await shows(panel, "Raised hands (1)", "Bo", "Not raised (2): Ada, Guest")
            panel.close()

    run(scenario())


def test_a_poll_is_asked_counted_and_closed(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room(f"Poll_{secrets.token_hex(4)}")
        async with (
            bot(server, token, "Teacher") as teacher,
            bot(server, server.invite(token), "Ada") as ada,
        ):
            panel = nm.ClassPanel(teacher)
            press(panel, "Yes or no?")
            await until(lambda: (line(panel, "✗ question") or "")[:10], "✗ question")
            control(panel, "Ask").value = "Clear <so> far?"
            press(panel, "Yes or no?")
            await shows(panel, "Open polls (1)", "Everyone is asked.")
            assert control(panel, "Ask").value == ""
            assert "&lt;so&gt;" in html(panel)
            await until(lambda: len(ada.polls), 1)
            await ada.vote(ada.polls[0], 0)
            await until(lambda: "1 (100 %)" in text(panel), True)
            # It is asked without the panel, too, and the chosen one stays.
            chosen = control(panel, "Poll").value
            await teacher.poll("Second?", ["1", "2"]).opened
            await shows(panel, "Open polls (2)")
            assert control(panel, "Poll").value == chosen == ada.polls[0]["id"]
            press(panel, "Close")
            await shows(panel, "Open polls (1)")
            assert [one["open"] for one in teacher.polls] == [False, True]
            panel.close()

    run(scenario())


def test_groups_are_opened_told_something_and_closed(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room(f"Groups_{secrets.token_hex(4)}")
        guests = server.invite(token)
        async with (
            bot(server, token, "Teacher") as teacher,
            bot(server, guests, "Ada") as ada,
            bot(server, guests, "Bo") as bo,
        ):
            panel = nm.ClassPanel(teacher)
            await shows(panel, "Groups (0)", "No groups are open.", "Here (3): Ada, Bo, Teacher")
            press(panel, "Announce")
            await until(lambda: (line(panel, "✗") or "")[:21], "✗ no groups are open:")
            press(panel, "Open groups")
            await shows(panel, "Groups (2)")
            await until(lambda: {ada.group, bo.group}, {"Group 1", "Group 2"})
            await until(lambda: "Everyone comes back at" in text(panel), True)
            await until(lambda: "not there" in text(panel), False)
            # They are there, in groups.
            await shows(panel, "Here (3): Ada, Bo, Teacher")
            control(panel, "Message").value = "Two minutes"
            press(panel, "Announce")
            await shows(panel, "All groups have the message.")
            press(panel, "Close groups")
            await shows(panel, "Groups (0)")
            await until(lambda: (ada.group, bo.group), (None, None))
            panel.close()

    run(scenario())


def test_talk_time_has_the_names_of_those_who_left(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room(f"Talk_{secrets.token_hex(4)}", records=["talk"])
        async with bot(server, token, "Teacher") as teacher:
            panel = nm.ClassPanel(teacher)
            assert (line(panel, "No one has spoken yet") or "").endswith('records="all") does.')
            async with bot(server, server.invite(token), "Ada") as ada:
                await shows(panel, "Here (2): Ada, Teacher")
                teacher._tell(talk_times={ada.own_id: 65.2})
                await shows(panel, "Ada: 1:05")
            await shows(panel, "Here (1): Teacher", "Ada: 1:05")
            panel.close()

    run(scenario())


def test_a_participant_reads_that_it_is_for_moderators(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room(f"Role_{secrets.token_hex(4)}")
        ada = bot(server, server.invite(token), "Ada")
        panel = nm.ClassPanel(ada)
        assert text(panel).startswith("The meeting has not begun")
        async with bot(server, token, "Teacher") as teacher, ada:
            words = "The class panel is for moderators, and you are a participant here."
            await shows(panel, words)
            assert panel.children[1].layout.display == "none"
            await teacher.grant_moderator(ada.own_id)
            await until(lambda: panel.children[1].layout.display, None)
            await shows(panel, "Raised hands (0)")
        await shows(panel, "The meeting is over here: join again.")
        panel.close()

    run(scenario())


def test_a_command_that_fails_is_shown_below_its_button(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room(f"Fails_{secrets.token_hex(4)}")
        async with bot(server, token, "Teacher") as teacher:
            panel = nm.ClassPanel(teacher)
            await shows(panel, "Raised hands (0)")
            await teacher.leave()
            # The page may not have heard yet that the meeting is over.
            press(panel, "Start check-in")
            await until(lambda: (line(panel, "✗") or "")[:16], "✗ start_check_in")
            assert token not in html(panel)
            panel.close()

    run(scenario())


def test_news_that_comes_together_is_shown_once(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room(f"Batch_{secrets.token_hex(4)}")
        async with bot(server, token, "Teacher") as teacher:
            panel = nm.ClassPanel(teacher)
            await shows(panel, "Raised hands (0)")
            seen: list[str] = []
            for one in widgets(panel):
                if isinstance(one, ipywidgets.HTML):
                    one.observe(lambda change: seen.append(change.new), "value")
            before = panel.children[1].children
            for seconds in range(100):
                teacher._tell(talk_times={teacher.own_id: float(seconds)})
            assert seen == []
            await shows(panel, "Teacher: 1:39")
            assert len(seen) == 1
            # No control is made again: what has the focus keeps it.
            assert panel.children[1].children == before
            panel.close()

    run(scenario())


def test_a_closed_panel_follows_nothing(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room(f"Closed_{secrets.token_hex(4)}")
        async with bot(server, token, "Teacher") as teacher:
            before = followers(teacher)
            alive = len(_live_widgets())
            panel = nm.ClassPanel(teacher)
            await shows(panel, "Raised hands (0)")
            assert followers(teacher) > before
            teacher._tell(talk_times={teacher.own_id: 1.0})
            panel.close()
            assert followers(teacher) == before
            assert len(_live_widgets()) == alive
            panel.close()
            assert repr(panel) == f"<ClassPanel of {teacher.room!r}>"

    run(scenario())


def test_a_script_without_a_loop_has_it_too(server: RunningServer) -> None:
    token = server.room(f"Script_{secrets.token_hex(4)}")
    with bot(server, token, "Teacher") as teacher:
        panel = nm.ClassPanel(teacher)
        with bot(server, server.invite(token), "Ada") as ada:
            ada.raise_hand().wait()
            waiting.until(lambda: "Ada" in text(panel).splitlines())
            press(panel, "Next")
            waiting.until(lambda: line(panel, "Called on Ada.") is not None)
        panel.close()


@pytest.mark.parametrize("wrong", [None, "a.secret.token", 3])
def test_what_is_no_meeting_is_refused_without_showing_it(wrong: object) -> None:
    kind = type(wrong).__name__
    with pytest.raises(nm.InvalidInputError, match=rf"a NanoMeet or a Bot, not {kind}\b"):
        nm.ClassPanel(wrong)  # type: ignore[arg-type]


def followers(meet: nm.Bot) -> int:
    """How many functions follow a meeting's traits."""
    kinds: list[dict[str, list[Callable[..., object]]]] = list(meet._trait_notifiers.values())
    return sum(len(some) for kind in kinds for some in kind.values())
