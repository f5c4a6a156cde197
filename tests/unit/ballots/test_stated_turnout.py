"""The turnout statement: what it states, and who is believed to have signed it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ballotcast.ballots.stated_turnout import StatedTurnout, StatedTurnoutError, slot_of
from ballotcast.crypto.signed_note import Signer, sign
from keyed_election import KeyedElection, keyed_election

STATED = StatedTurnout(datetime(2026, 11, 20, 12, tzinfo=UTC), 120, 130)


@pytest.fixture(scope="module")
def keyed() -> KeyedElection:
    return keyed_election(2048)


@pytest.fixture(scope="module")
def signer(keyed: KeyedElection) -> Signer:
    return Signer(keyed.manifest.origin, keyed.log_key)


def test_a_statement_is_a_note_of_six_lines(keyed: KeyedElection, signer: Signer) -> None:
    note, origin = STATED.sign(keyed.manifest, signer), keyed.manifest.origin
    text, signature = note.split("\n\n")
    told = ["2026-11-20T12:00:00Z", "120", "130"]
    assert text.split("\n") == ["ballotcast/turnout/1", origin, keyed.manifest.hash.hex(), *told]
    assert signature.startswith(f"— {origin}/turnout ")
    assert StatedTurnout.open(note, keyed.manifest) == STATED


def test_what_is_refused(keyed: KeyedElection, signer: Signer) -> None:
    manifest, own = keyed.manifest, Signer(f"{keyed.manifest.origin}/turnout", keyed.log_key)
    other = keyed_election(2048)
    text = STATED.sign(manifest, signer).split("\n\n")[0] + "\n"
    notes = [
        "",
        sign(text, Signer(own.name, Ed25519PrivateKey.generate())),
        sign(text, Signer(f"{manifest.origin}/door", keyed.log_key)),
        sign(text.replace("120\n", "0120\n"), own),
        sign(text.replace("120\n", "+120\n"), own),
        sign(text.replace("120\n", f"{2**53}\n"), own),
        sign(text.replace("130\n", "130\n1\n"), own),
        sign(text.replace("turnout/1", "door/1"), own),
        STATED.sign(other.manifest, Signer(own.name, other.log_key)),
        replace(STATED, slot=STATED.slot.replace(minute=30)).sign(manifest, signer),
    ]
    for note in notes:
        with pytest.raises(StatedTurnoutError):
            StatedTurnout.open(note, manifest)


def test_slots_are_full_hours() -> None:
    assert slot_of(datetime(2026, 11, 20, 12, 59, 59, 9, tzinfo=UTC)) == STATED.slot
    assert slot_of(STATED.slot) == STATED.slot
