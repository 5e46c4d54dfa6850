"""Polls in the room's page: asked, answered on the stage and in the audience, changed, closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.media import moves
from tests.browser.site import site
from tests.browser.test_room import Room, button, tile
from tests.browser.test_web_api import PLAIN_PAGE
from tests.browser.waiting import PATIENCE
from tests.conftest import RunningServer, Servers

pytestmark = pytest.mark.browser

#: Right to left, which the page around it is not.
HEBREW = "מה השיפוע?"


@pytest.fixture
def room(server: RunningServer, open_page: OpenPage) -> Room:
    return Room(server, open_page)


def card(page: Page) -> Locator:
    """The question over the stage."""
    return page.locator(".poll-card")


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Polls")


def open_polls(page: Page) -> Locator:
    page.keyboard.press("q")
    expect(panel(page)).to_be_visible(timeout=PATIENCE)
    return panel(page)


def joined(page: Page) -> None:
    expect(page.get_by_role("toolbar", name="Meeting controls")).to_be_visible(timeout=PATIENCE)


def ask(page: Page, question: str, options: list[str], **choices: str) -> None:
    """Ask by the panel's form."""
    polls = open_polls(page) if panel(page).count() == 0 else panel(page)
    button(page, "Ask a question").click()
    polls.get_by_label("Question", exact=True).fill(question)
    for number, option in enumerate(options, start=1):
        if number > 2:
            button(page, "Add an answer").click()
        polls.get_by_label(f"Answer {number}", exact=True).fill(option)
    for label, value in choices.items():
        polls.get_by_label(label).fill(value)
    button(page, "Ask everyone").click()
    expect(polls.get_by_role("article", name=question)).to_be_visible(timeout=PATIENCE)


def says(page: Page, *rows: str) -> None:
    """Wait until the results are these."""
    results = panel(page).get_by_role("list", name="Results").first.locator("li")
    expect(results).to_have_text(list(rows), timeout=PATIENCE)


def test_stage_and_audience_answer_and_one_changes_the_vote(
    servers: Servers, open_page: OpenPage
) -> None:
    room = Room(servers.start("--stage", "2"), open_page)
    ada = room.enter("Ada", moderator=True)
    joined(ada)
    grace = room.enter("Grace")
    expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)
    alan = room.enter("Alan")
    expect(alan.locator(".audience-stage")).to_be_visible(timeout=PATIENCE)

    ask(ada, HEBREW, ["1", "2", "3"])
    for page in (grace, alan):
        expect(card(page)).to_be_visible(timeout=PATIENCE)
        # It has not taken the focus, and says what it asks.
        assert page.evaluate("!document.activeElement.closest('.poll-card')")
        expect(page.locator(".toasts [aria-live]")).to_have_text(f"Poll: {HEBREW}")
        question = card(page).locator("legend")
        assert question.evaluate("one => getComputedStyle(one).direction") == "rtl"
    # Who asks is not asked.
    expect(card(ada)).to_have_count(0)
    expect(ada.locator(".tool-badge.urgent")).to_have_count(0)

    for page, option in ((grace, "1"), (alan, "2")):
        expect(page.locator("[data-tool=polls] .tool-badge")).to_have_attribute("data-count", "1")
        card(page).get_by_label(option, exact=True).check()
        card(page).get_by_role("button", name="Vote").click()
        expect(card(page)).to_have_count(0, timeout=PATIENCE)
        expect(page.locator("[data-tool=polls] .tool-badge")).to_have_count(0)
    says(ada, "11 vote · 50%", "21 vote · 50%", "30 votes · 0%")

    ada.get_by_text("Who voted for what", exact=True).click()
    votes = panel(ada).locator(".poll-votes li")
    expect(votes).to_have_text(["Alan2", "Grace1"], timeout=PATIENCE)

    # A participant sees how many voted, and no more while the poll is open.
    open_polls(grace)
    expect(panel(grace)).to_contain_text("2 people voted")
    expect(panel(grace)).to_contain_text("Results are shown when the poll closes.")
    expect(panel(grace).get_by_role("list", name="Results")).to_have_count(0)
    expect(panel(grace).get_by_label("1", exact=True)).to_be_checked()
    panel(grace).get_by_label("2", exact=True).check()
    button(grace, "Change vote").click()
    says(ada, "10 votes · 0%", "22 votes · 100%", "30 votes · 0%")
    expect(votes).to_have_text(["Alan2", "Grace2"], timeout=PATIENCE)

    # A reload keeps the own vote.
    grace.reload()
    joined(grace)
    expect(card(grace)).to_have_count(0)
    # A participant hears of polls after the welcome, and only then has them to open.
    expect(button(grace, "Polls")).to_be_visible(timeout=PATIENCE)
    open_polls(grace)
    expect(panel(grace).get_by_label("2", exact=True)).to_be_checked(timeout=PATIENCE)
    expect(panel(grace).get_by_role("button", name="Take back vote")).to_be_visible()

    # Taken back, and given again.
    button(grace, "Take back vote").click()
    says(ada, "10 votes · 0%", "21 vote · 100%", "30 votes · 0%")
    expect(button(grace, "Take back vote")).to_have_count(0)
    expect(button(grace, "Vote")).to_be_focused()
    button(grace, "Vote").click()
    expect(panel(grace)).to_contain_text("Choose an answer first.")
    panel(grace).get_by_label("2", exact=True).check()
    button(grace, "Vote").click()
    expect(panel(grace)).to_contain_text("Your vote counts.", timeout=PATIENCE)

    button(ada, f"Close now: {HEBREW}").click()
    open_polls(alan)
    for page in (grace, alan):
        says(page, "10 votes · 0%", "2Your vote2 votes · 100%", "30 votes · 0%")
        expect(panel(page).get_by_role("button", name="Vote")).to_have_count(0)
    says(ada, "10 votes · 0%", "22 votes · 100%", "30 votes · 0%")


def test_a_question_is_written_and_answered_by_keyboard_alone(room: Room) -> None:
    ada = room.enter("Ada", moderator=True, viewport={"width": 320, "height": 640})
    joined(ada)
    grace = room.enter("Grace", viewport={"width": 1000, "height": 640})
    joined(grace)
    keys, polls = ada.keyboard, open_polls(ada)
    # The form's button has the focus.
    keys.press("Enter")
    expect(polls.get_by_label("Question", exact=True)).to_be_focused()
    keys.type("2 + 2?")
    keys.press("Tab")
    keys.type("four")
    keys.press("Enter")
    keys.type("five")
    # The last answer: another one is added.
    keys.press("Enter")
    expect(polls.get_by_label("Answer 3", exact=True)).to_be_focused()
    keys.type("six")
    keys.press("Alt+ArrowUp")
    expect(polls.get_by_label("Answer 2", exact=True)).to_have_value("six")
    expect(polls.get_by_label("Answer 2", exact=True)).to_be_focused()
    expect(ada.locator(".toasts [aria-live]")).to_have_text("Moved to place 2 of 3.")
    # The draft survives the closing of the panel.
    keys.press("Escape")
    expect(panel(ada)).to_have_count(0)
    open_polls(ada)
    expect(polls.get_by_label("Question", exact=True)).to_have_value("2 + 2?")
    expect(polls.get_by_label("Answer 3", exact=True)).to_have_value("five")
    button(ada, "Move answer 2 down").focus()
    keys.press("Enter")
    expect(button(ada, "Move answer 3 up")).to_be_visible()
    expect(polls.get_by_label("Answer 3", exact=True)).to_have_value("six")
    button(ada, "Remove answer 3").focus()
    keys.press("Enter")
    expect(polls.get_by_label("Answer 2", exact=True)).to_be_focused()
    expect(button(ada, "Remove answer 2")).to_be_disabled()
    # What is wrong is said beside its field.
    polls.get_by_label("There is a right answer").focus()
    keys.press("Space")
    polls.get_by_label("Time limit").fill("3")
    polls.get_by_label("Answer 2", exact=True).fill("four")
    button(ada, "Ask everyone").focus()
    keys.press("Enter")
    expect(polls.get_by_label("Answer 1 is right")).to_be_focused()
    second = polls.get_by_label("Answer 2", exact=True)
    expect(second).to_have_accessible_description("Another answer is the same.")
    expect(polls.get_by_label("Time limit")).to_have_accessible_description(
        "Write a whole number from 5 to 86400, or nothing for no limit."
    )
    expect(polls).to_contain_text("Mark at least one answer as right.")
    assert violations(ada, ".panel") == []
    second.fill("five")
    polls.get_by_label("Answer 1 is right").focus()
    keys.press("Space")
    polls.get_by_label("Time limit").fill("")
    button(ada, "Ask everyone").focus()
    keys.press("Enter")
    expect(polls.get_by_role("article", name="2 + 2?")).to_be_visible(timeout=PATIENCE)
    expect(button(ada, "Ask a question")).to_be_focused()

    expect(card(grace)).to_be_visible(timeout=PATIENCE)
    first = card(grace).get_by_label("four")
    for _ in range(40):
        if first.evaluate("one => one === document.activeElement"):
            break
        grace.keyboard.press("Tab")
    expect(first).to_be_focused()
    grace.keyboard.press("ArrowDown")
    expect(card(grace).get_by_label("five")).to_be_checked()
    grace.keyboard.press("Enter")
    expect(card(grace)).to_have_count(0, timeout=PATIENCE)
    # The card is gone with its focus: the button of polls has it.
    expect(grace.locator("[data-tool=polls]")).to_be_focused()
    button(ada, "Close now: 2 + 2?").click()
    grace.keyboard.press("Enter")
    expect(panel(grace).locator("li.right")).to_have_text("fourRight answer0 votes · 0%")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everything_of_polls_is_accessible_and_fits(room: Room, theme: str) -> None:
    ada = room.enter("Ada", moderator=True, color_scheme=theme)
    joined(ada)
    grace = room.enter("Grace", color_scheme=theme)
    joined(grace)
    polls = open_polls(ada)
    button(ada, "Slower / Good / Faster").click()
    polls.get_by_label("People may choose several answers").check()
    polls.get_by_label("Anonymous").check()
    assert violations(ada, ".panel") == []
    button(ada, "Ask everyone").click()
    expect(card(grace)).to_contain_text("Anonymous: nothing is kept", timeout=PATIENCE)
    assert violations(grace, ".poll-card") == []
    # A small page has a hint, and the panel as a sheet.
    grace.set_viewport_size({"width": 320, "height": 640})
    hint = grace.locator(".poll-hint")
    expect(hint).to_contain_text("How is the pace?")
    assert violations(grace, ".poll-hint") == []
    hint.get_by_role("button", name="Answer").click()
    for option in ("Slower", "Good"):
        panel(grace).get_by_label(option).check()
    button(grace, "Vote").click()
    expect(panel(grace)).to_contain_text("Your vote counts.", timeout=PATIENCE)
    grace.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
    assert violations(grace, ".panel") == []
    says(ada, "Slower1 vote · 100%", "Good1 vote · 100%", "Faster0 votes · 0%")
    expect(polls).to_contain_text("percentages are of the people who voted")
    button(ada, "Close now: How is the pace?").click()
    own = ("SlowerYour vote1 vote · 100%", "GoodYour vote1 vote · 100%", "Faster0 votes · 0%")
    says(grace, *own)
    for page in (ada, grace):
        assert violations(page, ".panel") == []


def test_a_mini_player_hints_at_a_poll(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    joined(ada)
    grace = room.enter("Grace", viewport={"width": 320, "height": 200})
    expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)
    ask(ada, "Ready?", ["Yes", "No"])
    hint = grace.locator(".room[data-form=corner] .poll-hint")
    expect(hint).to_contain_text("Ready?", timeout=PATIENCE)
    hint.get_by_role("button", name="Answer").click()
    expect(panel(grace).get_by_label("Yes")).to_be_visible()


def test_a_poll_closes_by_itself_and_says_how_long_it_is_open(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    joined(ada)
    ask(ada, "Quick?", ["Yes", "No"], **{"Time limit": "5"})
    expect(panel(ada).get_by_role("timer")).to_have_text("0:03 left", timeout=PATIENCE)
    expect(panel(ada).locator(".poll.closed")).to_contain_text("Quick?", timeout=PATIENCE)
    expect(ada.locator(".toast", has_text="The poll has closed: Quick?")).to_be_visible()


JOIN = """
async (token) => {
  globalThis.meet = new NanoMeet();
  await meet.init({ token, id: "one", displayName: "Ada", prejoin: false });
  globalThis.told = [];
  for (const event of ["nanomeetPollChanged", "nanomeetPollCounts"]) {
    meet.api.addEventListener(event, (data) => told.push(data));
  }
}
"""


@pytest.fixture
def embedding(server: RunningServer, open_page: OpenPage) -> Iterator[Page]:
    """A web page that embeds meetings by the Web API."""
    with site(PLAIN_PAGE.format(server=server.url)) as address:
        yield open_page(address)


def heard(page: Page, function: str) -> Any:
    """Wait for an event for which a function of its data is truthy; return the data."""
    found = page.wait_for_function(f"told.find({function})", timeout=PATIENCE)
    return found.json_value()


def test_a_viewer_with_the_link_of_a_private_broadcast_votes(
    room: Room, embedding: Page, open_page: OpenPage
) -> None:
    embedding.evaluate(JOIN, room.token)
    begun = embedding.evaluate("meet.startBroadcast(false, { private: true })")
    viewer = open_page(begun["data"]["playout"]["live"])
    player = viewer.locator("main.player")
    expect(player).to_have_attribute("data-state", "live", timeout=PATIENCE)
    assert moves(player.locator("canvas"))
    opened = embedding.evaluate("meet.openPoll({ question: 'Slope?', options: ['1', '2'] })")
    poll = opened["data"]["id"]
    told = heard(embedding, "({ poll }) => poll?.open")["poll"]
    assert (told["id"], told["question"], told["counts"], told["voters"]) == (
        poll,
        "Slope?",
        [0, 0],
        0,
    )
    sheet = viewer.get_by_role("region", name="Poll: Slope?")
    expect(sheet).to_be_visible(timeout=PATIENCE)
    expect(player.locator("p[aria-live]")).to_have_text("Poll: Slope?")
    assert violations(viewer, ".poll-sheet") == []
    # It covers neither the picture nor the controls.
    for other in (".screen", ".bar"):
        assert not overlap(sheet, player.locator(other))
    sheet.get_by_label("2", exact=True).focus()
    viewer.keyboard.press("Space")
    viewer.keyboard.press("Enter")
    expect(sheet).to_contain_text("Your vote counts.", timeout=PATIENCE)
    counted = heard(embedding, "({ voters }) => voters === 1")
    assert counted == {"id": poll, "counts": [0, 1], "voters": 1}
    viewer.reload()
    expect(sheet.get_by_label("2", exact=True)).to_be_checked(timeout=PATIENCE)
    # Put away, and brought back.
    sheet.get_by_role("button", name="Hide").press("Enter")
    expect(sheet).to_have_count(0)
    button(viewer, "Show the poll").press("Enter")
    expect(sheet).to_be_visible()
    viewer.set_viewport_size({"width": 320, "height": 480})
    viewer.emulate_media(color_scheme="dark")
    for other in (".screen", ".bar"):
        assert not overlap(sheet, player.locator(other))
    assert violations(viewer, ".poll-sheet") == []
    embedding.evaluate("id => meet.closePoll(id)", poll)
    rows = sheet.get_by_role("list", name="Results").locator("li")
    expect(rows).to_have_text(["10 votes · 0%", "2Your vote1 vote · 100%"], timeout=PATIENCE)
    closed = heard(embedding, "({ poll }) => poll && !poll.open")["poll"]
    assert (closed["counts"], closed["voters"]) == ([0, 1], 1)


def test_only_moderators_ask_and_everyone_votes_by_the_web_api(room: Room, embedding: Page) -> None:
    ada = room.enter("Ada", moderator=True)
    joined(ada)
    embedding.evaluate(JOIN, room.invite())
    refused = embedding.evaluate(
        "settle(meet.openPoll({ question: 'Slope?', options: ['1', '2'] }))"
    )
    assert refused["kind"] == "not_moderator", refused
    ask(ada, "Slope?", ["1", "2"])
    poll = heard(embedding, "({ poll }) => poll?.open")["poll"]
    assert (poll["counts"], poll["correct"]) == (None, [])
    voted = embedding.evaluate("id => settle(meet.vote(id, [1]))", poll["id"])
    assert voted == {"value": {"data": {"choices": [1]}}}
    says(ada, "10 votes · 0%", "21 vote · 100%")
    beyond = embedding.evaluate("id => settle(meet.vote(id, [2]))", poll["id"])
    assert "There is no option 2" in beyond["message"]
    for call in ("closePoll", "readVotes"):
        refused = embedding.evaluate(f"id => settle(meet.{call}(id))", poll["id"])
        assert refused["kind"] == "not_moderator", refused
    assert embedding.evaluate("id => settle(meet.vote(id, []))", poll["id"])["value"]
    says(ada, "10 votes · 0%", "20 votes · 0%")
    button(ada, "Close now: Slope?").click()
    closed = heard(embedding, "({ poll }) => poll && !poll.open")["poll"]
    assert (closed["counts"], closed["own"]) == ([0, 0], [])
    late = embedding.evaluate("id => settle(meet.vote(id, [1]))", poll["id"])
    assert "This poll is closed" in late["message"]


def overlap(one: Locator, other: Locator) -> bool:
    """Whether two elements cover each other by more than a rounding error."""
    a, b = one.bounding_box(), other.bounding_box()
    assert a is not None
    assert b is not None
    beside = a["x"] + a["width"] <= b["x"] + 1 or b["x"] + b["width"] <= a["x"] + 1
    above = a["y"] + a["height"] <= b["y"] + 1 or b["y"] + b["height"] <= a["y"] + 1
    return not (beside or above)
