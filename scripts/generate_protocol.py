"""Render both protocols and the state machines as TypeScript, and the tables of `docs/signalling.md`.

Run it after a change in `server/protocol/`, `_page_protocol.py` or `_states.py`; a test fails until
you do.
"""

from __future__ import annotations

import sys
import types
import typing
from enum import Enum
from pathlib import Path

import msgspec

from nanomeet_widget import _page_protocol, _states, _texts
from nanomeet_widget.server.protocol import classroom, common, frames, ingest, meeting, watch

TARGET = Path(__file__).parent.parent / "js/src/shared/protocol.ts"
#: What the kernel and a page that shows a widget say.
PAGE_TARGET = TARGET.with_name("page-protocol.ts")
DOCUMENT = Path(__file__).parent.parent / "docs/signalling.md"
_SIMPLE = {
    bytes: "string",  # in base64
    typing.Any: "unknown",
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    type(None): "null",
}
#: Inherited by messages, and none themselves.
BASES = {common.Message, common.FromServer, common.Request, common.ModeratorRequest}
MODULES = (common, meeting, classroom, ingest, watch, frames)
UNIONS = {
    "ClientMessage": meeting.ClientMessage,
    "ServerMessage": meeting.ServerMessage,
    "IngestClientMessage": ingest.IngestClientMessage,
    "IngestServerMessage": ingest.IngestServerMessage,
    "WatchClientMessage": watch.WatchClientMessage,
    "WatchServerMessage": watch.WatchServerMessage,
}


PAGE_UNIONS = ("FromKernel", "ToKernel", "PlayerFromKernel", "PlayerToKernel")


class UnreadableError(Exception):
    """A message that cannot be rendered; the text says what to change."""


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
    if origin in (tuple, dict):
        inner = ", ".join(map(_type, args))
        return f"[{inner}]" if origin is tuple else f"Record<{inner}>"
    return _SIMPLE.get(annotation) or _named(annotation)


def _named(annotation: typing.Any) -> str:
    if isinstance(annotation, type) and issubclass(annotation, (msgspec.Struct, Enum)):
        return str(annotation.__name__)
    known = ", ".join(kind.__name__ for kind in _SIMPLE if isinstance(kind, type))
    raise UnreadableError(
        f"{annotation} has no TypeScript here: use {known}, Literal, list, tuple, dict, an enum or another "
        "struct, or add it to _SIMPLE in scripts/generate_protocol.py"
    )


def _meaning(struct: type[msgspec.Struct]) -> str:
    lines = (struct.__doc__ or "").splitlines()
    if not lines:
        raise UnreadableError(
            f"{struct.__name__} in {struct.__module__} has no docstring: its first line says what the "
            "message means, also in docs/signalling.md"
        )
    return lines[0] + " Moderators only." * issubclass(struct, common.ModeratorRequest)


def _interface(struct: type[msgspec.Struct], *, from_page: bool) -> str:
    names = vars(sys.modules[struct.__module__])
    hints = typing.get_type_hints(struct, include_extras=True, localns=names)
    lines = [
        f"/** {_meaning(struct)} */",
        f"export interface {struct.__name__} {{",
    ]
    tag = struct.__struct_config__.tag
    if tag is not None:
        lines.append(f'  type: "{tag}";')
    for field in msgspec.structs.fields(struct):
        # A page may omit what has a default; the server always writes every field.
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
    """Maximum lengths of texts, by the names of the Python constants."""
    lengths = {name: v.most for name, v in vars(_texts).items() if isinstance(v, _texts.Length)}
    bounds = {
        **lengths,
        "OPTIONS": _texts.OPTIONS,
        "GROUPS": _texts.GROUPS,
        "PUSHES": _texts.PUSHES,
        "FRAME": common.MAX_TEXT_FRAME,
    }
    lines = [f"  {name.lower()}: {most}," for name, most in bounds.items()]
    return "\n".join(["export const LIMITS = {", *lines, "} as const;"])


def check_unions(modules: typing.Iterable[types.ModuleType], unions: typing.Iterable[str]) -> None:
    """Raise UnreadableError for a message that is in no union: nothing would accept or send it."""
    listed = {member for union in unions for member in _members(union)}
    for struct in (s for module in modules for s in _structs(module)):
        if struct.__struct_config__.tag is not None and struct not in listed:
            raise UnreadableError(
                f"{struct.__name__} in {struct.__module__} is in none of {', '.join(unions)}: add it to the "
                "one of those who send it"
            )


def render() -> str:
    """Return the TypeScript source."""
    check_unions(MODULES, UNIONS)
    server_only = {m.__name__ for u in UNIONS if "Server" in u for m in _members(u)}
    structs = [s for module in MODULES for s in _structs(module) if s not in BASES]
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
        *[_union(name, value) for name, value in UNIONS.items()],
    ]
    return "\n\n".join(parts) + "\n"


def render_page() -> str:
    """Return the TypeScript source of what the kernel and a page that shows a widget say."""
    # Fields with a default may be left out by both sides.
    structs = [
        s for s in _structs(_page_protocol) if s.__struct_fields__ or s.__struct_config__.tag
    ]
    parts = [
        "// Rendered by scripts/generate_protocol.py from the Python definitions. Do not edit.",
        'import type { BroadcastStatus, MeetingStatus } from "./protocol";',
        *[_interface(s, from_page=True) for s in structs],
        *[_union(name, getattr(_page_protocol, name)) for name in PAGE_UNIONS],
    ]
    return "\n\n".join(parts) + "\n"


def _structs(module: types.ModuleType) -> list[type[msgspec.Struct]]:
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, msgspec.Struct)
        and value.__module__ == module.__name__
    ]


def _union(name: str, value: typing.Any) -> str:
    members = typing.get_args(value) or (value,)
    return f"export type {name} = " + " | ".join(m.__name__ for m in members) + ";"


def _members(union: str) -> tuple[type[msgspec.Struct], ...]:
    value = UNIONS[union]
    return typing.get_args(value) or (value,)


def render_document() -> str:
    """Return the document of the signalling, with its tables of messages as they are now."""
    parts = [
        s
        for s in (*_structs(common), *_structs(meeting), *_structs(classroom))
        if s.__struct_config__.tag is None
    ]
    # What several messages are made of; those of the other sockets have their own parts.
    tables = {
        "messages: ClientMessage": _table(_members("ClientMessage"), from_client=True),
        "messages: ServerMessage": _table(_members("ServerMessage"), from_client=False),
        "parts": _table([s for s in parts if s not in BASES], from_client=None),
    }
    text = DOCUMENT.read_text()
    for mark, table in tables.items():
        before, rest = text.split(f"<!-- {mark} -->\n")
        _, after = rest.split("<!-- end -->", 1)
        text = f"{before}<!-- {mark} -->\n\n{table}\n\n<!-- end -->{after}"
    return text


def _table(structs: typing.Iterable[type[msgspec.Struct]], *, from_client: bool | None) -> str:
    lines = ["| type | fields | meaning |", "|---|---|---|"]
    for struct in structs:
        name = struct.__struct_config__.tag or struct.__name__
        lines.append(
            f"| `{name}` | {_fields(struct, from_client=from_client)} | {_meaning(struct)} |"
        )
    return "\n".join(lines)


def _fields(struct: type[msgspec.Struct], *, from_client: bool | None) -> str:
    names = vars(sys.modules[struct.__module__])
    hints = typing.get_type_hints(struct, include_extras=True, localns=names)
    shown = []
    for field in msgspec.structs.fields(struct):
        optional = "?" if from_client is not False and not field.required else ""
        kind = _type(hints[field.name]).replace(" | ", " \\| ")
        shown.append(f"`{field.encode_name}{optional}` {kind}")
    return ", ".join(shown) or "none"


#: Every file, and what renders it.
FILES = {TARGET: render, PAGE_TARGET: render_page, DOCUMENT: render_document}


def main() -> int:
    """Write the files, or only compare them (`--check`); return 1 if that fails."""
    try:
        rendered = {target: render_file() for target, render_file in FILES.items()}
    except UnreadableError as error:
        print(error, file=sys.stderr)
        return 1
    stale = [target for target, text in rendered.items() if target.read_text() != text]
    for target in stale:
        if "--check" in sys.argv:
            print(f"{target} is not up to date: run scripts/generate_protocol.py", file=sys.stderr)
        else:
            target.write_text(rendered[target])
            print(f"wrote {target}")
    if not stale:
        print("Everything is up to date.")
    return int(bool(stale) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
