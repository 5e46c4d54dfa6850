"""The requests that a modified client would try."""

from __future__ import annotations

import typing

import msgspec

from nanomeet_widget.server.protocol import classroom, common, meeting

#: Every request that the protocol marks as a moderator's.
MODERATOR_REQUESTS: list[type[common.ModeratorRequest]] = [
    kind
    for kind in typing.get_args(meeting.ClientMessage)
    if issubclass(kind, common.ModeratorRequest)
]


def moderators_only(target: str) -> list[meeting.ClientMessage]:
    """One of each request that is for moderators, with references from 0; the last ends the meeting."""
    values: dict[str, typing.Any] = {
        "active": True,
        "admitted": True,
        "closed": True,
        "paused": True,
        "password": "x",
        "subject": "x",
        "text": "x",
        "server": "https://example.org",
        "id": target,
        "poll": "p1",
        "group": "g1",
        "name": "x",
        "question": "x",
        "options": ["a", "b"],
        "groups": [classroom.GroupPlan(name="x")],
    }
    ordered = sorted(MODERATOR_REQUESTS, key=lambda kind: kind is meeting.EndMeeting)
    asked: list[typing.Any] = []
    for ref, kind in enumerate(ordered):
        names = {field.name for field in msgspec.structs.fields(kind)}
        if kind is meeting.StartBroadcast:
            names.discard("options")  # of another kind than a poll's
        asked.append(kind(**{n: values[n] for n in names & values.keys()}, ref=ref))
    return asked
