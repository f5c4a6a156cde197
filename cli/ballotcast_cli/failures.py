"""What a failed command says: the errors whose message is for people, in words. Imported once a command has failed."""

from ballotcast.ballots.ledger import LedgerError
from ballotcast.ballots.link import LinkError
from ballotcast.ballots.plaintext import Reason, Spoilt
from ballotcast.ballots.receipt import ReceiptError
from ballotcast.client.errors import ApiError, ClientError
from ballotcast.trustees.faults import CeremonyError
from ballotcast.trustees.secrets import OutOfTurn, SecretsError

TOLD = (ClientError, LinkError, ReceiptError, LedgerError, CeremonyError, OutOfTurn, SecretsError)
"""Errors whose message is for people; anything else is a fault of ours and shows itself as one."""

ADVICE = {
    "amendments-full": "Nothing was changed. End fewer rights at once, or take those off the roll again who were added "
    "since the last invitation. Voting and the count go on.",
    "already-issued": "Your link was used before, on another device or with another recovery file. If you saw the "
    "receipt, your ballot is in the box. If not, finish there, or with that file (ballotcast vote --recovery FILE). If "
    "it was not you, tell the organiser. Whether a ballot was cast, nobody can see from the link.",
    "other-ballot": "A ballot was cast before with the same right to vote, and that one counts. Its receipt is on the "
    "device where it was cast. If you cast only one ballot, tell the organiser.",
    "count-under-way": "The log shows whether your ballot came in time, once it is sealed. Your progress is kept: "
    "run the same again later.",
    "not-counted": "The count starts once the election is closed: by the clock, or by ballotcast close ELECTION.",
    "replaced-link": "A newer mail was sent to you. Run the same with --link and the link from that mail; your "
    "progress is kept.",
    "right-ended": "The organiser took you off the roll, or gave your right to vote to another address of yours: look "
    "for a mail there. If you voted before, your ballot counts. If you think that this is wrong, ask the organiser.",
}
SPOILT = {
    Reason.OUT_OF_RANGE: "there is no such option on the ballot",
    Reason.DUPLICATE_RANK: "an option is named twice, or options are ranked equal where the rule takes no equal ranks",
    Reason.TOO_MANY: "more options are named than may be",
    Reason.TOO_FEW: "fewer options are named than must be",
    Reason.WRONG_LENGTH: "the ballot has another number of contests",
}


def _why_spoilt(spoilt: Spoilt) -> str:
    reason = SPOILT.get(spoilt.reason, spoilt.reason.value)
    return f"this ballot would not be counted: {reason}" + (f" (contest {spoilt.contest})" if spoilt.contest else "")


def in_words(error: Exception) -> str | None:
    """What to tell the user of an error; None for one that is not for people, which is a fault of the program."""
    if isinstance(error, ApiError):
        fields = "".join(f"\n  {one.pointer}: {one.detail}" for one in error.errors if one.detail not in str(error))
        advice = f"\n{ADVICE[error.slug]}" if error.slug in ADVICE else ""
        return f"{error} ({error.status} {error.slug}){fields}{advice}"
    if isinstance(error, Spoilt):
        return _why_spoilt(error)
    return str(error) if isinstance(error, TOLD) else None
