"""A real JupyterHub: the teacher's room, a student of the same hub, and an external guest."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import OpenPage
from tests.browser.contexts import AS_A_USER, new_context
from tests.browser.media import frame_of, moves
from tests.browser.notebook import SLOW, Notebook
from tests.labs import Lab, running_app
from tests.proxy import free_port

from .environments import python_of
from .hub_users import lab_of, log_in_to

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1200)]

PATH = "/school"
CONFIGURATION = """
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{base}/{{username}}"
c.Spawner.args = ["--allow-root"]
c.Spawner.cmd = ["{bin}/jupyterhub-singleuser"]
c.Spawner.start_timeout = 120
c.JupyterHub.hub_port = {hub}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.ConfigurableHTTPProxy.command = ["{bin}/configurable-http-proxy"]
c.ConfigurableHTTPProxy.pid_file = "{base}/proxy.pid"
c.JupyterHub.db_url = "sqlite:///{base}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{base}/cookie"
"""
TEACH = """
import nanomeet_widget as nm
room = nm.create_room("Lesson")
meet = nm.NanoMeet(token=room.token, microphone=False)
meet
"""
INVITE = """
for name in ("student", "guest"):
    invite = nm.create_invite(room.token)
    open(f"{name}.txt", "w").write(invite.invite_link)
"""
LEARN = """
import nanomeet_widget as nm
link = open("link.txt").read()
nm.NanoMeet(token=link.partition("#token=")[2], microphone=False)
"""

#: Runs doctor in a kernel, and on the command line in a terminal of the same server.
DOCTOR = """
import json, os, subprocess, sys
from nanomeet_widget import services
command = [os.path.join(os.path.dirname(sys.executable), "nanomeet"), "doctor", "--json"]
found = {}
for name, hidden in (("kernel", ()), ("terminal", ("JPY_PARENT_PID", "JPY_SESSION_NAME"))):
    environment = {k: v for k, v in os.environ.items() if k not in hidden}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    found[name] = [done.returncode, done.stdout, done.stderr]
open("doctor.json", "w").write(json.dumps(found))
"""


@dataclass(frozen=True)
class Hub:
    """A running JupyterHub, and the folder with its users' homes."""

    url: str
    base: Path

    def lab_of(self, user: str) -> Lab:
        """Return the Lab that a user gets when they log in, and make their home."""
        return lab_of(self.url, self.base, user)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """Run a JupyterHub below a path; each test has users of its own."""
    base = tmp_path_factory.mktemp("hub")
    binaries = Path(python_of("hub")).parent
    configuration = base / "hub.py"
    configuration.write_text(
        CONFIGURATION.format(base=base, bin=binaries, hub=free_port(), api=free_port())
    )
    command = [str(binaries / "jupyterhub"), "-f", str(configuration)]
    command += ["--ip=127.0.0.1", f"--base-url={PATH}/"]
    with running_app(base, command, {}, ready=f"{PATH}/hub/login") as url:
        yield Hub(url + PATH, base)


@dataclass(frozen=True)
class Teacher:
    """The teacher's notebook, for all tests here: a user's server and its page take longer than those."""

    lab: Lab
    notebook: Notebook


@pytest.fixture(scope="module")
def teacher(hub: Hub, browser: Browser) -> Iterator[Teacher]:
    lab = hub.lab_of("teacher")
    lab.write("lesson.ipynb", TEACH, INVITE, DOCTOR)
    context = new_context(browser, **AS_A_USER)
    yield Teacher(lab, log_in_to(context.new_page(), hub.url, lab, "lesson.ipynb"))
    context.close()


def test_a_lesson(hub: Hub, teacher: Teacher, open_page: OpenPage) -> None:
    student = open_page()
    lesson, desk = teacher.lab, hub.lab_of("student")
    notebook = teacher.notebook
    notebook.run(0)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    assert frame_of(notebook.page).url.startswith(f"{lesson.url}/nanomeet/local/Lesson")
    notebook.run(1)
    links = [(lesson.folder / f"{name}.txt").read_text() for name in ("student", "guest")]
    assert all(link.startswith(f"{lesson.url}/nanomeet/invite#token=") for link in links)

    # The student joins from an own notebook, where the token is another server's and needs confirmation.
    (desk.folder / "link.txt").write_text(links[0])
    desk.write("desk.ipynb", LEARN)
    learning = log_in_to(student, hub.url, desk, "desk.ipynb")
    learning.start(0)
    learning.page.locator(".nanomeet-card").get_by_role("button").first.click(timeout=SLOW)
    expect(learning.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    assert frame_of(student).url.startswith(f"{lesson.url}/nanomeet/local/Lesson")

    # The guest has the link, but no account.
    guest = open_page(links[1])
    guest.get_by_label(re.compile("name", re.IGNORECASE)).fill("Guest")
    guest.get_by_role("button", name=re.compile("join", re.IGNORECASE)).click()
    for page in (frame_of(notebook.page), frame_of(student), guest):
        pictures = page.locator("[data-participant][data-local=false] video")
        expect(pictures).to_have_count(2, timeout=SLOW)
        assert moves(pictures.first)

    # Neither of them can reach the teacher's notebooks.
    for outsider in (open_page(), guest):
        outsider.goto(f"{lesson.url}/api/contents")
        assert "/hub/login" in outsider.url or "Forbidden" in outsider.content()
    student.goto(f"{lesson.url}/api/contents/lesson.ipynb")
    assert "algebra" not in student.content()
    assert "create_room" not in student.content()


def test_the_doctor_finds_the_meetings_of_a_user(teacher: Teacher) -> None:
    teacher.notebook.run(2)
    found = json.loads((teacher.lab.folder / "doctor.json").read_text())
    assert found.keys() == {"kernel", "terminal"}
    for status, said, error in found.values():
        told = {one["name"]: one for one in json.loads(said)["findings"]}
        assert (status, error) == (0, "")
        assert told["notebook program"]["state"] == "ok"
        assert "reach" in told["notebook program"]["found"]
