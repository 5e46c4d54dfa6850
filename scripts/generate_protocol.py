"""Render the wire protocol and the state machines as TypeScript.

Run it after a change in `server/protocol/` or `_states.py`; a test fails until you do.
"""

from __future__ import annotations

import sys
import types
import typing
from enum import Enum
from pathlib import Path

import msgspec

from nanomeet_widget import _states, _texts
from nanomeet_widget.server.protocol import common, frames, ingest, meeting, watch

TARGET = Path(__file__).parent.parent / "js/src/shared/protocol.ts"
_SIMPLE = {str: "string", bool: "boolean", int: "number", float: "number", type(None): "null"}
#: Inherited by messages, and none themselves.
BASES = {common.Message, meeting.Request, meeting.ModeratorRequest}
MODULES = (common, meeting, ingest, watch, frames)
UNIONS = {
    "ClientMessage": meeting.ClientMessage,
    "ServerMessage": meeting.ServerMessage,
    "IngestClientMessage": ingest.IngestClientMessage,
    "IngestServerMessage": ingest.IngestServerMessage,
    "WatchClientMessage": watch.WatchClientMessage,
    "WatchServerMessage": watch.WatchServerMessage,
}


def _type(annotation: typing.Any) -> str:
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _type(args[0])
    if origin is typing.Literal:
        return " | ".join(f'"{a}"' for a in args)
    if origin in (typing.Union, types.UnionType):
        return " | ".join(dict.fromkeys(_type(a) for a in args))
    if origin is list:
        inner = _type(args[0])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    return _SIMPLE.get(annotation) or str(annotation.__name__)


def _interface(struct: type[msgspec.Struct], *, from_page: bool) -> str:
    hints = typing.get_type_hints(struct, include_extras=True)
    says = (struct.__doc__ or "").splitlines()[0]
    if issubclass(struct, meeting.ModeratorRequest):
        says += " Moderators only."
    lines = [
        f"/** {says} */",
        f"export interface {struct.__name__} {{",
    ]
    tag = struct.__struct_config__.tag
    if tag is not None:
        lines.append(f'  type: "{tag}";')
    for field in msgspec.structs.fields(struct):
        # A page may leave out what has a default; the server always writes every field.
        optional = "?" if from_page and not field.required else ""
        lines.append(f"  {field.encode_name}{optional}: {_type(hints[field.name])};")
    return "\n".join([*lines, "}"])


def _enum(enum: type[Enum]) -> str:
    return f"export type {enum.__name__} = " + " | ".join(f'"{m.value}"' for m in enum) + ";"


def _steps(name: str, state: str, table: typing.Mapping[typing.Any, frozenset[typing.Any]]) -> str:
    lines = [f"export const {name}: Readonly<Record<{state}, readonly {state}[]>> = {{"]
    for source, targets in table.items():
        ordered = [t.value for t in type(source) if t in targets]
        lines.append(f"  {source.value}: [" + ", ".join(f'"{t}"' for t in ordered) + "],")
    return "\n".join([*lines, "};"])


def _limits() -> str:
    """Characters of the texts, by the names of the Python constants."""
    lengths = {name: v.most for name, v in vars(_texts).items() if isinstance(v, _texts.Length)}
    bounds = {**lengths, "PUSHES": _texts.PUSHES, "FRAME": common.MAX_TEXT_FRAME}
    lines = [f"  {name.lower()}: {most}," for name, most in bounds.items()]
    return "\n".join(["export const LIMITS = {", *lines, "} as const;"])


def render() -> str:
    """Return the TypeScript source."""
    server_only = {m.__name__ for u in UNIONS if "Server" in u for m in _members(u)}
    structs = [
        s
        for module in MODULES
        for s in vars(module).values()
        if isinstance(s, type)
        and issubclass(s, msgspec.Struct)
        and s.__module__ == module.__name__
        and s not in BASES
    ]
    shown = {"Participant", "Playout", "BroadcastState", "RoomState", "IceServer"} | server_only
    parts = [
        "// Rendered by scripts/generate_protocol.py from the Python definitions. Do not edit.",
        f"export const PROTOCOL_VERSION = {common.VERSION};",
        "/** The most characters that texts have, what a broadcast is pushed to, and bytes of a message. */\n"
        + _limits(),
        "/** Bytes of UTF-8 that a character may have on average. */",
        f"export const CHARACTER_BYTES = {_texts.BYTES};",
        _enum(_states.MeetingStatus),
        _enum(_states.BroadcastStatus),
        _steps("STATUS_STEPS", "MeetingStatus", _states.STATUS_STEPS),
        _steps("BROADCAST_STEPS", "BroadcastStatus", _states.BROADCAST_STEPS),
        *[_interface(s, from_page=s.__name__ not in shown) for s in structs],
        *[
            f"export type {u} = " + " | ".join(m.__name__ for m in _members(u)) + ";"
            for u in UNIONS
        ],
    ]
    return "\n\n".join(parts) + "\n"


def _members(union: str) -> tuple[type[msgspec.Struct], ...]:
    value = UNIONS[union]
    return typing.get_args(value) or (value,)


if __name__ == "__main__":
    text = render()
    if "--check" in sys.argv:
        sys.exit(0 if TARGET.exists() and TARGET.read_text() == text else 1)
    TARGET.write_text(text)
    print(f"wrote {TARGET}")
