"""Signed notes as mails, clipboards and editors hand them on: all but the spelling of lines must be as it was."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ballotcast.ballots.mended_note import mend_note
from ballotcast.crypto.signed_note import NoteError, Signer, sign

SIGNER = Signer("ballots.example", Ed25519PrivateKey.from_private_bytes(bytes(32)))
NOTE = sign("ballotcast/door/1\nballots.example\n2026-11-20T09:00:00Z\n12\n", SIGNER)


@pytest.mark.parametrize(
    "handed_on",
    [
        NOTE,
        NOTE.rstrip("\n"),
        f"\n\n{NOTE}\n\n",
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("\n", "\r"),
        f"\ufeff{NOTE}",
        NOTE.replace("\n", "\n\n"),
        "".join(f"   {line} \t\n" for line in NOTE.split("\n")),
        NOTE.replace("\n", " "),
    ],
)
def test_it_is_as_it_was(handed_on: str) -> None:
    assert mend_note(handed_on) == NOTE
    assert SIGNER.verifier.verify(mend_note(handed_on))


@pytest.mark.parametrize(
    "other", [NOTE.replace("12", "13"), NOTE.replace("\n12", ""), NOTE[:-6], "", "no note", "— x y"]
)
def test_another_text_is_not_made_to_verify(other: str) -> None:
    with pytest.raises(NoteError):
        SIGNER.verifier.verify(mend_note(other))


def test_no_text_takes_long() -> None:
    """Each would take minutes if the time grew with the square of the spaces."""
    for long in ("a" + " " * 200_000 + "b", "a" + " " * 200_000 + "b— c", "— " * 100_000):
        assert len(mend_note(long)) <= len(long) + 1
