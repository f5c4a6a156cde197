"""The log as anyone reads it: nothing is believed that the manifest's log key or a Merkle proof does not show."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace

import httpx2 as httpx

from ballotcast.ballots.absence import Proven
from ballotcast.ballots.door import Door
from ballotcast.ballots.leaf import ClosingLeaf, LeafError
from ballotcast.ballots.leaf import parse as parse_leaf
from ballotcast.ballots.manifest import Manifest
from ballotcast.client.api import Api, member
from ballotcast.client.errors import ApiError, Untrusted
from ballotcast.crypto import merkle, tiles
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.encoding import EncodingError, b64u_decode
from ballotcast.crypto.signed_note import Verifier
from ballotcast.crypto.tile_files import ENTRIES, TilePath, decode_bundle

BINARY = {"Accept": "application/octet-stream"}
"""API Gateway passes bytes as bytes only to those who ask for them by name."""


class LogReader:
    """The log of the election with this manifest, whose hash the caller has checked."""

    def __init__(self, api: Api, manifest: Manifest) -> None:
        self._api = api
        self._election = f"/elections/{manifest.election}"
        self._manifest = manifest
        self._verifier = Verifier(manifest.origin, manifest.log_pk)

    def newest_checkpoint(self) -> str | None:
        """The signed note as it is served; None while there is no log."""
        found = _unless_missing(self._api, f"{self._election}/log/checkpoint")
        return None if found is None else found.text

    def statements(self) -> tuple[str, list[bytes]] | None:
        """The signed note and the leaves under it before the ballots; None while there is no log. Untrusted."""
        found = _unless_missing(self._api, f"{self._election}/log/statements")
        if found is None:
            return None
        leaves = member(found, "leaves", list)
        try:
            return member(found, "checkpoint", str), [b64u_decode(leaf) for leaf in leaves]
        except (EncodingError, TypeError):
            raise Untrusted("the log's statements cannot be read") from None

    def open(self, note: str) -> Checkpoint:
        """Untrusted unless the log's key signed this checkpoint of this log."""
        try:
            return Checkpoint.open(note, self._verifier)
        except ValueError as error:
            raise Untrusted(f"the log's checkpoint does not verify: {error}") from None

    def prove_leaf(self, leaf_hash: bytes, index: int, checkpoint: Checkpoint) -> None:
        """Untrusted unless the tiles prove that the leaf is at `index` under the checkpoint."""
        self._inclusion(leaf_hash, index, checkpoint)

    def prove_start(self, hashes: Sequence[bytes], checkpoint: Checkpoint) -> None:
        """Untrusted unless the log begins with these leaf hashes, of all its leaves before the ballots.

        Its root proves it if there are no other leaves. There may be others once voting has ended, as the door
        statement shows: then the tiles prove it, and a leaf that was left out changes nothing any more.
        """
        if len(hashes) != checkpoint.size:
            self._require_door()
            for index, leaf_hash in enumerate(hashes):
                self.prove_leaf(leaf_hash, index, checkpoint)
        elif merkle.root(list(hashes)) != checkpoint.root:
            raise Untrusted("the log's statements are not what its checkpoint was signed over")

    def _require_door(self) -> None:
        found = _unless_missing(self._api, f"{self._election}/log/door")
        try:
            Door.open(found.text if found else "", self._manifest)
        except ValueError:
            raise Untrusted("the log has statements that are not shown, though voting has not ended") from None

    def prove_growth(self, earlier: Checkpoint, later: Checkpoint) -> None:
        """Untrusted unless the tiles prove that the later log begins with the earlier one."""
        old, new = sorted((earlier, later), key=lambda checkpoint: checkpoint.size)
        proof: Sequence[bytes] = []
        if old.size < new.size:
            proof = tiles.consistency_proof_from_tiles(old.size, new.size, self._read)
        if not merkle.verify_consistency(old.size, new.size, old.root, new.root, proof):
            if old.size < new.size:  # the path to the old one's last leaf has all that its root is made of
                self._require_tiles_of(new, old.size - 1)
            raise Untrusted("the log was rewritten: two of its checkpoints contradict each other")

    def _require_tiles_of(self, checkpoint: Checkpoint, index: int) -> None:
        """Untrusted, in words that accuse nobody of two logs, unless the tiles of a leaf's path are the right ones."""
        leaf = tiles.LeafHashes(self._read, checkpoint.size).at(index)
        proof = tiles.inclusion_proof_from_tiles(index, checkpoint.size, self._read)
        if not merkle.verify_inclusion(leaf, index, checkpoint.size, proof, checkpoint.root):
            raise Untrusted("a part of the log that was served is not of its checkpoint: ask again")

    def closing_leaf(self, checkpoint: Checkpoint) -> ClosingLeaf | None:
        """The leaf that ends the log with this checkpoint; None if there is none, or none is shown before the count."""
        last = checkpoint.size - 1
        n, position = divmod(last, tiles.WIDTH)
        path = TilePath(ENTRIES, n, position + 1)
        try:
            bundle = _unless_missing(self._api, f"{self._election}/log/{path}", BINARY)
        except ApiError as error:
            if error.slug in ("not-counted", "held"):
                return None
            raise
        if bundle is None:
            return None
        try:
            entry = decode_bundle(bundle.content, path.width)[position]
            leaf = parse_leaf(entry)
        except (tiles.TileError, LeafError) as error:
            raise Untrusted(f"the log's last entry cannot be read: {error}") from None
        self.prove_leaf(merkle.leaf_hash(entry), last, checkpoint)
        return leaf if isinstance(leaf, ClosingLeaf) else None

    def find_ballot(self, leaf_hash: bytes, ballots: int, checkpoint: Checkpoint) -> int | tuple[Proven, ...]:
        """Where a ballot is among the last `ballots` leaves before the closing one; the server does not learn which.

        Its neighbours if the tiles prove that these leave no place between them for it: it is not in the log, or the
        log is not in order, and either is a breach. Untrusted if they prove nothing.
        """
        stop = checkpoint.size - 1
        start = stop - ballots
        if start < 1:
            raise Untrusted("the log tells of more ballots than it can have")
        hashes = tiles.LeafHashes(self._read, checkpoint.size)
        place = bisect_left(range(stop), leaf_hash, lo=start, key=hashes.at)
        if place < stop and hashes.at(place) == leaf_hash:
            self.prove_leaf(leaf_hash, place, checkpoint)
            return place
        beside = range(max(start, place - 1), min(stop, place + 1))
        return tuple(self._proven(hashes.at(index), index, checkpoint) for index in beside)

    def prove_closing(self, closing: ClosingLeaf, checkpoint: Checkpoint) -> tuple[bytes, ...]:
        """The proof that this leaf is the log's last one. Untrusted if there is none."""
        return self._inclusion(merkle.leaf_hash(closing.encode()), checkpoint.size - 1, checkpoint)

    def _proven(self, leaf_hash: bytes, index: int, checkpoint: Checkpoint) -> Proven:
        return Proven(index=index, leaf_hash=leaf_hash, proof=self._inclusion(leaf_hash, index, checkpoint))

    def _inclusion(self, leaf_hash: bytes, index: int, checkpoint: Checkpoint) -> tuple[bytes, ...]:
        if not 0 <= index < checkpoint.size:
            raise Untrusted("the log names a place for the leaf that it does not have")
        proof = tiles.inclusion_proof_from_tiles(index, checkpoint.size, self._read)
        if not merkle.verify_inclusion(leaf_hash, index, checkpoint.size, proof, checkpoint.root):
            raise Untrusted("the leaf is not where the log says it is")
        return tuple(proof)

    def _read(self, level: int, n: int, width: int) -> bytes:
        """For `tiles`: the first `width` hashes of a tile; Untrusted if there are fewer."""
        data = self._fetch(TilePath(level, n, width))[: width * merkle.HASH_LENGTH]
        if len(data) != width * merkle.HASH_LENGTH:
            raise Untrusted("a tile of the log is shorter than its checkpoint says")
        return data

    def _fetch(self, path: TilePath) -> bytes:
        """A partial tile may be gone once it is full (C2SP tlog-tiles): then the full one begins with it."""
        for one in dict.fromkeys((path, replace(path, width=tiles.WIDTH))):
            found = _unless_missing(self._api, f"{self._election}/log/{one}", BINARY)
            if found is not None:
                return found.content
        raise Untrusted("the log does not show what its checkpoint was signed over")


def _unless_missing(api: Api, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response | None:
    try:
        return api.get(path, headers=headers)
    except ApiError as error:
        if error.status == 404:
            return None
        raise
