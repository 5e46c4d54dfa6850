"""A checkout is built with Node.js, an sdist without; what is missing is said."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The build hook, on a PATH without npm."""
    spec = importlib.util.spec_from_file_location("hook", ROOT / "hatch_build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setenv("PATH", str(tmp_path))
    return module


def sources(root: Path) -> Path:
    source = root / "js/src/index.ts"
    source.parent.mkdir(parents=True)
    source.write_text("")
    return source


def test_a_checkout_without_node_says_what_to_install(hook: ModuleType, tmp_path: Path) -> None:
    sources(tmp_path)
    with pytest.raises(RuntimeError, match=r"install Node\.js 20 or newer, or .*pip install"):
        hook.build(tmp_path)


def test_an_sdist_with_odd_file_times_is_taken_as_it_is(hook: ModuleType, tmp_path: Path) -> None:
    source, built = sources(tmp_path), tmp_path / "src/nanomeet_widget/static/.built"
    built.parent.mkdir(parents=True)
    built.write_text("")
    later = built.stat().st_mtime + 60
    os.utime(source, (later, later))
    assert hook.is_stale(tmp_path)
    hook.build(tmp_path)
