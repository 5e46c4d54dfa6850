"""Rosters from tables: what is read, and what is refused, with the row and the column."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nanomeet_widget import _texts
from nanomeet_widget._errors import InvalidInputError, MissingPackageError
from nanomeet_widget.classroom.roster_rows import Row, read

ROWS = [
    {"id": 7, "name": "Ada  Lovelace", "email": "ada@example.org", "assistant": True},
    {"id": 12, "name": "华罗庚", "email": None, "assistant": False},
]
READ = [
    Row(name="Ada Lovelace", id="7", email="ada@example.org", moderator=True),
    Row(name="华罗庚", id="12", email=None, moderator=False),
]


def rows(table: Any, **options: Any) -> list[Row]:
    wanted: dict[str, Any] = {"name": "name", "email": "email", "id": "id", "moderator": None}
    return read(table, **{**wanted, **options})


def refusal(table: Any, **options: Any) -> str:
    with pytest.raises(InvalidInputError) as refused:
        rows(table, **options)
    return str(refused.value)


@pytest.mark.parametrize(
    "table",
    [
        ROWS,
        tuple(ROWS),
        iter(ROWS),
        pd.DataFrame(ROWS),
        pd.DataFrame(ROWS).convert_dtypes(),
        pd.DataFrame(ROWS).set_index(pd.Index(["x", "y"])),
        pl.DataFrame(ROWS),
        pl.DataFrame(ROWS).lazy(),
    ],
    ids=["list", "tuple", "iterator", "pandas", "pandas NA", "index", "polars", "lazy"],
)
def test_every_table_gives_the_same_people(table: Any) -> None:
    assert rows(table, moderator="assistant") == READ


@pytest.mark.parametrize(
    "text",
    [
        "id,name,email,assistant\n7,Ada Lovelace,ada@example.org,yes\n12,华罗庚,,no\n",
        "\ufeffid;name;email;assistant\r\n7;Ada Lovelace;ada@example.org;ja\r\n\r\n12;华罗庚;;\r\n",
        "id\tname\temail\tassistant\n7\tAda Lovelace\tada@example.org\t1\n12\t华罗庚\t\t0",
        'id, name ,email,assistant\n7,"Ada Lovelace",ada@example.org,x\n,,,\n12,华罗庚,,nein\n',
    ],
    ids=["comma", "semicolon and mark", "tab", "quotes and spaces"],
)
def test_files(tmp_path: Path, text: str) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes(text.encode())
    for path in (file, str(file)):
        assert rows(path, moderator="assistant") == READ


def test_a_line_in_quotes_is_one_person(tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_text('name;id\n"Lovelace, Ada; Countess\nof Lovelace";7\n', "utf-8")
    (ada,) = rows(file)
    assert ada.name == "Lovelace, Ada; Countess of Lovelace"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "has no rows"),
        (b"name\n", "has no rows"),
        ("name\nÉmilie\n".encode("latin-1"), "is not UTF-8"),
        ("name\nAda\n".encode("utf-16"), "is not UTF-8"),
        (b"name,id\nAda\n", "line 2 of .* has 1 cells, and the header has 2"),
        (b"name,id\nAda,1\nLovelace, Ada,2\n", "line 3 of .* has 3 cells"),
        (b'name,id\n"Ada,1\n', "line 2 of .* is not CSV"),
        (b"name,name\nAda,1\n", "several columns named 'name'"),
        (b"id,full\n1,Ada\n", "no column 'name'; it has 'id', 'full': .* name="),
        (b"name,id\n,1\n", "line 2, column 'name': the name is empty"),
        (b"name,id\nAda,1\nBo,1\n", "line 2 and line 3, column 'id': both have '1'"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes(content)
    with pytest.raises(InvalidInputError, match=words):
        rows(file)


def test_files_that_are_none(tmp_path: Path) -> None:
    assert "cannot be read: No such file" in refusal(tmp_path / "missing.csv")
    assert "cannot be read" in refusal(tmp_path)
    assert "cannot be read" in refusal("name\0")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"name": None}, "row 1, column 'name': the name is missing"),
        ({"name": float("nan")}, "the name is missing"),
        ({"name": pd.NA}, "the name is missing"),
        ({}, "no column 'name'"),
        ({"name": "  "}, "row 1, column 'name': the name is empty"),
        ({"name": "\u202e\u200b"}, "the name is empty"),
        ({"name": 5}, "a name is text, not 5"),
        ({"name": "a\ud800"}, "half of a character"),
        ({"name": "Z" + "\u0301" * 600}, "bytes"),
        ({"name": "Ada", "id": None}, "row 1, column 'id': the id is missing"),
        ({"name": "Ada", "id": float("nan")}, "the id is missing"),
        ({"name": "Ada", "id": 1.5}, "an id is text or a whole number, not 1.5"),
        ({"name": "Ada", "id": float("inf")}, "an id is text or a whole number"),
        ({"name": "Ada", "id": [1]}, "an id is text or a whole number"),
        ({"name": "Ada", "id": " "}, "the id must have 1 to 64 characters"),
        ({"name": "Ada", "id": "x" * 65}, "the id must have 1 to 64 characters"),
        ({"name": "Ada", "id": "a\u20281"}, "not visible"),
        ({"name": "Ada", "id": "ada@example.org"}, "is an e-mail address"),
        ({"name": "Ada", "email": 3}, "row 1, column 'email': an e-mail address is text"),
    ],
)
def test_cells_that_are_refused(row: dict[str, Any], words: str) -> None:
    assert words in refusal([row])


def test_ids_of_every_kind() -> None:
    ids = [1, np.int64(2), np.int32(3), 4.0, np.float64(5), " 006 ", "s 7", np.str_("8")]
    table = [{"name": f"Student {n}", "id": value} for n, value in enumerate(ids)]
    assert [row.id for row in rows(table)] == ["1", "2", "3", "4", "5", "006", "s 7", "8"]
    assert "row 1 and row 2" in refusal([{"name": "A", "id": 1}, {"name": "B", "id": "1"}])


def test_without_ids_names_are_the_ids() -> None:
    table = [{"name": "Ada "}, {"name": "Bo"}]
    assert [row.id for row in rows(table)] == ["Ada", "Bo"]
    assert [row.id for row in rows([{**row, "id": 7} for row in table], id=None)] == ["Ada", "Bo"]
    # The same name, written in two ways.
    words = refusal([{"name": "Zoe\u0308"}, {"name": "Bo"}, {"name": "Zo\u00eb"}])
    assert "row 1 and row 3, column 'name'" in words
    assert "id=" in words


def test_who_is_a_moderator() -> None:
    yes = [True, np.True_, 1, 1.0, np.int64(1), "yes", "TRUE", "x", " 1 ", "Ja"]
    no = [False, np.False_, 0, None, float("nan"), "", "no", "False", "nein", pd.NA]
    table = [{"name": f"n{n}", "m": value} for n, value in enumerate([*yes, *no])]
    found = [row.moderator for row in rows(table, moderator="m")]
    assert found == [True] * len(yes) + [False] * len(no)
    assert all(row.moderator for row in rows(table, moderator=True))
    assert not any(row.moderator for row in rows(table, moderator=False))
    strange: list[Any] = ["maybe", 2, -1, 0.5, [], "01"]
    for value in strange:
        words = refusal([{"name": "Ada", "m": value}], moderator="m")
        assert "row 1, column 'm'" in words
        assert "True or False" in words


@pytest.mark.parametrize(
    ("table", "options", "words"),
    [
        ([], {}, "has no rows"),
        (pd.DataFrame(columns=["name"]), {}, "has no rows"),
        ([{"name": "A"}] * (_texts.ROSTER + 1), {}, "more than 2000 rows"),
        ({"name": ["Ada"]}, {}, "one dict"),
        ([["Ada"]], {}, "row 1 of the roster is a list"),
        (["Ada"], {}, "row 1 of the roster is a str"),
        (pd.Series(["Ada"]), {}, "Series"),
        (7, {}, "the roster is a int"),
        (None, {}, "the roster is a NoneType"),
        (np.zeros((2, 2)), {}, "row 1 of the roster is a ndarray"),
        (pd.DataFrame([["A", "B"]], columns=["name", "name"]), {}, "several columns"),
        (ROWS, {"name": "Name"}, "no column 'Name'; it has 'id', 'name', 'email', 'assistant'"),
        (ROWS, {"email": "mail"}, "no column 'mail'"),
        (ROWS, {"id": "number"}, "no column 'number'"),
        (ROWS, {"moderator": "is_assistant"}, "no column 'is_assistant'"),
        (ROWS, {"name": 3}, "name must be the name of a column"),
        (ROWS, {"moderator": 1}, "moderator must be"),
        (ROWS, {"id": "email"}, "the column of e-mail addresses"),
    ],
)
def test_tables_that_are_refused(table: Any, options: dict[str, Any], words: str) -> None:
    assert words in refusal(table, **options)


def test_a_table_without_an_end_is_refused() -> None:
    def endless() -> Any:
        while True:
            yield {"name": "Ada"}

    assert "rows" in refusal(endless())


def test_pandas_takes_no_narwhals_and_others_say_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "narwhals", None)
    assert rows(pd.DataFrame(ROWS), moderator="assistant") == READ
    with pytest.raises(MissingPackageError, match=r"nanomeet-widget\[tables\]"):
        rows(pl.DataFrame(ROWS))


def test_optional_columns_may_be_missing() -> None:
    (ada,) = rows([{"name": "Ada"}])
    assert ada == Row(name="Ada", id="Ada", email=None, moderator=False)
    assert rows([{"name": "Ada", "email": "a@b"}], email=None)[0].email is None


CELLS = st.one_of(
    st.none(),
    st.text(max_size=80),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.binary(max_size=4),
    st.lists(st.integers(), max_size=2),
    st.just(pd.NA),
    st.just(pd.NaT),
)
COLUMNS = st.sampled_from(["name", "email", "id", "m", "other"])


@given(st.lists(st.dictionaries(COLUMNS, CELLS), max_size=5), st.sampled_from([None, "m", True]))
def test_any_table_is_read_by_the_rules_or_refused(
    table: list[dict[str, Any]],
    moderator: Any,
) -> None:
    try:
        found = rows(table, moderator=moderator)
    except InvalidInputError:
        return
    assert len(found) == len(table)
    assert len({row.id for row in found}) == len(found)
    for row in found:
        assert _texts.flaw(row.name, _texts.Length(least=1, most=64)) is None
        assert _texts.flaw(row.id, _texts.ID) is None
        assert len(row.name.encode()) <= _texts.TOKEN_NAME_BYTES
        assert len(row.id.encode()) <= _texts.TOKEN_ID_BYTES
        assert isinstance(row.moderator, bool)


NAMES = st.text(
    st.characters(codec="utf-8", categories=["L", "N"], include_characters=" ,;\"'"), min_size=1
).filter(lambda name: name.strip(" \"',;") != "")


@given(st.lists(NAMES, min_size=1, max_size=8), st.sampled_from(",;\t"), st.booleans())
def test_what_a_csv_writer_writes_is_read(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], separator: str, mark: Any
) -> None:
    table = [{"id": f"s{n}", "name": name, "email": ""} for n, name in enumerate(names)]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, ["id", "name", "email"], delimiter=separator)
    writer.writeheader()
    writer.writerows(table)
    file = tmp_path_factory.mktemp("csv") / "roster.csv"
    file.write_bytes(text.getvalue().encode("utf-8-sig" if mark else "utf-8"))
    try:
        expected = rows(table)
    except InvalidInputError:
        with pytest.raises(InvalidInputError):
            rows(file)
        return
    assert rows(file) == expected
