"""The first minute of a person alone: a demo that fills the room, and errors that lead to their page."""

from __future__ import annotations

import json
import re

import nbformat
import pytest
from playwright.sync_api import expect

from nanomeet_widget._documentation import SITE
from tests.labs import Lab

from .kept_pages import OpenNotebook
from .media import frame_of, moves
from .notebook import SLOW

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

DEMO = "import nanomeet_widget as nm\nmeet = nm.demo(height=420)\nmeet"
PEOPLE = "print(sorted(p['display_name'] for p in meet.participants))"
COMPANY = "print(len(meet.hands), len(meet.chat), len(meet.polls) and meet.polls[0]['voters'])"
POLL = "_ = meet.poll('Ready?', ['Yes', 'No'])"
CLOSE = "meet.close()"
MISTAKE = "nm.create_room('a b')"

BOTS = "[data-participant][data-local=false] video"


def test_a_person_alone_sees_a_full_room(lab: Lab, open_notebook: OpenNotebook) -> None:
    lab.write("demo.ipynb", DEMO, PEOPLE, POLL, COMPANY, CLOSE)
    demo, people, poll, company, close = range(5)
    notebook = open_notebook("demo.ipynb")
    notebook.run(demo)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    room = frame_of(notebook.page)
    # Three people, two of them with moving pictures from here.
    expect(room.locator(BOTS)).to_have_count(2, timeout=SLOW)
    for number in range(2):
        assert moves(room.locator(BOTS).nth(number))
    names = notebook.until(people, lambda printed: printed.count("'") == 6)
    assert "'Ada (Bot)', 'Linus (Bot)'" in names
    # They take part.
    notebook.run(poll)
    notebook.tells(company, "1 2 2")

    # Running the cell again adds none.
    notebook.run(demo)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    notebook.until(people, lambda printed: printed == names)

    # They leave with the person, and the next demo has two again.
    notebook.run(close)
    notebook.run(demo)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    notebook.until(people, lambda printed: printed == names)
    notebook.run(close)


WAIT = """\
import os, time
from nanomeet_widget._progress import progress
del os.environ["NANOMEET_PROGRESS"]  # the tests' notebooks have it off
print("before")
with progress("Starting the meeting server…"):
    while not os.path.exists("go"):
        time.sleep(0.05)
print("after")
os.environ["NANOMEET_PROGRESS"] = "0"  # kernels serve several tests"""
DOCTOR = "nm.doctor()"


def test_a_cell_says_what_is_wrong_what_is_waited_for_and_what_it_leads_to(
    lab: Lab, open_notebook: OpenNotebook
) -> None:
    lab.write("minute.ipynb", "import nanomeet_widget as nm", MISTAKE, WAIT, DOCTOR)
    _, mistake, wait, doctor = range(4)
    notebook = open_notebook("minute.ipynb")
    notebook.run(0)

    # A traceback leads to the page that explains it.
    notebook.run(mistake)
    link = notebook.output(mistake).locator("a", has_text="errors.html#invalidinputerror")
    expect(link).to_be_visible()
    expect(link).to_have_attribute("href", f"{SITE}errors.html#invalidinputerror")

    # A wait is told while it lasts, and leaves nothing in the cell or the file.
    notebook.start(wait)
    told = notebook.cell(wait).get_by_role("status")
    expect(told).to_have_text("Starting the meeting server…")
    (lab.folder / "go").touch()
    notebook.ran(wait)
    expect(told).to_have_count(0)
    expect(notebook.cell(wait).locator(".jp-OutputArea")).to_have_text(
        re.compile(r"^\s*before\s*after\s*$")
    )
    notebook.save()
    assert "meeting server…" not in json.dumps(
        [cell.get("outputs") for cell in nbformat.read(lab.folder / "minute.ipynb", 4).cells]
    )

    # The doctor's table: what is checked stands in the heads of its rows.
    notebook.run(doctor)
    table = notebook.output(doctor).get_by_role("region").get_by_role("table")
    expect(table.get_by_role("rowheader", name="this kernel")).to_be_visible()
    expect(table.get_by_role("rowheader", name="service answers")).to_be_visible()
