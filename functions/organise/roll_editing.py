"""Correcting and removing voters whom no roll states that anybody was shown: all of a draft, later those just added.

Each change is one transaction that also moves a number on the election: a freeze or an amendment that has read the roll
before is refused, so no voter is under a stated root who was removed, and none is missing who was corrected. Rights of
voters whom a roll states end, or are given to other addresses (rights.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ballotcast.elections.addresses import AddressError, phone_as_written, phone_number
from ballotcast.elections.lifecycle import Status
from ballotcast.elections.roll_file import Row
from ballotcast.errors import Conflict, FieldError, Invalid, field_error
from ballotcast.store.election import Election
from ballotcast.store.events import Event, event
from ballotcast.store.roll_index import rows_of
from ballotcast.store.voter import Voter
from ballotcast.store.voters import NotChanged
from ballotcast.wiring import Wiring
from organise.drafts import frozen_draft, no_election, proposed_draft
from organise.roll import calling_codes, new_voter, roll_closed, voter_key


def remove_voters(wiring: Wiring, election: Election, emails: Sequence[str]) -> int:
    """Take voters off the roll, all in one transaction; returns how many were on it.

    Addresses that are not on the roll are ignored, so the same request may be sent again. Conflict if a stated roll has
    one of them.
    """
    keys = list(dict.fromkeys(voter_key(wiring, election.id, email) for email in emails))
    found = wiring.voters.find_many(election.id, keys)
    _require_unstated(election, found)
    if found:
        told = event(election.id, election.actor, "voters-removed", {"voters": len(found)}, wiring.clock())
        change_voters(wiring, election, found, None, told)
    return len(found)


def empty_roll(wiring: Wiring, election: Election) -> None:
    """Have all voters taken off a draft's roll who are on it now, in the background; who is added later stays.

    Again is harmless. Conflict if the election is frozen. If it is frozen before the job has ended, those who are left
    stay: they are on the roll that was stated.
    """
    _require_unstated(election, [])
    if election.frozen:
        raise frozen_draft()
    cut = wiring.elections.cut_roll(election.id)
    if cut is None:
        raise no_election()
    message = {"kind": "empty", "election": election.id, "generation": cut.roll_generation, "by": election.actor}
    wiring.jobs_queue.send({**message, "start": 0})


def edit_voter(wiring: Wiring, election: Election, email: str, changes: Mapping[str, str]) -> Voter:
    """Change address, name, telephone or language of a voter.

    Sent again because it broke off, a request finds the voter as changed. Conflict if a stated roll has the voter, or
    if the new address is another voter's.
    """
    before = wiring.voters.find(election.id, voter_key(wiring, election.id, email))
    if before is None:
        return _changed_before(wiring, election, changes)
    _require_unstated(election, [before])
    email, phone, name, language = (
        changes.get(member, getattr(before, member)) for member in ("email", "phone", "name", "language")
    )
    row = Row(email, phone, name, language)
    row = row._replace(phone=_phone(wiring, election, row.phone)) if "phone" in changes else row
    after = replace(new_voter(wiring, election.id, row), generation=before.generation)
    if after.key == before.key and after.email == before.email:
        after = replace(before, name=row.name, phone=row.phone, language=row.language)
    if after == before:
        return before
    told = event(election.id, election.actor, "voter-edited", {"fields": sorted(changes)}, wiring.clock())
    change_voters(wiring, election, [before], after, told)
    return after


def _changed_before(wiring: Wiring, election: Election, changes: Mapping[str, str]) -> Voter:
    now = (
        wiring.voters.find(election.id, voter_key(wiring, election.id, changes["email"]))
        if "email" in changes
        else None
    )
    if now is None or any(getattr(now, name) != value for name, value in changes.items() if name != "phone"):
        missing = [field_error("/voter", "not-on-roll")]
        raise Invalid("not-on-roll", "this address is not on the roll", errors=missing)
    return now


def _phone(wiring: Wiring, election: Election, phone: str) -> str:
    try:
        if election.second_factor == "sms":
            return phone_number(phone, calling_codes(wiring, election), election.country)
        return phone_as_written(phone)
    except AddressError as error:
        raise Invalid("invalid", str(error), errors=[FieldError("/phone", error.fault)]) from None


def _require_unstated(election: Election, voters: Sequence[Voter]) -> None:
    """A draft states nothing yet, until its trustees are asked to confirm it."""
    if election.proposal:
        raise proposed_draft()
    if any(election.frozen and election.added(voter.generation) is not None for voter in voters):
        raise frozen_draft()


def change_voters(
    wiring: Wiring, election: Election, before: Sequence[Voter], after: Voter | None, *told: Event
) -> None:
    """Write with the move of the election's number; Conflict, with the reason, if that or a voter is in the way."""
    elections, index = wiring.elections, wiring.roll_index
    if after:
        index.put([after])
    moving = (
        elections.editing_roll(election, wiring.clock()) if election.frozen else elections.moving_revision(election.id)
    )
    try:
        counted = [] if after else [index.counting(election.id, -len(before))]
        wiring.voters.change(before, after, [moving, *map(wiring.events.adding, told), *counted])
    except NotChanged as refused:
        now = wiring.elections.find(election.id)
        if now and now.status(wiring.clock()) is Status.CLOSED:
            raise roll_closed() from None
        if now:
            _require_unstated(now, before)
        if refused.taken:
            raise Conflict("voter-exists", "a voter with this address is on the roll already") from None
        raise Conflict(
            "changed-meanwhile", "the roll was changed by another request meanwhile: read it again"
        ) from None
    for voter in before:
        index.remove(voter, but=rows_of(after) if after else ())
