"""Tests of `classroom.table`."""

from __future__ import annotations

import copy
import csv
import io
import json
import pickle
import re
import stat
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nanomeet_widget as nm
from nanomeet_widget.classroom.table import Kind, Table

BEGAN = datetime(2026, 3, 2, 9, 30, 5, 250_000, tzinfo=timezone.utc)
KINDS: dict[str, Kind] = {
    "name": "text",
    "joined": "time",
    "left": "time",
    "seconds": "seconds",
    "hands": "count",
    "moderator": "flag",
    "options": "texts",
    "choices": "counts",
}
ADA: dict[str, Any] = {
    "name": "Ada",
    "joined": BEGAN,
    "left": BEGAN + timedelta(seconds=90),
    "seconds": 90.0,
    "hands": 2,
    "moderator": True,
    "options": ["yes", "no"],
    "choices": [1, 0],
}
NOTHING: dict[str, Any] = dict.fromkeys(KINDS)


def table(*rows: dict[str, Any], **words: str) -> Table:
    return Table(
        rows, kinds=KINDS, title=words.get("title", "Attendance"), note=words.get("note", "")
    )


class TestIsAList:
    def test_of_plain_dicts(self) -> None:
        whole = table(ADA, NOTHING)
        assert whole == [ADA, NOTHING]
        assert whole[0]["name"] == "Ada"
        assert isinstance(whole, list)
        assert json.loads(json.dumps(whole, default=str))[0]["hands"] == 2

    def test_whose_slices_and_copies_are_tables(self) -> None:
        whole = table(ADA, NOTHING, ADA, title="Hands", note="a note")
        for part in (whole[:2], whole.copy()[:2], copy.copy(whole)[:2], copy.deepcopy(whole)[:2]):
            assert type(part) is Table
            assert (part, part.columns, part.title, part.note) == (
                *([ADA, NOTHING], list(KINDS), "Hands", "a note"),
            )
        again = pickle.loads(pickle.dumps(whole))  # noqa: S301 - our own
        assert (type(again), again, again.columns) == (Table, whole, list(KINDS))

    def test_that_has_columns_when_it_is_empty(self) -> None:
        assert table().columns == list(KINDS)
        assert table()[:5].columns == list(KINDS)


class TestFrames:
    @pytest.mark.parametrize("rows", [[], [ADA], [NOTHING], [ADA, NOTHING]])
    def test_pandas_has_the_same_types_whatever_is_in_it(self, rows: list[dict[str, Any]]) -> None:
        frame = table(*rows).to_pandas()
        assert list(frame.columns) == list(KINDS)
        assert len(frame) == len(rows)
        assert str(frame["joined"].dtype) == "datetime64[ns, UTC]"
        assert str(frame["seconds"].dtype) == "float64"
        assert str(frame["hands"].dtype) == "Int64"
        assert str(frame["moderator"].dtype) == "boolean"
        assert pd.api.types.is_string_dtype(frame["name"])
        if rows == [ADA, NOTHING]:
            assert frame["joined"][0] == pd.Timestamp(BEGAN)
            assert frame.loc[1].isna().all()

    @pytest.mark.parametrize("rows", [[], [ADA], [NOTHING], [ADA, NOTHING]])
    def test_polars_has_the_same_types_whatever_is_in_it(self, rows: list[dict[str, Any]]) -> None:
        frame = table(*rows).to_polars()
        assert dict(frame.schema) == {
            "name": pl.String(),
            "joined": pl.Datetime("us", "UTC"),
            "left": pl.Datetime("us", "UTC"),
            "seconds": pl.Float64(),
            "hands": pl.Int64(),
            "moderator": pl.Boolean(),
            "options": pl.List(pl.String()),
            "choices": pl.List(pl.Int64()),
        }
        assert frame.to_dicts() == rows

    def test_pandas_takes_it_as_it_is(self) -> None:
        frame = pd.DataFrame(table(ADA, NOTHING))
        assert list(frame.columns) == list(KINDS)
        assert frame["name"][0] == "Ada"

    @pytest.mark.parametrize("package", ["pandas", "polars"])
    def test_what_is_not_installed_is_named(
        self, package: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(nm.MissingPackageError, match=f"pip install {package}"):
            getattr(table(ADA), f"to_{package}")()

    def test_neither_is_loaded_before_it_is_used(self) -> None:
        program = (
            "import sys, nanomeet_widget as nm; nm.Table, nm.records; "
            "print({'pandas', 'polars'} & set(sys.modules))"
        )
        said = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        assert said.stdout.strip() == "set()"


def unprotected(cell: str) -> str:
    """Return a cell without what was put before formulas."""
    cell = re.sub(r"^'(?='*[\t\r\n])", "", cell)
    return re.sub(r"((?:^|[;\t\r\n])\s*'*)'(?=[=+\-@\uff1d\uff0b\uff0d\uff20])", r"\1", cell)


def cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
DANGEROUS = st.text(st.sampled_from("=+-@\t\r\n';\" ,a\uff1d"), max_size=8)


class TestCsv:
    @given(st.lists(st.one_of(TEXTS, DANGEROUS), max_size=5))
    def test_every_text_comes_back(self, names: list[str]) -> None:
        with TemporaryDirectory() as folder:
            path = table(*({**NOTHING, "name": name} for name in names)).to_csv(
                Path(folder) / "names.csv"
            )
            head, *rows = cells(path)
        assert head == list(KINDS)
        assert [unprotected(row[0]) for row in rows] == names

    @given(st.one_of(TEXTS, DANGEROUS))
    def test_no_cell_begins_a_formula(self, name: str) -> None:
        with TemporaryDirectory() as folder:
            path = table({**NOTHING, "name": name}).to_csv(Path(folder) / "names.csv")
            written = path.read_bytes().decode()
            # As the spreadsheets of countries have it that use the comma for decimals.
            odd = list(csv.reader(written.split("\r\n"), delimiter=";"))
        beginnings = [cell.lstrip()[:1] for cell in (*cells_of(written), *chain(*odd))]
        assert not set(beginnings) & set("=+-@\uff1d\uff0b\uff0d\uff20")
        assert not any(cell[:1] in {"\t", "\r", "\n"} for cell in cells_of(written))

    @given(
        st.datetimes(timezones=st.just(timezone.utc)),
        st.floats(allow_nan=False, allow_infinity=False),
        st.integers(),
        st.lists(st.one_of(TEXTS, DANGEROUS), max_size=3),
    )
    def test_every_value_comes_back(
        self, joined: datetime, seconds: float, hands: int, options: list[str]
    ) -> None:
        row = {**ADA, "joined": joined, "seconds": seconds, "hands": hands, "options": options}
        with TemporaryDirectory() as folder:
            _, written = cells(table(row).to_csv(Path(folder) / "one.csv"))
        found = dict(zip(KINDS, written, strict=True))
        assert datetime.fromisoformat(found["joined"]) == joined
        assert float(found["seconds"]) == seconds
        assert int(found["hands"]) == hands
        assert json.loads(unprotected(found["options"])) == options
        assert found["moderator"] == "true"

    def test_pandas_reads_it(self, tmp_path: Path) -> None:
        path = table(ADA, {**NOTHING, "name": "Zoë, 木"}).to_csv(tmp_path / "one.csv")
        frame = pd.read_csv(path, parse_dates=["joined"])
        assert list(frame["name"]) == ["Ada", "Zoë, 木"]
        assert frame["joined"][0] == pd.Timestamp(BEGAN)
        assert frame["seconds"].isna().tolist() == [False, True]

    def test_numbers_stay_numbers(self, tmp_path: Path) -> None:
        path = table({**NOTHING, "seconds": -1.5, "hands": -2}).to_csv(tmp_path / "one.csv")
        assert cells(path)[1][3:5] == ["-1.5", "-2"]

    def test_only_its_owner_can_read_it(self, tmp_path: Path) -> None:
        path = tmp_path / "one.csv"
        path.write_text("older")
        path.chmod(0o644)
        assert table(ADA).to_csv(str(path)) == path
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert [file.name for file in tmp_path.iterdir()] == ["one.csv"]

    def test_half_a_character_and_nul_are_replaced(self, tmp_path: Path) -> None:
        path = table({**NOTHING, "name": "a\0b\ud83d"}).to_csv(tmp_path / "one.csv")
        assert cells(path)[1][0] == "a\ufffdb\ufffd"

    @pytest.mark.parametrize(
        "name", ["missing/one.csv", "folder", "file/one.csv", "", "\0", "x" * 300]
    )
    def test_a_path_that_cannot_be_written_is_named(self, name: str, tmp_path: Path) -> None:
        (tmp_path / "folder").mkdir()
        (tmp_path / "file").write_text("")
        with pytest.raises(nm.InvalidInputError):
            table(ADA).to_csv(f"{tmp_path}/{name}" if name else "")
        assert {file.name for file in tmp_path.iterdir()} == {"folder", "file"}

    def test_a_device_is_no_file(self) -> None:
        with pytest.raises(nm.InvalidInputError, match="plain file"):
            table(ADA).to_csv("/dev/null")

    def test_a_full_disk_leaves_the_older_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "one.csv"
        path.write_text("older")
        monkeypatch.setattr(Path, "replace", fail)
        with pytest.raises(nm.InvalidInputError, match="No space left"):
            table(ADA).to_csv(path)
        assert path.read_text() == "older"
        assert [file.name for file in tmp_path.iterdir()] == ["one.csv"]


def fail(*_: object) -> None:
    raise OSError(28, "No space left on device")


def cells_of(written: str) -> list[str]:
    return list(chain(*csv.reader(io.StringIO(written, newline=""))))


class Elements(HTMLParser):
    """Collects the elements of some HTML, and the text in each."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(source)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))
        self.texts.setdefault(tag, []).append("")

    def handle_data(self, data: str) -> None:
        self.texts[self.found[-1][0]][-1] += data

    def tags(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag == name]


class TestShown:
    def test_it_is_a_table_with_a_caption_and_headers(self) -> None:
        shown = Elements(table(ADA, NOTHING)._repr_html_())
        assert shown.texts["caption"] == ["Attendance (2 rows)"]
        assert shown.texts["th"] == list(KINDS)
        assert {head["scope"] for head in shown.tags("th")} == {"col"}
        assert shown.texts["td"][0] == "Ada"
        assert shown.tags("time")[0]["datetime"] == BEGAN.isoformat()
        assert shown.tags("div")[0]["tabindex"] == "0"

    def test_what_people_write_is_text(self) -> None:
        evil = '<img src=x onerror="alert(1)">&amp;'
        source = table(
            {**NOTHING, "name": evil, "options": [evil]}, note=evil, title=evil
        )._repr_html_()
        shown = Elements(source)
        assert shown.tags("img") == []
        assert shown.texts["td"][0] == evil

    def test_it_uses_the_notebooks_colours(self) -> None:
        assert not re.search(
            r"color:(?!inherit)|background:(?!transparent)", table(ADA)._repr_html_()
        )

    def test_a_long_one_is_shortened_in_the_middle_with_a_sentence(self) -> None:
        rows = [{**NOTHING, "name": f"P{number}"} for number in range(500)]
        whole = table(*rows)
        shown = Elements(whole._repr_html_())
        assert len(shown.tags("tr")) == 1 + 60 + 1
        assert "440 of 500 rows are not shown" in whole._repr_html_()
        assert "440 of 500 rows are not shown" in repr(whole)
        assert "P29" in repr(whole)
        assert "P470" in repr(whole)
        assert "P30\n" not in repr(whole)

    def test_a_note_is_below(self) -> None:
        note = "Talk time was not kept"
        assert note in Elements(table(note=note)._repr_html_()).texts["p"]
        assert repr(table(note=note)).endswith(note)

    def test_a_terminal_gets_aligned_columns(self) -> None:
        lines = repr(table({**ADA, "name": "木村"}, {**ADA, "name": "Ada"})).splitlines()
        assert lines[0] == "Attendance (2 rows)"
        assert lines[1].startswith("name  joined")
        assert lines[2].startswith("木村  2026-03-02 09:30:05 UTC")
        assert lines[3].startswith("Ada   2026-03-02 09:30:05 UTC")

    def test_a_terminal_gets_no_control_characters(self) -> None:
        shown = repr(table({**NOTHING, "name": "a\x1b[31m\n\u202eb"}))
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert len(shown.splitlines()) == 3
