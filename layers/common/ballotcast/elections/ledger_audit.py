"""The pass over an export's issuance ledger, line by line: one line for each voter on the roll, in order of tag."""

import re
from hashlib import sha256
from typing import NamedTuple

from ballotcast.ballots.ledger import HEADER
from ballotcast.crypto import merkle
from ballotcast.crypto.tiles import WIDTH
from ballotcast.elections.export_files import LEDGER, ExportReader
from ballotcast.elections.log_audit import GrowingTree

_LINE = re.compile(rb"([0-9a-f]{64}),([0-9a-f]{64})?\n")


class LedgerTotals(NamedTuple):
    """roll_root: over the tags, as the log tells it. sha256: of the whole file."""

    roll_size: int
    roll_root: bytes
    issued: int
    sha256: bytes


class BadLedger(ValueError):
    """The message names the line."""


def audit_ledger(export: ExportReader) -> LedgerTotals:
    """BadLedger unless every line is spelled as it must be and the tags ascend, so that none is there twice."""
    lines, header = export.lines(LEDGER), HEADER.encode() + b"\n"
    if next(lines, b"") != header:
        raise BadLedger("line 1 is not the header")
    digest = sha256(header)
    tree, waiting, last, issued = GrowingTree(), list[bytes](), b"", 0
    for number, line in enumerate(lines, 2):
        digest.update(line)
        match = _LINE.fullmatch(line)
        if not match:
            raise BadLedger(f"line {number} is not a tag and a hash or nothing")
        if match[1] <= last:
            raise BadLedger(f"line {number}: its tag is there twice or out of order")
        last, issued = match[1], issued + bool(match[2])
        waiting.append(merkle.leaf_hash(bytes.fromhex(last.decode())))
        if len(waiting) == WIDTH:
            tree.append(waiting)
            waiting = []
    tree.append(waiting)
    return LedgerTotals(tree.size, tree.root, issued, digest.digest())
