"""Stock FastAPI under uvicorn, started for the time of a run, with its files on the disk that the stack writes to."""

import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ballotcast.ballots.manifest import Manifest
from ballotcast_tools.stack.process import wait_for

from .processes import Server

SERVER = "ballotcast_tools.bench.stock_server"
"""Not imported: no command needs FastAPI or uvicorn for itself."""
PATIENCE = 30.0
"""Seconds for it to start."""


@dataclass(frozen=True)
class Stock:
    """A running stock server."""

    address: str
    server: Server
    database: Path

    def stored(self) -> int:
        """Return how many ballots are in its file."""
        with closing(sqlite3.connect(self.database)) as database:
            found: int = database.execute("SELECT count(*) FROM ballots").fetchone()[0]
        return found


@contextmanager
def stock(manifest: Manifest, folder: Path | None) -> Iterator[Stock]:
    """Start it for the election of `manifest`, in a new folder within `folder`, and end it with the block."""
    key = Ed25519PrivateKey.generate()
    with tempfile.TemporaryDirectory(dir=folder, prefix="stock-") as made:
        files = [Path(made, name) for name in ("manifest.json", "receipt.key", "ballots.sqlite")]
        files[0].write_bytes(manifest.encode())
        files[1].write_bytes(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
        port = _free_port()
        process = subprocess.Popen([sys.executable, "-m", SERVER, str(port), *files], stdout=subprocess.DEVNULL)
        try:
            started = wait_for(lambda: process.poll() is not None or _listens(port), PATIENCE)
            if not started or process.poll() is not None:
                raise click.ClickException("the stock server did not start")
            yield Stock(f"http://127.0.0.1:{port}", Server(process.pid), files[2])
        finally:
            process.terminate()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
