"""A voter's link: whose it is, and whether it still counts."""

from ballotcast.ballots.link import Link
from ballotcast.errors import Gone, NotFound
from ballotcast.store.voters import Voter, Voters


def find_place(voters: Voters, link: Link) -> tuple[str, str]:
    """(election, voter key) that the link was made for, replaced or not; NotFound for one that we never made."""
    place = voters.by_link(link.token_hash.hex())
    if place is None:
        raise NotFound("unknown-link", "this link is not one of ours")
    return place


def open_link(voters: Voters, link: Link) -> Voter:
    """The voter behind the link; Gone if a newer link took its place."""
    voter = voters.find(*find_place(voters, link))
    if voter is None or not voter.holds(link.token_hash.hex()):
        raise replaced_link()
    return voter


def replaced_link() -> Gone:
    return Gone("replaced-link", "a newer link was sent to this voter; only the newest one counts")
