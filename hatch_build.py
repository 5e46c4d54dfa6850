"""Build hook: bundle the front end before packaging, when its sources are here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STATIC = Path("src/nanomeet_widget/static")
#: One file of the finished bundle: when it is there, the build has run to its end.
STAMP = STATIC / ".built"


def _newest(*roots: Path) -> float:
    files = [f for root in roots for f in ([root] if root.is_file() else root.rglob("*"))]
    return max((f.stat().st_mtime for f in files if f.is_file()), default=0.0)


def is_stale(root: Path) -> bool:
    """Whether the bundle is missing or older than the front end's sources."""
    stamp = root / STAMP
    if not stamp.exists():
        return True
    js = root / "js"
    sources = [
        js / "src",
        js / "types",
        js / "wasm",
        js / "build.mjs",
        js / "package.json",
        js / "package-lock.json",
    ]
    return _newest(*(s for s in sources if s.exists())) > stamp.stat().st_mtime


def build(root: Path) -> None:
    """Run esbuild if the sources are newer than the bundle."""
    if not is_stale(root):
        return
    npm = shutil.which("npm")
    if npm is None:
        if (root / STAMP).exists():
            return  # an sdist unpacked with odd file times: its bundle is complete
        msg = (
            "the front end is not built, and building it needs npm, which is not on PATH: install Node.js 20 "
            "or newer, or install a released version (pip install nanomeet-widget), which has it built"
        )
        raise RuntimeError(msg)
    if not (root / "js/node_modules").exists():
        subprocess.run([npm, "ci"], cwd=root / "js", check=True)
    subprocess.run([npm, "run", "build"], cwd=root / "js", check=True)


class FrontEndHook(BuildHookInterface[Any]):
    """Bundles the front end before the package is built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        del version, build_data
        build(Path(self.root))
