"""What the documents promise of the engine API is what the list of it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
API = (ROOT / "docs/api.md").read_text()
CONTRACT: dict[str, dict[str, str | None]] = json.loads(
    (ROOT / "js/src/engine/contract.json").read_text()
)


def test_every_name_of_the_engine_api_is_documented_as_what_it_is() -> None:
    promised, refused = API.split("| not supported | because |")
    for names in CONTRACT.values():
        for name, reason in names.items():
            place = promised if reason is None else refused
            assert f"`{name}`" in place, name


def test_what_is_not_supported_is_documented_with_its_reason() -> None:
    rows = dict(
        re.findall(r"^\| (`.*`) \| (.*) \|$", API.split("| not supported |")[1], re.MULTILINE)
    )
    told = {name: why for cells, why in rows.items() for name in re.findall(r"`([^`]+)`", cells)}
    refused = {n: why for names in CONTRACT.values() for n, why in names.items() if why}
    assert told == refused


def test_what_is_documented_as_supported_is() -> None:
    titles = {"commands": "Commands", "events": "Events", "requests": "Questions"}
    for kind, title in titles.items():
        paragraph = API.split(f"**{title}**")[1].split("\n\n")[0]
        listed = re.sub(r"\([^)]*\)", "", paragraph)
        supported = [name for name, reason in CONTRACT[kind].items() if reason is None]
        assert re.findall(r"`([^`]+)`", listed) == supported


def test_every_refusal_of_jitsi_is_documented_with_its_kind() -> None:
    source = (ROOT / "js/src/webapi/translator.ts").read_text()
    known = re.findall(r'"(con[a-zA-Z._]+)": \[\s*"(\w+)"', source)
    assert dict(known) == dict(re.findall(r"^\| `(con[^`]+)` \| `(\w+)` \|", API, re.MULTILINE))
