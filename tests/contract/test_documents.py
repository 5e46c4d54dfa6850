"""The shell commands of the documents, run as far as they can be here: each program has its way."""

from __future__ import annotations

import json
import os
import re
import shlex
import ssl
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from nanomeet_widget.server.tokens import tls
from tests.asking import get
from tests.conftest import RunningServer, Servers
from tests.documents import ROOT, Block, blocks
from tests.labs import homes_in
from tests.waiting import until

#: Seconds for a command.
PATIENCE = 120
BIN = Path(sys.executable).parent


@dataclass(frozen=True, kw_only=True)
class Shell:
    """Where a block's commands run: a folder of their own, beside a running server."""

    folder: Path
    server: RunningServer
    servers: Servers

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a line as a shell does."""
        return subprocess.run(
            ["/bin/sh", "-euc", line],
            cwd=self.folder,
            env={
                **os.environ,
                **homes_in(self.folder),
                "PATH": f"{BIN}:{os.environ['PATH']}",
                "NANOMEET_SERVER": self.server.url,
                "NANOMEET_API_KEY": self.server.api_key,
                "NO_PROXY": "*",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )


def make(shell: Shell, line: str) -> None:
    """Make's targets exist; what they do is too much for a test."""
    done = shell.run(f"cd {shlex.quote(str(ROOT))} && {line} --dry-run")
    assert done.returncode == 0, done.stderr


def benchmark(shell: Shell, line: str) -> None:
    """A benchmark has the options that it is given."""
    python, *given = shlex.split(line)
    assert python == ".venv/bin/python"
    module = given[given.index("-m") + 1]
    told = shell.run(f"cd {shlex.quote(str(ROOT))} && {sys.executable} -m {module} --help")
    assert told.returncode == 0, told.stderr
    for option in [word for word in given if word.startswith("--")]:
        assert option in told.stdout


def python(shell: Shell, line: str) -> None:
    """A benchmark has its options, and a script is there: what it writes is in the checkout."""
    if " -m " in line:
        benchmark(shell, line)
        return
    _, script = shlex.split(line)
    assert (ROOT / script).is_file()


def front_end(shell: Shell, line: str) -> None:
    """The front end has the script."""
    del shell
    told = re.fullmatch(r"\(cd js && npm run (\w+)\)", line)
    assert told
    assert told[1] in json.loads((ROOT / "js/package.json").read_text())["scripts"]


def jupyter(shell: Shell, line: str) -> None:
    """Jupyter knows the settings, and takes the certificate."""
    certificate, key = tls.self_signed(shell.folder, "127.0.0.1")
    certificate.rename(shell.folder / "cert.pem")
    key.rename(shell.folder / "key.pem")
    told = shell.run(f"{line} --show-config-json")
    assert told.returncode == 0, told.stderr
    shown = json.loads(told.stdout)["ServerApp"]
    for name, value in re.findall(r"--(\w+)=(\S+)", line):
        assert shown[name] == value


def serve(shell: Shell, line: str) -> None:
    """The server starts, and writes the file that it is told to."""
    words = shlex.split(line.replace("…", "shared-with-the-turn-server"))
    variables = [word.split("=", 1) for word in words[: words.index("nanomeet")]]
    given = words[words.index("serve") + 1 :]
    if "--ready-file" in given:
        at = given.index("--ready-file")
        given[at : at + 2] = []
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables:
            patch.setenv(name, value)
        server = shell.servers.start(*given)
    certificate = str(server.data / "certificate.pem")
    secure = server.url.startswith("https:")
    assert secure == ("--tls" in given)
    verify = ssl.create_default_context(cafile=certificate) if secure else True
    assert get(f"{server.url}/healthz", verify=verify).json() == {"status": "ok"}
    server.stop()


def nanomeet(shell: Shell, line: str) -> None:
    """The command does what it says, at a server with a room of the name."""
    if " serve" in line:
        serve(shell, line)
        return
    token = shell.server.room("algebra_101")
    (shell.folder / "token.txt").write_text(token)
    listed = json.loads(shell.run("nanomeet invites --room algebra_101 --json").stdout)
    line = re.sub(r"\b[0-9a-f]{16}\b", listed["invites"][0]["id"], line)
    done = shell.run(line)
    # The doctor may find something on this machine.
    assert done.returncode in ({0, 1} if "doctor" in line else {0}), done.stderr
    assert done.stdout
    assert "Traceback" not in done.stderr


#: By what a command begins with, but for variables.
PROGRAMS: dict[str, Callable[[Shell, str], None]] = {
    "make": make,
    "(cd": front_end,
    ".venv/bin/python": python,
    "jupyter": jupyter,
    "nanomeet": nanomeet,
}


def commands() -> list[tuple[Block, str]]:
    return [
        (block, line.partition(" # ")[0].strip())
        for block in blocks("sh")
        if not block.not_run
        for line in block.text.replace("\\\n", "").splitlines()
        if line.partition("#")[0].strip()
    ]


@pytest.mark.parametrize(
    ("block", "line"), commands(), ids=[f"{block.document}: {line}" for block, line in commands()]
)
def test_a_command_of_the_documents_works(
    block: Block, line: str, server: RunningServer, servers: Servers, tmp_path: Path
) -> None:
    program = next(word for word in line.split() if not re.match(r"[A-Z_]+=", word))
    assert program in PROGRAMS, f"{block}: say how {program} is run here, or why not"
    PROGRAMS[program](Shell(folder=tmp_path, server=server, servers=servers), line)


def test_an_early_file_tells_where_a_server_is(tmp_path: Path) -> None:
    (line,) = [line for _, line in commands() if "--ready-file" in line]
    environment = {
        **os.environ,
        **homes_in(tmp_path),
        "PATH": f"{BIN}:{os.environ['PATH']}",
    }
    with subprocess.Popen(shlex.split(line), cwd=tmp_path, env=environment) as process:
        ready = tmp_path / "here.json"
        try:
            until(ready.exists)
            content = json.loads(ready.read_text())
            assert get(f"{content['url']}/healthz").status_code == 200
            assert content["api_key"]
        finally:
            process.terminate()
