"""What the page tells of a meeting, as the widget's traits have it."""

from __future__ import annotations

from typing import Any

from nanomeet_widget._models import BroadcastStats, Failure, Message, ParticipantInfo, Waiting


def error_of(value: dict[str, Any] | None) -> Failure | None:
    return None if value is None else {"kind": str(value["kind"]), "message": str(value["message"])}


def person_of(value: dict[str, Any]) -> ParticipantInfo:
    return {
        "id": str(value["id"]),
        "display_name": str(value["display_name"]),
        "moderator": _known(value["moderator"]),
        "audio": _known(value["audio"]),
        "video": _known(value["video"]),
        "screen": _known(value.get("screen")),
        "stage": _known(value.get("stage")),
        "hand": None if value.get("hand") is None else float(value["hand"]),
    }


def waiting_of(value: dict[str, Any]) -> Waiting:
    return {"id": str(value["id"]), "display_name": str(value["name"])}


def message_of(value: dict[str, Any]) -> Message:
    return {
        "id": int(value["id"]),
        "sender": str(value["sender"]),
        "display_name": str(value["display_name"]),
        "text": str(value["text"]),
        "at": float(value["at"]),
        "private": bool(value["private"]),
    }


def stats_of(value: dict[str, Any]) -> BroadcastStats:
    quality = value["quality"]
    return {
        "fps": float(value["fps"]),
        "skipped": int(value["skipped"]),
        "bitrate": float(value["bitrate"]),
        "encode_ms": float(value["encode"]),
        "queue": int(value["queue"]),
        "backlog": int(value["backlog"]),
        "quality": float(quality["bitrate"]),
        "codec": None if value["codec"] is None else str(value["codec"]),
        "width": int(value["width"]),
        "height": int(value["height"]),
        "shows": str(value["shows"]),
        "viewers": int(value["viewers"]),
    }


def _known(value: object) -> bool | None:
    return None if value is None else bool(value)
