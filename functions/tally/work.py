"""What the steps of the count leave for each other in the bucket, and where; the state machine passes only the keys.

Every object can be written again with the same content, so a step that is repeated disturbs nobody.

    elections/<election>/work/leaves/<partition>      leaf hashes of the ballots in 32 partitions of the box
    elections/<election>/work/opened/<bucket>/<partition>   those ballots of a bucket of the log, opened
    elections/<election>/work/counts/<bucket>         what the ballots of a bucket say
"""

from collections.abc import Iterable

from ballotcast.store.blobs import Blobs
from ballotcast.store.log import HASH

BUCKET = 4096
"""Leaves in a bucket: sixteen entry bundles."""


def buckets(size: int) -> range:
    """The buckets of a log of `size` leaves."""
    return range(-(-size // BUCKET))


def leaves_key(election: str, partition: str) -> str:
    return f"elections/{election}/work/leaves/{partition}"


def write_leaf_hashes(blobs: Blobs, key: str, leaf_hashes: Iterable[bytes]) -> None:
    blobs.put(key, b"".join(leaf_hashes))


def read_leaf_hashes(blobs: Blobs, keys: Iterable[str]) -> set[bytes]:
    """All of them. LookupError for an object that is not there."""
    found: set[bytes] = set()
    for key in keys:
        content = read(blobs, key)
        found.update(content[at : at + HASH] for at in range(0, len(content), HASH))
    return found


def read(blobs: Blobs, key: str) -> bytes:
    content = blobs.get(key)
    if content is None:
        raise LookupError(f"{key} is not in the bucket")
    return content
