"""The log of an election: statements in rows while voting lasts, and at the close the whole of it as objects.

Board   LOG#<election> / HEAD             version, size, amendments; once it is sealed also root, ballots, closing leaf
Board   LOG#<election> / ENTRY#<index>    e = a leaf before the ballots: the manifest's, then amendments
Board   LOG#<election> / DOOR             note = the door statement, signed before the log is built
Board   LOG#<election> / CHECKPOINT       the newest signed checkpoint, and once it is final the exact turnout
Board   LOG#<election> / TURNOUT          issued, cast: running sums, told by the streams (estimates until the close)
Board   LOG#<election> / STATED           the newest turnout statement: the signed note and what it states

No ballot is in the log before the close. The head's last version says what the sealed log is; its tiles and entries are
in the bucket (`tile_key`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from ballotcast.crypto.tile_files import TilePath
from ballotcast.store.manifests import STATE, State, state_of, state_pk
from ballotcast.store.table import ABSENT, Condition, Item, Refusal, Table
from ballotcast.store.transaction import Cancelled, transact

HEAD, DOOR, CHECKPOINT, TURNOUT, STATED, ENTRY = "HEAD", "DOOR", "CHECKPOINT", "TURNOUT", "STATED", "ENTRY#"
Sum = Literal["issued", "cast"]


def log_pk(election: str) -> str:
    return f"LOG#{election}"


def tile_key(election: str, path: TilePath) -> str:
    """Of a tile of a sealed log, or of an entry bundle, in the bucket."""
    return f"elections/{election}/{path}"


def entry_sk(index: int) -> str:
    return f"{ENTRY}{index:08d}"


class Sealed(NamedTuple):
    """What a log was sealed with. closing: its last leaf."""

    root: bytes
    ballots: int
    closing: bytes


@dataclass(frozen=True)
class Head:
    """Where the log stands. `version` 0 means that there is no log yet."""

    version: int = 0
    size: int = 0
    amendments: int = 0
    """How many of the leaves are amendments: all up to this number (store/amendments.py)."""
    sealed: Sealed | None = field(default=None, repr=False)


@dataclass(frozen=True)
class SignedCheckpoint:
    """`note`: the signed note; `issued`, `cast`: of a sealed log, 0 before; `final`: it is sealed."""

    note: bytes
    size: int
    issued: int
    cast: int
    final: bool


class Turnout(NamedTuple):
    """Credentials issued and ballots cast."""

    issued: int = 0
    cast: int = 0


@dataclass(frozen=True)
class SignedTurnout:
    """`note`: the signed statement; `slot` (RFC 3339), `cast`, `issued`: what it states."""

    note: bytes
    slot: str
    cast: int
    issued: int


class Glance(NamedTuple):
    """What anyone may see of a log at once. sums: running; state: what was ordered of the end."""

    checkpoint: SignedCheckpoint | None
    sums: Turnout
    stated: SignedTurnout | None
    state: State


class Overtaken(Exception):
    """Nothing was written: another writer moved the head."""


class Log:
    def __init__(self, board: Table) -> None:
        self._board = board

    def head(self, election: str) -> Head:
        item = self._board.get(log_pk(election), HEAD)
        if not item:
            return Head()
        sealed = Sealed(item["root"], item["ballots"], item["closing"]) if "root" in item else None
        return Head(item["version"], item["size"], item["amendments"], sealed)

    def append(self, election: str, head: Head, entry: bytes) -> Head:
        """One statement, behind those that the head counts, and the head with its new size. Overtaken: nothing done."""
        row: Item = {"pk": log_pk(election), "sk": entry_sk(head.size), "e": entry}
        moved = replace(head, size=head.size + 1)
        item, condition = _head_item(election, moved)
        writes = [self._board.putting(row, ABSENT), self._board.putting(item, condition)]
        try:
            transact(self._board.client, writes)
        except Cancelled:
            raise Overtaken from None
        return replace(moved, version=head.version + 1)

    def shut(self, election: str, door: bytes) -> bytes:
        """Write the door statement (a signed note) unless there is one; returns the one that is there."""
        try:
            self._board.put({"pk": log_pk(election), "sk": DOOR, "note": door}, ABSENT)
        except Refusal as refused:
            found: bytes = refused.item["note"]
            return found
        return door

    def door(self, election: str) -> bytes | None:
        """Return the door statement; None before the close."""
        item = self._board.get(log_pk(election), DOOR)
        return item["note"] if item else None

    def seal(self, election: str, head: Head) -> Head:
        """Write the head that ends the log, by one conditional put: from here on it is decided.

        Raises Overtaken if moved.
        """
        item, condition = _head_item(election, head)
        try:
            self._board.put(item, condition)
        except Refusal:
            raise Overtaken from None
        return replace(head, version=head.version + 1)

    def entries(self, election: str, start: int = 0, most: int | None = None) -> Iterator[bytes]:
        """Return the statements before the ballots from index `start` on, at most so many, in order."""
        after = entry_sk(start - 1) if start else None
        rows = self._board.query(log_pk(election), prefix=ENTRY, after=after, limit=most)
        return (row["e"] for row in rows)

    def checkpoint(self, election: str, *, consistent: bool = False) -> SignedCheckpoint | None:
        item = self._board.get(log_pk(election), CHECKPOINT, consistent=consistent)
        return _checkpoint(item) if item else None

    def glance(self, election: str) -> Glance:
        """In one request."""
        pk = log_pk(election)
        state = state_pk(election), STATE
        found = self._board.get_many([(pk, CHECKPOINT), (pk, TURNOUT), (pk, STATED), state])
        checkpoint, stated = found.get((pk, CHECKPOINT)), found.get((pk, STATED))
        return Glance(
            checkpoint=_checkpoint(checkpoint) if checkpoint else None,
            sums=turnout_of(found.get((pk, TURNOUT), {})),
            stated=_stated(stated) if stated else None,
            state=state_of(found.get(state)),
        )

    def publish(self, election: str, checkpoint: SignedCheckpoint) -> None:
        """The newest checkpoint wins; a smaller or equal one changes nothing."""
        newer = Condition("attribute_not_exists(pk) OR #size < :size", {":size": checkpoint.size})
        item: Item = {"pk": log_pk(election), "sk": CHECKPOINT, **vars(checkpoint)}
        try:
            self._board.put(item, newer)
        except Refusal:
            return

    def turnout(self, election: str) -> Turnout:
        """Return the running sums, as the streams told them."""
        return turnout_of(self._board.get(log_pk(election), TURNOUT) or {})

    def stated(self, election: str) -> SignedTurnout | None:
        """Return the newest turnout statement."""
        item = self._board.get(log_pk(election), STATED)
        return _stated(item) if item else None

    def state(self, election: str, stated: SignedTurnout) -> bool:
        """Publish a turnout statement; return False if the newest one is of this hour or later, or has a higher number.

        So of all that is ever published, a later one is never lower, and no hour has two.
        """
        values = {":slot": stated.slot, ":cast": stated.cast, ":issued": stated.issued}
        later = "attribute_not_exists(pk) OR (#slot < :slot AND #cast <= :cast AND #issued <= :issued)"
        item: Item = {"pk": log_pk(election), "sk": STATED, **vars(stated)}
        try:
            self._board.put(item, Condition(later, values))
        except Refusal:
            return False
        return True

    def add(self, election: str, sum_of: Sum, count: int, batch: str) -> None:
        """Add `count` to a running sum. A batch that is delivered twice in a row is added once."""
        name = f"{sum_of}_batch"
        fresh = Condition(f"attribute_not_exists(#{name}) OR #{name} <> :batch", {":batch": batch})
        change = f"SET #{name} = :batch ADD #{sum_of} :count"
        try:
            self._board.update(log_pk(election), TURNOUT, change, {":count": count}, fresh)
        except Refusal:
            return


def turnout_of(item: Item) -> Turnout:
    """Return the sums of a row of TURNOUT, as it is in the table or in its stream."""
    return Turnout(int(item.get("issued", 0)), int(item.get("cast", 0)))


def _head_item(election: str, head: Head) -> tuple[Item, Condition]:
    """Return the head as its next version, on condition of the one that it has."""
    item: Item = {
        "pk": log_pk(election),
        "sk": HEAD,
        "version": head.version + 1,
        "size": head.size,
        "amendments": head.amendments,
        **(head.sealed._asdict() if head.sealed else {}),
    }
    return item, Condition("#version = :version", {":version": head.version}) if head.version else ABSENT


def _stated(item: Item) -> SignedTurnout:
    return SignedTurnout(item["note"], item["slot"], item["cast"], item["issued"])


def _checkpoint(item: Item) -> SignedCheckpoint:
    return SignedCheckpoint(item["note"], item["size"], item["issued"], item["cast"], item["final"])
