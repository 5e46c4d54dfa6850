"""`classroom.teams` and `classroom.groups`: who goes where, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest

from nanomeet_widget import Groups, InvalidInputError
from nanomeet_widget._command import Command
from nanomeet_widget._models import GroupInfo, ParticipantInfo
from nanomeet_widget.classroom import teams
from nanomeet_widget.classroom.teams import Plan, Present


def someone(number: int, name: str, *, moderator: bool = False) -> ParticipantInfo:
    return {
        "id": f"id{number}",
        "display_name": name,
        "moderator": moderator,
        "audio": False,
        "video": False,
        "screen": False,
        "stage": False,
        "hand": None,
    }


PEOPLE = [
    someone(0, "Teacher", moderator=True),
    *(someone(number, name) for number, name in enumerate(["Ada", "Ben", "Cem", "Dora"], start=1)),
    someone(5, "Ben "),
    someone(6, "José"),
]
ROSTER = {"s-ada": ["id1"], "s-away": []}


def plan(wanted: Any, *, column: str = "team", seed: int | None = None) -> Plan:
    present = Present(((p["id"], p["display_name"] or "") for p in PEOPLE), roster=ROSTER)
    return teams.read(wanted, present=present, participants=PEOPLE, column=column, seed=seed)


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_a_number_splits_everyone_but_the_moderators_evenly(count: int) -> None:
    found = plan(count, seed=7)
    everyone = [one for people in found.groups.values() for one in people]
    assert sorted(everyone) == [f"id{number}" for number in range(1, 7)]
    sizes = [len(people) for people in found.groups.values()]
    assert max(sizes) - min(sizes) <= 1
    assert list(found.groups) == [f"Group {number + 1}" for number in range(count)]
    assert plan(count, seed=7) == found
    draws = {str(plan(count).groups) for _ in range(50)}
    assert len(draws) > 1


def test_people_are_named_by_id_roster_or_name() -> None:
    found = plan(
        {"Red": ["id2", "s-ada", "cem"], "Blue": ["Jose\u0301", "s-away", "Zoe", PEOPLE[4]]}
    )
    assert found.groups == {"Red": ["id2", "id1", "id3"], "Blue": ["id6", "id4"]}
    assert found.missing == ["s-away", "Zoe"]


def test_a_table_names_them_by_roster_or_name() -> None:
    rows = [
        {"id": "s-ada", "name": "Ada Lovelace", "team": 1.0},
        {"name": "Cem", "team": "2"},
        {"name": "Dora", "team": None},
        {"name": "Zoe", "team": 2},
        {"id": "s-away", "name": "Not here", "team": float("nan")},
    ]
    found = plan(rows)
    assert found.groups == {"1": ["id1"], "2": ["id3"]}
    assert found.missing == ["Zoe"]
    pandas = pytest.importorskip("pandas")
    assert plan(pandas.DataFrame(rows)) == found
    assert plan(({"name": "Cem", "squad": "A"} for _ in range(1)), column="squad").groups == {
        "A": ["id3"]
    }


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (0, "from 1 to 50"),
        (51, "from 1 to 50"),
        (7, "6 participants"),
        (True, "teams=True"),
        ("Red", "teams='Red'"),
        (2.5, "teams=2.5: give a number of groups"),
        ("no-such.csv", "the table of groups 'no-such.csv' cannot be read"),
        ({}, "empty"),
        ([], "empty"),
        ({"Red": "Ada"}, "give a list of people"),
        ({"Red": 7}, "give a list of people"),
        ({"Red": [None]}, "a person is an id"),
        ({"Red": ["Ben"]}, "2 participants are named 'Ben'"),
        ({"Red": ["Ada"], "Blue": ["Ada"]}, "'Ada' is in 'Red' and in 'Blue'"),
        ({"Red": ["Ada"], "Blue": ["id1"]}, "are one person"),
        ({"Red": [], "red ": []}, "the same name"),
        ({"": []}, "1 to 64 characters"),
        ({None: []}, "must be text"),
        ({"x" * 65: []}, "1 to 64 characters"),
        ({f"G{number}": [] for number in range(51)}, "at most 50"),
        ([{"name": "Ada"}], "row 1 has no column 'team'"),
        ([{"team": "A"}], "row 1 names no one"),
        ([7], "row 1 of the table of groups is a int"),
        (repeat({"name": "Ada", "team": "A"}), "more than 10000 rows"),
    ],
)
def test_what_is_wrong_is_named(wanted: Any, words: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        plan(wanted)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("here", "words"),
    [
        ([], "2, and 0 participants are here, moderators not counted: wait until some have joined"),
        (PEOPLE[:2], "2, and 1 participant is here, moderators not counted: give a smaller number"),
    ],
)
def test_too_few_people_for_a_number_say_what_to_do(
    here: list[ParticipantInfo], words: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        teams.read(2, present=Present([], roster={}), participants=here, column="team", seed=None)
    assert words in str(caught.value)


def test_a_file_of_groups_is_read_as_any_table(tmp_path: Path) -> None:
    path = tmp_path / "Groups.CSV"
    path.write_text("id;team;name\n s-ada ;A;\n;A;Cem\n\n;;Dora\n", "utf-8")
    assert plan(path) == plan(str(path)) == Plan(groups={"A": ["id1", "id3"]}, missing=[])
    path.write_text("name,team\nAda\n", "utf-8")
    with pytest.raises(InvalidInputError, match=r"line 2 of .* has 1 cells"):
        plan(path)


def test_a_seed_is_for_a_number() -> None:
    with pytest.raises(InvalidInputError, match="seed"):
        plan({"A": []}, seed=1)
    with pytest.raises(InvalidInputError, match="seed"):
        plan(2, seed=True)


class Meeting:
    """A meeting whose groups the test sets."""

    def __init__(self) -> None:
        self.groups: list[GroupInfo] = []
        self.groups_end: datetime | None = None
        self.asked: list[tuple[Any, ...]] = []
        self.followers: list[Callable[[], object]] = []

    def enter_group(self, group: str | None = None) -> Command[None]:
        return self.ask("enter_group", "nanomeetEnterGroup", group)

    def group_id(self, group: str | None) -> str | None:
        return group

    def present(self) -> Present:
        return Present([("id1", "Ada")], roster={})

    def ask(self, name: str, command: str, *args: object) -> Command[None]:
        self.asked.append((command, *args))
        return Command(name)

    def follow(self, callback: Callable[[], object]) -> None:
        self.followers.append(callback)


def test_groups_show_who_is_where_and_go_on() -> None:
    meeting, opened = Meeting(), Command[None]("breakout")
    groups = Groups(meeting, opened=opened, missing=["<Zoe>"])
    assert "opening" in repr(groups)
    groups._repr_mimebundle_()
    view = groups._view
    assert view is not None
    assert "opening" in view.value
    opened.resolve(None)
    meeting.groups = [
        {
            "id": "g1",
            "name": "<Red>",
            "people": [
                {"id": "id1", "display_name": "Ada & co", "here": True},
                {"id": "id2", "display_name": "Ben", "here": False},
            ],
        }
    ]
    for follower in meeting.followers:
        follower()
    assert "&lt;Red&gt;" in view.value
    assert "Ada &amp; co" in view.value
    assert "Ben (not there)" in view.value
    assert "&lt;Zoe&gt;" in view.value
    assert "<Red>" not in view.value
    assert groups.members[1] == {
        "group": "<Red>",
        "id": "id2",
        "display_name": "Ben",
        "here": False,
    }
    meeting.groups = []
    assert repr(groups) == "<Groups: closed>"


def test_a_refusal_is_shown() -> None:
    opened = Command[None]("breakout")
    groups = Groups(Meeting(), opened=opened)
    opened.reject(InvalidInputError("too many"))
    assert "not opened: too many" in repr(groups)


def test_times_are_checked() -> None:
    meeting = Meeting()
    groups = Groups(meeting)
    for wrong in (0, -1, 1441, float("nan"), True, "5"):
        with pytest.raises(InvalidInputError, match="minutes"):
            groups.set_minutes(wrong)  # type: ignore[arg-type]
        with pytest.raises(InvalidInputError, match="minutes"):
            groups.extend(wrong)  # type: ignore[arg-type]
    assert meeting.asked == []
    meeting.groups_end = datetime.now(timezone.utc) + timedelta(minutes=3)
    groups.extend(5)
    ((_, wanted),) = meeting.asked
    assert wanted["minutes"] == pytest.approx(8, abs=0.1)


def test_a_person_is_found_before_anything_is_sent() -> None:
    meeting = Meeting()
    groups = Groups(meeting)
    with pytest.raises(InvalidInputError, match="'Zoe' is not in the meeting"):
        groups.assign("Zoe", "A")
    groups.assign("ada", "A")
    assert meeting.asked == [("nanomeetAssignGroup", {"id": "id1", "group": "A"})]
