"""What can be wrong with a ceremony, and who is to blame where a signature shows it."""

from enum import StrEnum


class Reason(StrEnum):
    MALFORMED = "malformed"
    ANOTHER_CEREMONY = "another-ceremony"
    ANOTHER_INDEX = "another-index"
    BAD_SIGNATURE = "bad-signature"
    SHARED_KEY = "shared-key"
    MISSING = "missing"
    OTHER_JOINS = "other-joins"
    NOT_COMMITTED = "not-committed"
    BAD_PROOF = "bad-proof"
    NO_KEY = "no-key"
    DOES_NOT_OPEN = "does-not-open"
    DOES_NOT_FIT = "does-not-fit"
    OTHER_TRANSCRIPT = "other-transcript"
    OTHER_MANIFEST = "other-manifest"
    FALSE_COMPLAINT = "false-complaint"
    TWO_MESSAGES = "two-messages"
    OTHER_CHECKPOINT = "other-checkpoint"
    TOO_FEW = "too-few"
    NOT_FINAL = "not-final"
    STILL_OPEN = "still-open"
    WRONG_SHARE = "wrong-share"


WORDS = {
    Reason.MALFORMED: "the message is not of this form",
    Reason.ANOTHER_CEREMONY: "the message is of another ceremony, or of another attempt",
    Reason.ANOTHER_INDEX: "the message is another trustee's",
    Reason.BAD_SIGNATURE: "the signature does not verify",
    Reason.SHARED_KEY: "a key or commitment is used by another trustee as well",
    Reason.MISSING: "the message is missing",
    Reason.OTHER_JOINS: "the trustee was shown other keys and commitments than these",
    Reason.NOT_COMMITTED: "what was opened is not what was committed to",
    Reason.BAD_PROOF: "the proof that the trustee knows its part of the key does not hold",
    Reason.NO_KEY: "the parts do not make a key",
    Reason.DOES_NOT_OPEN: "a sealed share does not open",
    Reason.DOES_NOT_FIT: "a sealed share does not fit its commitments",
    Reason.OTHER_TRANSCRIPT: "the trustee confirmed another transcript",
    Reason.OTHER_MANIFEST: "the trustee signed for another manifest",
    Reason.FALSE_COMPLAINT: "the share that was complained about is right",
    Reason.TWO_MESSAGES: "the trustee signed two messages of one round",
    Reason.OTHER_CHECKPOINT: "the trustee signed for another checkpoint",
    Reason.NOT_FINAL: "this is not the end of the election's log",
    Reason.STILL_OPEN: "voting has not ended",
    Reason.TOO_FEW: "fewer trustees than the threshold",
    Reason.WRONG_SHARE: "the share is not the one that this trustee holds",
}


class CeremonyError(ValueError):
    """What the rules refuse. `index`: of the trustee to blame, from 1; None where nothing shows who it was."""

    def __init__(self, reason: Reason, index: int | None = None, told: str = "") -> None:
        words = told or WORDS[reason]
        super().__init__(f"trustee {index}: {words}" if index else words)
        self.reason = reason
        self.index = index
