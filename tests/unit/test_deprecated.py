"""Old public names work, with a warning that names the new one, until 1.0."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import nanomeet_widget as nm
from nanomeet_widget._deprecated import RENAMED


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_an_old_name_is_the_new_one_with_a_warning(old: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=rf"nanomeet_widget\.{new}\b") as caught:
        assert getattr(nm, old) is getattr(nm, new)
    assert caught[0].filename == __file__


def test_an_import_of_an_old_name_warns_where_it_stands() -> None:
    code = compile("from nanomeet_widget import Status", "cell.py", "exec")
    with pytest.warns(DeprecationWarning, match="MeetingStatus") as caught:
        exec(code, {})  # noqa: S102 - an import, as a notebook has it
    assert caught[0].filename == "cell.py"


def test_new_names_do_not_warn_and_old_ones_are_not_listed() -> None:
    assert not set(RENAMED) & set(nm.__all__)
    assert set(RENAMED.values()) <= set(nm.__all__)
    assert sys.modules["nanomeet_widget"].MeetingStatus is nm.MeetingStatus


def test_a_name_that_never_was_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Statuses'"):
        getattr(nm, "Statuses")  # noqa: B009 - mypy knows that there is none


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_the_docs_and_the_changelog_name_both(old: str, new: str) -> None:
    root = Path(__file__).parents[2]
    assert f"| `{old}` | `{new}` |" in (root / "docs/api.md").read_text("utf-8")
    changelog = (root / "CHANGELOG.md").read_text("utf-8")
    assert f"`{old}`" in changelog
    assert f"`{new}`" in changelog


def test_the_table_of_deprecations_is_the_module_s() -> None:
    text = (Path(__file__).parents[2] / "docs/deprecations.md").read_text("utf-8")
    table = text.split("## Deprecated now")[1].split("\n## ")[0]
    rows = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in table.splitlines()
        if line.startswith("| `")
    ]
    assert [row[:2] for row in rows] == [
        [f"nanomeet_widget.{old}", f"nanomeet_widget.{new}"] for old, new in sorted(RENAMED.items())
    ]
    for row in rows:
        with pytest.warns(DeprecationWarning, match=f"removed in version {row[3]}"):
            getattr(nm, row[0].removeprefix("nanomeet_widget."))
