"""Attack 7 of protocol 1, and its kin: exports whole in themselves, whose manifest is not what it seems."""

from pathlib import Path

from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.encoding import b64_encode, b64u_encode
from ballotcast.crypto.signed_note import Verifier
from ballotcast.elections.export_files import CHECKPOINT
from ballotcast.elections.verification import Outcome, verify_export
from forged_export import ORIGIN, Forger, write

NEUTRAL = (1).to_bytes(32, "little")


def export(tmp_path: Path, forger: Forger) -> Path:
    return write(tmp_path / "e.zip", forger.files(forger.entries([forger.ballot() for _ in range(2)])))


def refused_by(path: Path) -> set[str]:
    return {check.name for check in verify_export(path).checks if check.outcome is Outcome.FAILED}


def test_a_manifest_that_names_a_witness_does_not_pass_without_its_signature(tmp_path: Path) -> None:
    forger = Forger(changes={"witnesses": ["witness.example+12345678+key"]})
    assert refused_by(export(tmp_path, forger)) == {"manifest"}


def test_the_key_that_signs_receipts_signs_no_checkpoints(tmp_path: Path) -> None:
    """The function that faces the internet has it."""
    log_key = Forger().log_key
    public = b64u_encode(log_key.public_key().public_bytes_raw())
    forger = Forger(log_key=log_key, changes={"receipt_pk": public})
    assert refused_by(export(tmp_path, forger)) == {"manifest"}


def test_a_log_key_of_small_order_lets_anybody_sign(tmp_path: Path) -> None:
    """One signature fits every text, so that a log has as many ends as one likes, and no key is needed for them."""
    forger = Forger(changes={"log_pk": b64u_encode(NEUTRAL)})
    entries = forger.entries([forger.ballot() for _ in range(2)])
    text = Checkpoint(ORIGIN, len(entries), forger.root(entries)).text
    signature = b64_encode(Verifier(ORIGIN, NEUTRAL).key_id + NEUTRAL + bytes(32))
    files = forger.files(entries) | {CHECKPOINT: f"{text}\n— {ORIGIN} {signature}\n".encode()}
    assert refused_by(write(tmp_path / "e.zip", files)) == {"manifest"}
