"""What a release says of itself is the same everywhere, and what is no release is refused."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from scripts import changelog, project, release, versions

ROOT = Path(__file__).parents[2]
TODAY = date(2027, 2, 3)
FORM = """# Changelog

## [Unreleased]

### Added

- New.

## [0.2.0] - 2027-01-02

Words.

### Changed

- Other.

### Security

- Safer.

## [0.1.0] - 2026-12-01

### Added

- First.
"""


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of its own, of the files that have the version."""
    for file in (*versions.PLACES, "CHANGELOG.md"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    for module in (project, versions, release):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(changelog, "FILE", tmp_path / "CHANGELOG.md")
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@b.example"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


# --- the version ---------------------------------------------------------------------------------


def test_every_file_has_the_version_of_pyproject() -> None:
    assert versions.differences() == []
    # The lock file has it twice.
    assert [len(versions.found(file)) for file in versions.PLACES] == [1, 1, 2, 1, 1]


@pytest.mark.parametrize("file", [file for file in versions.PLACES if file != "pyproject.toml"])
def test_a_file_with_another_version_is_named(copy: Path, file: str) -> None:
    path = copy / file
    path.write_text(path.read_text().replace(project.version(), "0.0.7"))
    (difference,) = versions.differences()
    assert difference.startswith(f"{file} has version 0.0.7")
    assert f"pyproject.toml {project.version()}" in difference


def test_a_new_version_is_written_everywhere_and_closes_the_changelog(copy: Path) -> None:
    before = {file: (copy / file).read_text() for file in versions.PLACES}
    for new, day in (("9.8.7", TODAY), ("9.9.0", date(2027, 3, 4))):
        (copy / "CHANGELOG.md").write_text(FORM.replace("0.2.0", "0.1.5"))
        versions.release(new, day)
        assert versions.differences() == []
        assert project.version() == new
        assert f"date-released: {day}\n" in (copy / "CITATION.cff").read_text()
        assert changelog.released((copy / "CHANGELOG.md").read_text(), new)
    for file, text in before.items():
        now = re.sub(r"^date-released.*\n", "", (copy / file).read_text(), flags=re.MULTILINE)
        lines = zip(text.split("\n"), now.split("\n"), strict=True)
        changed = [new for old, new in lines if new != old]
        assert len(changed) == len(versions.found(file))
        assert all("9.9.0" in line for line in changed)


@pytest.mark.parametrize("wrong", ["1.0", "v1.0.0", "1.0.0rc1", "01.0.0", "", "1.0.0\n"])
def test_what_is_no_version_changes_nothing(copy: Path, wrong: str) -> None:
    before = (copy / "CHANGELOG.md").read_text()
    with pytest.raises(ValueError, match="three numbers"):
        versions.release(wrong, TODAY)
    assert (copy / "CHANGELOG.md").read_text() == before
    assert versions.differences() == []


def test_a_version_that_changes_nothing_is_refused(copy: Path) -> None:
    (copy / "CHANGELOG.md").write_text(FORM.replace("\n### Added\n\n- New.\n", "", 1))
    with pytest.raises(ValueError, match=r"nothing under \[Unreleased\]"):
        versions.release("9.8.7", TODAY)


# --- the changelog -------------------------------------------------------------------------------


def test_the_changelog_has_the_form_of_keep_a_changelog() -> None:
    assert list(changelog.problems(changelog.FILE.read_text("utf-8"))) == []


def test_a_changelog_in_form_has_no_problem() -> None:
    assert list(changelog.problems(FORM)) == []
    assert changelog.released(FORM, "0.2.0")
    assert not changelog.released(FORM, "0.3.0")
    closed = changelog.closed(FORM, "0.3.0", TODAY)
    assert "## [Unreleased]\n\n## [0.3.0] - 2027-02-03\n\n### Added\n\n- New.\n" in closed
    assert list(changelog.problems(closed)) == []
    with pytest.raises(ValueError, match="already"):
        changelog.closed(FORM, "0.2.0", TODAY)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("# Changelog\n", "# Changes\n", "the first line"),
        ("## [Unreleased]", "## Unreleased", "first section"),
        ("## [0.2.0] - 2027-01-02", "## 0.2.0", "version"),
        ("## [0.2.0] - 2027-01-02", "## [0.2.0], not released yet", "version"),
        ("## [0.2.0] - 2027-01-02", "## [0.2.0]", "version"),
        ("## [0.2.0] - 2027-01-02", "## [0.2.0] - 2027-13-02", "version"),
        ("[0.2.0]", "[two]", "version"),
        ("[0.2.0]", "[0.1.0]", "order"),
        ("[0.2.0]", "[0.0.9]", "order"),
        ("### Changed", "### Improved", r"\[0.2.0\] has the kinds"),
        ("### Changed", "### Security", r"\[0.2.0\] has the kinds"),
        ("### Security", "### Added", r"\[0.2.0\] has the kinds"),
        ("Words.", "- Words.", r"\[0.2.0\] has an entry above"),
        ("- New.", "", r"\[Unreleased\] has no entry of '### Added'"),
    ],
)
def test_what_is_not_in_form_is_said(old: str, new: str, problem: str) -> None:
    assert old in FORM
    found = list(changelog.problems(FORM.replace(old, new, 1)))
    assert found
    assert re.search(problem, found[0])


# --- refusals ------------------------------------------------------------------------------------


def test_only_a_clean_tree_with_a_changelog_and_without_a_tag_is_released(copy: Path) -> None:
    (copy / "CHANGELOG.md").write_text(FORM.replace("0.2.0", "0.1.5"))
    git(copy, "init", "--initial-branch=main")
    git(copy, "add", ".")
    git(copy, "commit", "-m", "all")
    versions.write("9.8.7")
    changed, reason = release.unready()
    assert "5 files have changes that are not committed: CITATION.cff" in changed
    assert "CHANGELOG.md has no section '## [9.8.7] - YYYY-MM-DD' with entries" in reason
    versions.release("9.8.7", TODAY)
    (reason,) = release.unready()
    assert "6 files have changes that are not committed: CHANGELOG.md, CITATION.cff" in reason
    git(copy, "commit", "-am", "9.8.7")
    assert list(release.unready()) == []
    assert list(release.wrong()) == []
    git(copy, "tag", "v9.8.7")
    (reason,) = release.unready()
    assert "the tag v9.8.7 exists" in reason
    (copy / "CITATION.cff").write_text("version: 9.8.6\n")
    assert ["CITATION.cff has version 9.8.6" in one for one in release.wrong()] == [True]


def test_a_refused_release_builds_nothing(
    copy: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    git(copy, "init", "--initial-branch=main")
    monkeypatch.setattr("sys.argv", ["release"])
    monkeypatch.setattr(release, "DIST", copy / "dist")
    assert release.main() == 1
    told = capsys.readouterr()
    assert "Stopped: " in told.err
    assert told.out == ""
    assert not (copy / "dist").exists()


# --- what others read ----------------------------------------------------------------------------


def read(file: str) -> Any:
    return yaml.safe_load((ROOT / file).read_text("utf-8"))


#: Names on conda-forge that are others than the index's.
CONDA = {"prometheus-client": "prometheus_client"}


def conda(requirements: list[str]) -> dict[str, str]:
    """Return the lowest versions, by conda-forge's names: one package serves all systems and Pythons."""
    found: dict[str, str] = {}
    for text in requirements:
        one = Requirement(text)
        if one.marker is None or "python_version" not in str(one.marker):
            name = canonicalize_name(one.name)
            found[CONDA.get(name, name)] = str(one.specifier)
    return found


def test_the_recipe_requires_what_the_package_requires() -> None:
    recipe, wanted = read("recipe/recipe.yaml"), project.pyproject()["project"]
    run = dict(line.split(" ", 1) for line in recipe["requirements"]["run"])
    assert run.pop("python") == ">=${{ python_min }}"
    # What PyJWT[crypto] adds.
    assert run.pop("cryptography").startswith(">=")
    assert any("PyJWT[crypto]" in line for line in wanted["dependencies"])
    assert run == conda(wanted["dependencies"])
    extras = wanted["optional-dependencies"]
    optional = dict(line.split(" ", 1) for line in recipe["requirements"]["run_constraints"])
    assert optional == conda([*extras["tables"], *extras["media"], *extras["serve"]])
    assert [line for line in recipe["requirements"]["host"] if line.startswith("hatchling")] == [
        "hatchling >=1.27"
    ]
    assert project.pyproject()["build-system"]["requires"] == ["hatchling>=1.27"]


def test_the_recipe_says_what_the_package_says() -> None:
    recipe, wanted = read("recipe/recipe.yaml"), project.pyproject()["project"]
    assert recipe["context"]["name"] == wanted["name"]
    assert f">={recipe['context']['python_min']}" == wanted["requires-python"]
    points = [f"{name} = {where}" for name, where in wanted["scripts"].items()]
    assert recipe["build"]["python"]["entry_points"] == points
    assert recipe["build"]["noarch"] == "python"
    assert recipe["about"]["license"] == wanted["license"]
    assert recipe["about"]["license_file"] == wanted["license-files"]
    (files,) = (one["package_contents"] for one in recipe["tests"] if "package_contents" in one)
    for file in files["files"]:
        assert (ROOT / file).exists()
    for file in files["site_packages"]:
        assert (ROOT / "src" / file).exists()


def test_the_citation_has_what_its_format_requires() -> None:
    citation, wanted = read("CITATION.cff"), project.pyproject()["project"]
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == "software"
    assert {"message", "title", "authors", "version", "license"} <= citation.keys()
    assert citation["title"] == wanted["name"]
    assert citation["license"] == wanted["license"]
    assert citation["keywords"] == wanted["keywords"]
    assert [{"name": one["name"]} for one in wanted["authors"]] == citation["authors"]


@pytest.mark.parametrize("name", ["bug", "feature"])
def test_an_issue_s_form_is_one_that_can_be_filled_in(name: str) -> None:
    form = read(f".github/ISSUE_TEMPLATE/{name}.yaml")
    assert {"name", "description", "body"} <= form.keys()
    ids = [part["id"] for part in form["body"] if part["type"] != "markdown"]
    assert len(ids) == len(set(ids)) > 0
    for part in form["body"]:
        assert part["type"] in {"markdown", "textarea", "input", "dropdown", "checkboxes"}
        assert part["attributes"].get("value" if part["type"] == "markdown" else "label")
        assert part["type"] != "dropdown" or len(part["attributes"]["options"]) > 1
        assert set(part.get("validations", {})) <= {"required"}


def test_what_runs_on_hosted_machines_are_make_s_targets_on_all_pythons() -> None:
    jobs = read(".github/workflows/tests.yml")["jobs"]
    assert jobs["pythons"]["strategy"]["matrix"]["python"] == project.supported()
    runs = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {"make test", "make audit"} <= set(runs)
    for line in runs:
        assert line.split()[:1] == ["make"]
        assert line.split()[1] in targets


def test_the_oldest_python_is_the_one_that_is_required() -> None:
    assert project.pyproject()["project"]["requires-python"] == f">={project.supported()[0]}"
    numbers = [project.minor(python) for python in project.supported()]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
