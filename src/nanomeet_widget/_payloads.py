"""What a page tells of a meeting, as the widget's traits have it."""

from __future__ import annotations

from nanomeet_widget import _documentation, _models, _page_protocol
from nanomeet_widget._models import BroadcastStats, Message, ParticipantInfo, SecretText, Waiting


def failure_of(told: _page_protocol.Failure | None) -> _models.Failure | None:
    if told is None:
        return None
    return {
        "kind": told.kind,
        "message": told.message,
        "help": _documentation.of_error(told.kind, "CommandError"),
    }


def playout_of(told: _page_protocol.Playout) -> _models.Playout:
    # The link of a private broadcast lets anyone watch who has it.
    live = SecretText(told.live) if "#ticket=" in told.live else told.live
    return _models.Playout(live=live, vod=told.vod or None)


def person_of(told: _page_protocol.Person) -> ParticipantInfo:
    return {
        "id": told.id,
        "display_name": told.display_name,
        "moderator": told.moderator,
        "audio": told.audio,
        "video": told.video,
        "screen": told.screen,
        "stage": told.stage,
        "hand": told.hand,
    }


def waiting_of(told: _page_protocol.Newcomer) -> Waiting:
    return {"id": told.id, "display_name": told.name}


def message_of(told: _page_protocol.ChatMessage) -> Message:
    return {
        "id": told.id,
        "sender": told.sender,
        "display_name": told.display_name,
        "text": told.text,
        "at": told.at,
        "private": told.private,
    }


def stats_of(told: _page_protocol.Stats) -> BroadcastStats:
    return {
        "fps": told.fps,
        "skipped": told.skipped,
        "bitrate": told.bitrate,
        "encode_ms": told.encode,
        "queue": told.queue,
        "backlog": told.backlog,
        "quality": told.quality.bitrate,
        "codec": told.codec,
        "width": told.width,
        "height": told.height,
        "shows": told.shows,
        "viewers": told.viewers,
    }
