"""What the steps of the count leave in the bucket, for each other and to be published; they pass on only the keys.

Every object can be written again with the same content, so a step that is repeated disturbs nobody.

    steps/<election>/leaves/<partition>            leaf hashes of the ballots in 32 partitions of the box, ascending
    steps/<election>/log                           leaf hashes of the whole log, in order
    steps/<election>/opened/<bucket>/<partition>   those of them in a bucket of the log, opened
    steps/<election>/counts/<bucket>               what the ballots of a bucket say
    elections/<election>/tile/…                   the log's tiles and entry bundles, as C2SP names them
    elections/<election>/election_key.hex, issuance.csv, result.json, export.zip
    elections/<election>/end.json                 what trustees check before they open the election
    elections/<election>/ceremony.json, opening.json   of an election that trustees opened
    elections/<election>/why.json                 for each contest the sentence that says why who is elected
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ballotcast.ballots.plaintext import Reason
from ballotcast.crypto.encoding import b64u_decode, b64u_encode
from ballotcast.crypto.tiles import WIDTH
from ballotcast.elections.result import SpoiltBallot
from ballotcast.store.blobs import Blobs

JSON = "application/json"
BUNDLES = 16
BUCKET = BUNDLES * WIDTH
"""Leaves in a bucket: sixteen entry bundles."""


@dataclass(frozen=True)
class Opened:
    """index: of the ballot's leaf. said: the plaintext, or why the ballot is spoilt."""

    index: int
    ballot: bytes = field(repr=False)
    said: bytes | Reason = field(repr=False)


class Counts(NamedTuple):
    """How many ballots say what."""

    plaintexts: Mapping[bytes, int]
    spoilt: list[SpoiltBallot]


def buckets(size: int) -> range:
    """Return the buckets of a log of `size` leaves."""
    return range(-(-size // BUCKET))


def election_key_key(election: str) -> str:
    return f"elections/{election}/election_key.hex"


def end_key(election: str) -> str:
    return published_key(election, "end.json")


def published_key(election: str, name: str) -> str:
    """Of a file of the export."""
    return f"elections/{election}/{name}"


def result_key(election: str) -> str:
    return f"elections/{election}/result.json"


def why_key(election: str) -> str:
    return f"elections/{election}/why.json"


def export_key(election: str) -> str:
    return f"elections/{election}/export.zip"


def leaves_key(election: str, partition: int) -> str:
    return f"steps/{election}/leaves/{partition}"


def log_key(election: str) -> str:
    return f"steps/{election}/log"


def opened_prefix(election: str, bucket: int) -> str:
    return f"steps/{election}/opened/{bucket}/"


def counts_key(election: str, bucket: int) -> str:
    return f"steps/{election}/counts/{bucket}"


def write_opened(blobs: Blobs, key: str, opened: Iterable[Opened]) -> None:
    """JSON: index, ballot, plaintext or empty, reason or empty."""
    rows = [
        (ballot.index, b64u_encode(ballot.ballot), "", ballot.said)
        if isinstance(ballot.said, Reason)
        else (ballot.index, b64u_encode(ballot.ballot), ballot.said.hex(), "")
        for ballot in opened
    ]
    blobs.put(key, json.dumps(rows).encode(), JSON)


def read_opened(blobs: Blobs, election: str, bucket: int) -> Iterator[Opened]:
    for key in blobs.keys(opened_prefix(election, bucket)):
        for index, ballot, plaintext, reason in json.loads(read(blobs, key)):
            yield Opened(index, b64u_decode(ballot), Reason(reason) if reason else bytes.fromhex(plaintext))


def write_counts(blobs: Blobs, key: str, opened: Iterable[Opened]) -> None:
    plaintexts: Counter[str] = Counter()
    spoilt: list[tuple[int, str]] = []
    for ballot in opened:
        if isinstance(ballot.said, Reason):
            spoilt.append((ballot.index, ballot.said))
        else:
            plaintexts[ballot.said.hex()] += 1
    blobs.put(key, json.dumps([plaintexts, spoilt]).encode(), JSON)


def read_counts(blobs: Blobs, keys: Iterable[str]) -> Counts:
    """Return all of them together."""
    plaintexts: Counter[bytes] = Counter()
    spoilt: list[SpoiltBallot] = []
    for key in keys:
        said, bad = json.loads(read(blobs, key))
        for plaintext, number in said.items():
            plaintexts[bytes.fromhex(plaintext)] += number
        spoilt += [SpoiltBallot(index=index, reason=Reason(reason)) for index, reason in bad]
    return Counts(plaintexts, spoilt)


def read(blobs: Blobs, key: str) -> bytes:
    content = blobs.get(key)
    if content is None:
        raise LookupError(f"{key} is not in the bucket")
    return content
