"""The documented table names the versions that are tested here."""

from __future__ import annotations

from .environments import ROOT, pins


def test_the_documents_name_the_versions_that_are_run() -> None:
    table = (ROOT / "docs/hosts.md").read_text()
    missing = {(name, version) for name, version in pins() if version not in table}
    assert not missing
