"""Ending rights to vote, and giving them to other addresses, once the manifest is frozen and until the close.

An amendment commits to every right that is to end when that is asked for. It, the mark on the voter's item, the voter
who takes the place and the event are one transaction, so there is no step at which a kill leaves half of it. Nothing
here looks whether a right was used: the same requests, the same answer and the same mails whether or not the voter has
a credential. That shows in the ledger after the close.

A message with the new address's invitation follows the transaction. Killed in between, the same request sends it, and
so does the next run to those who were not mailed.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import NamedTuple

from ballotcast.ballots.amendment import commitment
from ballotcast.ballots.roll import email_key
from ballotcast.elections.lifecycle import Status
from ballotcast.elections.roll_file import Row
from ballotcast.errors import Conflict, Invalid, Refused, field_error, invalid_field
from ballotcast.store.election import Election
from ballotcast.store.events import Event, event
from ballotcast.store.mail_allowance import MailRun
from ballotcast.store.voter import RollLine, Voter
from ballotcast.wiring import Wiring
from organise.accounts import require_sender
from organise.allowance import take_allowance
from organise.amending import amend_endings, amend_roll, cut_roll, newest_generation
from organise.drafts import election_again
from organise.freezing import publish
from organise.roll import new_voter, voter_key

ATTEMPTS = 5
MOST_ENDINGS = 96
"""In one request: with amendment, election, event and the look at the due count the 100 items of a transaction."""
MOST_MOVES = 47
"""The same; each takes two items."""


class Move(NamedTuple):
    """`voter`: the address on the roll; `email`: the one that takes its place."""

    voter: str
    email: str


def end_rights(wiring: Wiring, election: Election, emails: Sequence[str], reason: str) -> None:
    """Ask to end the rights of these addresses, all or none. Sent again, the request changes nothing more.

    Invalid for an address that is not on the roll, or a reason that names one; Conflict for one who was not invited
    yet, or whose right another address has by now, before the first invitation or after the close, and without
    room for an amendment.
    """
    _require_open_reason(reason, emails)
    for _ in range(ATTEMPTS):
        _require_running(wiring, election)
        standing = _standing(wiring, election, emails)
        if not standing:
            break
        if amended := _state_endings(wiring, election, standing, reason):
            election = amended
            break
        election = election_again(wiring, election)
    else:
        raise _contended()
    publish(wiring, election)


def _standing(wiring: Wiring, election: Election, emails: Sequence[str]) -> list[Voter]:
    """Those whose right nobody asked to end yet; the others were ended by a request like this one."""
    found = _voters(wiring, election, emails)
    unknown = [field_error(f"/voters/{n}", "not-on-roll") for n, email in enumerate(emails) if email not in found]
    if unknown:
        raise Invalid("not-on-roll", "some of these addresses are not on the roll", errors=unknown)
    once = {voter.key: voter for voter in found.values()}
    _require_stated(election, once.values())
    if any(voter.successor for voter in once.values()):
        raise Conflict("right-ended", "one of these addresses was corrected: end the right of the new one")
    return [voter for voter in once.values() if not voter.ended]


def _state_endings(wiring: Wiring, election: Election, voters: Sequence[Voter], reason: str) -> Election | None:
    revision = election.roll_revision + 1
    told = _event(wiring, election, "rights-ended", revision, len(voters), reason)
    return amend_endings(
        wiring,
        election,
        reason,
        ended=[commitment(_hash(election), revision, voter.tag) for voter in voters],
        beside=[*(wiring.rights.ending(voter, revision) for voter in voters), wiring.events.adding(told)],
    )


def move_rights(wiring: Wiring, election: Election, moves: Sequence[Move], reason: str) -> None:
    """Give rights to other addresses, all or none, and invite these. Sent again, the request continues.

    Invalid for an address that is not on the roll or is named twice, or a reason that names one; Conflict if the new
    address had a right before, or the old one's was ended or was not invited yet, before the first invitation or after
    the close, and without room for an amendment; TooMany (mails).
    """
    require_sender(wiring, election.organiser)
    _require_open_reason(reason, [email for move in moves for email in move])
    _require_apart(moves)
    _require_running(wiring, election)
    if not _moved(wiring, election, moves):
        election = _move(wiring, election, moves, reason)
    publish(wiring, election)
    _invite(wiring, election, [move.email for move in moves])


def _move(wiring: Wiring, election: Election, moves: Sequence[Move], reason: str) -> Election:
    """The amended election. Mails are taken from the day's allowance first, and given back if nothing is moved."""
    run, day = MailRun(secrets.token_hex(8)), f"{wiring.clock():%Y-%m-%d}"
    take_allowance(wiring, election.organiser, day, len(moves), run)
    try:
        if amended := _amend(wiring, election, moves, reason, run.id):
            return amended
    except Refused:
        wiring.mail_allowance.return_mails(election.organiser, day, len(moves), run)
        raise
    wiring.mail_allowance.return_mails(election.organiser, day, len(moves), run)
    return election


def _amend(wiring: Wiring, election: Election, moves: Sequence[Move], reason: str, run: str) -> Election | None:
    """None if the same request was faster."""
    for _ in range(ATTEMPTS):
        cut, roll = cut_roll(wiring, election)
        _require_running(wiring, cut)
        if _moved(wiring, cut, moves):
            return None
        if amended := _state_moves(wiring, cut, roll, moves, reason, run):
            return amended
    raise _contended()


def _state_moves(
    wiring: Wiring, cut: Election, roll: Sequence[RollLine], moves: Sequence[Move], reason: str, run: str
) -> Election | None:
    """Each right ends in the revision that has the one which replaces it."""
    revision, found = cut.roll_revision + 1, _voters(wiring, cut, [move.voter for move in moves])
    pairs = [(found[move.voter], _heir(wiring, cut, found[move.voter], move.email, run)) for move in moves]
    wiring.roll_index.put([after for _, after in pairs])
    told = _event(wiring, cut, "rights-moved", revision, len(moves), reason)
    beside = [
        *(wiring.rights.ending(before, revision, after.key) for before, after in pairs),
        *(wiring.rights.joining(after) for _, after in pairs),
        wiring.roll_index.counting(cut.id, len(pairs)),
        wiring.events.adding(told),
    ]
    return amend_roll(
        wiring,
        cut,
        [*roll, *(after for _, after in pairs)],
        reason,
        ended=[commitment(_hash(cut), revision, before.tag, after.tag) for before, after in pairs],
        beside=beside,
    )


def _heir(wiring: Wiring, cut: Election, before: Voter, email: str, run: str) -> Voter:
    """The voter at the new address, who is part of the run that invites them."""
    after = new_voter(wiring, cut.id, Row(email, before.phone, before.name, before.language))
    return replace(
        after,
        generation=newest_generation(cut),
        replaces=before.tag,
        predecessor=before.key,
        run=run,
        delivery="queued",
    )


def _moved(wiring: Wiring, election: Election, moves: Sequence[Move]) -> bool:
    """Whether the same request moved all of them before. Refused, with the reason, where one cannot be moved."""
    old = _voters(wiring, election, [move.voter for move in moves])
    new = _voters(wiring, election, [move.email for move in moves])
    unknown = [field_error(f"/moves/{n}/voter", "not-on-roll") for n, move in enumerate(moves) if move.voter not in old]
    if unknown:
        raise Invalid("not-on-roll", "some of these addresses are not on the roll", errors=unknown)
    _require_stated(election, old.values())
    done = [old[move.voter].successor == voter_key(wiring, election.id, move.email) for move in moves]
    if all(done):
        return True
    if any(voter.ended for voter in old.values()):
        raise Conflict("right-ended", "the right of one of these addresses was ended, or has another address already")
    if new:
        taken = [field_error(f"/moves/{n}/email", "taken") for n, move in enumerate(moves) if move.email in new]
        detail = "one of the new addresses is on the roll, or was: nobody gets a second right in an election"
        raise Conflict("voter-exists", detail, errors=taken)
    return False


def _invite(wiring: Wiring, election: Election, emails: Sequence[str]) -> None:
    """A message too many does no harm: the worker knows by the run who was mailed."""
    waiting = [voter for voter in _voters(wiring, election, emails).values() if voter.mailed != voter.run]
    wiring.mail_queue.send_all(
        {"kind": "invitation", "election": election.id, "voter": voter.key, "run": voter.run} for voter in waiting
    )


def _voters(wiring: Wiring, election: Election, emails: Sequence[str]) -> dict[str, Voter]:
    """By address as it was given; without those who are not on the roll."""
    keys = {email: voter_key(wiring, election.id, email) for email in emails}
    found = {voter.key: voter for voter in wiring.voters.find_many(election.id, list(dict.fromkeys(keys.values())))}
    return {email: found[key] for email, key in keys.items() if key in found}


def _require_running(wiring: Wiring, election: Election) -> None:
    if not election.frozen:
        raise Conflict("draft", "the election is a draft: change or remove its voters")
    if election.status(wiring.clock()) is Status.CLOSED:
        raise Conflict("closed", "the election is closed: its roll stays as it is")


def _require_stated(election: Election, voters: Iterable[Voter]) -> None:
    """Conflict for voters whom no roll states that anybody was shown: they can still be changed or removed."""
    if any(election.added(voter.generation) is None for voter in voters):
        raise Conflict("not-invited", "one of these voters was not invited yet: change or remove them")


def _require_open_reason(reason: str, emails: Iterable[str]) -> None:
    """Everybody reads the reason, for good."""
    told = reason.casefold()
    if any(email.casefold() in told for email in emails):
        raise invalid_field("/reason", "names-address")


def _require_apart(moves: Sequence[Move]) -> None:
    named: set[str] = set()
    for number, move in enumerate(moves):
        for member, email in move._asdict().items():
            if email_key(email) in named:
                raise invalid_field(f"/moves/{number}/{member}", "named-twice")
            named.add(email_key(email))


def _event(wiring: Wiring, election: Election, action: str, revision: int, voters: int, reason: str) -> Event:
    detail = {"voters": voters, "revision": revision, "reason": reason}
    return event(election.id, election.actor, action, detail, wiring.clock())


def _hash(election: Election) -> bytes:
    """M, 32 bytes."""
    assert election.manifest
    return sha256(election.manifest).digest()


def _contended() -> Conflict:
    return Conflict("changed-meanwhile", "the roll is being changed by other requests: try again")
