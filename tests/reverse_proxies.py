"""The reverse proxies of examples/one-machine, as processes of a test: their own ports, files and certificate."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ballotcast_tools.stack.process import wait_for
from certificates import Certificate

EXAMPLES = Path(__file__).parents[1] / "examples/one-machine"
NAME = "vote.club.example"


@dataclass(frozen=True)
class Proxy:
    """A running one. `logs` and `scratch` are the folders where it could write."""

    port: int
    plain_port: int
    logs: Path
    scratch: Path


def configured(text: str, changes: Mapping[str, str]) -> str:
    """Return the example with each key replaced. Every key must be in it."""
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def nginx(folder: Path, upstream: int, proxy: Proxy, certificate: Certificate) -> tuple[list[str | Path], str]:
    """Return the command, and what it reads: the example within the usual frame, which writes an access log."""
    changes = {
        "127.0.0.1:4566": f"127.0.0.1:{upstream}",
        "listen 80;": f"listen 127.0.0.1:{proxy.plain_port};",
        "listen 443 ssl": f"listen 127.0.0.1:{proxy.port} ssl",
        "listen [::]:80;": "",
        "listen [::]:443 ssl http2;": "",
        f"/etc/letsencrypt/live/{NAME}/fullchain.pem": str(certificate.certificate),
        f"/etc/letsencrypt/live/{NAME}/privkey.pem": str(certificate.key),
        "/var/log/nginx/ballotcast.log": str(proxy.logs / "error.log"),
    }
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = " ".join(f"{kind}_temp_path {proxy.scratch / kind};" for kind in kinds)
    site = configured((EXAMPLES / "nginx.conf").read_text(), changes)
    user = "user root;" if os.geteuid() == 0 else ""
    frame = f"{user} pid {folder}/pid; events {{}} http {{ access_log {proxy.logs}/access.log; {places}\n{site}\n}}"
    file = folder / "nginx.conf"
    start = f"daemon off; error_log {proxy.logs}/start.log crit;"
    return ["nginx", "-e", proxy.logs / "start.log", "-c", file, "-g", start], frame


def caddy(folder: Path, upstream: int, proxy: Proxy, certificate: Certificate) -> tuple[list[str | Path], str]:
    own = f"admin off\n default_bind 127.0.0.1\n http_port {proxy.plain_port}\n https_port {proxy.port}"
    changes = {
        "127.0.0.1:4566": f"127.0.0.1:{upstream}",
        "\n{\n": f"\n{{\n{own}\n",
        "\tlog default {\n": f"\tlog default {{\n\t\toutput file {proxy.logs}/error.log\n\t\tlevel ERROR\n",
        f"\n{NAME} {{\n": f"\n{NAME} {{\n\ttls {certificate.certificate} {certificate.key}\n",
    }
    file = folder / "Caddyfile"
    return ["caddy", "run", "--config", file], configured((EXAMPLES / "Caddyfile").read_text(), changes)


KINDS: dict[str, Callable[[Path, int, Proxy, Certificate], tuple[list[str | Path], str]]] = {
    "nginx": nginx,
    "caddy": caddy,
}


def path_of(kind: str) -> str | None:
    """Return where the program is; also where only an administrator's PATH has it."""
    return shutil.which(kind, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")


@contextmanager
def running(kind: str, folder: Path, upstream: int, certificate: Certificate) -> Iterator[Proxy]:
    """Run one in the foreground, in front of a port of this machine."""
    proxy = Proxy(free_port(), free_port(), folder / "logs", folder / "scratch")
    proxy.logs.mkdir()
    proxy.scratch.mkdir()
    command, text = KINDS[kind](folder, upstream, proxy, certificate)
    Path(command[command.index("-c" if kind == "nginx" else "--config") + 1]).write_text(text)
    home = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "TMPDIR")}
    command[0] = path_of(kind) or kind
    with (folder / "output").open("w+") as output:
        process = subprocess.Popen(command, env={**os.environ, **home}, stdout=output, stderr=output, cwd=folder)
        try:
            listens = wait_for(lambda: listening(proxy.port) or process.poll() is not None, 20)
            assert listens, "it does not listen"
            assert process.poll() is None, (folder / "output").read_text()
            yield proxy
        finally:
            process.terminate()
            process.wait(20)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
