"""A voter's link: whose it is, whether it still counts, and whether it arrived whole."""

from hashlib import sha256

from ballotcast.ballots.link import Link
from ballotcast.errors import Gone, Invalid, NotFound
from ballotcast.store.election import Election
from ballotcast.store.voter import Voter
from ballotcast.store.voters import Voters
from register.issuers import Issuers


def find_place(voters: Voters, link: Link) -> tuple[str, str]:
    """(election, voter key) that the link was made for, replaced or not; raises NotFound for one that we never made."""
    place = voters.by_link(link.token_hash.hex())
    if place is None:
        raise NotFound("unknown-link", "this link is not one of ours")
    return place


def open_link(voters: Voters, issuers: Issuers, link: Link) -> Voter:
    """Return the voter behind the link, whose right has not ended; Gone or Invalid as for `read_link`, Gone if it has.

    Whether it was used before it ended, nobody is told: neither by the answer nor by what is done for it.
    """
    voter = read_link(voters, issuers, link)
    if voter.ended:
        raise ended_right()
    return voter


def read_link(voters: Voters, issuers: Issuers, link: Link) -> Voter:
    """Return the voter behind the link; raises Gone if a newer link took its place, Invalid if a part is not as it was
    sent.
    """
    voter = voters.find(*find_place(voters, link))
    if voter is None or not voter.holds(link.token_hash.hex()):
        raise replaced_link()
    if link.manifest_hash != manifest_hash(issuers.election(voter.election)) or not voter.salted(link.salt):
        raise Invalid("damaged-link", "this link is not complete or has a wrong letter: copy it whole from the mail")
    return voter


def manifest_hash(election: Election) -> bytes:
    """M of a frozen election, 32 bytes."""
    return sha256(election.manifest or b"").digest()


def replaced_link() -> Gone:
    return Gone("replaced-link", "a newer link was sent to this voter; only the newest one counts")


def ended_right() -> Gone:
    detail = "the organiser ended this right to vote, or gave it to another address; a ballot cast before counts"
    return Gone("right-ended", detail)
