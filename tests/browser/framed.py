"""Participants in plain web pages that embed a meeting with the engine API."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.conftest import RunningServer

#: Loads only the engine's script, and records every event.
PAGE = """
<!doctype html><title>A page</title>
<div id="place" style="width: 640px; height: 480px"></div>
<script src="{server}/external_api.js"></script>
<script>
  const events = [];
  let api;

  function enter(domain, roomName, jwt, displayName, configOverwrite) {{
    api = new NanoMeetAPI(domain, {{
      roomName, jwt, configOverwrite, userInfo: {{ displayName }},
      parentNode: document.querySelector("#place"),
    }});
    for (const name of api.getSupportedEvents()) {{
      api.addEventListener(name, (data) => events.push({{ name, data }}));
    }}
  }}

  const run = (name, ...args) => api.executeCommand(name, ...args);

  /** The first event of a name, from a place in the list on, that has all of `fields`. */
  function heard(name, fields = {{}}, from = 0, patience = 60_000) {{
    const fits = (data) => Object.entries(fields).every(
      ([key, value]) => JSON.stringify(data[key]) === JSON.stringify(value));
    const deadline = Date.now() + patience;
    return new Promise((resolve, reject) => {{
      const look = setInterval(() => {{
        const found = events.slice(from).find((event) => event.name === name && fits(event.data));
        if (found) resolve(found.data);
        else if (Date.now() < deadline) return;
        else {{
          const names = events.slice(from).map((event) => JSON.stringify(event)).join("\\n");
          reject(new Error(`no ${{name}} ${{JSON.stringify(fields)}} in\\n${{names}}`));
        }}
        clearInterval(look);
      }}, 50);
    }});
  }}
</script>
"""


class Person:
    """A participant in a room, in a page of their own."""

    def __init__(
        self,
        page: Page,
        server: RunningServer,
        token: str,
        room: str,
        name: str,
        **config: Any,
    ) -> None:
        self.page = page
        args = [f"{server.url}/local", room, token, name, config]
        page.evaluate("(args) => enter(...args)", args)

    @property
    def id(self) -> str:
        """Return the participant's id in the room; waits until they have joined."""
        return str(self.hears("videoConferenceJoined")["id"])

    def does(self, command: str, *args: Any) -> None:
        self.page.evaluate("([name, args]) => run(name, ...args)", [command, args])

    def hears(self, event: str, **fields: Any) -> dict[str, Any]:
        """Wait for an event with these fields, which may have arrived already."""
        found: dict[str, Any] = self.page.evaluate(
            "([name, fields]) => heard(name, fields)", [event, fields]
        )
        return found

    def asks(self, function: str, *args: Any) -> Any:
        return self.page.evaluate("([name, args]) => api[name](...args)", [function, args])

    def refused(self, command: str, *args: Any) -> dict[str, Any]:
        """Run a command, and wait until it is refused."""
        before = self.page.evaluate("events.length")
        self.does(command, *args)
        failure: dict[str, Any] = self.page.evaluate(
            '(from) => heard("errorOccurred", {type: "COMMAND"}, from)', before
        )
        return failure
