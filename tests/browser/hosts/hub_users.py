"""Users of a JupyterHub: their Labs, and how they log in."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, urlsplit

from playwright.sync_api import Page

from tests.browser.notebook import SLOW, Notebook
from tests.labs import Lab


def lab_of(hub: str, base: Path, user: str) -> Lab:
    """Return the Lab that a user of the hub at this URL gets when they log in, and make their home in `base`."""
    folder = base / user
    folder.mkdir(exist_ok=True)
    return Lab(
        url=f"{hub}/user/{user}",
        token="",
        folder=folder,
        settings=folder,
        runtime=folder / "run",
    )


def log_in(page: Page, name: str, *, to: str) -> None:
    """Open a page of the Hub, and log in there."""
    page.goto(to)
    page.locator("input[name=username]").fill(name)
    page.locator("input[name=password]").fill("any")
    page.locator("input[type=submit], button[type=submit]").first.click()


def log_in_to(page: Page, hub: str, lab: Lab, name: str) -> Notebook:
    """Log in as the user of a Lab, who wants a notebook: the hub starts the Lab, and opens it there."""
    wanted = quote(urlsplit(lab.address(name)).path)
    log_in(page, lab.folder.name, to=f"{hub}/hub/spawn?next={wanted}")
    page.wait_for_url(re.compile(rf"^{lab.url}/lab"), timeout=2 * SLOW)
    return Notebook.shown_in(page)
