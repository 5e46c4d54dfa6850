"""Builds the site: `make docs`. A warning of Sphinx, and a link that leads nowhere, are errors."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from docs.site.addresses import ROOT
from docs.site.links import external, problems
from docs.site.sources import gather
from sphinx.cmd.build import build_main


def build(out: Path) -> int:
    """Gather the sources, have Sphinx make pages of them, and follow their links."""
    with tempfile.TemporaryDirectory() as folder:
        sources, made = Path(folder, "sources"), Path(folder, "made")
        sources.mkdir()
        gather(sources)
        settings = ["-c", f"{ROOT / 'docs/site'}", "-d", f"{Path(folder, 'kept')}"]
        options = ["-q", "-W", "--keep-going", "-b", "html", *settings]
        if failed := build_main([*options, f"{sources}", f"{made}"]):
            return failed
        wrong = problems(made)
        for line in wrong:
            print(line, file=sys.stderr)  # noqa: T201 - what to mend
        if wrong:
            return 1
        shutil.rmtree(out, ignore_errors=True)
        shutil.move(made, out)
    print(f"open {out / 'index.html'}")  # noqa: T201 - what it made
    return 0


def main() -> int:
    """Build the site, or list what its pages link elsewhere."""
    parser = argparse.ArgumentParser(prog="python -m docs.site", description=__doc__)
    parser.add_argument("out", nargs="?", type=Path, default=ROOT / "site", help="default: site")
    parser.add_argument(
        "--external",
        action="store_true",
        help="list the links to other sites, one a line, for a program that tries them",
    )
    options = parser.parse_args()
    if not options.external:
        return build(options.out.resolve())
    print(*external(options.out.resolve()), sep="\n")  # noqa: T201 - the list
    return 0


if __name__ == "__main__":
    sys.exit(main())
