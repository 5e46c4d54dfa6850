"""nginx with TLS in front of a server on this machine, as an administrator sets it up."""

from __future__ import annotations

import random
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from nanomeet_widget.server.tokens import tls
from tests.waiting import until_up

#: A name that browsers look up on this machine (RFC 6761, 6.3), and that is not the machine's own.
HOST = "meet.localhost"
#: Seconds in which it starts, and ends.
_START = 60.0
#: Below the ephemeral ports (Linux: 32768 to 60999, RFC 6335: 49152 on): no program gets one of these by
#: chance before it is used.
_PORTS = range(20_000, 32_000)
_given: set[int] = set()

_CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  map $http_upgrade $connection_upgrade {{ default upgrade; "" close; }}
  server {{
    listen 127.0.0.1:{port} ssl;
    server_name {host};
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    {headers}
    location / {{
      proxy_pass {upstream};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_read_timeout 1h;
      proxy_buffering off;
    }}
  }}
}}
"""


@contextmanager
def tls_proxy(
    folder: Path,
    upstream: str,
    *,
    port: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Serve `upstream` under https until the end, with headers of its own; give the address."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate, key = tls.self_signed(folder, HOST)
    port = free_port() if port is None else port
    configuration = folder / "nginx.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            folder=folder,
            port=port,
            host=HOST,
            certificate=certificate,
            key=key,
            upstream=upstream,
            headers="".join(f'add_header {k} "{v}" always;' for k, v in (headers or {}).items()),
        )
    )
    command = [shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin") or "nginx"]
    process = subprocess.Popen(
        [*command, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(configuration)],
        stdin=subprocess.DEVNULL,
    )
    try:
        until_up(process, lambda: listens(port), log=folder / "error.log", patience=_START)
        yield f"https://{HOST}:{port}"
    finally:
        process.terminate()
        process.wait(_START)


def trust(folder: Path) -> ssl.SSLContext:
    """Return what trusts the proxy's certificate."""
    return ssl.create_default_context(cafile=str(folder / "certificate.pem"))


def free_port() -> int:
    """Return a port that no program listens on, for a program that is told its port."""
    while True:
        port = random.choice(_PORTS)  # noqa: S311 - no secret
        if port in _given:
            continue
        _given.add(port)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def listens(port: int) -> bool:
    """Return whether a program does."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
