"""Drafts: making, changing and deleting an election before its manifest is frozen.

Deleting is a saga, because a draft's voters do not fit into one transaction: its wish is queued, the draft is marked
(from here on it is hidden and takes no voters), the job `purge` deletes what hangs on it and last the draft itself.
Killed at any step, the queued wish goes through every step again; each of them may be repeated.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from ballotcast.clock import from_rfc3339, to_rfc3339
from ballotcast.elections.addresses import known_country
from ballotcast.elections.draft import contests_of, require_window
from ballotcast.elections.roles import Role
from ballotcast.errors import Conflict, Forbidden, NotFound, invalid_field
from ballotcast.store.election import Election
from ballotcast.store.events import event
from ballotcast.wiring import Wiring
from organise.photos import keep_photos, name_photos
from organise.trial import drafting, drafts_full


def owned_election(wiring: Wiring, organiser: str, election: str, needed: Role = Role.ORGANISER) -> Election:
    """The election, for somebody whose role in it covers the one that is needed.

    NotFound for an election that they have no part in, as for one that never was or is being deleted; Forbidden if
    their role is a lesser one. The role is read with each request, so it ends at once; of the owner under whose account
    the election is, nothing more is read.
    """
    found = wiring.elections.find(election)
    if found is None or found.deleting:
        raise no_election()
    role = Role.OWNER
    if found.organiser != organiser:
        member = wiring.members.find(election, organiser)
        if member is None or not member.joined:
            raise no_election()
        role = member.role
    if not role.covers(needed):
        raise Forbidden("role-missing", f"you are {role.value} of this election: this takes {needed.value}")
    return replace(found, caller=organiser, role=role)


def election_again(wiring: Wiring, election: Election) -> Election:
    """As it is now, for the same request, while the organiser who sent it may still do what they could at its start."""
    return owned_election(wiring, election.actor, election.id, election.role)


def no_election() -> NotFound:
    return NotFound("no-election", "you have no such election")


def create_election(
    wiring: Wiring, organiser: str, fields: Mapping[str, Any], idempotency_key: str | None = None
) -> Election:
    """A draft from checked fields, with times as datetimes; Invalid, with pointers, if it breaks a rule.

    With an Idempotency-Key the id follows from that, the organiser and the draft: a request that is sent again because
    it broke off finds the draft that it made. Forbidden for one more than there may be before an address is proven.
    """
    now = wiring.clock()
    checked = checked_draft(wiring, fields)
    identity = secrets.token_hex(8)
    if idempotency_key:
        draft = json.dumps(checked, sort_keys=True)
        identity = wiring.session_secret.mac("election", organiser, idempotency_key, draft)[:8].hex()
    election = Election(id=identity, organiser=organiser, created_at=to_rfc3339(now), roll_indexed=True, **checked)
    created = event(election.id, organiser, "election-created", {}, now)
    counting = drafting(wiring, organiser)
    if counting is None or not wiring.elections.add(election, wiring.events.adding(created), *counting):
        before = wiring.elections.find(identity) if idempotency_key else None
        if before and before.organiser == organiser and not before.deleting:
            return before
        if drafting(wiring, organiser) is None:
            raise drafts_full()
        raise Conflict("id-taken", "the id drawn for this election is taken: try again", retry_after=1)
    return election


def edit_election(wiring: Wiring, election: Election, changes: Mapping[str, Any]) -> Election:
    """The draft with these fields changed. Conflict when it is frozen, or was changed by another request meanwhile."""
    if election.frozen:
        raise frozen_draft()
    if election.proposal:
        raise proposed_draft()
    known = {name: value for name, value in asdict(election).items() if name in FIELDS}
    times = {name: from_rfc3339(known[name]) for name in ("opens_at", "closes_at")}
    bare = [{name: value for name, value in contest.items() if name != "id"} for contest in election.contests]
    checked = checked_draft(wiring, {**known, **times, "contests": bare, **changes}, election.contests)
    if election.rehearsal and "title" in changes:
        raise Conflict("rehearsal", "the title of a rehearsal says that it is one: it cannot be changed")
    edited = replace(election, **checked, revision=election.revision + 1)
    told = event(election.id, election.actor, "election-edited", {"fields": sorted(changes)}, wiring.clock())
    if not wiring.elections.edit(edited, election.revision, wiring.events.adding(told)):
        now = election_again(wiring, election)
        if now.frozen or now.proposal:
            raise frozen_draft() if now.frozen else proposed_draft()
        raise Conflict("changed-meanwhile", "the draft was changed by another request meanwhile: read it again")
    return edited


def delete_election(wiring: Wiring, organiser: str, election: str) -> None:
    """Hide the draft now and delete it soon (jobs.py). Conflict when it is frozen; again is harmless until it is gone.

    The wish is queued before the mark: killed in between, the draft is deleted all the same.
    """
    found = wiring.elections.find(election)
    if found is None:
        raise no_election()
    if found.organiser != organiser or not found.deleting:  # another owner's, or the request for the first time
        found = owned_election(wiring, organiser, election, Role.OWNER)
    if found.frozen:
        _require_thrown_away(wiring, found)
    wiring.jobs_queue.send({"kind": "purge", "election": election, "created_at": found.created_at, "start": 0})
    if not wiring.elections.mark_deleting(election, found.created_at):
        now = wiring.elections.find(election)
        if now and now.frozen and not now.deleting:
            raise frozen_draft()


def _require_thrown_away(wiring: Wiring, election: Election) -> None:
    """Of what is frozen a rehearsal alone can be deleted, once it is counted: then nothing works on it any more."""
    if not election.rehearsal:
        raise frozen_draft()
    if wiring.results.find(election.id) is None:
        raise Conflict("not-counted", "the rehearsal is not counted yet: close it, and delete it after the count")


FIELDS = ("title", "description", "opens_at", "closes_at", "contests", "second_factor", "country", "mode", "release")


def checked_draft(
    wiring: Wiring, fields: Mapping[str, Any], before: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """The fields as they are kept: times as text, contests complete, photos stored and named by their hashes.

    before: contests whose photos are stored. Invalid, with pointers, if a rule is broken.
    """
    require_window(fields["opens_at"], fields["closes_at"], wiring.clock())
    if fields["second_factor"] == "sms" and not wiring.settings.sms_countries:
        raise invalid_field("/second_factor", "no-text-messages")
    if fields["country"] and not known_country(fields["country"]):
        raise invalid_field("/country", "bad-country")
    named = name_photos(fields["contests"])
    contests = [contest.model_dump(mode="json") for contest in contests_of(named.contests)]
    keep_photos(wiring.blobs, named, before)
    return {
        **fields,
        "opens_at": to_rfc3339(fields["opens_at"]),
        "closes_at": to_rfc3339(fields["closes_at"]),
        "contests": contests,
    }


def frozen_draft() -> Conflict:
    return Conflict("frozen", "the election's manifest is frozen: voters have been invited, or it has opened")


def proposed_draft() -> Conflict:
    detail = "the election's trustees have been asked to confirm it as it is: begin their ceremony again to change it"
    return Conflict("manifest-proposed", detail)
