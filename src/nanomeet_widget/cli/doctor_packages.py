"""What `nanomeet doctor` sees of Python, its packages, and the front end that Jupyter serves."""

from __future__ import annotations

import importlib
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from nanomeet_widget import _child_environment, _json
from nanomeet_widget._static import STATIC
from nanomeet_widget._version import __version__
from nanomeet_widget.cli._finding import Finding, Fix, installing

PACKAGE = "nanomeet-widget"
#: Seconds for another interpreter to say what it has.
_ASKING = 20.0
#: A requirement of a wheel's metadata (PEP 508), as far as ours go.
_REQUIREMENT = re.compile(
    r"(?P<name>[\w.-]+)(?:\[[^]]*\])?(?P<versions>[^;]*)(?:;\s*(?P<marker>.*))?"
)
_LEAST = re.compile(r">=\s*([\d.]+)")
_PLATFORM = re.compile(r"sys_platform\s*(==|!=)\s*[\"'](\w+)[\"']")
_WHY = {
    "anywidget": "shows the meeting in the cell",
    "ipywidgets": "connects cell and kernel",
}
#: The notebook's side, which may run in another environment than the kernel.
_NOTEBOOK = (
    ("jupyterlab", "4.4", "the notebook"),
    ("jupyterlab_widgets", "3.0", "shows widgets in JupyterLab and Notebook 7"),
)
#: What breaks where its shared libraries are missing, or are of another machine.
_COMPILED = ("av", "cryptography", "msgspec", "regex")
_EXTENSION = "nanomeet_widget.server.jupyter"
_ENABLE = ("-m", "jupyter", "server", "extension", "enable", _EXTENSION)
_RESTART = "restart the kernel"
_LAB = "anywidget"
#: What another interpreter is asked; it has perhaps none of our packages.
_ASK = """\
import json, sys
from importlib import metadata
said = {}
for name in ("nanomeet-widget", "anywidget", "ipykernel"):
    try:
        said[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        said[name] = None
print(json.dumps(said))
"""


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """A package that ours needs, and its least version."""

    name: str
    least: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.name}>={dotted(self.least)}" if self.least else self.name


def requirements(lines: list[str] | None = None) -> list[Requirement]:
    """Return what the installed package needs, as its own metadata say; without extras.

    Parameters
    ----------
    lines
        The requirements; by default those of the installed package.
    """
    if lines is None:
        try:
            lines = metadata.requires(PACKAGE) or []
        except metadata.PackageNotFoundError:
            lines = []
    found = []
    for line in lines:
        match = _REQUIREMENT.match(line)
        marker = (match["marker"] or "") if match else ""
        if match is None or "extra" in marker or not _concerns_us(marker):
            continue
        least = _LEAST.search(match["versions"])
        found.append(Requirement(name=match["name"], least=numbers(least[1] if least else "")))
    return found


def _concerns_us(marker: str) -> bool:
    match = _PLATFORM.search(marker)
    return match is None or (match[1] == "==") == (sys.platform == match[2])


def look() -> Iterator[Finding]:
    """Check the kernel's environment, and the notebook's as far as it is this one."""
    yield _python()
    yield from _packages()
    yield from _broken()
    yield _kernel()
    yield from _notebook()
    yield _front_end()
    yield from _extension()
    yield from _kernelspecs()


def _python() -> Finding:
    version = platform.python_version()
    found = f"{version} on {platform.system()}, {PACKAGE} {__version__}"
    with suppress(metadata.PackageNotFoundError):
        least = numbers((metadata.metadata(PACKAGE)["Requires-Python"] or "").lstrip("> ="))
        if sys.version_info[: len(least)] < least:
            remedy = f"use a kernel with Python {dotted(least)} or newer"
            return Finding(name="Python", state="wrong", found=f"{found}: too old", remedy=remedy)
    return Finding(name="Python", state="ok", found=found)


def _packages() -> Iterator[Finding]:
    fine = 0
    for wanted in requirements():
        version = installed(wanted.name)
        why = f" ({_WHY[wanted.name]})" if wanted.name in _WHY else ""
        if version is not None and version >= wanted.least:
            if why:
                yield Finding(name=wanted.name, state="ok", found=dotted(version))
            fine += not why
            continue
        found = f"not installed{why}" if version is None else f"{dotted(version)} is too old{why}"
        fix = installing(sys.executable, str(wanted), afterwards=_RESTART)
        yield Finding(name=wanted.name, state="wrong", found=found, remedy=fix.shown, fix=fix)
    yield Finding(name="other packages", state="ok", found=f"{fine} as they have to be")


def _broken() -> Iterator[Finding]:
    for name in _COMPILED:
        why = _why_unloadable(name)
        if why and installed(name) is not None:
            command = (sys.executable, "-m", "pip", "install", "--force-reinstall", name)
            fix = Fix(shown=" ".join(command), command=command, afterwards=_RESTART)
            found = f"installed, but it cannot be loaded: {why}"
            yield Finding(name=name, state="wrong", found=found, remedy=fix.shown, fix=fix)


def _why_unloadable(name: str) -> str:
    try:
        importlib.import_module(name)
    except Exception as error:  # noqa: BLE001 - whatever a library raises when it loads
        return f"{type(error).__name__}: {error}"
    return ""


def _kernel() -> Finding:
    version = installed("ipykernel")
    fix = installing(sys.executable, "ipykernel>=7.4", afterwards=_RESTART)
    if version is None:
        remedy = "pip install 'ipykernel>=7.4', or use another environment's kernel"
        return Finding(name="ipykernel", state="warning", found="not installed", remedy=remedy)
    if version < (7, 4):
        found = f"{dotted(version)}: a cell may not be able to await the meeting's replies"
        return Finding(name="ipykernel", state="warning", found=found, remedy=fix.shown, fix=fix)
    return Finding(name="ipykernel", state="ok", found=dotted(version))


def _notebook() -> Iterator[Finding]:
    for name, least, why in _NOTEBOOK:
        version = installed(name)
        wanted = f"{name}>={least}"
        if version is None:
            yield Finding(
                name=name,
                state="warning",
                found=f"not installed ({why})",
                remedy=f"where your notebook runs: pip install '{wanted}'",
            )
        elif version < numbers(least):
            fix = installing(sys.executable, wanted, afterwards="restart Jupyter")
            found = f"{dotted(version)} is too old ({why})"
            yield Finding(name=name, state="wrong", found=found, remedy=fix.shown, fix=fix)
        else:
            yield Finding(name=name, state="ok", found=dotted(version))


def _front_end() -> Finding:
    """Look at what pages load: our own script, and anywidget's part of JupyterLab."""
    name = "front end"
    reinstall = installing(sys.executable, PACKAGE, afterwards="reload the page")
    if not (STATIC / "widget.js").is_file():
        found = f"{STATIC / 'widget.js'} is missing"
        return Finding(name=name, state="wrong", found=found, remedy=reinstall.shown, fix=reinstall)
    try:
        from jupyter_core.paths import jupyter_path  # noqa: PLC0415 - only kernels have it
    except ImportError:
        return Finding(name=name, state="ok", found="in the package; no Jupyter is installed here")
    places = [Path(place) for place in jupyter_path("labextensions")]
    if off := [file for place in jupyter_path("labconfig") if _is_off(file := Path(place))]:
        return Finding(
            name=name,
            state="wrong",
            found=f"{off[0] / 'page_config.json'} disables anywidget",
            remedy="jupyter labextension enable anywidget, then reload the page",
        )
    if any((place / _LAB / "package.json").is_file() for place in places):
        return Finding(name=name, state="ok", found="in the package, and anywidget's in JupyterLab")
    fix = Fix(
        shown=f"{sys.executable} -m pip install --force-reinstall --no-deps anywidget",
        command=(
            *(sys.executable, "-m", "pip", "install", "--force-reinstall", "--no-deps"),
            "anywidget",
        ),
        afterwards="reload the page",
    )
    return Finding(
        name=name,
        state="warning",
        found="no Jupyter of this environment has anywidget's front end (share/jupyter/labextensions)",
        remedy=f"{fix.shown}, in the environment that runs Jupyter, then reload the page",
        fix=fix,
    )


def _extension() -> Iterator[Finding]:
    """Look at whether Jupyter Server loads our part, which lets others reach a meeting."""
    try:
        from jupyter_core.paths import jupyter_config_path  # noqa: PLC0415 - only kernels have it
    except ImportError:
        return
    if installed("jupyter_server") is None:
        return
    said = [_enabled_in(Path(place)) for place in jupyter_config_path()]
    # The user's own folder comes first, and counts.
    found = next((one for one in said if one is not None), None)
    if found:
        yield Finding(name="Jupyter extension", state="ok", found="enabled in this environment")
        return
    fix = enabling(sys.executable)
    words = "disabled" if found is False else "not enabled"
    yield Finding(
        name="Jupyter extension",
        state="warning",
        found=f"{words} in this environment: a Jupyter that runs in it has no meeting server, so that "
        "meetings work on its own machine only",
        remedy=f"{fix.shown}, then restart Jupyter",
        fix=fix,
    )


def _enabled_in(folder: Path) -> bool | None:
    """Return whether a configuration folder enables the extension; None if it does not say."""
    found = None
    files = (
        *sorted(folder.glob("jupyter_server_config.d/*.json")),
        folder / "jupyter_server_config.json",
    )
    for file in files:
        with suppress(OSError, ValueError, AttributeError):
            said = _json.read(file.read_text("utf-8"))
            found = said.get("ServerApp", {}).get("jpserver_extensions", {}).get(_EXTENSION, found)
    return found


def _is_off(folder: Path) -> bool:
    with suppress(OSError, ValueError):
        said = _json.read((folder / "page_config.json").read_text("utf-8"))
        off = said.get("disabledExtensions", {})
        return bool(off.get(_LAB)) if isinstance(off, dict) else _LAB in off
    return False


def _kernelspecs() -> Iterator[Finding]:
    """Look at the kernels that Jupyter offers: each may run another Python than this one."""
    try:
        from jupyter_client.kernelspec import KernelSpecManager  # noqa: PLC0415 - where Jupyter is
    except ImportError:
        return
    for name, spec in sorted(KernelSpecManager().get_all_specs().items()):
        argv = spec["spec"].get("argv") or [""]
        if spec["spec"].get("language") != "python" or not Path(argv[0]).is_absolute():
            continue
        title = f"kernel {name}"
        if not Path(argv[0]).exists():
            yield Finding(
                name=title,
                state="warning",
                found=f"its interpreter is gone: {argv[0]}",
                remedy=f"jupyter kernelspec remove {name}",
            )
        elif _is_other(argv[0]):
            yield of_interpreter(title, argv[0])


def of_interpreter(title: str, python: str) -> Finding:
    """Check whether another interpreter has this version of the package."""
    said = ask(python)
    version = said.get(PACKAGE)
    if version == __version__:
        return Finding(name=title, state="ok", found=f"{python} has {PACKAGE} {version}")
    found = f"{python} has {PACKAGE} {version}" if version else f"{python} lacks {PACKAGE}"
    fix = installing(python, f"{PACKAGE}=={__version__}", afterwards="restart that kernel")
    return Finding(name=title, state="warning", found=found, remedy=fix.shown, fix=fix)


def ask(python: str) -> dict[str, str | None]:
    """Return the versions that another interpreter has; empty if it does not say."""
    with suppress(OSError, subprocess.SubprocessError, ValueError):
        done = subprocess.run(  # noqa: S603 - an interpreter that Jupyter runs
            [python, "-I", "-c", _ASK],
            capture_output=True,
            text=True,
            timeout=_ASKING,
            check=True,
            env=_child_environment.for_worker(),
        )
        said: dict[str, str | None] = _json.read(done.stdout)
        return said
    return {}


def _is_other(python: str) -> bool:
    # Not resolved: environments link to the interpreter that they were made with.
    return Path(python).absolute().parent != Path(sys.executable).absolute().parent


def enabling(python: str) -> Fix:
    """Return the fix that enables our part of Jupyter Server, in an interpreter's environment."""
    command = (python, *_ENABLE, "--sys-prefix")
    return Fix(shown=" ".join(command), command=command, afterwards="restart Jupyter")


def installed(name: str) -> tuple[int, ...] | None:
    """Return the version of an installed package, or None."""
    try:
        return numbers(metadata.version(name))
    except metadata.PackageNotFoundError:
        return None


def numbers(version: str) -> tuple[int, ...]:
    """Return the first three numbers of a version."""
    parts = [part for part in version.split(".")[:3] if part.isdigit()]
    return tuple(map(int, parts))


def dotted(version: tuple[int, ...]) -> str:
    """Return a version as text."""
    return ".".join(map(str, version))
