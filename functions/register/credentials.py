"""Issuing: one voter, one credential, signed without being seen.

A credential may be issued from the moment the link is there, before the election opens, until it closes. The value that
was signed once is signed again for anyone who holds the link, until the roll may have been read for the ledger: the
voter lost the answer, nothing more. For a right that was asked to end nothing else is signed, and for one that replaces
others nothing if one of those was used.

An issuance receipt promises that the ledger has the credential. A process may be suspended anywhere, and its write may
come after the roll was read. So the clock is read after the write, and nothing is signed if a count can have begun by
then. Nobody could use such a credential: voting is over.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from ballotcast.ballots.link import Link
from ballotcast.crypto.blind_rsa import IssuerPublicKey
from ballotcast.elections.lifecycle import Status
from ballotcast.elections.looks import Look
from ballotcast.errors import Conflict, Forbidden, Gone, NotFound, invalid_field
from ballotcast.store.voter import Voter
from ballotcast.store.voters import NotIssued
from ballotcast.wiring import Wiring
from register import second_factor
from register.issuers import Issuers
from register.links import ended_right, find_place, read_link, replaced_link


@dataclass(frozen=True)
class CredentialRequest:
    """`blinded`: k bytes; `code`: the second factor, where the election has one."""

    link: Link
    blinded: bytes
    code: str | None


class Credential(NamedTuple):
    """`blind_signature`: k bytes. `receipt`: the issuance receipt, a signed note."""

    blind_signature: bytes
    receipt: str


def issue_credential(wiring: Wiring, issuers: Issuers, election: str, request: CredentialRequest) -> Credential:
    """The blind signature, with the receipt for it; signed only after the roll says that it is this voter's only one.

    NotFound, Gone (link, right); Invalid (link, blinded); Unauthorised, Forbidden, TooMany (code);
    Forbidden (closed); Conflict.
    """
    place, voter = find_place(wiring.voters, request.link)
    if place != election:
        raise NotFound("unknown-link", "this link is not one of this election's")
    key = issuers.key(election)
    _check_range(key.public, request.blinded)
    digest = sha256(request.blinded)
    look = issuers.look(election)
    if look.status is Status.CLOSED or issuers.election(election).second_factor != second_factor.NONE:
        _check_voter(wiring, issuers, request, digest.hexdigest())
    try:
        issued = _record(wiring, (election, voter), request.link.token_hash.hex(), digest.hexdigest())
    except NotIssued as refused:
        raise _reason(refused.voter, request.link) from None
    _require_in_ledger(issuers, election, look)
    return Credential(key.blind_sign(request.blinded), issuers.receipt(election, issued.tag, digest.digest()))


def _require_in_ledger(issuers: Issuers, election: str, look: Look) -> None:
    """The credential is on the roll, perhaps too late: Forbidden unless no count can have read the roll before."""
    if not issuers.shows_no_count(look) and look.status is not Status.CLOSED:
        # It was on the roll before this look, so a poll that is open now was not counted without it.
        look = issuers.look_again(election)
        if look.status is not Status.CLOSED:
            return
    if not issuers.shows_no_count(look):
        raise Forbidden("closed", "the election is closed")


def _record(wiring: Wiring, place: tuple[str, str], link_hash: str, digest: str) -> Voter:
    """One conditional write; for a right that replaces others a look at these, and another. NotIssued."""
    try:
        return wiring.voters.issue(*place, link_hash, digest)
    except NotIssued as refused:
        found = refused.voter
        if not found.replaces or found.ended or found.issued or not found.holds(link_hash):
            raise
        if wiring.rights.used_before(found):
            raise
    return wiring.voters.issue(*place, link_hash, digest, replacing=True)


def _reason(voter: Voter, link: Link) -> Conflict | Gone:
    if not voter.holds(link.token_hash.hex()):
        return replaced_link()
    return ended_right() if voter.ended else _already_issued()


def _check_voter(wiring: Wiring, issuers: Issuers, request: CredentialRequest, digest: str) -> None:
    """What the conditional update cannot tell: the close and the code, unless this value was signed before."""
    voter = read_link(wiring.voters, issuers, request.link)
    if voter.blinded_sha256 == digest:
        return
    if voter.ended or voter.issued:
        raise _reason(voter, request.link)
    if issuers.closed(voter.election):
        raise Forbidden("closed", "the election is closed")
    now = int(wiring.clock().timestamp())
    second_factor.check_code(wiring.voter_codes, wiring.roll_secret, voter, request.code, now)


def _check_range(issuer: IssuerPublicKey, blinded: bytes) -> None:
    if len(blinded) != issuer.k or not 0 < int.from_bytes(blinded) < issuer.n:
        raise invalid_field("/blinded", "bad-blinded", bytes=issuer.k)


def _already_issued() -> Conflict:
    return Conflict("already-issued", "this voter's credential is issued, for another blinded value")
