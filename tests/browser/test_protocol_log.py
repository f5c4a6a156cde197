"""What Python publishes is verified in the browser: receipts, the log and its proofs, the ledger."""

import random
from bisect import bisect
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ballotcast.ballots import issuance, receipt
from ballotcast.ballots.issuance import Issuance
from ballotcast.ballots.leaf import ClosingLeaf
from ballotcast.ballots.ledger import Ledger, LedgerLine
from ballotcast.ballots.link import Link
from ballotcast.ballots.roll import email_key, roll_root, tag
from ballotcast.crypto import merkle, tiles
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.signed_note import Signer, sign
from ballotcast.crypto.tile_files import ENTRIES, TilePath, encode_bundle
from keyed_election import KeyedElection, keyed_election

CHOICES = [[3, 1], [[4, 5], [1, 0]]]


@pytest.fixture(scope="module")
def election() -> KeyedElection:
    return keyed_election(2048)


def test_receipts(protocol: Any, election: KeyedElection) -> None:
    manifest, leaf = election.manifest, sha256(b"leaf").digest()
    name = f"{manifest.origin}/receipt"
    good = receipt.issue(Signer(name, election.receipt_key), manifest, leaf)
    notes = [
        good,
        good.replace(leaf.hex(), "ab" * 32),
        receipt.issue(Signer(name, election.receipt_key), manifest, bytes(32)),
        receipt.issue(Signer(name, Ed25519PrivateKey.generate()), manifest, leaf),
        receipt.issue(Signer(manifest.origin, election.receipt_key), manifest, leaf),
        "",
    ]
    answers = protocol.run(
        """
        const [{ parseManifest }, { verifyReceipt }] = await Promise.all(["manifest", "receipt"].map(load));
        const manifest = await parseManifest(bytes(given.manifest));
        const check = (note) => refusal(() => verifyReceipt(note, manifest, bytes(given.leaf)));
        return Promise.all(given.notes.map(async (note) => (await check(note))?.kind ?? null));
        """,
        manifest=manifest.encode().hex(),
        leaf=leaf.hex(),
        notes=notes,
    )
    assert answers == [None, *["ReceiptError"] * 5]


def test_issuance_receipts(protocol: Any, election: KeyedElection) -> None:
    manifest, key = election.manifest, election.issuance_key
    name, stated = f"{manifest.origin}/issuance", Issuance(sha256(b"tag").digest(), sha256(b"blinded").digest())

    def issue(signer: Signer, stated: Issuance, manifest_hash: bytes = manifest.hash) -> str:
        return issuance.issue(signer, manifest.origin, manifest_hash, stated)

    good = issue(Signer(name, key), stated)
    notes = [
        good,
        good.replace(stated.tag.hex(), "ab" * 32),
        issue(Signer(name, key), stated, bytes(32)),
        issue(Signer(name, key), Issuance(b"short", stated.blinded_sha256)),
        issue(Signer(name, key), Issuance(stated.tag, b"")),
        issue(Signer(name, Ed25519PrivateKey.generate()), stated),
        issue(Signer(f"{manifest.origin}/receipt", election.receipt_key), stated),
        sign("ballotcast/issuance/1\n", Signer(name, key)),
        "",
    ]
    answers = protocol.run(
        """
        const [{ parseManifest }, { verifyIssuance }] = await Promise.all(["manifest", "issuance"].map(load));
        const manifest = await parseManifest(bytes(given.manifest));
        const { tag, blindedSha256 } = await verifyIssuance(given.notes[0], manifest);
        const check = (note) => refusal(() => verifyIssuance(note, manifest));
        const kinds = await Promise.all(given.notes.map(async (note) => (await check(note))?.kind ?? null));
        return [hex(tag), hex(blindedSha256), ...kinds];
        """,
        manifest=manifest.encode().hex(),
        notes=notes,
    )
    assert answers == [stated.tag.hex(), stated.blinded_sha256.hex(), None, *["IssuanceError"] * 8]


SIZES = (1, 2, 3, 255, 256, 257, 600, 65_536, 65_537, 70_001)


@pytest.fixture(scope="module")
def log() -> tuple[list[bytes], dict[tuple[int, int], bytes]]:
    """The leaf hashes of the largest log, and its tiles: those of a smaller one begin them."""
    leaves = [sha256(number.to_bytes(4)).digest() for number in range(max(SIZES))]
    return leaves, tiles.append(0, {}, leaves)[1]


def test_proofs_from_tiles_are_python_s(protocol: Any, log: Any) -> None:
    leaves, all_tiles = log
    asked: list[dict[str, Any]] = []
    needed: dict[str, str] = {}

    def read(level: int, n: int, width: int) -> bytes:
        data: bytes = all_tiles[level, n][: 32 * width]
        needed[str(TilePath(level, n, width))] = data.hex()
        return data

    for size in SIZES:
        for index in {0, size // 2, size - 1}:
            proof = tiles.inclusion_proof_from_tiles(index, size, read)
            root = tiles.root_from_tiles(size, read)
            assert merkle.verify_inclusion(leaves[index], index, size, proof, root)
            asked.append({"size": size, "index": index, "leaf": leaves[index].hex(), "root": root.hex()})
        for old in {1, size // 2 or 1, size}:
            tiles.consistency_proof_from_tiles(old, size, read)
            asked.append({"size": size, "old": old, "old_root": tiles.root_from_tiles(old, read).hex()})
            asked[-1]["root"] = tiles.root_from_tiles(size, read).hex()
    answers = protocol.run(
        """
        const [t, m] = await Promise.all(["tiles", "merkle"].map(load));
        const read = async (level, n, width) => bytes(given.needed[t.tilePath(level, n, width)]);
        const included = async ({ size, index, leaf, root }) => {
          const proof = await t.inclusionProofFromTiles(index, size, read);
          const wrong = await m.verifyInclusion(bytes(leaf), (index + 1) % size, size, proof, bytes(root));
          return [await m.verifyInclusion(bytes(leaf), index, size, proof, bytes(root)), wrong && size > 1];
        };
        const grown = async ({ size, old, old_root, root }) => {
          const proof = await t.consistencyProofFromTiles(old, size, read);
          const wrong = await m.verifyConsistency(old, size, bytes(old_root).fill(0, 0, 1), bytes(root), proof);
          return [await m.verifyConsistency(old, size, bytes(old_root), bytes(root), proof), wrong];
        };
        const answers = [];
        for (const one of given.asked) {
          const holds = hex(await t.rootFromTiles(one.size, read)) === one.root;
          answers.push([holds, ...(await ("leaf" in one ? included(one) : grown(one)))]);
        }
        return answers;
        """,
        needed=needed,
        asked=asked,
    )
    assert answers == [[True, True, False]] * len(asked)


def test_the_walks_through_trees_of_any_size_are_python_s(protocol: Any) -> None:
    draw = random.Random(3)
    sizes = [1 << draw.randint(1, 52) | draw.choice([0, 1]) for _ in range(50)] + [2**53 - 1, 2**50 + 1, 2**49]
    asked = [(draw.randint(1, size - 1), size) for size in sizes] + [(2**49 + 1, 2**52), (2**49, 2**52)]
    walked = protocol.run(
        """
        const { consistencyRanges, inclusionRanges, isPowerOfTwo } = await load("merkle");
        return given.asked.map(([one, size]) => [
          inclusionRanges(one, size), consistencyRanges(one, size), isPowerOfTwo(one), isPowerOfTwo(size)]);
        """,
        asked=asked,
    )
    for (one, size), (inclusion, consistency, *powers) in zip(asked, walked, strict=True):
        assert inclusion == [list(each) for each in merkle.inclusion_ranges(one, size)]
        assert consistency == [list(each) for each in merkle.consistency_ranges(one, size)]
        assert powers == [one.bit_count() == 1, size.bit_count() == 1]


def test_a_log_is_read_from_tiles_that_anyone_brings(protocol: Any, election: KeyedElection, log: Any) -> None:
    """The last leaf is the closing one; the checkpoints are of 256 and of 300 leaves."""
    manifest, signer = election.manifest, Signer(election.manifest.origin, election.log_key)
    closing = ClosingLeaf(
        closed_at=manifest.closes_at, ballots=290, issued=291, ledger_sha256=bytes(32), roll_revision=8
    ).encode()
    leaves = [*log[0][:9], *sorted(log[0][9:299]), merkle.leaf_hash(closing)]
    (_, files), entries = tiles.append(0, {}, leaves), [b"\x01x"] * 43 + [closing]
    served = {str(TilePath(level, n, len(data) // 32)): data.hex() for (level, n), data in files.items()}
    served[str(TilePath(ENTRIES, 1, 44))] = encode_bundle(entries).hex()

    absent = []
    for missing in (leaves[0], bytes(32), b"\xff" * 32, (int.from_bytes(leaves[200]) + 1).to_bytes(32)):
        place = bisect(leaves, missing, 9, 299)
        absent.append([index for index in (place - 1, place) if 9 <= index < 299])
    beside = (int.from_bytes(leaves[200]) + 1).to_bytes(32)

    def checkpoint(size: int, root: bytes | None = None, origin: str = manifest.origin) -> str:
        return Checkpoint(origin, size, merkle.root(leaves[:size]) if root is None else root).sign(signer)

    read = protocol.run(
        """
        const [{ parseManifest }, { LogReader }] = await Promise.all(["manifest", "log_reader"].map(load));
        const manifest = await parseManifest(bytes(given.manifest));
        const log = new LogReader(manifest, async (path) => (path in given.served ? bytes(given.served[path]) : null));
        const [early, late, forged] = await Promise.all(given.notes.map((note) => log.open(note)));
        const damaged = new LogReader(manifest, async (path) => {
          const found = path in given.served ? bytes(given.served[path]) : null;
          if (found) found[0] ^= 1;
          return found;
        });
        const leaf = bytes(given.leaf);
        const reason = async (attempt) => (await refusal(attempt))?.reason ?? null;
        return {
          sizes: [early.size, late.size],
          proofs: [
            await reason(() => log.proveLeaf(leaf, 7, early)),
            await reason(() => log.proveLeaf(leaf, 7, late)),
            await reason(() => log.proveLeaf(leaf, 8, late)),
            await reason(() => log.proveLeaf(leaf, 300, late)),
            await reason(() => log.proveLeaf(leaf, -1, late)),
            await reason(() => log.proveLeaf(leaf, 1.5, late)),
            await reason(() => log.proveGrowth(early, late)),
            await reason(() => log.proveGrowth(late, early)),
            await reason(() => log.proveGrowth(forged, late)),
            await reason(() => damaged.proveGrowth(early, late)),
            await reason(() => log.open(given.notes[1].replace("300", "301"))),
          ],
          closing: [await log.closingLeaf(late), await log.closingLeaf(early)].map((found) => found && found.ballots),
          found: await Promise.all(given.ballots.map(async (ballot) => {
            const place = await log.findBallot(bytes(ballot), 290, late);
            return Array.isArray(place) ? place.map(({ index }) => index) : place;
          })),
          tooMany: await reason(() => log.findBallot(leaf, 299, late)),
        };
        """,
        manifest=manifest.encode().hex(),
        served=served,
        notes=[checkpoint(256), checkpoint(300), checkpoint(256, bytes(32))],
        leaf=leaves[7].hex(),
        ballots=[leaf.hex() for leaf in (*leaves[9:299:17], leaves[298], leaves[0], bytes(32), b"\xff" * 32, beside)],
    )
    assert read == {
        "sizes": [256, 300],
        "proofs": [
            *[None, None, "leaf-not-there", "leaf-not-there", "leaf-not-there", "leaf-not-there"],
            *[None, None, "log-rewritten", "other-tiles", "bad-checkpoint"],
        ],
        "closing": [290, None],
        "found": [*range(9, 299, 17), 298, *absent],
        "tooMany": "too-many-ballots",
    }


def test_tags_and_ledgers(protocol: Any) -> None:
    emails = ["ada@example.org", " Ada@Example.org\t", "\x85ÅDA@example.org\u3000", "A\u030ada@example.org", "\ufeffx"]
    salt, link = bytes(range(16)), Link(bytes(32), bytes(32), bytes(range(16))).encode()
    lines = [
        LedgerLine(tag(salt, "ada@example.org"), 1, 2, bytes(32), sha256(b"blinded").digest()),
        LedgerLine(bytes(32)),
    ]
    ledger = Ledger(lines)
    data = ledger.encode()
    bad = [b"", data[:-1], data + b"\n", data.upper(), data.replace(b"\n", b"\r\n"), data[::-1], b"\xff" + data]
    bad += [data.replace(b"tag", b"TAG"), Ledger([lines[0], lines[0]]).encode()]
    read = protocol.run(
        """
        const { checkLedgerLine, emailKey, parseLedger, rollRoot, rollTag } = await load("ledger");
        const ledger = bytes(given.ledger);
        const kind = async (attempt) => { const one = await refusal(attempt); return one && [one.kind, one.reason]; };
        const check = (email, blinded) => kind(() => checkLedgerLine(ledger, given.link, email, bytes(blinded)));
        return {
          keys: given.emails.map(emailKey),
          tag: hex(await rollTag(bytes(given.salt), given.emails[1])),
          root: hex(await rollRoot([...parseLedger(ledger).keys()].map(bytes))),
          checks: [
            await check(given.emails[1], given.blinded),
            await check(given.emails[0], ""),
            await check("ben@example.org", ""),
          ],
          bad: await Promise.all(given.bad.map(async (one) => (await kind(() => parseLedger(bytes(one))))[0])),
          empty: parseLedger(bytes(given.empty)).size,
        };
        """,
        emails=emails,
        salt=salt.hex(),
        link=link,
        ledger=data.hex(),
        blinded=sha256(b"blinded").hexdigest(),
        bad=[one.hex() for one in bad],
        empty=Ledger([]).encode().hex(),
    )
    assert read == {
        "keys": [email_key(email) for email in emails],
        "tag": tag(salt, "ada@example.org").hex(),
        "root": roll_root(line.tag for line in lines).hex(),
        "checks": [None, ["Untrusted", "credential-not-theirs"], ["Untrusted", "not-on-the-roll"]],
        "bad": ["LedgerError"] * len(bad),
        "empty": 0,
    }
