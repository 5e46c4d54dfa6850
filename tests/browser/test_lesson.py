"""The notebook of a whole lesson, in JupyterLab, as a teacher runs it."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from tests.labs import Lab

from .kept_pages import OpenNotebook
from .notebook import SLOW, Notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
LESSON = Path(__file__).parents[2] / "notebooks/lesson.ipynb"

#: How the code cells begin, by what they are for, in their order.
CELLS = {
    "room": "import asyncio",
    "links": "roster = [",
    "begin": "meet = nm.NanoMeet",
    "students": "students = {",
    "absent": "[person.name for person in invites.absent()]",
    "late": 'await students["s7"].join()',
    "check-in": "await meet.start_check_in",
    "end": "await meet.end_check_in()",
    "hands": 'for person in ["s5", "s2"]',
    "poll": "poll = meet.poll",
    "vote": "answers = {",
    "voters": "await poll.votes()",
    "quiz": "quiz = meet.quiz",
    "questions": "first = quiz.next()",
    "groups": "groups = await meet.breakout",
    "announce": "await until(lambda: sum",
    "back": "await groups.close()",
    "attendance": "attendance = meet.records",
    "raised": "meet.records.hands()",
    "votes": "votes = meet.records",
    "scores": "scores.to_csv",
    "forget": "meet.records.forget",
    "leave": "for student in students",
    "sessions": "nm.records(room.token)",
}


class Lesson:
    """The notebook, by what its cells are for."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook

    def shows(self, name: str) -> Locator:
        """The outputs of a cell, which it had before or has by now."""
        return self.notebook.cell(list(CELLS).index(name)).locator(".jp-Cell-outputArea")

    def runs(self, name: str) -> Locator:
        """Run a cell, and return its outputs."""
        self.notebook.run(list(CELLS).index(name))
        outputs = self.shows(name)
        expect(outputs.locator("[data-mime-type='application/vnd.jupyter.error']")).to_have_count(0)
        return outputs

    def tells(self, name: str, *texts: str) -> None:
        """Run a cell, and expect texts in what it shows."""
        outputs = self.runs(name)
        for text in texts:
            expect(outputs).to_contain_text(text, timeout=SLOW)

    def lists(self, name: str, rows: int, *texts: str) -> None:
        """Run a cell, and expect a table of so many rows with these texts."""
        outputs = self.runs(name)
        expect(outputs.locator("tbody tr")).to_have_count(rows)
        for text in texts:
            expect(outputs.locator("table")).to_contain_text(text)


def test_a_lesson_from_the_links_to_the_records(lab: Lab, open_notebook: OpenNotebook) -> None:
    codes = [c.source for c in nbformat.read(LESSON, as_version=4).cells if c.cell_type == "code"]
    for code, begins in zip(codes, CELLS.values(), strict=True):
        assert code.startswith(begins)
    shutil.copy(LESSON, lab.folder)
    notebook = open_notebook("lesson.ipynb")
    lesson = Lesson(notebook)

    lesson.runs("room")
    lesson.lists("links", 8, "Hugo")
    lesson.runs("begin")
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    lesson.tells("students", "'Ada', 'Ben', 'Cem', 'Dora', 'Eva', 'Finn']")
    expect(notebook.meeting).to_contain_text("7 people", timeout=SLOW)
    lesson.tells("absent", "['Gia', 'Hugo']")
    lesson.tells("late", "absent: Hugo")

    lesson.tells("check-in", "Eva is done", "Finn is not done yet", "Gia is not done yet")
    lesson.runs("end")
    lesson.tells("hands", "hands: Eva, Ben", "called on: Eva", "then: Ben")

    # The bars grow in the cell that shows the poll.
    lesson.tells("poll", "What is the slope of y = 2x + 1?", "0 people voted")
    lesson.lists("vote", 3, "71.4")
    expect(lesson.shows("poll")).to_contain_text("7 people voted")
    expect(lesson.shows("poll")).to_contain_text("71 %")
    lesson.lists("voters", 7, "Gia")

    lesson.tells("quiz", "2 questions, none asked yet.")
    lesson.lists("questions", 6, "Ben")
    expect(lesson.shows("quiz")).to_contain_text("Which are prime?")

    lesson.tells("groups", "Group 1", "Group 2", "Until ")
    lesson.tells("announce", "Group 1: 3 people", "Group 2: 3 people")
    expect(lesson.shows("groups").locator("dd")).to_have_count(2)
    expect(lesson.shows("groups").locator(".away")).to_have_count(0)
    lesson.tells("back", "8 people in the main room")
    expect(lesson.shows("groups")).to_contain_text("Groups: closed")

    expect(lesson.runs("attendance").locator("table")).to_contain_text("Gia")
    lesson.lists("raised", 2, "Eva")
    lesson.lists("votes", 7, "Cem")
    expect(lesson.shows("votes")).to_contain_text("18 votes in 3 polls")
    lesson.tells("scores", "Ben 2 of 2", "Gia 0 of 2")
    lesson.tells("forget", "'Ben', 'Dora'")
    expect(lesson.shows("forget")).not_to_contain_text("Cem")
    lesson.runs("leave")
    expect(notebook.page.locator(".nanomeet-overlay")).to_have_count(0)
    # The newest one comes first; another test in this JupyterLab may have held a lesson before.
    newest = lesson.runs("sessions").locator("tbody tr").first
    expect(newest).to_contain_text("attendance, hands, talk, polls")

    notebook.save()
    saved = (lab.folder / "lesson.ipynb").read_text()
    # Outputs are saved, and no token or link is among them.
    assert "18 votes in 3 polls" in saved
    assert "eyJ" not in saved


def test_all_cells_of_the_lesson_run_at_once(lab: Lab, open_notebook: OpenNotebook) -> None:
    shutil.copy(LESSON, lab.folder / "at_once.ipynb")
    notebook = open_notebook("at_once.ipynb")
    notebook.menu("Run", "Run All Cells")
    notebook.ran(len(CELLS) - 1)
    lesson = Lesson(notebook)
    expect(lesson.shows("sessions").locator("tbody tr").first).to_be_visible()
    expect(lesson.shows("scores")).to_contain_text("Ben 2 of 2")
    errors = notebook.page.locator("[data-mime-type='application/vnd.jupyter.error']")
    expect(errors).to_have_count(0)
