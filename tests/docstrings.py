"""What the docstring of a public callable has to say, and what one says (NumPy style)."""

from __future__ import annotations

import ast
import builtins
import enum
import inspect
import re
import textwrap
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import nanomeet_widget as nm
from nanomeet_widget import NanoMeetError, events, services

PACKAGE = nm.__name__
_SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}\n", re.MULTILINE)
#: Errors of Python itself that a caller has to expect, too, where a body raises them.
_OWN = (NanoMeetError, OSError)


@dataclass
class Documented:
    """What a docstring says: entries of its sections, with their types."""

    summary: str
    entries: dict[str, dict[str, str]] = field(default_factory=dict)
    #: Whether each entry says something.
    told: dict[str, dict[str, bool]] = field(default_factory=dict)


def parse(docstring: str | None) -> Documented:
    """Read a docstring."""
    pieces = _SECTION.split(inspect.cleandoc(docstring or ""))
    found = Documented(summary=pieces[0].strip())
    for title, body in zip(pieces[1::2], pieces[2::2], strict=True):
        entries, told = found.entries.setdefault(title, {}), found.told.setdefault(title, {})
        heads = [(m.start(), m[0]) for m in re.finditer(r"^\S.*$", body, re.MULTILINE)]
        ends = [start for start, _ in heads[1:]] + [len(body)]
        for (start, head), end in zip(heads, ends, strict=True):
            names, _, kind = head.partition(" : ")
            for name in names.split(", "):
                entries[name.strip()] = kind.strip()
                told[name.strip()] = bool(body[start + len(head) : end].strip())
    return found


def public() -> Iterator[tuple[str, Any, type | None]]:
    """Give every public callable: its name, itself, and the class that has it."""
    seen: set[int] = set()
    for module in (nm, services, events):
        names = getattr(module, "__all__", None) or [
            name for name, value in vars(module).items()
            if getattr(value, "__module__", "") == module.__name__ and not name.startswith("_")
        ]  # fmt: skip
        for name in sorted(names):
            value = getattr(module, name)
            if id(value) in seen or not callable(value):
                continue
            seen.add(id(value))
            yield from _with_methods(name, value)
    # What their methods give and take.
    for value in _named_in_signatures():
        if id(value) not in seen:
            seen.add(id(value))
            yield from _with_methods(value.__name__, value)


def _named_in_signatures() -> list[type]:
    from nanomeet_widget import _commands, _models  # noqa: PLC0415 - private homes of public classes

    return [_commands.Device, _commands.Devices, _models.Issued, _models.Stream]


def _with_methods(name: str, value: Any) -> Iterator[tuple[str, Any, type | None]]:
    if not isinstance(value, type):
        owner = getattr(value, "__self__", None)
        yield name, value, None if owner is None else type(owner)
        return
    yield name, value, value
    for method in sorted(dir(value)):
        if method.startswith("_"):
            continue
        found = inspect.getattr_static(value, method)
        kind = found.__func__ if isinstance(found, staticmethod | classmethod) else found
        if inspect.isfunction(kind) and kind.__module__.startswith(PACKAGE):
            yield f"{name}.{method}", kind, value


def problems(value: Any, owner: type | None) -> list[str]:
    """Return what the docstring of a public callable lacks."""
    documented = parse(value.__doc__)
    found = [] if documented.summary else ["no summary"]
    if isinstance(value, type):
        if issubclass(value, enum.Enum):
            return found
        return found + _lacking_parameters(value, documented) + _lacking_raises(value, documented)
    found += _lacking_parameters(value, documented)
    found += _lacking_returns(value, documented)
    return found + _lacking_raises(value, documented, owner)


def _lacking_parameters(value: Any, documented: Documented) -> list[str]:
    if isinstance(value, type) and not _is_ours(value.__init__):  # type: ignore[misc]
        return []
    signature = inspect.signature(value)
    parameters = dict(signature.parameters)
    if not isinstance(value, type):
        parameters = {n: p for n, p in parameters.items() if n not in {"self", "cls"}}
    sections = ["Parameters"]
    if hasattr(value, "__dataclass_fields__"):
        sections.append("Attributes")
    # A field or argument of a base is documented there.
    bases = (
        [parse(vars(base).get("__doc__")) for base in value.__mro__[::-1]]
        if isinstance(value, type)
        else []
    )
    entries: dict[str, str] = {}
    told: dict[str, bool] = {}
    for one in [*bases, documented]:
        for section in sections:
            entries |= one.entries.get(section, {})
            told |= one.told.get(section, {})
    stars: dict[Any, str] = {
        inspect.Parameter.VAR_POSITIONAL: "*",
        inspect.Parameter.VAR_KEYWORD: "**",
    }
    lacking = []
    names = {stars.get(p.kind, "") + name for name, p in parameters.items()}
    for name in sorted(names - {"_fetch"}):
        if name not in entries:
            lacking.append(f"parameter {name} is not there")
        elif not entries[name]:
            lacking.append(f"parameter {name} has no type")
        elif not told[name]:
            lacking.append(f"parameter {name} says nothing")
    unknown = set(documented.entries.get("Parameters", {})) - names
    lacking += [f"there is no parameter {name}" for name in sorted(unknown)]
    return lacking


def _is_ours(function: Any) -> bool:
    return (getattr(function, "__module__", None) or "").startswith(PACKAGE)


def _lacking_returns(value: Any, documented: Documented) -> list[str]:
    kind = inspect.signature(value).return_annotation
    gives = kind not in (None, "None", inspect.Signature.empty)
    entries = documented.entries.get("Returns", {})
    if gives and not entries:
        return [f"Returns is not there, it gives {kind}"]
    if not gives and entries:
        return ["Returns is there, it gives nothing"]
    return []


def _lacking_raises(value: Any, documented: Documented, owner: type | None = None) -> list[str]:
    said = documented.entries.get("Raises", {})
    known = [one for name in said if (one := error_named(name)) is not None]
    lacking = [f"Raises names {name}, no error" for name in said if error_named(name) is None]
    lacking += [
        f"{n} says nothing" for n, told in documented.told.get("Raises", {}).items() if not told
    ]
    body = value.__init__ if isinstance(value, type) else value  # type: ignore[misc]
    if isinstance(value, type) and not _is_ours(body):
        return lacking
    raised = raised_by(inspect.unwrap(body), value if isinstance(value, type) else owner)
    for error in sorted(raised, key=lambda one: one.__name__):
        if not any(issubclass(error, one) for one in known):
            lacking.append(f"it raises {error.__name__}, and Raises does not say so")
    return lacking


def error_named(name: str) -> type[BaseException] | None:
    """Return an error by its name: one of the package, or of Python."""
    found = getattr(nm, name, None) if name in nm.__all__ else getattr(builtins, name, None)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


# --- what a body raises -----------------------------------------------------------------------


def raised_by(function: Callable[..., Any], owner: type | None) -> frozenset[type[BaseException]]:
    """Return the package's errors that a function raises, itself or by what it calls."""
    return _raised(function, owner, ())


@cache
def _tree(function: Any) -> ast.AST | None:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, TypeError, SyntaxError):
        return None


_found: dict[tuple[Any, type | None], frozenset[type[BaseException]]] = {}


def _raised(
    function: Any, owner: type | None, above: tuple[Any, ...]
) -> frozenset[type[BaseException]]:
    function = getattr(function, "__func__", function)
    if function in above or not getattr(function, "__module__", "").startswith(PACKAGE):
        return frozenset()
    key = (function, owner)
    if key not in _found:
        tree = _tree(function)
        if not isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef):
            return frozenset()
        walker = _Raises(function, owner, (*above, function))
        _found[key] = frozenset(walker.of(tree.body))
    return _found[key]


class _Raises:
    """Follows a body: what is raised, but for what is caught around it."""

    def __init__(self, function: Any, owner: type | None, above: tuple[Any, ...]) -> None:
        self._globals = inspect.unwrap(function).__globals__
        self._owner = owner
        self._above = above

    def of(self, nodes: list[Any]) -> set[type[BaseException]]:
        found: set[type[BaseException]] = set()
        for node in nodes:
            found |= self._of(node)
        return found

    def _of(self, node: ast.AST) -> set[type[BaseException]]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            return set()  # not called here
        if isinstance(node, ast.Try):
            caught = [e for handler in node.handlers for e in self._errors(handler.type)]
            inside = {e for e in self.of(node.body) if not issubclass(e, tuple(caught))}
            return inside | self.of([*node.handlers, *node.orelse, *node.finalbody])
        if isinstance(node, ast.With):
            calls = [item.context_expr for item in node.items]
            caught = [e for call in calls if isinstance(call, ast.Call)
                      and getattr(call.func, "id", "") == "suppress"
                      for arg in call.args for e in self._errors(arg)]  # fmt: skip
            return self.of(calls) | {
                e for e in self.of(node.body) if not issubclass(e, tuple(caught))
            }
        found = set()
        if isinstance(node, ast.Raise) and node.exc is not None:
            found |= self._raises(node.exc)
        if isinstance(node, ast.Call):
            found |= self._calls(node)
        return found | self.of(list(ast.iter_child_nodes(node)))

    def _errors(self, node: ast.AST | None) -> list[type[BaseException]]:
        if isinstance(node, ast.Tuple):
            return [e for one in node.elts for e in self._errors(one)]
        value = None if node is None else self._value(node)
        return [value] if isinstance(value, type) and issubclass(value, BaseException) else []

    def _raises(self, node: ast.AST) -> set[type[BaseException]]:
        value = self._value(node.func if isinstance(node, ast.Call) else node)
        if inspect.isfunction(value):  # one that makes the error
            value = typing.get_type_hints(value).get("return")
        ours = isinstance(value, type) and issubclass(value, _OWN)
        return {value} if ours else set()

    def _calls(self, node: ast.Call) -> set[type[BaseException]]:
        value, owner = self._value(node.func), self._owner
        if isinstance(value, type):
            owner, value = value, value.__init__  # type: ignore[misc]
        elif isinstance(node.func, ast.Attribute):
            holder = self._value(node.func.value)
            owner = holder if isinstance(holder, type) else owner
        if not inspect.isfunction(value) and not inspect.ismethod(value):
            return set()
        if inspect.ismethod(value) and not isinstance(value.__self__, type):
            owner = type(value.__self__)
        return set(_raised(value, owner, self._above))

    def _value(self, node: ast.AST) -> Any:  # noqa: PLR0911 - a case each
        """Return what a name means, as far as that is known without running anything."""
        if isinstance(node, ast.Name):
            if node.id in {"self", "cls"}:
                return self._owner
            return self._globals.get(node.id, getattr(builtins, node.id, None))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "super" and self._owner:
            return None
        if isinstance(node, ast.Attribute):
            holder = self._value(node.value)
            if holder is None:
                return None
            if isinstance(holder, types.ModuleType):
                return getattr(holder, node.attr, None)
            if isinstance(holder, type):
                static = inspect.getattr_static(holder, node.attr, None)
                if static is None:
                    return _annotated(holder, node.attr)
                return getattr(static, "__func__", static)
        return None


def _annotated(holder: type, name: str) -> Any:
    try:
        return typing.get_type_hints(holder).get(name)
    except NameError:  # of a type that only type checkers import
        for base in holder.__mro__:
            kind = vars(base).get("__annotations__", {}).get(name)
            if kind is not None:
                return vars(inspect.getmodule(base)).get(kind) if isinstance(kind, str) else kind
        return None
