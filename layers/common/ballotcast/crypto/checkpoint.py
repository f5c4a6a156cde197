"""C2SP tlog-checkpoint: a log's size and root, as a note signed by the log's key, whose name is the log's origin."""

import re
from dataclasses import dataclass
from typing import Self

from ballotcast.crypto import signed_note
from ballotcast.crypto.canonical import MAX_INTEGER
from ballotcast.crypto.encoding import EncodingError, b64_decode, b64_encode
from ballotcast.crypto.merkle import HASH_LENGTH
from ballotcast.crypto.signed_note import Signer, Verifier

_SIZE = re.compile("0|[1-9][0-9]{0,15}", re.ASCII)


class CheckpointError(ValueError):
    """A text that is not a checkpoint, or one of another log."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tree of `size` leaves under the 32-byte `root`, in the log called `origin`."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The note's text: origin, size and root on three lines."""
        return f"{self.origin}\n{self.size}\n{b64_encode(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note's text. Raises CheckpointError unless `text` of the result gives it back.

        Extension lines, which the specification allows and nobody here writes, are refused.
        """
        lines = text.split("\n")
        if len(lines) != 4 or not lines[0] or not _SIZE.fullmatch(lines[1]) or lines[3]:
            raise CheckpointError("a checkpoint is three lines: origin, size, root")
        if int(lines[1]) > MAX_INTEGER:
            raise CheckpointError("a size of 2**53 or more")
        try:
            root = b64_decode(lines[2])
        except EncodingError as error:
            raise CheckpointError(f"root: {error}") from None
        if len(root) != HASH_LENGTH:
            raise CheckpointError("a root has 32 bytes")
        return cls(lines[0], int(lines[1]), root)

    def sign(self, log: Signer) -> str:
        """Return the signed note. Raises CheckpointError unless the signer is the log itself, named by its origin."""
        if log.name != self.origin:
            raise CheckpointError("the log's key is named by the log's origin")
        return signed_note.sign(self.text, log)

    @classmethod
    def open(cls, note: str, log: Verifier) -> Self:
        """Verify and read a signed checkpoint of `log`. Raises NoteError or CheckpointError."""
        checkpoint = cls.parse(log.verify(note))
        if checkpoint.origin != log.name:
            raise CheckpointError("a checkpoint of another log")
        return checkpoint
