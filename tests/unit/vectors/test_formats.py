"""Our code against tests/vectors: notes, leaves, rolls, lots, plaintexts and counts."""

import json
from typing import Any

import pytest

from ballotcast.ballots import issuance, leaf, lots, plaintext, receipt
from ballotcast.ballots.absence import Absence, AbsenceError
from ballotcast.ballots.amendment import AmendmentLeaf, commitment
from ballotcast.ballots.contest import Contest
from ballotcast.ballots.door import Door
from ballotcast.ballots.leaf import BallotLeaf, ClosingLeaf, ManifestLeaf
from ballotcast.ballots.ledger import Ledger
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.plaintext import Spoilt
from ballotcast.ballots.roll import email_key, tag
from ballotcast.counting import RULES
from ballotcast.counting.ties import lot
from ballotcast.crypto import canonical, merkle
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.signed_note import Verifier
from ballotcast.elections.kept import Kept, Statement
from ballotcast.elections.verification import Outcome, verify_export
from doctored_exports import whole
from recount import Recount, manifest_of
from vectors_read import unhex, vectors

COUNTS = vectors("counts")["elections"]
OUTCOMES = vectors("outcomes")["elections"]
DECIDED = {
    *(("seat", "lot"), ("election-order", "lot"), ("exclusion", "lot"), ("surplus", "lot"), ("finalist", "lot")),
    *(("majority", "lot"), ("finalist", "head-to-head"), ("seat", "previous-stages")),
    *(("election-order", "previous-stages"), ("exclusion", "previous-stages"), ("surplus", "previous-stages")),
}


def test_notes() -> None:
    given = vectors("notes")
    manifest = Manifest.parse(given["manifest"].encode())
    for note in given["notes"].values():
        verifier = Verifier(note["name"], bytes.fromhex(note["key"]))
        assert verifier.key_id.hex() == note["key_id"]
        assert note["note"].startswith(verifier.verify(note["note"]))
    notes = {kind: note["note"] for kind, note in given["notes"].items()}
    assert Checkpoint.open(notes["checkpoint"], Verifier(manifest.origin, manifest.log_pk)).size == 8
    assert Door.open(notes["door"], manifest).ballots == 6
    receipt.verify(notes["receipt"], manifest, bytes.fromhex(given["leaf_hash"]))
    issued = issuance.verify(notes["issuance"], manifest)
    assert [one.hex() for one in issued] == [given["tag"], given["blinded_sha256"]]


def test_leaves() -> None:
    given = vectors("leaves")["leaves"]
    parsed = [leaf.parse(bytes.fromhex(one["leaf"])) for one in given]
    assert [type(one) for one in parsed] == [
        ManifestLeaf,
        *[AmendmentLeaf] * 4,
        BallotLeaf,
        ClosingLeaf,
        *[AmendmentLeaf] * 4,
    ]
    assert [one.encode().hex() for one in parsed] == [one["leaf"] for one in given]
    assert [merkle.leaf_hash(one.encode()).hex() for one in parsed] == [one["hash"] for one in given]


def test_the_roll() -> None:
    given = vectors("roll")
    for one in given["tags"]:
        assert email_key(one["address"]) == one["key"]
        assert tag(bytes.fromhex(one["salt"]), one["address"]).hex() == one["tag"]
    ledger = Ledger.parse(given["ledger"].encode())
    assert [{"size": size, "root": root.hex()} for size, root in ledger.rolls(4)] == given["rolls"]
    manifest_hash = bytes.fromhex(given["manifest_hash"])
    for one in given["commitments"]:
        made = commitment(manifest_hash, one["revision"], *unhex(one["tag"], one["successor"]))
        assert made.hex() == one["commitment"]


def test_lots() -> None:
    given = vectors("lots")
    seed = lots.seed(*unhex(given["election_key"], given["log_root"]))
    assert seed.hex() == given["seed"]
    for one in given["lots"]:
        assert lot(seed, one["contest"], one["stage"], one["option"]).hex() == one["lot"]


@pytest.mark.parametrize("vector", vectors("plaintexts")["contests"], ids=lambda one: one["contest"]["method"])
def test_plaintexts(vector: dict[str, Any]) -> None:
    manifest = manifest_of(Contest.model_validate(vector["contest"]))
    for one in vector["plaintexts"]:
        data = bytes.fromhex(one["plaintext"])
        if "spoilt" in one:
            with pytest.raises(Spoilt) as spoilt:
                plaintext.decode(manifest, data)
            assert spoilt.value.reason == one["spoilt"]
        else:
            choices = plaintext.decode(manifest, data)
            assert json.loads(json.dumps(choices)) == [one["choice"]]
            assert plaintext.encode(manifest, choices) == data


def test_every_way_to_spoil_a_ballot_is_there() -> None:
    read = [one for vector in vectors("plaintexts")["contests"] for one in vector["plaintexts"]]
    found = {one["spoilt"] for one in read if "spoilt" in one}
    assert found == {str(reason) for reason in plaintext.Reason} - {"unreadable"}
    assert {vector["contest"]["method"] for vector in vectors("plaintexts")["contests"]} == set(RULES)


@pytest.mark.parametrize("method", RULES)
def test_counts(method: str) -> None:
    for vector in (one for one in (*COUNTS, *OUTCOMES) if one["contest"]["method"] == method):
        contest = Contest.model_validate(vector["contest"])
        manifest = manifest_of(contest)
        ballots = {
            plaintext.decode(manifest, bytes.fromhex(one["plaintext"]))[0]: one["number"] for one in vector["ballots"]
        }
        root, withdrawn = bytes.fromhex(vector["log_root"]), tuple(vector["withdrawn"])
        recount = Recount(contest, ballots, root, withdrawn, vector.get("spoilt", 0), vector.get("voters", 0))
        assert json.loads(recount.published()) == vector["account"]
        assert bytes(recount.as_json()["seed"]).hex() == vector["seed"]


def test_every_method_and_every_kind_of_tie_is_there() -> None:
    assert {one["contest"]["method"] for one in COUNTS} == set(RULES)
    ties = {(tie["decides"], tie["by"]) for one in COUNTS for tie in one["account"]["ties"]}
    assert ties >= DECIDED
    unmet = {reason for one in OUTCOMES for reason in one["account"]["outcome"]["unmet"]}
    assert unmet == {"none-of-the-above", "threshold", "quorum"}
    assert any(one["contest"].get("motion") for one in OUTCOMES)


def test_kept_statements() -> None:
    for case in vectors("kept")["cases"]:
        statements = [Statement(f"note {number}", note.encode()) for number, note in enumerate(case["notes"])]
        report = verify_export(whole("plain"), kept=Kept.sort(statements))
        assert [check.name for check in report.checks if check.outcome is Outcome.FAILED] == case["refused_by"], case


def test_proofs_of_absence() -> None:
    given = vectors("absence")
    for case in given["cases"]:
        data = canonical.dumps(given["whole"] | case["members"])
        if case["holds"]:
            assert Absence.parse(data).verify().manifest.title == "Hillhead"
        else:
            with pytest.raises(AbsenceError):
                Absence.parse(data).verify()
