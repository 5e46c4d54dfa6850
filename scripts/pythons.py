"""Run the tests on each Python, with the oldest and with the newest allowed dependencies: `make pythons`.

For each, the wheel is installed into an empty environment of `.pythons/`, with exactly what uv resolves: the lowest
versions that `pyproject.toml` allows (`lowest`), or the newest that there are (`highest`). A lower bound that
cannot be installed on a Python is a failure, as the bound says that it can.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from scripts import interpreters
from scripts.interpreters import Interpreter
from scripts.project import ROOT, FailedError, pyproject, run, supported

FOLDER = ROOT / ".pythons"
#: What each resolution is called by uv. With `lowest-direct`, dependencies of dependencies are the newest: nothing
#: here says how old they may be.
RESOLUTIONS = {"lowest": "lowest-direct", "highest": "highest"}
#: The extras that people install, and what the tests need.
EXTRAS = ("media", "tables", "serve")
TESTS = ["tests/unit", "tests/contract", "tests/secrecy"]
#: What is installed has to work by itself, before tests add their own packages.
INSTALLED = ROOT / "tests/installed.py"
#: Lines of a failed command that are shown; its log has all.
_SHOWN = 40
#: Seconds for a step; the tests are the longest.
_PATIENCE = 2 * 3600
_UV = str(Path(sys.executable).with_name("uv"))


@dataclass(frozen=True, kw_only=True)
class Run:
    """One Python with one resolution of the dependencies."""

    python: Interpreter
    resolution: str

    @property
    def name(self) -> str:
        """Such as "3.12-lowest": its environment, and with endings its files."""
        return f"{self.python.minor}-{self.resolution}"


def command(*words: str | Path, log: Path) -> None:
    """Run a command, and keep what it says.

    Raises
    ------
    FailedError
        With the end of its log, if it fails.
    """
    with log.open("a", encoding="utf-8") as output:
        print("$", *words, file=output, flush=True)
        done = run(words, patience=_PATIENCE, cwd=ROOT, stdout=output)
    if done.returncode:
        end = log.read_text("utf-8", errors="replace").splitlines()[-_SHOWN:]
        raise FailedError("\n".join(end))


def too_high(locked: str, python: str) -> Iterator[str]:
    """Yield each lower bound of the product that was not what the lowest resolution has.

    Parameters
    ----------
    locked : str
        What uv resolved: lines such as `av==17.0.0`.
    python : str
        Such as "3.12".
    """
    versions = dict(re.findall(r"^([\w.-]+)==(\S+)", locked, re.MULTILINE))
    project = pyproject()["project"]
    extras = project["optional-dependencies"]
    bounds: dict[str, Version] = {}
    for text in [*project["dependencies"], *(text for name in EXTRAS for text in extras[name])]:
        wanted = Requirement(text)
        marker = {"python_version": python, "python_full_version": f"{python}.0", "extra": ""}
        if wanted.marker is None or wanted.marker.evaluate(marker):
            (bound,) = (Version(one.version) for one in wanted.specifier if one.operator == ">=")
            name = canonicalize_name(wanted.name)
            bounds[name] = max(bound, bounds.get(name, bound))
    for product, bound in bounds.items():
        if Version(versions[product]) != bound:
            yield (
                f"{product}>={bound} in pyproject.toml: on Python {python} the lowest that installs "
                f"without a compiler is {versions[product]}"
            )


def resolve(run: Run, *, extras: tuple[str, ...], log: Path) -> Path:
    """Write what is to be installed, and return the file."""
    file = FOLDER / f"{run.name}-{'-'.join(extras[len(EXTRAS) :]) or 'product'}.txt"
    command(
        *(_UV, "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--no-build"),
        *("--python", run.python.path, "--resolution", RESOLUTIONS[run.resolution]),
        *(f"--extra={extra}" for extra in extras),
        *("--output-file", file, "pyproject.toml"),
        log=log,
    )
    return file


def install(run: Run, requirements: Path, wheel: Path, *, log: Path) -> Path:
    """Install into the run's environment, and return its Python."""
    python = FOLDER / run.name / "bin/python"
    common = ("--quiet", "--python", python)
    command(_UV, "pip", "install", *common, "--no-build", "-r", requirements, log=log)
    command(_UV, "pip", "install", *common, "--no-deps", "--reinstall", wheel, log=log)
    command(_UV, "pip", "check", *common, log=log)
    return python


def test(run: Run, wheel: Path, *, tests: list[str], workers: str) -> None:
    """Install and test; raises FailedError."""
    log = FOLDER / f"{run.name}.log"
    log.write_text("")
    command(
        *(_UV, "venv", "--quiet", "--clear", "--no-python-downloads"),
        *("--python", run.python.path, FOLDER / run.name),
        log=log,
    )
    product = resolve(run, extras=EXTRAS, log=log)
    if run.resolution == "lowest" and (
        wrong := list(too_high(product.read_text(), run.python.minor))
    ):
        raise FailedError("\n".join(wrong))
    python = install(run, product, wheel, log=log)
    command(python, "-I", "-W", "error", INSTALLED, log=log)
    install(run, resolve(run, extras=(*EXTRAS, "test"), log=log), wheel, log=log)
    command(
        *(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--numprocesses={workers}"),
        *tests,
        log=log,
    )


def build() -> Path:
    """Build the wheel that every environment gets."""
    folder = FOLDER / "dist"
    log = FOLDER / "build.log"
    log.write_text("")
    command(_UV, "build", "--quiet", "--clear", "--wheel", f"--out-dir={folder}", ROOT, log=log)
    return next(folder.glob("*.whl"))


def main() -> int:
    """Run them; return 1 if one fails, or a Python that was asked for is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pythons", help='such as "3.10 3.13"; default: all that are supported')
    parser.add_argument("--resolutions", default=" ".join(RESOLUTIONS))
    parser.add_argument("--tests", default=" ".join(TESTS))
    parser.add_argument("--workers", default="4")
    options = parser.parse_args()
    wanted = (options.pythons or "").split() or supported()
    found = interpreters.find(wanted)
    missing = [python for python in wanted if python not in found]
    for python in found.values():
        print(f"Python {python}: {python.path}")
    for name in missing:
        print(
            f"Python {name}: not found on PATH, in pyenv's or in uv's folder "
            f"(`uv python install {name}` and `pyenv install {name}` get it)"
        )
    FOLDER.mkdir(exist_ok=True)
    failed: list[str] = []
    wheel = build()
    for python in found.values():
        for resolution in options.resolutions.split():
            run = Run(python=python, resolution=resolution)
            start = time.monotonic()
            try:
                test(run, wheel, tests=options.tests.split(), workers=options.workers)
                result = (FOLDER / f"{run.name}.log").read_text("utf-8").splitlines()[-1]
            except FailedError as error:
                failed.append(run.name)
                result = f"FAILED, see .pythons/{run.name}.log\n{error}"
            print(f"{run.name} ({time.monotonic() - start:.0f} s): {result}", flush=True)
    if missing:
        print("Not tested, as they were not found:", *missing)
    if failed:
        print("Failed:", *failed)
    return int(bool(failed or not found or (options.pythons and missing)))


if __name__ == "__main__":
    sys.exit(main())
