"""The roll of an election: adding voters one by one, listing them, and what every way of adding them keeps to."""

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from ballotcast.ballots.roll import SALT_LENGTH, email_key, tag
from ballotcast.clock import from_rfc3339
from ballotcast.elections.addresses import AddressError, phone_as_written, phone_number
from ballotcast.elections.lifecycle import Status
from ballotcast.elections.roll_file import Row
from ballotcast.errors import Conflict, FieldError, Invalid, invalid_field
from ballotcast.http.paging import from_cursor
from ballotcast.store.election import Election
from ballotcast.store.events import event
from ballotcast.store.voter import Voter
from ballotcast.store.voters import NotAdded, Writes
from ballotcast.wiring import Wiring
from organise import trial

KEY = re.compile("[0-9a-f]{64}")
ATTEMPTS = 5
OPENING = timedelta(days=180)
"""For so long after the close trustees are waited for, if nobody counts before."""


def voter_key(wiring: Wiring, election: str, email: str) -> str:
    """The key of anyone who has this address, in any spelling of case: a keyed hash, hex."""
    return wiring.roll_secret.mac("voter", election, email_key(email)).hex()


def new_voter(wiring: Wiring, election: str, row: Row, idempotency_key: str | None = None) -> Voter:
    """Not yet invited. The salt of the tag is drawn here; with an Idempotency-Key it follows from that, by a secret."""
    salt = secrets.token_bytes(SALT_LENGTH)
    if idempotency_key:
        salt = wiring.roll_secret.mac("salt", election, *row[:4], idempotency_key)[:SALT_LENGTH]
    return Voter(
        election=election,
        key=voter_key(wiring, election, row.email),
        email=row.email,
        phone=row.phone,
        name=row.name,
        language=row.language,
        salt=salt,
        tag=tag(salt, row.email),
    )


def calling_codes(wiring: Wiring, election: Election) -> Sequence[str] | None:
    """Where this election's voters may have their telephones; None: wherever they like, nothing is sent there."""
    return wiring.settings.sms_countries if election.second_factor == "sms" else None


def require_growing(wiring: Wiring, election: Election) -> None:
    """Conflict once the election is closed: nobody joins the roll then. Nobody at all joins that of a rehearsal."""
    if election.rehearsal:
        raise Conflict("rehearsal", "the roll of a rehearsal is made up: nobody can be added to it")
    if election.status(wiring.clock()) is Status.CLOSED:
        raise roll_closed()


def roll_closed() -> Conflict:
    return Conflict("closed", "the election is closed: its roll no longer grows")


def add_voters(
    wiring: Wiring, election: Election, voters: Sequence[Voter], beside: Callable[[int], Writes]
) -> tuple[int, int]:
    """Add those not yet there, all in one transaction; returns how many were added, and to which generation.

    NotAdded if the election takes nobody any more, or a write `beside(added)` was refused. A roll that was cut since
    `election` was read is no reason: the voters then join the next generation. Forbidden where the owner's address is
    not proven, and there would be too many.
    """
    identity = election.id
    most = trial.most_voters(wiring, election)
    if most is not None:  # those who are there already take no place
        present = wiring.voters.present(identity, [voter.key for voter in voters])
        voters = [voter for voter in voters if voter.key not in present]
    wiring.roll_index.put(voters)
    for _ in range(ATTEMPTS):
        generation = election.roll_generation

        def writes(added: int, generation: int = generation) -> Writes:
            counted = [wiring.roll_index.counting(identity, added, most)] if added else []
            return [wiring.elections.accepting_voters(identity, generation, wiring.clock()), *counted, *beside(added)]

        try:
            added = wiring.voters.add([replace(voter, generation=generation) for voter in voters], writes)
            return added, generation
        except NotAdded:
            found = wiring.elections.find(identity)
            if found is None or found.roll_generation == generation:
                _unindex(wiring, identity, voters)
                if most is not None and wiring.roll_index.count(identity) + len(voters) > most:
                    raise trial.roll_full() from None
                raise
            election = found
    raise NotAdded


def _unindex(wiring: Wiring, election: str, voters: Sequence[Voter]) -> None:
    """Nobody was added: no address of theirs stays behind."""
    present = wiring.voters.present(election, [voter.key for voter in voters])
    for voter in voters:
        if voter.key not in present:
            wiring.roll_index.remove(voter)


def add_voter(wiring: Wiring, election: Election, row: Row, idempotency_key: str | None = None) -> Voter:
    """One voter, together with the event that says of it. Conflict if the address is on the roll already.

    Sent again with its Idempotency-Key because it broke off, a request finds the voter that it added: by the salt.
    """
    require_growing(wiring, election)
    try:
        needed = election.second_factor == "sms"
        codes = calling_codes(wiring, election)
        phone = phone_number(row.phone, codes, election.country) if needed else phone_as_written(row.phone)
    except AddressError as error:
        raise Invalid("invalid", str(error), errors=[FieldError("/phone", error.fault)]) from None
    voter = new_voter(wiring, election.id, row._replace(phone=phone), idempotency_key)
    told = event(election.id, election.actor, "voter-added", {}, wiring.clock())

    def beside(added: int) -> Writes:
        return [wiring.events.adding(told)] if added else []

    try:
        added, generation = add_voters(wiring, election, [voter], beside)
    except NotAdded:
        raise roll_closed() from None
    if not added:
        before = wiring.voters.find(election.id, voter.key) if idempotency_key else None
        if before and before.salt == voter.salt:
            return before
        raise Conflict("voter-exists", "a voter with this address is on the roll already")
    return replace(voter, generation=generation)


@dataclass(frozen=True)
class Wanted:
    """`text`: what an address or a name begins with; `delivery`: of the invitation's mail. Empty: any."""

    text: str = ""
    delivery: str = ""


def voters_page(
    wiring: Wiring, election: Election, wanted: Wanted, cursor: str | None, limit: int
) -> tuple[list[Voter], str | None]:
    """A page of the roll in order of address, and where the next one starts.

    In order of key where there are no addresses any more, or no index; Conflict then if only some are wanted.
    """
    after = from_cursor(cursor)
    if election.roll_indexed and not election.erased:
        try:
            page = wiring.roll_index.page(
                election.id, text=wanted.text, delivery=wanted.delivery, after=after or "", limit=limit
            )
        except LookupError:
            raise _no_cursor() from None
        return page.voters, page.more or None
    if wanted != Wanted():
        raise Conflict("not-searchable", "this roll can only be listed: it is erased, or older than the search")
    if after is not None and not KEY.fullmatch(after):
        raise _no_cursor()
    voters = wiring.voters.page(election.id, after=after, limit=limit)
    return voters, voters[-1].key if len(voters) == limit else None


def _no_cursor() -> Invalid:
    return invalid_field("/query/cursor", "bad-cursor")


def erase_personal_data(wiring: Wiring, election: Election) -> None:
    """Order the erasure: the job `erase` (jobs.py) goes through the roll, and listings hide the addresses at once.

    The job is queued before the mark: killed in between, the addresses go all the same. Of an election with trustees
    their addresses go too, and with them their links, without which nobody could open it: so not before it is counted,
    or they have had half a year.
    """
    if election.status(wiring.clock()) is not Status.CLOSED:
        raise Conflict("not-closed", "personal data is needed until the election is closed")
    if election.mode == "trustees":
        _require_opened(wiring, election)
    wiring.jobs_queue.send({"kind": "erase", "election": election.id, "start": 0, "by": election.actor})
    wiring.elections.mark_erased(election.id)


def _require_opened(wiring: Wiring, election: Election) -> None:
    waited_for = wiring.clock() < from_rfc3339(election.closes_at) + OPENING
    if waited_for and wiring.results.find(election.id) is None:
        raise Conflict("not-counted", "the trustees' links are needed until the ballots are opened and counted")
