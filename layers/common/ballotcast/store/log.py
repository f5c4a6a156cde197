"""The log of an election: a Merkle tree kept as C2SP tiles, with one writer at a time by the version of its head.

Board   LOG#<election> / HEAD               version, size, pending leaf hashes, amendments, whether the log is final
Board   LOG#<election> / CHECKPOINT         the newest signed checkpoint, and the turnout
Board   LOG#<election> / TILE#<level>#<n>   h = up to 256 concatenated hashes; rows only ever grow
Board   LOG#<election> / ISSUED             running count of issued credentials (an estimate until the close)
Board   LEAF#<election>#<xx> / <hash>       i = index; e = the leaf itself where it is not a ballot

`append` writes leaves, tiles and head in one transaction: a reader never sees a leaf whose tile is not there, and of
two writers that read the same head one is refused.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ballotcast.store.manifests import STATE, state_pk
from ballotcast.store.table import ABSENT, Condition, Item, Refusal, Table
from ballotcast.store.transaction import Cancelled, transact

HEAD, CHECKPOINT, ISSUED = "HEAD", "CHECKPOINT", "ISSUED"
HASH = 32
Tile = tuple[int, int]
"""(level, n)"""


def log_pk(election: str) -> str:
    return f"LOG#{election}"


def leaf_pk(election: str, leaf_hash: str) -> str:
    return f"LEAF#{election}#{leaf_hash[:2]}"


def tile_sk(tile: Tile) -> str:
    return f"TILE#{tile[0]}#{tile[1]}"


@dataclass(frozen=True)
class Head:
    """Where the log stands. `ballots` counts the leaves that are ballots; `version` 0 means there is no log yet."""

    version: int = 0
    size: int = 0
    ballots: int = 0
    pending: tuple[bytes, ...] = field(default=(), repr=False)
    amendments: int = 0
    """How many of the leaves are amendments: all up to this number (store/amendments.py)."""
    final: bool = False


@dataclass(frozen=True)
class SignedCheckpoint:
    """`note`: the signed note; `cast`: ballots as of it; `issued`: as of their last batch; `final`: it is sealed."""

    note: bytes
    size: int
    issued: int
    cast: int
    final: bool


@dataclass(frozen=True)
class Leaf:
    hash: bytes
    index: int
    entry: bytes | None = None
    """The leaf's own bytes, unless it is a ballot (which lies in the ballot box)."""


class AlreadyLogged(Exception):
    """Nothing was written: some of the leaves are in the log already."""

    def __init__(self, hashes: set[bytes]) -> None:
        super().__init__("leaves are in the log already")
        self.hashes = hashes


class Overtaken(Exception):
    """Nothing was written: another writer moved the head."""


class Log:
    def __init__(self, board: Table) -> None:
        self._board = board

    def head(self, election: str) -> Head:
        item = self._board.get(log_pk(election), HEAD)
        if not item:
            return Head()
        pending: bytes = item["pending"]
        return Head(
            version=item["version"],
            size=item["size"],
            ballots=item["ballots"],
            pending=tuple(pending[at : at + HASH] for at in range(0, len(pending), HASH)),
            amendments=item["amendments"],
            final=item["final"],
        )

    def hold(self, election: str, head: Head) -> Head:
        """Write the head alone (its pending leaves changed); answers it with its new version. Overtaken if moved."""
        item, condition = self._head_item(election, head)
        try:
            self._board.put(item, condition)
        except Refusal:
            raise Overtaken from None
        return replace(head, version=head.version + 1)

    def append(self, election: str, head: Head, leaves: Sequence[Leaf], tiles: Mapping[Tile, bytes]) -> Head:
        """Leaves, tiles and head in one transaction; at most 100 items. AlreadyLogged, Overtaken: nothing done."""
        item, condition = self._head_item(election, head)
        writes = [self._board.putting(self._leaf_item(election, leaf), ABSENT) for leaf in leaves]
        writes += [
            self._board.putting({"pk": log_pk(election), "sk": tile_sk(tile), "h": hashes})
            for tile, hashes in tiles.items()
        ]
        try:
            transact(self._board.client, [*writes, self._board.putting(item, condition)])
        except Cancelled as cancelled:
            repeated = {leaves[position].hash for position in cancelled.refusals if position < len(leaves)}
            raise AlreadyLogged(repeated) if repeated else Overtaken from None
        return replace(head, version=head.version + 1)

    def tiles(self, election: str, tiles: Iterable[Tile]) -> dict[Tile, bytes]:
        """The tiles that exist, as wide as they are now."""
        by_key = {(log_pk(election), tile_sk(tile)): tile for tile in tiles}
        return {by_key[key]: item["h"] for key, item in self._board.get_many(list(by_key)).items()}

    def leaf(self, election: str, leaf_hash: bytes) -> Leaf | None:
        item = self._board.get(leaf_pk(election, leaf_hash.hex()), leaf_hash.hex())
        return _leaf(item) if item else None

    def leaves(self, election: str, leaf_hashes: Iterable[bytes]) -> dict[bytes, Leaf]:
        """Those of the leaves that are in the log."""
        keys = [(leaf_pk(election, key), key) for key in map(bytes.hex, leaf_hashes)]
        return {leaf.hash: leaf for leaf in map(_leaf, self._board.get_many(keys).values())}

    def checkpoint(self, election: str, *, consistent: bool = False) -> SignedCheckpoint | None:
        item = self._board.get(log_pk(election), CHECKPOINT, consistent=consistent)
        return _checkpoint(item) if item else None

    def checkpoint_and_close(self, election: str) -> tuple[SignedCheckpoint | None, str | None]:
        """With when an early close was ordered (RFC 3339), if one was; both in one request."""
        checkpoint, state = (log_pk(election), CHECKPOINT), (state_pk(election), STATE)
        found = self._board.get_many([checkpoint, state])
        closed_at = found[state]["closed_at"] if state in found else None
        return _checkpoint(found[checkpoint]) if checkpoint in found else None, closed_at

    def publish(self, election: str, checkpoint: SignedCheckpoint) -> None:
        """The newest checkpoint wins; a smaller or equal one changes nothing."""
        newer = Condition("attribute_not_exists(pk) OR #size < :size", {":size": checkpoint.size})
        item: Item = {"pk": log_pk(election), "sk": CHECKPOINT, **vars(checkpoint)}
        try:
            self._board.put(item, newer)
        except Refusal:
            return

    def issued(self, election: str) -> int:
        item = self._board.get(log_pk(election), ISSUED)
        return item["n"] if item else 0

    def count_issued(self, election: str, count: int, batch: str) -> None:
        """Add `count`; the same batch told again at once is not counted again."""
        fresh = Condition("attribute_not_exists(#batch) OR #batch <> :batch", {":batch": batch})
        try:
            self._board.update(log_pk(election), ISSUED, "SET #batch = :batch ADD n :count", {":count": count}, fresh)
        except Refusal:
            return

    def _head_item(self, election: str, head: Head) -> tuple[Item, Condition]:
        item: Item = {
            "pk": log_pk(election),
            "sk": HEAD,
            "version": head.version + 1,
            "size": head.size,
            "ballots": head.ballots,
            "pending": b"".join(head.pending),
            "amendments": head.amendments,
            "final": head.final,
        }
        return item, Condition("#version = :version", {":version": head.version}) if head.version else ABSENT

    def _leaf_item(self, election: str, leaf: Leaf) -> Item:
        key = leaf.hash.hex()
        entry = {"e": leaf.entry} if leaf.entry is not None else {}
        return {"pk": leaf_pk(election, key), "sk": key, "i": leaf.index, **entry}


def _checkpoint(item: Item) -> SignedCheckpoint:
    return SignedCheckpoint(item["note"], item["size"], item["issued"], item["cast"], item["final"])


def _leaf(item: Item) -> Leaf:
    return Leaf(bytes.fromhex(item["sk"]), item["i"], item.get("e"))
