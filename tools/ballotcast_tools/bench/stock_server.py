"""Casting as a user of FastAPI would write it: `def` endpoints, one SQLite file in WAL mode, a commit for each ballot.

It does the same work as the product's cast with the same code: it verifies the credential and the ballot's signature,
stores the ballot unless the credential has cast another, and signs a receipt. synchronous=FULL: what is acknowledged is
on the disk. Every thread keeps its connection, and one thread writes at a time: here that is faster than a connection
for each request and SQLite's own waiting.

Run as `python -m ballotcast_tools.bench.stock_server PORT MANIFEST KEY DATABASE`, the last three being files; KEY is
the key that signs receipts (PKCS#8, DER).
"""

import sqlite3
import sys
import threading
from pathlib import Path

import uvicorn
from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel

from ballotcast.ballots import receipt
from ballotcast.ballots.ballot import Ballot, BallotError
from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.ballots.manifest import Manifest
from ballotcast.crypto.encoding import EncodingError, b64u_decode
from ballotcast.crypto.merkle import leaf_hash
from ballotcast_tools.thread_connection import ThreadConnection


class BallotCast(BaseModel):
    ballot: str


class Receipt(BaseModel):
    receipt: str


class Box:
    """The ballots in the file at `path`, one for each credential."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.local()
        self._writes = threading.Lock()
        self._connection().execute("CREATE TABLE IF NOT EXISTS ballots (vk BLOB PRIMARY KEY, ballot BLOB NOT NULL)")

    def put(self, vk: bytes, ballot: bytes) -> bytes:
        """Store the ballot unless the credential has one. Return the one that is stored, once it is on the disk."""
        connection = self._connection()
        with self._writes, connection:
            done = connection.execute("INSERT OR IGNORE INTO ballots VALUES (?, ?)", (vk, ballot)).rowcount
        if done:
            return ballot
        stored: bytes = connection.execute("SELECT ballot FROM ballots WHERE vk = ?", (vk,)).fetchone()[0]
        return stored

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._threads, "connection", None)
        if found is None:
            found = self._threads.connection = sqlite3.connect(
                self._path, timeout=30, check_same_thread=False, factory=ThreadConnection
            )
            found.execute("PRAGMA journal_mode = WAL")
            found.execute("PRAGMA synchronous = FULL")
        return found


def create_app(document: bytes, key: bytes, database: Path) -> FastAPI:
    """Return the application for the election whose manifest is `document`; `key` signs its receipts (DER)."""
    app = FastAPI()
    manifest = Manifest.parse(document)
    signer = receipt.signer(manifest.origin, key)
    box = Box(database)

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/manifest")
    def show_manifest() -> Response:
        return Response(document, media_type="application/json")

    @app.post("/ballots", status_code=201)
    def cast(body: BallotCast, response: Response) -> Receipt:
        try:
            data = b64u_decode(body.ballot)
            ballot = Ballot.parse(data, manifest)
            ballot.verify_credential(manifest)
            ballot.verify_signature()
        except (BallotError, EncodingError) as error:
            raise HTTPException(422, str(error)) from None
        if box.put(ballot.vk, data) != data:
            raise HTTPException(409, "another ballot was cast with this credential")
        return Receipt(receipt=receipt.issue(signer, manifest, leaf_hash(BallotLeaf(data).encode())))

    return app


if __name__ == "__main__":
    port, document, key, database = sys.argv[1:]
    stock = create_app(Path(document).read_bytes(), Path(key).read_bytes(), Path(database))
    uvicorn.run(stock, host="127.0.0.1", port=int(port), log_level="warning")
