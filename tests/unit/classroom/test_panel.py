"""The class panel of a meeting in a page: what it is told, what it asks, and what failed."""

from __future__ import annotations

from typing import Any

import ipywidgets
import pytest

import nanomeet_widget as nm
from nanomeet_widget import services
from nanomeet_widget.services import Jitsi, NanoStreamCloud
from tests.unit.test_widget import Page, _pages, shown

__all__ = ["_pages"]

HOSTILE = "</p><script>alert(1)</script>\ud800"


def meeting(*, moderator: bool = True) -> tuple[nm.NanoMeet, Page]:
    meet, page = shown()
    page.joins()
    page.says(type="role", moderator=moderator)
    people(page, me=None)
    return meet, page


def people(page: Page, **hands: float | None) -> None:
    """Tell who is there, and when their hands went up."""
    told = [
        {
            "id": one,
            "display_name": HOSTILE if one == "bad" else one.title(),
            "moderator": one == "me",
            "audio": True,
            "video": True,
            "hand": hand,
        }
        for one, hand in hands.items()
    ]
    page.says(type="participants", participants=told)


def widgets(root: Any) -> list[Any]:
    return [root, *(one for child in getattr(root, "children", ()) for one in widgets(child))]


def html(panel: nm.ClassPanel) -> str:
    return "\n".join(one.value for one in widgets(panel) if isinstance(one, ipywidgets.HTML))


def press(panel: nm.ClassPanel, words: str) -> None:
    (button,) = (one for one in widgets(panel) if getattr(one, "description", "") == words)
    button.click()


def test_it_follows_the_page_and_escapes_names() -> None:
    meet, page = meeting()
    panel = nm.ClassPanel(meet)
    people(page, me=None, ada=20.0, bad=10.0, cem=None)
    shown_now = html(panel)
    assert "<script" not in shown_now
    assert shown_now.index("&lt;script&gt;") < shown_now.index("Ada")
    assert "<b>Not raised (1):</b> <bdi>Cem</bdi>" in shown_now
    picker = next(one for one in widgets(panel) if getattr(one, "description", "") == "Person")
    assert [one for _, one in picker.options] == [None, "bad", "ada"]
    people(page, me=None)
    assert "No hand is raised." in html(panel)


def test_people_of_one_name_can_be_told_apart() -> None:
    meet, page = meeting()
    panel = nm.ClassPanel(meet)
    waiting = [{"id": one, "name": "Ada"} for one in ("p1", "p2")]
    page.says(type="event", name="nanomeetLobby", data={"waiting": waiting})
    picker = next(one for one in widgets(panel) if getattr(one, "description", "") == "Waits")
    assert [label for label, _ in picker.options] == ["Choose…", "Ada", "Ada (2)"]


def test_what_the_page_refuses_is_said_below_the_button() -> None:
    meet, page = meeting()
    panel = nm.ClassPanel(meet)
    press(panel, "Next")
    command = page.last_command()
    assert command["args"][0] == "nanomeetCallHand"
    error = {"kind": "forbidden", "message": "Only <moderators> can do that."}
    page.says(type="reply", id=command["id"], result=None, error=error)
    assert '<p role="alert"' in html(panel)
    assert "Only &lt;moderators&gt; can do that." in html(panel)
    # The next press begins without it.
    press(panel, "Next")
    assert "Only &lt;moderators&gt;" not in html(panel)


@pytest.mark.parametrize("moderator", [True, False])
def test_only_moderators_have_it(*, moderator: bool) -> None:
    meet, _ = meeting(moderator=moderator)
    panel = nm.ClassPanel(meet)
    assert ("you are a participant here" in html(panel)) is not moderator
    assert (panel.children[1].layout.display == "none") is not moderator


def test_on_another_engine_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    meet, _ = meeting()
    for service in (
        NanoStreamCloud(api_key="k" * 20),
        Jitsi("meet.example.org", app_id="a", app_secret="s" * 32),
    ):
        monkeypatch.setattr(services, "library", lambda _: object())
        monkeypatch.setattr(services, "maker", lambda _, service=service: service)
        panel = nm.ClassPanel(meet)
        assert f"this one is on {service.name}" in html(panel)
        assert panel.children[1].layout.display == "none"


def test_nothing_of_it_has_the_token() -> None:
    meet, page = meeting()
    panel = nm.ClassPanel(meet)
    press(panel, "Start check-in")
    page.says(type="status", status="left", error=None)
    press(panel, "Next")
    assert meet.token is not None
    for one in widgets(panel):
        assert meet.token not in str(one.get_state())
    assert meet.token not in repr(panel)


def test_a_layout_that_was_given_is_not_closed_with_it() -> None:
    meet, _ = meeting()
    layout = ipywidgets.Layout(width="300px")
    nm.ClassPanel(meet, layout=layout).close()
    assert layout.comm is not None
