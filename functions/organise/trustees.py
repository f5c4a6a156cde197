"""The organiser's side of a ceremony: who the trustees are, beginning again, and what they are asked to confirm.

An attempt is begun by one transaction, which lets go of what an earlier one fixed of the draft. The request names the
attempt, so that the same request again begins none. Fixing the draft makes the manifest, with the key that the
trustees have made, and nothing of the draft or of its roll changes until all of them have confirmed it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ballotcast.ballots.manifest import ManifestError
from ballotcast.clock import from_rfc3339, to_rfc3339
from ballotcast.elections.draft import FARTHEST
from ballotcast.elections.lifecycle import Status
from ballotcast.errors import Conflict, Invalid, NotFound, invalid_field
from ballotcast.store.ceremonies import HeldCeremony, Person
from ballotcast.store.election import Election
from ballotcast.store.events import event
from ballotcast.store.mail_allowance import MailRun
from ballotcast.store.openings import ROUNDS
from ballotcast.store.transaction import Cancelled, transact
from ballotcast.trustees.ceremony import CeremonyState, Stage
from ballotcast.trustees.faults import CeremonyError
from ballotcast.trustees.reading import read_message
from ballotcast.trustees.transcript import Transcript
from ballotcast.wiring import Wiring
from organise.accounts import require_sender
from organise.allowance import take_allowance
from organise.amending import cut_roll
from organise.drafts import frozen_draft
from organise.manifests import hash_of, make_keys, make_manifest, require_phones, stated

ATTEMPTS = 20
"""Ceremonies of one election."""
TIME = timedelta(days=14)
"""For one, where the organiser says nothing else."""
FIRST, CONFIRM, OPEN = "join", "confirm", "open"
"""Names of mails: what the trustee is asked to do."""


@dataclass(frozen=True)
class Ceremony:
    """A ceremony as an organiser sees it."""

    held: HeldCeremony
    state: CeremonyState
    people: list[Person]
    agreed: frozenset[int] = frozenset()
    released: frozenset[int] = frozenset()


def find_ceremony(wiring: Wiring, election: Election) -> Ceremony:
    """Return the attempt under way. Raises NotFound if none was begun."""
    held = wiring.ceremonies.find(election.id)
    if held is None:
        raise NotFound("no-ceremony", "this election has no trustees yet")
    people, state = wiring.ceremonies.people(held.election, held.attempt), state_of(wiring, held)
    if not election.frozen:
        return Ceremony(held, state, people)
    agreed, released = (
        frozenset(read_message(one).index for one in wiring.openings.messages(election.id, kind)) for kind in ROUNDS
    )
    return Ceremony(held, state, people, agreed, released)


def state_of(wiring: Wiring, held: HeldCeremony) -> CeremonyState:
    proposal = wiring.ceremonies.proposal(held.election, held.attempt)
    messages = [read_message(one) for one in wiring.ceremonies.messages(held.election, held.attempt)]
    return CeremonyState.of(held.setup, messages, hash_of(proposal) if proposal else None)


def begin_ceremony(
    wiring: Wiring,
    election: Election,
    attempt: int,
    t: int,
    trustees: Sequence[tuple[str, str]],
    deadline: datetime | None,
    base_url: str,
) -> Ceremony:
    """Ask these people (names and addresses) to make a key, with fresh keys throughout, in the place of any before.

    Sent again, the request changes nothing. Conflict if another attempt was begun meanwhile.
    """
    _require_mode(election)
    require_sender(wiring, election.organiser)
    now = wiring.clock()
    ends = deadline or now + TIME
    if ends <= now:
        raise invalid_field("/deadline", "past")
    if ends - now > timedelta(days=366 * FARTHEST):  # a time that no mail could write, in any time zone, among them
        raise invalid_field("/deadline", "far-off", years=FARTHEST)
    held = HeldCeremony(
        election=election.id,
        attempt=attempt,
        t=t,
        names=tuple(name for name, _ in trustees),
        begun_at=to_rfc3339(now),
        deadline=to_rfc3339(ends),
        base_url=base_url,
        title=election.title,
    )
    emails = [email for _, email in trustees]
    before = wiring.ceremonies.find(election.id)
    if before and before.attempt == attempt and _same(wiring, before, held, emails):
        return _asked(wiring, election, before)
    if attempt != (before.attempt if before else 0) + 1:
        raise Conflict("other-attempt", "another ceremony of this election was begun meanwhile: look at its state")
    if attempt > ATTEMPTS:
        raise Conflict("too-many-attempts", f"an election has at most {ATTEMPTS} ceremonies: make another election")
    if election.frozen:
        raise frozen_draft()
    take_allowance(wiring, election.organiser, f"{now:%Y-%m-%d}", len(trustees), MailRun(""))
    told = event(election.id, election.actor, "ceremony-begun", {"attempt": attempt, "t": t, "n": len(emails)}, now)
    writes = [
        *wiring.ceremonies.beginning(held, emails),
        wiring.elections.releasing_draft(election.id),
        wiring.events.adding(told),
    ]
    try:
        transact(wiring.dynamodb, writes)
    except Cancelled:
        raise Conflict("changed-meanwhile", "the election was changed by another request meanwhile: read it") from None
    return _asked(wiring, election, held)


def _same(wiring: Wiring, before: HeldCeremony, asked: HeldCeremony, emails: Sequence[str]) -> bool:
    people = wiring.ceremonies.people(before.election, before.attempt)
    return before.setup == asked.setup and [one.email for one in people] == list(emails)


def _asked(wiring: Wiring, election: Election, held: HeldCeremony) -> Ceremony:
    """Queue the first mails; those that went out are not sent again."""
    mail_trustees(wiring, held, range(1, len(held.names) + 1), FIRST)
    return find_ceremony(wiring, election)


def mail_trustees(wiring: Wiring, held: HeldCeremony, indices: Sequence[int], mail: str) -> None:
    """Have mails with fresh links made. mail: the name of the mail, which each trustee gets once."""
    for index in indices:
        message = {"kind": "trustee", "election": held.election, "attempt": held.attempt, "trustee": index}
        wiring.mail_queue.send({**message, "mail": mail})


def remind_trustees(wiring: Wiring, election: Election, index: int | None) -> Ceremony:
    """Another mail with a fresh link, to all who are waited for, or to one."""
    ceremony = find_ceremony(wiring, election)
    closed = election.status(wiring.clock()) is Status.CLOSED
    wanted = [index] if index else [*ceremony.state.waits_for]
    if closed and not index and len(ceremony.released) < ceremony.held.t:
        wanted = [one.index for one in ceremony.people if one.index not in ceremony.released]
    if index and index > ceremony.state.setup.n:
        raise invalid_field("/trustee", "at-most", bound=ceremony.state.setup.n)
    now = wiring.clock()
    require_sender(wiring, election.organiser)
    take_allowance(wiring, election.organiser, f"{now:%Y-%m-%d}", len(wanted), MailRun(""))
    mail_trustees(wiring, ceremony.held, wanted, f"{OPEN if closed else 'reminder'} {now:%Y-%m-%dT%H:%M}")
    return ceremony


def fix_election(wiring: Wiring, election: Election, base_url: str) -> Ceremony:
    """Make the manifest of the draft, its roll and the trustees' key, and ask the trustees to confirm it.

    Again is harmless. Conflict until all have dealt, and for a draft that cannot be frozen.
    """
    _require_mode(election)
    ceremony = find_ceremony(wiring, election)
    if election.proposal or election.frozen:
        mail_trustees(wiring, ceremony.held, ceremony.state.waits_for, CONFIRM)
        return ceremony
    transcript = _require_dealt(ceremony.state)
    if wiring.clock() >= from_rfc3339(election.closes_at):
        raise Conflict("closing-time-past", "the election would close in the past: change closes_at first")
    cut, roll = cut_roll(wiring, election)
    if not roll:
        raise Conflict("empty-roll", "there is nobody on the roll yet")
    if cut.revision != election.revision:
        raise _changed()
    require_phones(wiring, cut, roll)
    keys = make_keys(wiring, election.id, trustees=True)
    try:
        manifest = make_manifest(cut, roll, base_url, keys, transcript)
    except ManifestError as error:
        raise Invalid("invalid", str(error)) from None
    proposed = replace(
        cut,
        revision=cut.revision + 1,
        proposal=manifest.encode(),
        **stated(cut, manifest, base_url, keys),
    )
    told = event(election.id, election.actor, "manifest-proposed", {"manifest": manifest.hash.hex()}, wiring.clock())
    held = ceremony.held
    beside = [
        wiring.ceremonies.propose(held.election, held.attempt, manifest.encode()),
        wiring.ceremonies.still(held.election, held.attempt),
        wiring.events.adding(told),
    ]
    if not wiring.elections.edit(proposed, cut.revision, *beside):
        raise _changed()
    mail_trustees(wiring, held, range(1, ceremony.state.setup.n + 1), CONFIRM)
    return find_ceremony(wiring, election)


def require_confirmed(wiring: Wiring, election: Election) -> CeremonyState:
    """The ceremony of an election whose trustees have confirmed its manifest. Conflict if they have not."""
    held = wiring.ceremonies.find(election.id)
    state = state_of(wiring, held) if held else None
    if not state or state.stage is not Stage.CONFIRMED:
        detail = "the election's trustees have not all confirmed it yet: nobody can be invited before they have"
        raise Conflict("trustees-awaited", detail)
    return state


def _require_dealt(state: CeremonyState) -> Transcript:
    if state.stage is Stage.OVER:
        raise Conflict("ceremony-over", f"this ceremony is over: {state.blame}. Begin another one")
    if state.stage is not Stage.CONFIRMING:
        raise Conflict("trustees-awaited", "the trustees have not made the key yet")
    try:
        return state.transcript
    except CeremonyError as error:  # told by `blame` before
        raise AssertionError from error


def _require_mode(election: Election) -> None:
    if election.mode != "trustees":
        raise Conflict("no-trustees", "this election's key is kept by the service: change its mode first")
    if election.rehearsal:
        raise Conflict("rehearsal", "a rehearsal has no trustees: its mails go to nobody but its organiser")


def _changed() -> Conflict:
    return Conflict("changed-meanwhile", "the draft was changed by another request meanwhile: read it again")
