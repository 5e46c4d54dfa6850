"""What the documents say is so: of the engine API, of files and links, of the architecture."""

from __future__ import annotations

import json
import re

import pytest

from tests.documents import DOCUMENTS, READERS, ROOT, anchors, blocks, links, spans

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


def test_every_language_of_a_block_has_a_test_that_runs_or_reads_it() -> None:
    for block in blocks():
        assert block.language in READERS, f"{block}: no test reads {block.language!r}"
    for language, test in READERS.items():
        assert not test or f'"{language}"' in (ROOT / test).read_text(), test


def test_a_block_that_cannot_run_says_why_and_what_it_names_exists() -> None:
    for block in blocks():
        if block.not_run:
            assert len(block.not_run.split()) >= 4, block
            for path in re.findall(r"tests/[\w./]+\.py", block.not_run):
                assert (ROOT / path).exists(), block


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_and_anchors_lead_somewhere(document: str) -> None:
    for link in links(document):
        if re.match(r"https?://", link):
            continue
        path, _, anchor = link.partition("#")
        target = ((ROOT / document).parent / path).resolve() if path else ROOT / document
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(str(target.relative_to(ROOT))), link


#: Where the paths between backticks begin: at the root, in the package, or in the front end.
PLACES = [ROOT, ROOT / "src/nanomeet_widget", ROOT / "js/src", ROOT / "js"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_paths_and_targets_that_a_document_names_exist(document: str) -> None:
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    sources = {path.name for path in (*ROOT.glob("src/**/*.py"), *ROOT.glob("js/src/**/*.ts*"))}
    for span in spans(document):
        if (made := re.match(r"make ([\w-]+)", span)) is not None:
            assert made[1] in targets, span
        if (module := re.match(r"python -m benchmarks\.(\w+)", span)) is not None:
            assert (ROOT / f"benchmarks/{module[1]}.py").exists(), span
        if re.fullmatch(r"[\w-]+\.(py|tsx?)", span):
            assert span in sources | {"jupyter_server_config.py", "jupyterhub_config.py"}, span
        first = span.split("/", maxsplit=1)[0]
        if re.fullmatch(r"(?!/)[\w./-]+/[\w./-]*", span) and any(
            (at / first).is_dir() for at in PLACES
        ):
            assert any((at / span).exists() for at in PLACES), span


def test_the_walks_of_a_newcomer_lead_to_the_lines_that_they_name() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text().split("## Three first changes")[1]
    walks = re.split(r"^### ", text.split("\n## ")[0], flags=re.MULTILINE)[1:]
    assert len(walks) == 3
    for walk in walks:
        rows = re.findall(r"^\| `([^`]+)` \| .* \| `([^`]+)` \|$", walk, re.MULTILINE)
        assert len(rows) == len(re.findall(r"^\| `", walk, re.MULTILINE)) > 1
        for file, there in rows:
            assert there in (ROOT / file).read_text("utf-8"), (file, there)


ARCHITECTURE = (ROOT / "docs/architecture.md").read_text()


@pytest.mark.parametrize("folder", ["src/nanomeet_widget", "src/nanomeet_widget/server", "js/src"])
def test_the_map_has_every_folder_and_module(folder: str) -> None:
    section = ARCHITECTURE.split(f"### `{folder}/`\n")[1].split("\n## ")[0].split("\n### ")[0]
    rows = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    mapped = {name.rstrip("/") for row in rows for name in re.findall(r"`([^`]+)`", row)}
    top = [path for path in (ROOT / folder).iterdir() if path.name not in HIDDEN]
    below = [path for path in (ROOT / folder).glob("meeting/*") if path.is_dir()]
    there = {str(path.relative_to(ROOT / folder)) for path in (*top, *below)}
    assert there - mapped == set()
    assert {name for name in mapped if not (ROOT / folder / name).exists()} == set()


#: What no one looks for in a map: what is built, and marks for tools.
HIDDEN = {"__init__.py", "__pycache__", "py.typed", "static"}


def test_the_front_end_s_folders_import_only_what_is_below_them() -> None:
    picture = ARCHITECTURE.split("js/src/\n")[1].split("```")[0]
    folders = {path.name for path in (ROOT / "js/src").iterdir() if path.is_dir()}
    rows = [[word for word in line.split() if word in folders] for line in picture.splitlines()]
    level = {name: -number for number, row in enumerate(rows) for name in row}
    assert set(level) == folders
    for name in folders:
        for path in (ROOT / "js/src" / name).rglob("*.ts*"):
            for other in re.findall(r'from "(?:\.\./)+([\w-]+)/', path.read_text()):
                if other in folders and not (path.parent / ".." / other).resolve().is_relative_to(
                    ROOT / "js/src" / name
                ):
                    assert other == name or level[other] < level[name], f"{path.name}: {other}"
