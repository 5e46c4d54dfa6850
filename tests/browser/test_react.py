"""Jitsi's React component from npm, in StrictMode, against a real server over TLS."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.framed import PAGE, Person
from tests.browser.site import site
from tests.conftest import RunningServer, Servers

pytestmark = pytest.mark.browser

MODULES = Path(__file__).parents[2] / "js/node_modules"
SHELL = '<!doctype html><title>A page</title><div id="root"></div><script>{script}</script>'


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    starter = Servers(tmp_path_factory.mktemp("secure"))
    yield starter.start("--tls", "--base-url", "/school/")
    starter.close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The page, built for development as a site would: StrictMode runs everything twice there."""
    built = subprocess.run(
        [
            *(str(MODULES / ".bin/esbuild"), str(Path(__file__).parent / "react/page.jsx")),
            *("--bundle", "--jsx=automatic", "--format=iife"),
            '--define:process.env.NODE_ENV="development"',
        ],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "NODE_PATH": str(MODULES)},
    )
    with site(SHELL.replace("{script}", built.stdout)) as found:
        yield found


@pytest.fixture
def room() -> str:
    return f"React_{secrets.token_hex(4)}"


def domain(server: RunningServer) -> str:
    return server.url.removeprefix("https://")


def show(page: Page, component: str = "JitsiMeeting", **props: Any) -> None:
    page.evaluate("([component, props]) => show(component, props)", [component, props])


def tells(page: Page, event: str) -> dict[str, Any]:
    """Wait for an event of the newest client."""
    page.wait_for_function("(name) => events?.some((event) => event.name === name)", arg=event)
    data: dict[str, Any] = page.evaluate(
        "(name) => events.find((event) => event.name === name).data", event
    )
    return data


def others(person: Person) -> int:
    """Return the number of others in the room, as a participant sees it."""
    count: int = person.asks("getNumberOfParticipants")
    return count - 1


@pytest.mark.parametrize("tenant", ["", "local/"], ids=["room", "tenant and room"])
def test_a_component_shows_one_meeting_and_leaves_none_behind(
    secure: RunningServer, address: str, open_page: OpenPage, room: str, tenant: str
) -> None:
    token = secure.room(room)
    with site(PAGE.format(server=secure.url)) as plain:
        watcher = open_page(plain, ignore_https_errors=True)
        grace = Person(watcher, secure, secure.invite(token), room, "Grace")
        assert grace.id
        page = open_page(address, ignore_https_errors=True)
        props: dict[str, Any] = {
            "domain": domain(secure),
            "roomName": f"{tenant}{room}",
            "jwt": token,
            "release": "release-1234",
            "lang": "de",
            "userInfo": {"displayName": "Ada"},
            "configOverwrite": {"startWithAudioMuted": True},
        }
        show(page, **props)
        assert tells(page, "videoConferenceJoined")["displayName"] == "Ada"
        expect(page.locator("iframe")).to_have_count(1)
        expect(page.frame_locator("iframe").locator("html")).to_have_attribute("lang", "de")
        grace.hears("participantJoined", displayName="Ada")
        assert (page.evaluate("clients.length"), others(grace)) == (1, 1)
        assert page.evaluate("clients[0].isAudioMuted()") is True

        # Changed props do not create a second meeting either.
        show(page, **props, interfaceConfigOverwrite={})
        expect(page.locator("iframe")).to_have_count(1)
        assert others(grace) == 1

        # The component removes the frame without notifying its client.
        page.evaluate("hide()")
        expect(page.locator("iframe")).to_have_count(0)
        page.evaluate("events.length = 0")
        show(page, **props)
        tells(page, "videoConferenceJoined")
        expect(page.locator("iframe")).to_have_count(1)
        assert others(grace) == 1

        page.evaluate("hide()")
        watcher.wait_for_function("() => api.getNumberOfParticipants() === 1")
        most = watcher.evaluate(
            """() => {
                let [now, most] = [0, 0];
                for (const { name } of events) {
                    if (name === "participantJoined") now += 1;
                    if (name === "participantLeft") now -= 1;
                    most = Math.max(most, now);
                }
                return most;
            }"""
        )
        assert most == 1


def test_a_disposed_client_leaves_and_the_component_comes_back(
    secure: RunningServer, address: str, open_page: OpenPage, room: str
) -> None:
    token = secure.room(room)
    props = {"domain": domain(secure), "roomName": f"local/{room}", "jwt": token}
    page = open_page(address, ignore_https_errors=True)
    show(page, **props)
    tells(page, "videoConferenceJoined")
    page.evaluate("clients[0].executeCommand('hangup')")
    tells(page, "closed")
    page.evaluate("clients[0].dispose(); hide(); events.length = 0")
    show(page, **props)
    tells(page, "videoConferenceJoined")
    assert page.evaluate("clients[1].getNumberOfParticipants()") == 1


def test_a_room_that_the_token_does_not_open_is_an_error_at_once(
    secure: RunningServer, address: str, open_page: OpenPage, room: str
) -> None:
    page = open_page(address, ignore_https_errors=True)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    show(page, domain=domain(secure), roomName="local/Another", jwt=secure.room(room))
    failure = tells(page, "errorOccurred")
    assert (failure["name"], failure["isFatal"]) == ("wrong_room", True)
    assert f"local/{room}, not local/Another" in failure["message"]
    assert any(failure["message"] in line for line in said)
