"""The people of an election: inviting others to conduct or to observe it, changing what they may do, removing them.

An invitation is for an address, and its owner accepts it by the code that is mailed there. The election is
under the account of one owner, whose allowance of mails counts; if they go, another owner's takes its place in the
same transaction, and the last owner cannot go. Who is removed is refused from the next request on: every request reads
the role again.
"""

import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from ballotcast.clock import to_rfc3339
from ballotcast.elections import broadcast
from ballotcast.elections.roles import Role
from ballotcast.errors import Conflict, Forbidden
from ballotcast.store.election import Election
from ballotcast.store.events import event
from ballotcast.store.mail_allowance import MailRun
from ballotcast.store.members import Member
from ballotcast.store.table import TransactItem
from ballotcast.typed_code import read_code
from ballotcast.wiring import Wiring
from organise.accounts import organiser_id, require_sender
from organise.allowance import take_allowance
from organise.drafts import election_again, owned_election

MOST = 20
"""People of one election, with those who are invited, next to its own account."""
TRIES = 5
"""With one code, also when it is right."""
ATTEMPTS = 5
KEPT = timedelta(days=1)
"""How long a withdrawn invitation is known, so that the next one is not mailed too soon."""


@dataclass(frozen=True)
class Person:
    """`state`: `joined` or `invited`. `you`: whether it is who asks."""

    email: str
    role: Role
    state: str
    since: str
    you: bool


def people(wiring: Wiring, election: Election) -> list[Person]:
    """First whose account the election is under."""
    account = wiring.organisers.find(election.organiser)
    ours = election.actor == election.organiser
    first = Person(account.email if account else "", Role.OWNER, "joined", election.created_at, ours)
    others = [
        Person(one.email, one.role, "joined" if one.joined else "invited", one.since, one.id == election.actor)
        for one in wiring.members.of(election.id)
    ]
    return [first, *others]


def invite_person(wiring: Wiring, election: Election, email: str, role: Role, base_url: str) -> None:
    """Invite an address, or change the role of somebody who is there. Sent again, it changes nothing more.

    Somebody who is invited still gets another mail, with a code that replaces the one before; not more often than every
    ten minutes. Conflict for more than `MOST`, or if the election would be left without an owner's account.
    """
    require_sender(wiring, election.organiser)
    identity = organiser_id(wiring, email)
    for _ in range(ATTEMPTS):
        if identity == election.organiser:
            if role is Role.OWNER:
                return
            raise Conflict("last-owner", "the election is under this account: let another owner remove it")
        others = wiring.members.of(election.id)
        before = next((one for one in others if one.id == identity), None)
        if before and before.role is role:
            break
        if not before and len(others) >= MOST:
            raise Conflict("too-many-people", f"an election has at most {MOST} people next to its own account")
        after = replace(before, role=role) if before else Member(identity, email, role, False, _now(wiring))
        writes = [wiring.members.keeping(election.id, after)]
        if not before:
            writes.append(wiring.members.inviting(election.id, identity))
        told = {"member": identity, "role": role.value}
        action = "member-changed" if before else "member-invited"
        now = [one for one in others if one.id != identity] + [after]
        if _change(wiring, election, action, told, now, writes):
            before = after
            break
        election = election_again(wiring, election)
    else:
        raise _contended()
    if not before.joined:
        _mail(wiring, election, identity, base_url)


def _mail(wiring: Wiring, election: Election, identity: str, base_url: str) -> None:
    """Have the code mailed, out of the day's allowance; not again shortly after a mail went out."""
    now = wiring.clock()
    invitation = wiring.members.invitation(election.id, identity)
    if invitation is None or invitation.mailed_until > int(now.timestamp()):
        return
    take_allowance(wiring, election.organiser, f"{now:%Y-%m-%d}", 1, MailRun(""))
    message = {"kind": "member", "election": election.id, "organiser": identity, "by": election.actor}
    wiring.mail_queue.send({**message, "request": secrets.token_hex(8), "base_url": base_url})


def remove_person(wiring: Wiring, election: Election, email: str) -> None:
    """End what this address may do, or its invitation. Nothing changes if it has no part in the election.

    Owners remove anybody, others only themselves. Conflict for the last owner.
    """
    identity = organiser_id(wiring, email)
    if identity != election.actor and not election.role.covers(Role.OWNER):
        raise Forbidden("role-missing", "only an owner of this election removes others")
    for _ in range(ATTEMPTS):
        others = wiring.members.of(election.id)
        if identity == election.organiser:
            heir = _heir(election, others)
            staying = [one for one in others if one.id != heir.id]
            writes = [wiring.members.promoting(election.id, heir), *wiring.members.removing(election.id, identity)]
            owner = heir.id
        elif gone := next((one for one in others if one.id == identity), None):
            staying, owner = [one for one in others if one is not gone], ""
            writes = _removing(wiring, election.id, gone)
        else:
            return
        if _change(wiring, election, "member-removed", {"member": identity}, staying, writes, owner):
            return
        election = election_again(wiring, election)
    raise _contended()


def _removing(wiring: Wiring, election: str, gone: Member) -> list[TransactItem]:
    if gone.joined:
        return wiring.members.removing(election, gone.id)
    return wiring.members.withdrawing(election, gone.id, int((wiring.clock() + KEPT).timestamp()))


def _heir(election: Election, others: list[Member]) -> Member:
    """Whose account the election is under next: the one who removes its owner, else the owner who is there longest."""
    owners = [one for one in others if one.joined and one.role is Role.OWNER]
    if not owners:
        raise Conflict("last-owner", "nobody else owns this election: make another owner first")
    return next((one for one in owners if one.id == election.actor), owners[0])


def accept_invitation(wiring: Wiring, organiser: str, election: str, code: str) -> Election:
    """Join by the code that was mailed to this organiser's address, which verifies it.

    The same again, as after a lost answer, changes nothing. Forbidden for a code that is wrong, too old, or not for
    this organiser, and for every code after `TRIES`.
    """
    given = wiring.roll_secret.mac("join", election, organiser, read_code(code))
    counted = wiring.members.count_try(election, organiser, TRIES)
    for _ in range(ATTEMPTS):
        found = wiring.elections.find(election)
        if found is None or found.deleting:
            raise _bad_code()
        member = wiring.members.find(election, organiser)
        if found.organiser == organiser or (member and member.joined):
            if member and member.joined:
                wiring.sessions.prove(organiser)
            return owned_election(wiring, organiser, election, Role.OBSERVER)
        if not counted or not member:
            raise _bad_code()
        invitation = wiring.members.invitation(election, organiser)
        late = not invitation or invitation.expires <= int(wiring.clock().timestamp())
        if not invitation or late or not hmac.compare_digest(invitation.code_mac, given):
            raise _bad_code()
        joined = replace(member, joined=True, since=_now(wiring))
        others = [one for one in wiring.members.of(election) if one.id != organiser]
        acting = replace(found, caller=organiser, role=member.role)
        writes = wiring.members.joining(election, joined, given)
        if _change(wiring, acting, "member-joined", {"role": member.role.value}, [*others, joined], writes):
            wiring.sessions.prove(organiser)
            return owned_election(wiring, organiser, election, Role.OBSERVER)
    raise _contended()


def _change(
    wiring: Wiring,
    election: Election,
    action: str,
    detail: dict[str, Any],
    others: list[Member],
    writes: list[TransactItem],
    owner: str = "",
) -> bool:
    """Carry it out, with its event and with the ids that may look after the election's channel from then on."""
    told = event(election.id, election.actor, action, detail, wiring.clock())
    writes = [*writes, wiring.events.adding(told)]
    keepers = [one.id for one in others if one.joined and one.role.covers(Role.ORGANISER)]
    if election.frozen:
        name, keeper = broadcast.channel_name(election.id), owner or election.organiser
        passing = wiring.channels.passing(name, keeper, keepers)
        if wiring.members.change(election, *writes, passing, people=len(others), owner=owner):
            return True
        now = wiring.elections.find(election.id)
        if not now or now.revision != election.revision:
            return False
        # nothing has moved: the channel was removed, or a write is refused, which the same without it tells
    return wiring.members.change(election, *writes, people=len(others), owner=owner)


def names_of(wiring: Wiring, election: Election, organisers: set[str]) -> dict[str, str]:
    """Addresses of those who have an account, or are invited; others are left out."""
    found = wiring.organisers.emails(sorted(organisers))
    if organisers - found.keys():
        found |= {one.id: one.email for one in wiring.members.of(election.id) if one.id in organisers}
    return found


def _now(wiring: Wiring) -> str:
    return to_rfc3339(wiring.clock())


def _bad_code() -> Forbidden:
    detail = "this code is wrong, too old, spent, or for another address: ask for another invitation"
    return Forbidden("bad-token", detail)


def _contended() -> Conflict:
    return Conflict("changed-meanwhile", "the election is being changed by other requests: try again")
