"""Scripts on the notebook's origin: none that someone planted there runs in a page of a meeting.

Jupyter serves its user's files as scripts, on the origin of the meeting's pages. It requires the name of the
requesting page, which any markup can supply.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.labs import Lab

pytestmark = pytest.mark.browser

PLANTED = "globalThis.plantedFile = (globalThis.plantedFile ?? 0) + 1;"
#: As if a name, a subject or a branding were markup that the browser's own parser runs.
MARKUP = """
<script src="{lab}/files/planted.js" referrerpolicy="same-origin"></script>
<script type="module" src="{lab}/files/planted.js" referrerpolicy="same-origin"></script>
<script>globalThis.planted = 1</script>
<img src="data:," onerror="globalThis.planted = 1">
<svg onload="globalThis.planted = 1"></svg>
<a href="javascript:globalThis.planted = 1" id="lure">prizes</a>
<iframe src="{lab}/files/planted.html"></iframe>
<iframe srcdoc="<script>parent.planted = 1</script>"></iframe>
<object data="{lab}/files/planted.html"></object>
<embed src="{lab}/files/planted.html">
<base href="{lab}/files/">
<link rel="stylesheet" href="{lab}/files/planted.css">
<form action="{lab}/files/planted.html"><button id="form"></button></form>
<script src="static/meeting.js"></script>
<p id="end"></p>
"""
#: As if a script of ours could be made to do it: for each, by name, the browser's message.
ATTEMPTS = """
async (url) => {
  const make = (tag, more) => {
    const made = Object.assign(document.createElement(tag), { referrerPolicy: "same-origin" }, more);
    document.head.append(made);
  };
  const attempts = {
    element: () => make("script", { src: url }),
    module: () => make("script", { type: "module", src: url }),
    attribute: () => document.createElement("script").setAttribute("src", url),
    inline: () => make("script", { textContent: "planted = 1" }),
    handler: () => document.body.setAttribute("onclick", "planted = 1"),
    markup: () => { document.body.innerHTML = "<img src=x onerror='planted = 1'>"; },
    frame: () => make("iframe", { srcdoc: "<script>parent.planted = 1</script>" }),
    document: () => document.write("<script>planted = 1</script>"),
    eval: () => (0, eval)("planted = 1"),
    function: () => Function("planted = 1")(),
    timer: () => setTimeout("planted = 1"),
    worker: () => new Worker(url),
    moduleWorker: () => new Worker(url, { type: "module" }),
    sharedWorker: () => new SharedWorker(url),
    serviceWorker: () => navigator.serviceWorker.register(url),
    import: () => import(url),
    worklet: () => new AudioContext().audioWorklet.addModule(url),
    policy: () => trustedTypes.createPolicy("default", { createScriptURL: (text) => text }),
    ourPolicy: () => trustedTypes.createPolicy("nanomeet-workers", { createScriptURL: (text) => text }),
  };
  const told = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    // Not in the debugger's own turn, in which a page may do more.
    told[name] = await new Promise((tell) => setTimeout(async () => {
      try {
        await attempt();
        tell("done");
      } catch (error) {
        tell(error.name);
      }
    }));
  }
  return told;
}
"""


@pytest.fixture
def planted(lab: Lab) -> Iterator[str]:
    """Return the URL of a script stored beside the user's notebooks."""
    files = {"planted.js": PLANTED, "planted.html": f"<script>{PLANTED}</script>"}
    files["planted.css"] = "body { display: none }"
    for name, text in files.items():
        (lab.folder / name).write_text(text)
    yield f"{lab.url}/files/planted.js"
    for name in files:
        (lab.folder / name).unlink()


def logged_in(page: Page, lab: Lab) -> Page:
    """Give a page the notebook user's login, as in their browser."""
    page.goto(f"{lab.url}/login?token={lab.token}&next=/api/status")
    return page


PAGES = pytest.mark.parametrize("path", ["local/Planted", "live/planted", "invite"])


def open_with(page: Page, lab: Lab, path: str, *, policy: bool) -> None:
    """Open a page of the server with injected markup, with its own headers or without their policy."""

    def add(route: Route) -> None:
        answer = route.fetch()
        headers = answer.headers
        if not policy:
            del headers["content-security-policy"]
        body = answer.text().replace("</body>", f"{MARKUP.format(lab=lab.url)}</body>")
        route.fulfill(response=answer, headers=headers, body=body)

    page.route(f"**/nanomeet/{path}", add)
    page.goto(f"{lab.url}/nanomeet/{path}")
    expect(page.locator("#end")).to_be_attached()
    page.evaluate("document.querySelector('#lure')?.click()")


@PAGES
@pytest.mark.usefixtures("planted")
def test_markup_that_was_smuggled_in_runs_nothing(lab: Lab, open_page: OpenPage, path: str) -> None:
    page = logged_in(open_page(), lab)
    open_with(page, lab, path, policy=False)
    page.wait_for_function("globalThis.plantedFile === 2 && globalThis.planted === 1")
    page = logged_in(open_page(), lab)
    blocked: list[str] = []
    page.expose_function("tell", lambda directive: blocked.append(directive))  # noqa: PLW0108 - Playwright marks what it calls
    page.add_init_script(
        "addEventListener('securitypolicyviolation', (event) => tell(event.effectiveDirective))"
    )
    open_with(page, lab, path, policy=True)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("[globalThis.planted, globalThis.plantedFile]") == [None, None]
    assert {"script-src-elem", "script-src-attr", "frame-src", "object-src", "base-uri"} <= {
        *blocked
    }


@PAGES
def test_no_script_can_be_brought_to_run_another(
    lab: Lab, open_page: OpenPage, planted: str, path: str
) -> None:
    page = logged_in(open_page(), lab)
    page.goto(f"{lab.url}/nanomeet/{path}")
    told = page.evaluate(ATTEMPTS, planted)
    assert len(told) > 15
    assert [name for name, outcome in told.items() if outcome == "done"] == []
    assert page.evaluate("[globalThis.planted, globalThis.plantedFile]") == [None, None]
