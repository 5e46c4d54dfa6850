"""Build a release, check it, and try it on every Python: `make release`. Nothing is uploaded or tagged.

`make rehearsal` does the same with the last commit, whatever its version: it only says what would stop a release.
docs/releasing.md has the steps before and after.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from scripts import changelog, interpreters, versions
from scripts.interpreters import Interpreter
from scripts.project import ROOT, FailedError, run, supported, version

DIST = ROOT / "dist"
_BIN = Path(sys.executable).parent
#: Seconds for a step.
_PATIENCE = 1200
_SHOWN = 40
#: Machine code would bind the wheel to a Python and to a system.
_BINARY = {".so", ".pyd", ".dylib", ".dll"}


def command(
    *words: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    umask: int = -1,
) -> str:
    """Run a command, and return what it says.

    Raises
    ------
    FailedError
        If it fails, with the end of what it said, or takes too long.
    """
    done = run(
        words,
        patience=_PATIENCE,
        cwd=cwd or ROOT,
        env=env,
        umask=umask,
        stdout=subprocess.PIPE,
    )
    if done.returncode:
        end = "\n".join(done.stdout.splitlines()[-_SHOWN:])
        raise FailedError(f"{' '.join(map(str, words))}\n{end}")
    return done.stdout


def wrong() -> Iterator[str]:
    """Yield what no version of the project may have."""
    yield from versions.differences()
    yield from (
        f"CHANGELOG.md: {problem}"
        for problem in changelog.problems(changelog.FILE.read_text("utf-8"))
    )


def unready() -> Iterator[str]:
    """Yield why the last commit is no release yet."""
    new = version()
    if changed := command("git", "status", "--porcelain").splitlines():
        yield f"{len(changed)} files have changes that are not committed: {', '.join(one[3:] for one in changed[:5])}"
    if command("git", "tag", "--list", f"v{new}").strip():
        yield f"the tag v{new} exists: a version is released once; `make version VERSION=…` makes the next"
    if not changelog.released(changelog.FILE.read_text("utf-8"), new):
        yield (
            f"CHANGELOG.md has no section '## [{new}] - YYYY-MM-DD' with entries: "
            f"`make version VERSION={new}` makes it of what is unreleased"
        )


def without_node() -> dict[str, str]:
    """Return this environment with a PATH that leads to no Node.js."""
    env = {**os.environ, "PATH": str(_BIN)}
    assert shutil.which("npm", path=env["PATH"]) is None  # noqa: S101 - else the check is none
    return env


def build(folder: Path, *, modules: Path | None, umask: int) -> list[Path]:
    """Build the last commit in a clone: the sdist, and from that the wheel, without Node.js.

    Parameters
    ----------
    folder : Path
        An empty folder.
    modules : Path, optional
        The installed packages of the front end; without, npm installs them.
    umask : int
        Which the files of the clone get.
    """
    source, out = folder / "source", folder / "dist"
    command("git", "clone", "--quiet", ROOT, source, umask=umask)
    if modules is not None:
        shutil.copytree(modules, source / "js/node_modules", symlinks=True, copy_function=os.link)
    epoch = command("git", "log", "-1", "--format=%ct", cwd=source).strip()
    uv = (_BIN / "uv", "build", "--quiet", "--python", sys.executable, "--out-dir", out)
    dated = {"SOURCE_DATE_EPOCH": epoch}
    command(*uv, "--sdist", source, env={**os.environ, **dated}, umask=umask)
    (sdist,) = out.glob("*.tar.gz")
    command(*uv, "--wheel", sdist, env={**without_node(), **dated}, umask=umask)
    (wheel,) = out.glob("*.whl")
    return [sdist, wheel]


def digest(file: Path) -> str:
    """Return a file's SHA-256."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def twice(folder: Path) -> list[Path]:
    """Build in two folders, with other permissions, and compare.

    Raises
    ------
    FailedError
        If a byte differs.
    """
    first, second = folder / "first", folder / "second"
    for one in (first, second):
        one.mkdir()
    made = build(first, modules=None, umask=0o022)
    again = build(second, modules=first / "source/js/node_modules", umask=0o077)
    for one, other in zip(made, again, strict=True):
        if digest(one) != digest(other):
            raise FailedError(f"{one.name} differs if it is built again: compare {one} and {other}")
    return made


def check(sdist: Path, wheel: Path) -> None:
    """Check what is built, as the index and conda-forge will.

    Raises
    ------
    FailedError
        If something is wrong.
    """
    name = f"nanomeet_widget-{version()}"
    if (sdist.name, wheel.name) != (f"{name}.tar.gz", f"{name}-py3-none-any.whl"):
        raise FailedError(f"unexpected names: {sdist.name}, {wheel.name}")
    with zipfile.ZipFile(wheel) as archive:
        tags = archive.read(f"{name}.dist-info/WHEEL").decode()
        binary = [one for one in archive.namelist() if Path(one).suffix in _BINARY]
    if "Root-Is-Purelib: true" not in tags or "Tag: py3-none-any" not in tags or binary:
        raise FailedError(f"{wheel.name} is not for every Python and system: {tags} {binary}")
    command(_BIN / "twine", "check", "--strict", sdist, wheel)
    command(_BIN / "check-wheel-contents", wheel)
    command(
        _BIN / "uv", "tool", "run", "--quiet", "--with", "setuptools<80", "cffconvert", "--validate"
    )
    recipe = (
        "from rattler_build import Stage0Recipe, VariantConfig; "
        "assert Stage0Recipe.from_file('recipe/recipe.yaml').render(VariantConfig())"
    )
    command(sys.executable, "-c", recipe)


def alone(folder: Path, python: Path) -> dict[str, str]:
    """Return an environment that knows nothing but a Python and a home of its own."""
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    return {
        "PATH": str(python.parent),
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_DATA_HOME": str(folder / "data"),
        "LANG": os.environ.get("LANG", "C.UTF-8"),
    }


def install(file: Path, interpreter: Interpreter, folder: Path) -> Path:
    """Install a file into an empty environment without Node.js, use it, and return its Python.

    Raises
    ------
    FailedError
        If it does not work.
    """
    uv = _BIN / "uv"
    command(
        uv, "venv", "--quiet", "--no-python-downloads", "--python", interpreter.path, folder / "env"
    )
    python = folder / "env/bin/python"
    command(uv, "pip", "install", "--quiet", "--python", python, file, env=without_node())
    command(uv, "pip", "check", "--quiet", "--python", python)
    shutil.copy(ROOT / "tests/installed.py", folder)
    command(python, "-I", folder / "installed.py", cwd=folder, env=alone(folder, python))
    return python


def notebooks(python: Path, folder: Path) -> None:
    """Run the quickstart outside of any checkout, and look for what Jupyter finds.

    Raises
    ------
    FailedError
        If a cell raises, or Jupyter finds neither the extension nor the widget.
    """
    packages = ("jupyterlab", "nbclient", "ipykernel")
    command(_BIN / "uv", "pip", "install", "--quiet", "--python", python, *packages)
    shutil.copy(ROOT / "notebooks/quickstart.ipynb", folder)
    home = folder / "jupyter"
    home.mkdir()
    env = alone(home, python)
    jupyter = python.with_name("jupyter")
    command(jupyter, "execute", "quickstart.ipynb", cwd=folder, env=env)
    for words, names in (
        (("server", "extension", "list"), ["nanomeet_widget.server.jupyter"]),
        (("labextension", "list"), ["anywidget", "@jupyter-widgets/jupyterlab-manager"]),
    ):
        told = command(jupyter, *words, cwd=folder, env=env)
        for name in names:
            if not any(name in line and "enabled" in line for line in told.splitlines()):
                raise FailedError(f"jupyter {' '.join(words)} does not have {name}:\n{told}")


def attempt(made: list[Path], found: Mapping[str, Interpreter]) -> None:
    """Install what is built on each Python, and use it.

    Raises
    ------
    FailedError
        If it does not work on one of them.
    """
    for interpreter in found.values():
        for file in made:
            start = time.monotonic()
            with tempfile.TemporaryDirectory() as name:
                python = install(file, interpreter, Path(name))
                if file.suffix == ".whl":
                    notebooks(python, Path(name))
            print(
                f"Python {interpreter}: {file.name} works ({time.monotonic() - start:.0f} s)",
                flush=True,
            )


def main() -> int:
    """Do it; return 1 if it is refused or fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rehearse", action="store_true", help="go on where a release would stop")
    parser.add_argument("--pythons", help='such as "3.10 3.13"; default: all that are supported')
    options = parser.parse_args()
    stops, hints = list(wrong()), list(unready())
    for reason in (*stops, *hints):
        print(f"{'Would stop' if options.rehearse else 'Stopped'}: {reason}.", file=sys.stderr)
    if stops or (hints and not options.rehearse):
        return 1
    wanted = (options.pythons or "").split() or supported()
    found = interpreters.find(wanted)
    for missing in [python for python in wanted if python not in found]:
        print(f"Python {missing}: not found on PATH, in pyenv's or in uv's folder; not tried")
    try:
        with tempfile.TemporaryDirectory() as name:
            made = twice(Path(name))
            print("Built twice, byte for byte the same")
            check(*made)
            print("Checked: twine, check-wheel-contents, py3-none-any, CITATION.cff, recipe")
            attempt(made, found)
            shutil.rmtree(DIST, ignore_errors=True)
            DIST.mkdir()
            for file in made:
                shutil.copy(file, DIST)
    except FailedError as error:
        print(f"Failed: {error}", file=sys.stderr)
        return 1
    for file in sorted(DIST.iterdir()):
        print(f"dist/{file.name}  sha256 {digest(file)}")
    print("Nothing is uploaded: docs/releasing.md says how.")
    return int(not found)


if __name__ == "__main__":
    sys.exit(main())
