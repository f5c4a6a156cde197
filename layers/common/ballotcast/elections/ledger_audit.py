"""The pass over an export's issuance ledger, line by line: each roll that was stated, and each right that ended."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

from ballotcast.ballots.amendment import commitment
from ballotcast.ballots.ledger import HEADER, LedgerError, LedgerLine
from ballotcast.crypto import merkle
from ballotcast.crypto.merkle import Frontier
from ballotcast.elections.amendment_audit import StatedRoll
from ballotcast.elections.export_files import LEDGER, ExportReader
from ballotcast.elections.findings import Findings


class Placed(NamedTuple):
    """A line by its number in the file, from 1."""

    number: int
    line: LedgerLine


class LedgerAudit:
    """Afterwards, if the lines could be read: how many credentials were issued, and how many people could vote."""

    def __init__(
        self, export: ExportReader, findings: Findings, manifest_hash: bytes, rolls: Sequence[StatedRoll]
    ) -> None:
        self.issued = 0
        self.lines = 0
        self.digest = sha256()
        """Over the lines that were read, of the whole file if no check stopped before."""
        self._export = export
        self._findings = findings
        self._manifest_hash = manifest_hash
        self._rolls = rolls
        self._ended: dict[bytes, Placed] = {}
        """Lines that were asked to end, by tag."""
        self._successors: dict[bytes, Placed] = {}
        """Lines that replace another, by the tag of that."""

    def run(self) -> None:
        """Checks `rolls` and `endings`, and of `ledger` what needs no closing leaf: if that fails, nothing else."""
        trees = _Trees(self._rolls)
        try:
            for number, line in self._read():
                trees.add(line)
                self._note(number, line)
        except LedgerError as error:
            self._findings.fail("ledger", str(error))
            return
        for revision in trees.other_than_stated():
            self._findings.fail("rolls", f"revision {revision}: its tags are not the roll that the log states")
        self._findings.complete("rolls", f"{len(self._rolls)} revisions, each with the tags that the log states")
        self._look_at_endings()
        self._findings.complete("endings", f"{len(self._ended)} rights were asked to end, {self.ended} ended")

    @property
    def ended(self) -> int:
        """Rights that ended: that was asked for, and no credential had been issued."""
        return sum(1 for _, line in self._ended.values() if not line.blinded_sha256)

    @property
    def voters(self) -> int:
        """How many people could vote: without rights that ended, and those whose person had voted by an earlier one."""
        superseded = sum(1 for _, line in self._used_before() if not line.ended)  # those that ended count once
        return self.lines - self.ended - superseded

    def _read(self) -> Iterator[Placed]:
        """Raise LedgerError unless every line is spelled as it must be and the tags ascend, so that none is there
        twice.
        """
        lines, header = self._export.lines(LEDGER), HEADER.encode() + b"\n"
        if next(lines, b"") != header:
            raise LedgerError("line 1 is not the header")
        self.digest.update(header)
        last = b""
        for number, row in enumerate(lines, 2):
            self.digest.update(row)
            try:
                line = LedgerLine.parse(row)
            except LedgerError as error:
                raise LedgerError(f"line {number}: {error}") from None
            if line.tag <= last:
                raise LedgerError(f"line {number}: its tag is there twice or out of order")
            if max(line.added, line.ended) >= len(self._rolls):
                raise LedgerError(f"line {number}: there is no such revision of the roll")
            last = line.tag
            yield Placed(number, line)

    def _note(self, number: int, line: LedgerLine) -> None:
        self.lines += 1
        self.issued += bool(line.blinded_sha256)
        if line.ended:
            self._ended[line.tag] = Placed(number, line)
        if line.replaces:
            if line.replaces in self._successors:
                self._fail(number, "another line replaces the same one")
            self._successors.setdefault(line.replaces, Placed(number, line))

    def _look_at_endings(self) -> None:
        for number, line in self._successors.values():
            before = self._ended.get(line.replaces)
            if before is None or before.line.ended != line.added:
                self._fail(number, "what it replaces was not asked to end in the revision that added it")
        opened = [set[bytes]() for _ in self._rolls]
        for number, line in self._ended.values():
            if line.ended <= line.added:
                self._fail(number, "it was asked to end before it was on the roll")
            after = self._successors.get(line.tag)
            committed = commitment(self._manifest_hash, line.ended, line.tag, after.line.tag if after else b"")
            opened[line.ended].add(committed)
            if committed not in self._rolls[line.ended].ended:
                self._fail(number, f"nobody asked in revision {line.ended} to end it like this")
        for revision, roll in enumerate(self._rolls):
            if closed := len(roll.ended - opened[revision]):
                self._findings.fail("endings", f"revision {revision}: {closed} rights that were to end are not named")
        for number, line in self._used_before():
            if line.blinded_sha256:
                self._fail(number, "a credential was issued, and one before it in its chain as well")

    def _used_before(self) -> Iterator[Placed]:
        """Lines whose chain has a line before them with a credential. In a circle, which the revisions forbid: none."""
        for tag, first in self._ended.items():
            if first.line.replaces in self._ended:
                continue
            used = bool(first.line.blinded_sha256)
            while after := self._successors.get(tag):
                if used:
                    yield after
                used, tag = used or bool(after.line.blinded_sha256), after.line.tag

    def _fail(self, number: int, detail: str) -> None:
        self._findings.fail("endings", f"line {number}: {detail}")


class _Trees:
    """The roots of all revisions in one pass: a tree for each that is stated to differ from the one before."""

    def __init__(self, rolls: Sequence[StatedRoll]) -> None:
        self._rolls = rolls
        self._added: Counter[int] = Counter()
        self._trees = {
            revision: Frontier()
            for revision, roll in enumerate(rolls)
            if revision == 0 or (roll.size, roll.root) != (rolls[revision - 1].size, rolls[revision - 1].root)
        }
        self._revisions = list(self._trees)
        self._in_order = list(self._trees.values())

    def add(self, line: LedgerLine) -> None:
        self._added[line.added] += 1
        leaf_hash = merkle.leaf_hash(line.tag)
        for tree in self._in_order[bisect_left(self._revisions, line.added) :]:
            tree.append(leaf_hash)

    def other_than_stated(self) -> Iterator[int]:
        for revision, roll in enumerate(self._rolls):
            tree = self._trees.get(revision)
            same = (tree.size, tree.root) == (roll.size, roll.root) if tree else not self._added[revision]
            if not same:
                yield revision
