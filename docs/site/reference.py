"""The pages of the API reference: each public name, on the page of the module that defines it."""

from __future__ import annotations

import enum
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import nanomeet_widget as nm
from nanomeet_widget import _commands, _models, events, services


@dataclass(frozen=True)
class Group:
    """A page of the reference."""

    title: str
    lead: str
    #: Of what is defined in these modules of the package, or below them.
    modules: tuple[str, ...]


GROUPS = {
    "rooms": Group("Rooms and invites", "Create a room, and links to it.", ("_rooms", "_models")),
    "meeting": Group(
        "The meeting", "The widget that joins a meeting, and commands to it.", ("_widget",)
    ),
    "broadcasts": Group(
        "Broadcasts and recordings",
        "Watch a broadcast in a cell, and find what was recorded.",
        ("_player", "_recording"),
    ),
    "programs": Group(
        "Pictures, sound and bots",
        "Send and read pictures and sound, and take part without a browser.",
        ("_showing", "_reading", "bot", "media"),
    ),
    "classroom": Group(
        "A class", "Personal links, polls, quizzes, groups and records.", ("classroom",)
    ),
    "services": Group("Services", "Which server makes rooms, and how it is chosen.", ("services",)),
    "events": Group("Events", "What happens in a meeting, as callbacks receive it.", ("events",)),
    "errors": Group("Error classes", "The tree of errors, and what each means.", ("_errors",)),
}
#: Where a name is that no group claims.
_REST = "meeting"


def public() -> Iterator[tuple[str, Any]]:
    """Give every public name with its object: of the package, then of its public modules."""
    seen: set[int] = set()
    for module, names in (
        (nm, nm.__all__),
        (services, services.__all__),
        (events, [n for n, v in vars(events).items() if _is_own_class(v, events.__name__)]),
        # What methods of public classes give and take.
        (_commands, ["Device", "Devices"]),
        (_models, ["Issued", "Stream"]),
    ):
        for name in names:
            value = getattr(module, name)
            if callable(value) and id(value) not in seen:
                seen.add(id(value))
                yield f"{module.__name__}.{name}", value


def _is_own_class(value: Any, module: str) -> bool:
    return isinstance(value, type) and value.__module__ == module and value.__name__[0] != "_"


def home(value: Any) -> str:
    """Return the module, below the package, that defines a public object."""
    owner = getattr(value, "__self__", None)
    module = str(value.__module__ if owner is None else type(owner).__module__)
    return module.removeprefix(f"{nm.__name__}.")


def group_of(value: Any) -> str:
    """Return the page that a public object is on."""
    module = home(value)
    for name, group in GROUPS.items():
        if any(module == one or module.startswith(f"{one}.") for one in group.modules):
            return name
    return _REST


def _place(value: Any) -> int:
    """Return where a public object is on its page: what the page is about is first."""
    module, modules = home(value), GROUPS[group_of(value)].modules
    found = [n for n, one in enumerate(modules) if f"{module}.".startswith(f"{one}.")]
    return found[0] if found else len(modules)


def group_pages() -> dict[str, str]:
    """Return the pages of the reference, by their names."""
    entries: dict[str, list[tuple[int, str]]] = {name: [] for name in GROUPS}
    for name, value in public():
        entries[group_of(value)].append((_place(value), "\n".join(_directive(name, value))))
    return {
        f"reference/{name}": "\n".join(
            [group.title, "=" * len(group.title), "", group.lead, ""]
            + [text for _, text in sorted(entries[name], key=lambda entry: entry[0])]
        )
        for name, group in GROUPS.items()
    }


def _directive(name: str, value: Any) -> list[str]:
    if not isinstance(value, type):
        return [f".. autofunction:: {name}", ""]
    if issubclass(value, BaseException):
        return [f".. autoexception:: {name}", "   :show-inheritance:", ""]
    lines = [f".. autoclass:: {name}"]
    if issubclass(value, enum.Enum):
        return [*lines, "   :members:", "   :undoc-members:", ""]
    if members := list(_members(value)):
        lines.append(f"   :members: {', '.join(members)}")
    return [*lines, ""]


def _members(value: type) -> Iterator[str]:
    """Give the names of a class's documented methods and properties that this package defines."""
    for name in dir(value):
        if name.startswith("_"):
            continue
        found = inspect.getattr_static(value, name)
        if isinstance(found, staticmethod | classmethod):
            found = found.__func__
        elif isinstance(found, property):
            found = found.fget
        if inspect.isfunction(found) and found.__module__.startswith(nm.__name__) and found.__doc__:
            yield name
