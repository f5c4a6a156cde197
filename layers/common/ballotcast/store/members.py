"""The people of an election next to the organiser under whose account it is: co-owners, organisers, observers.

Roll   ELECTION#<election> / MEMBER#<organiser>      role, address, and whether they have joined or are invited
Roll   ORGANISER#<organiser> / JOIN#<election>       the code of an invitation, until it is accepted; `withdrawn`: kept
                                                     for when the next mail may go out, and expires
Roll   ORGANISER#<organiser> / ELECTION#<election>   for listing, once they have joined (store/election.py)

Every change is one transaction on the condition that the election has not been changed since it was read: so two
changes at once cannot remove each other's last owner, and a freeze that has read the people before is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ballotcast.elections.roles import Role
from ballotcast.store.election import META, Election, election_pk
from ballotcast.store.organisers import PROFILE, organiser_pk
from ballotcast.store.table import ANYWAY, Condition, Item, Refusal, Table, TransactItem
from ballotcast.store.transaction import Cancelled, transact

PREFIX = "MEMBER#"


@dataclass(frozen=True)
class Member:
    id: str
    """The organiser's, which follows from the address: there may be no account yet."""
    email: str
    role: Role
    joined: bool
    since: str
    """RFC 3339: when they were invited, then when they joined."""


@dataclass(frozen=True)
class Invitation:
    """`mailed_until`: epoch seconds before which no other mail is sent; 0 while none went out."""

    mailed_until: int = 0
    tries: int = 0
    expires: int = 0
    code_mac: bytes = field(default=b"", repr=False)


def member_sk(organiser: str) -> str:
    return f"{PREFIX}{organiser}"


def join_sk(election: str) -> str:
    return f"JOIN#{election}"


class Members:
    def __init__(self, roll: Table) -> None:
        self._roll = roll

    def of(self, election: str) -> list[Member]:
        """Strongly consistent, the longest there first."""
        rows = self._roll.query(election_pk(election), prefix=PREFIX)
        return sorted(map(_member, rows), key=lambda member: (member.since, member.id))

    def find(self, election: str, organiser: str) -> Member | None:
        item = self._roll.get(election_pk(election), member_sk(organiser))
        return _member(item) if item else None

    def roles(self, elections: Sequence[str], organiser: str) -> dict[str, Role]:
        """The organiser's roles in those of the elections that they have joined."""
        keys = [(election_pk(election), member_sk(organiser)) for election in elections]
        found = {pk.removeprefix("ELECTION#"): _member(item) for (pk, _), item in self._roll.get_many(keys).items()}
        return {election: member.role for election, member in found.items() if member.joined}

    def invitation(self, election: str, organiser: str) -> Invitation | None:
        item = self._roll.get(organiser_pk(organiser), join_sk(election))
        return Invitation(**{name: item[name] for name in vars(Invitation()) if name in item}) if item else None

    def change(self, election: Election, *writes: TransactItem, people: int, owner: str = "") -> bool:
        """Carry out writes on the people, of whom there are so many afterwards, with the election's revision.

        `owner`: whose the election is from then on, if it changes.

        False if the election was changed or deleted since it was read, or one of the writes is refused.
        """
        unchanged = Condition(
            "attribute_not_exists(deleting) AND revision = :revision AND organiser = :before",
            {":revision": election.revision, ":before": election.organiser},
        )
        update = "SET people = :people"
        values: dict[str, Any] = {":people": people, ":one": 1}
        if owner:
            update, values = f"{update}, organiser = :owner", {**values, ":owner": owner}
        moving = self._roll.updating(election_pk(election.id), META, f"{update} ADD revision :one", values, unchanged)
        try:
            transact(self._roll.client, [moving, *writes])
        except Cancelled:
            return False
        return True

    def keeping(self, election: str, member: Member) -> TransactItem:
        """For `change`: the member, new or replaced."""
        return self._roll.putting({"pk": election_pk(election), "sk": member_sk(member.id), **vars(member)})

    def inviting(self, election: str, organiser: str) -> TransactItem:
        """For `change`: an invitation, for which `notify` makes a code.

        One that was withdrawn shortly before is in force again, with the code that was mailed, so that inviting and
        withdrawing in turn mails nobody more often.
        """
        update = "SET invited = :yes REMOVE withdrawn, expiration"
        return self._roll.updating(organiser_pk(organiser), join_sk(election), update, {":yes": True}, ANYWAY)

    def joining(self, election: str, member: Member, code_mac: bytes) -> list[TransactItem]:
        """For `change`: the invited member as one who has joined, by the code, which ends. It proves their address."""
        invited = Condition("joined = :no", {":no": False})
        current = Condition("code_mac = :mac", {":mac": code_mac})
        pointer = {"pk": organiser_pk(member.id), "sk": election_pk(election), "election": election}
        there = Condition("attribute_exists(pk)", {})
        verified = "SET verified = :yes REMOVE verification_hash, verification_expires"
        return [
            self._roll.putting({"pk": election_pk(election), "sk": member_sk(member.id), **vars(member)}, invited),
            self._roll.deleting(organiser_pk(member.id), join_sk(election), current),
            self._roll.putting(pointer),
            self._roll.updating(organiser_pk(member.id), PROFILE, verified, {":yes": True}, there),
        ]

    def removing(self, election: str, organiser: str) -> list[TransactItem]:
        """For `change`: whatever there is of somebody who has joined, or under whose account the election is."""
        return [
            self._roll.deleting(election_pk(election), member_sk(organiser)),
            self._roll.deleting(organiser_pk(organiser), join_sk(election)),
            self._roll.deleting(organiser_pk(organiser), election_pk(election)),
        ]

    def withdrawing(self, election: str, organiser: str, expires: int) -> list[TransactItem]:
        """For `change`: the member who is invited. When they were mailed is kept until then, in epoch seconds."""
        update = "SET withdrawn = :yes, expiration = :expires"
        values = {":yes": True, ":expires": expires}
        return [
            self._roll.deleting(election_pk(election), member_sk(organiser)),
            self._roll.updating(organiser_pk(organiser), join_sk(election), update, values, ANYWAY),
        ]

    def promoting(self, election: str, heir: Member) -> TransactItem:
        """For `change` with `owner`: the heir is no longer listed next to the election's own account."""
        owner = Condition("joined = :yes AND #role = :owner", {":yes": True, ":owner": Role.OWNER.value})
        return self._roll.deleting(election_pk(election), member_sk(heir.id), owner)

    def offer(
        self, election: str, organiser: str, request: str, code_mac: bytes, *, now: int, expires: int, until: int
    ) -> bool:
        """Remember the newest code's keyed hash, and take the turn to mail it; times in epoch seconds.

        False if there is no such invitation any more, or another `request` was mailed and its `until` is to come.
        """
        update = "SET code_mac = :mac, expires = :expires, tries = :none, mailed_until = :until, asked = :asked"
        values = {":mac": code_mac, ":expires": expires, ":none": 0, ":until": until}
        turn = (
            "attribute_exists(pk) AND attribute_not_exists(withdrawn)"
            " AND (attribute_not_exists(mailed_until) OR mailed_until <= :now OR asked = :asked)"
        )
        return self._update(election, organiser, update, values, turn, {":now": now, ":asked": request})

    def count_try(self, election: str, organiser: str, most: int) -> bool:
        """Before the code is looked at, so that parallel guesses are counted too; False after `most`."""
        below = "attribute_exists(pk) AND tries < :most"
        return self._update(election, organiser, "ADD tries :one", {":one": 1}, below, {":most": most})

    def forget(self, election: str) -> None:
        """What members have of a draft that is being deleted, and the members themselves."""
        for member in self.of(election):
            self._roll.delete(organiser_pk(member.id), join_sk(election))
            self._roll.delete(organiser_pk(member.id), election_pk(election))
            self._roll.delete(election_pk(election), member_sk(member.id))

    def _update(
        self,
        election: str,
        organiser: str,
        update: str,
        values: dict[str, Any],
        condition: str,
        compared: dict[str, Any],
    ) -> bool:
        try:
            self._roll.update(
                organiser_pk(organiser), join_sk(election), update, values, Condition(condition, compared)
            )
        except Refusal:
            return False
        return True


def _member(item: Item) -> Member:
    values = {name: item[name] for name in Member.__dataclass_fields__}
    return Member(**{**values, "role": Role(item["role"])})
