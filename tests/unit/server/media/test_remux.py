"""Tests of `media.remux`."""

from __future__ import annotations

from pathlib import Path

import pytest

from nanomeet_widget.server.media.remux import remux
from tests.unit.server.clips import clip
from tests.unit.server.playing import play, recorded


def test_a_file_cut_inside_a_fragment_plays_up_to_there(tmp_path: Path) -> None:
    content = recorded(tmp_path / "a.mp4", clip(2)).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(
        content[: content.rindex(b"mdat", 0, len(content) * 9 // 10) + 40]
    )
    remux(tmp_path / "cut.mp4", tmp_path / "whole.mp4")
    seen = play(tmp_path / "whole.mp4")
    assert 40 < len(seen.sizes) < 60
    assert seen.brightness == sorted(seen.brightness)


def test_a_finished_recording_has_its_index_in_front(tmp_path: Path) -> None:
    remux(recorded(tmp_path / "a.mp4", clip()), tmp_path / "b.mp4")
    content = (tmp_path / "b.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    assert b"moof" not in content
    seen = play(tmp_path / "b.mp4")
    assert len(seen.sizes) == 30
    assert len(seen.sound_times) == pytest.approx(50, abs=2)
