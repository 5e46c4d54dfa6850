"""What a saved notebook shows of a widget where no widget can be, such as on GitHub."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

import nanomeet_widget as nm
from nanomeet_widget import _tokens
from nanomeet_widget.classroom.groups import Groups
from tests.leaks import found
from tests.unit.test_teams import Meeting

NOW = datetime.now(timezone.utc)
SECRET = _tokens.new_secret()
VIEW = "application/vnd.jupyter.widget-view+json"


def token(room: str) -> str:
    claims = _tokens.Claims(
        room=room,
        streamname="abc",
        server="http://127.0.0.1:9000",
        moderator=True,
        sub="local",
        notbefore=NOW,
        expiration=NOW + timedelta(hours=1),
    )
    return _tokens.mint(claims, SECRET)


def displayed(shown: object) -> dict[str, str]:
    """Return what a notebook saves of an output."""
    bundle = shown._repr_mimebundle_()  # type: ignore[attr-defined]
    data: dict[str, str] = bundle[0] if isinstance(bundle, tuple) else bundle
    assert VIEW in data
    return data


@pytest.mark.parametrize("room", ["algebra_101", "<b>&amp;"])
def test_a_meeting_is_a_quiet_sentence_without_its_token(room: str) -> None:
    secret = token(room)
    data = displayed(nm.NanoMeet(token=secret))
    words = f"The meeting {room} was here. It appears when this notebook runs."
    assert data["text/plain"] == words
    assert "<script" not in data["text/html"]
    assert "<b>" not in data["text/html"]
    assert data["text/html"].count("<p ") == 1
    assert not found(str(data), secret)


def test_every_widget_of_the_package_has_a_sentence() -> None:
    meet = nm.NanoMeet(token=token("algebra_101"))
    quiz = meet.quiz([{"question": "Who was Ada?", "options": ["a", "b"], "correct": [0]}])
    groups = Groups(Meeting(), opened=None, missing=["Ada"])
    for one in (
        meet,
        nm.BroadcastPlayer("http://127.0.0.1:9000/live/algebra"),
        nm.ClassPanel(meet),
        quiz,
        groups,
    ):
        data = displayed(one)
        assert data["text/plain"].endswith(" was here. It appears when this notebook runs.")
        # What it shows is for those who are there; others may read the saved notebook.
        assert "Ada" not in data["text/plain"] + data["text/html"]
