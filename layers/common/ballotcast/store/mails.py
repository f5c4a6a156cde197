"""What mails tell of a stored election."""

from hashlib import sha256

from ballotcast.ballots.link import HASH_LENGTH, TOKEN_LENGTH, Link
from ballotcast.ballots.roll import SALT_LENGTH
from ballotcast.clock import from_rfc3339
from ballotcast.mails.invitation import Occasion, Recipient
from ballotcast.store.election import Election


def occasion_of(election: Election) -> Occasion:
    return Occasion(
        title=election.title,
        description=election.description,
        opens_at=from_rfc3339(election.opens_at),
        closes_at=from_rfc3339(election.closes_at),
        manifest_hash=sha256(election.manifest).digest() if election.manifest else None,
        rehearsal=election.rehearsal,
    )


def sample_recipient(email: str, election: Election, base_url: str) -> Recipient:
    """Somebody with a link as long as a voter's, which is of nobody: all its secrets are zero."""
    link = Link(bytes(TOKEN_LENGTH), bytes(HASH_LENGTH), bytes(SALT_LENGTH))
    return Recipient(email, link.url(f"{election.base_url or base_url}/vote"))
