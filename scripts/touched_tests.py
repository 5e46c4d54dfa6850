"""Run the tests of what has changed: `make quick`.

What differs from the main branch is looked up by name: a module has tests that bear its name, in
`tests/unit`, `tests/contract` and beside its TypeScript source, and unit tests that import it. It is what
one runs after every change; `make test` remains what every change has to pass.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = "src/nanomeet_widget"
#: The folders whose tests are quick enough, with those that bear a module's name.
_BY_NAME = ("unit", "contract", "secrecy")
_BY_IMPORT = ("unit",)
#: Test files that two processes share.
_MANY = 5
#: What is generated is ignored, which is no failure.
BIOME = ("npx", "biome", "check", "--no-errors-on-unmatched")
#: What no module's name leads to.
_OF_DOCUMENTS = [
    "tests/unit/test_docs.py",
    "tests/unit/test_jitsi_docs.py",
    "tests/test_notebooks.py",
]


def git(*arguments: str) -> list[str]:
    """Return the lines that git answers."""
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 - git
    return done.stdout.splitlines()


def changed(base: str) -> list[str]:
    """Return the files that differ from where this branch left `base`, committed or not."""
    (origin,) = git("merge-base", "HEAD", base)
    files = [
        *git("diff", "--name-only", "--diff-filter=d", origin),
        *git("ls-files", "--others", "--exclude-standard"),
    ]
    return sorted(set(files))


def module_of(file: str) -> str:
    """Return the name by which a Python file of the package is imported."""
    path = Path(file).relative_to("src").with_suffix("")
    return ".".join(path.parts[:-1] if path.name == "__init__" else path.parts)


def imported(source: str) -> Iterator[str]:
    """Yield the modules that a source imports, and what it imports from them, by full names."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def tests_in(*folders: str) -> list[Path]:
    """Return the test files of some folders of `tests`."""
    return sorted(
        path for folder in folders for path in (ROOT / "tests" / folder).rglob("test_*.py")
    )


def python_tests(files: Iterable[str]) -> set[str]:
    """Return the test files that Python files and documents of the repository lead to."""
    found: set[Path] = set()
    for file in files:
        path = ROOT / file
        if path.suffix in {".md", ".ipynb"}:
            found |= {ROOT / test for test in _OF_DOCUMENTS}
        elif file.startswith(PACKAGE) and path.suffix == ".py":
            module = module_of(file)
            name = path.stem.lstrip("_")
            found |= {test for test in tests_in(*_BY_NAME) if test.stem == f"test_{name}"}
            found |= {
                test for test in tests_in(*_BY_IMPORT) if module in set(imported(test.read_text()))
            }
        elif file.startswith("tests/") and path.name.startswith("test_"):
            found.add(path)
    return {str(path.relative_to(ROOT)) for path in found if path.exists()}


def main() -> int:
    """Run them; return 1 if one fails."""
    base = sys.argv[1] if len(sys.argv) > 1 else "main"
    files = changed(base)
    scripts = [file.removeprefix("js/") for file in files if file.startswith("js/src/")]
    # What drives a browser takes minutes: that is run by its author.
    tests = sorted(python_tests(files))
    browser = [test for test in tests if test.startswith("tests/browser/")]
    quick = [test for test in tests if test not in browser]
    python = [file for file in files if file.endswith(".py")]
    commands: list[tuple[list[str], Path]] = []
    if python:
        commands.append(([sys.executable, "-m", "ruff", "check", *python], ROOT))
    if quick:
        # A second process is worth its own start only for many.
        workers = ["--numprocesses=2"] if len(quick) >= _MANY else []
        commands.append(([sys.executable, "-m", "pytest", "-q", *workers, *quick], ROOT))
    if scripts:
        commands.append(([*BIOME, *scripts], ROOT / "js"))
        commands.append((["npx", "vitest", "related", "--run", *scripts], ROOT / "js"))
    failed = False
    for command, folder in commands:
        print("$", " ".join(command), flush=True)
        failed |= subprocess.run(command, cwd=folder, check=False).returncode != 0  # noqa: S603 - ours
    if not commands:
        print(f"No module, test or document differs from {base}.")
    if browser:
        print("Changed, and not run, since they take minutes:", *browser)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
