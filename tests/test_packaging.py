"""What is shipped: installing it needs neither a checkout nor npm."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

# Installing asks an index, which may be slow.
pytestmark = pytest.mark.timeout(1800)
#: Seconds for each step.
_PATIENCE = 600

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "src/nanomeet_widget/static"
#: Bytes, compressed as a server sends it: a notebook loads the script for each widget. It has its words in
#: English and German: it is handed over as a text, with no address from which it could load one of them.
MAX_FRONT_END = 29_696
#: The whole meeting page: what composes and plays broadcasts is loaded when it is needed.
MAX_MEETING = 140_000

#: Everything that is installed, compressed.
MAX_WHEEL = 1_250_000
#: What a background is made with: fetched only by who wants one.
MAX_BACKGROUND = 260_000


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    command = [
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "--target=sdist",
        f"--directory={folder}",
    ]
    subprocess.run(command, cwd=ROOT, check=True, timeout=_PATIENCE)
    return next(folder.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from what is published, where there is no npm."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder)]
    bare = {**os.environ, "PATH": str(Path(sys.executable).parent)}
    assert shutil.which("npm", path=bare["PATH"]) is None
    subprocess.run([*command, str(sdist)], env=bare, check=True, timeout=_PATIENCE)
    return next(folder.glob("*.whl"))


def test_the_front_end_is_small() -> None:
    size = len(gzip.compress((STATIC / "widget.js").read_bytes(), compresslevel=9))
    assert size <= MAX_FRONT_END, f"widget.js: {size} bytes compressed"


def test_the_sdist_carries_the_front_end_and_its_sources(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for name in ("src/nanomeet_widget/static/widget.js", "js/src/widget/index.ts", "LICENSE"):
        assert name in names
    assert not [name for name in names if "node_modules" in name]


def test_the_meeting_page_is_small() -> None:
    parts = (STATIC / f"meeting.{kind}" for kind in ("html", "css", "js"))
    sizes = {part.name: len(gzip.compress(part.read_bytes(), compresslevel=9)) for part in parts}
    assert sum(sizes.values()) <= MAX_MEETING, sizes


def test_what_a_background_is_made_with_is_small_and_unchanged() -> None:
    parts = ("background.js", "background.wasm", "selfie_segmentation_landscape.tflite")
    sizes = {name: len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in parts}
    assert sum(sizes.values()) <= MAX_BACKGROUND, sizes
    digest = hashlib.sha256((STATIC / parts[2]).read_bytes()).hexdigest()
    assert digest == "4aafe6223bb8dac6fac8ca8ed56852870a33051ef3f6238822d282a109962894"


def test_the_wheel_carries_the_licences_of_what_it_ships(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    [name] = [name for name in archive.namelist() if name.endswith("THIRD_PARTY_LICENSES.txt")]
    words = archive.read(name).decode()
    for shipped in ("selfie_segmentation", "Apache License", "Preact", "uqr", "AssemblyScript"):
        assert shipped in words


def test_the_wheel_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size <= MAX_WHEEL


def test_the_wheel_carries_the_front_end_and_no_sources_of_it(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for name in (
        "widget.js",
        "widget.css",
        "nanomeet.js",
        "nanomeet.d.ts",
        "external_api.js",
        "library.js",
        "meeting.html",
        "background.js",
        "background.wasm",
        "selfie_segmentation_landscape.tflite",
    ):
        assert f"nanomeet_widget/static/{name}" in names
    assert "nanomeet_widget/py.typed" in names
    sources = [n for n in names if n.endswith((".ts", ".tsx")) and not n.endswith(".d.ts")]
    assert not sources


def test_the_wheel_works_in_an_empty_environment_without_npm(wheel: Path, tmp_path: Path) -> None:
    make = [sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "env")]
    subprocess.run(make, check=True, timeout=_PATIENCE)
    python = tmp_path / "env/bin/python"
    # By this environment's pip, and compiling only what is imported: both take long.
    install = [
        *(sys.executable, "-m", "pip", f"--python={python}", "install"),
        *("--quiet", "--disable-pip-version-check", "--no-compile", str(wheel)),
    ]
    subprocess.run(install, check=True, timeout=_PATIENCE)
    env = {"PATH": str(python.parent), "LANG": os.environ.get("LANG", "C.UTF-8")}
    done = subprocess.run(
        [str(python), "-I", str(ROOT / "tests/installed.py")],
        env=env,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
