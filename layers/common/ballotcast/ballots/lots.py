"""The seed of an election's lots: nobody can compute it before the close, and anyone can from the export."""

from hashlib import sha256

_LABEL = b"ballotcast/lots/2\n"


def seed(election_key: bytes, log_root: bytes) -> bytes:
    """Return the 32 bytes that every lot of the election is drawn with.

    election_key: the private key's scalar, 32 bytes; only the count knows it before it is published. log_root: of the
    final checkpoint, 32 bytes. Signatures play no part, because the log's key can make many of one root.
    """
    return sha256(_LABEL + election_key + log_root).digest()
