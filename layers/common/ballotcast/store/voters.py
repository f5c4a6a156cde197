"""The roll: what is read and written of its voters (their item: voter.py).

One voter, one credential: `issue` is one conditional update of the voter's own item. With it go all traces of codes,
because they tell about when it was. A right ends by one conditional update too, which does not ask whether it was used:
of the two, the first settles it. After the first invitation a voter's item is never deleted; erasing personal data
removes the address, the telephone number and what codes have left.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from ballotcast.store.faults import repeat
from ballotcast.store.roll_index import RollIndex
from ballotcast.store.table import ABSENT, PRESENT, Condition, Refusal, Table, TransactItem
from ballotcast.store.transaction import Cancelled, transact
from ballotcast.store.voter import (
    LINK,
    PARTITIONS,
    RollLine,
    Voter,
    from_item,
    link_pk,
    to_item,
    to_line,
    voter_pk,
)

READERS = 8
"""Partitions read at once by `roll` and `lines`."""
LINE = tuple(RollLine.__dataclass_fields__)
Writes = Sequence[TransactItem]
"""Of a transaction (store/table.py)."""
CODES = "otp_mac, otp_expires, otp_attempts, otp_locked_until, otp_sends, otp_sends_until"
"""All that codes leave on a voter."""

_FREE = "attribute_not_exists(blinded_sha256) AND attribute_not_exists(ended)"
"""Neither used nor asked to end."""


@dataclass(eq=False)
class NotIssued(Exception):
    """Nothing was written. `voter`: as found."""

    voter: Voter


class NotAdded(Exception):
    """Of this batch nothing was written: what had to hold next to it does not."""


class NotChanged(Exception):
    """Nothing was written. taken: whether the new address is another voter's."""

    def __init__(self, *, taken: bool) -> None:
        super().__init__("a voter or the election is not as it was read")
        self.taken = taken


def _nothing(added: int) -> Writes:
    return ()


def _unchanged(voter: Voter) -> Condition:
    """Still there, as added then: nobody is invited in a draft, so only the salt and the personal data can differ."""
    return Condition("salt = :salt", {":salt": voter.salt})


class Voters:
    def __init__(self, roll: Table) -> None:
        self._roll = roll

    def add(self, voters: Sequence[Voter], beside: Callable[[int], Writes] = _nothing) -> int:
        """Add those not yet there, all in one transaction; returns how many were added.

        `beside(added)` are writes and checks that belong to the same transaction; NotAdded when one is refused. Voters
        and those together are at most 100 (DynamoDB's limit).
        """
        waiting = list(voters)
        while True:
            writes = [self._roll.putting(to_item(voter), ABSENT) for voter in waiting]
            writes += beside(len(waiting))
            if not writes:
                return 0
            try:
                transact(self._roll.client, writes)
            except Cancelled as cancelled:
                if max(cancelled.refusals) >= len(waiting):
                    raise NotAdded from None
                waiting = [voter for position, voter in enumerate(waiting) if position not in cancelled.refusals]
            else:
                return len(waiting)

    def find(self, election: str, key: str) -> Voter | None:
        item = self._roll.get(voter_pk(election, key), key)
        return from_item(item) if item else None

    def present(self, election: str, keys: Sequence[str]) -> set[str]:
        """Which of these keys are on the roll."""
        return {key for _, key in self._roll.get_many([(voter_pk(election, key), key) for key in keys])}

    def find_many(self, election: str, keys: Sequence[str]) -> list[Voter]:
        """Those of these distinct keys who are on the roll, strongly consistent, in the order of the keys."""
        found = self._roll.get_many([(voter_pk(election, key), key) for key in keys])
        return [from_item(found[at]) for key in keys if (at := (voter_pk(election, key), key)) in found]

    def in_partition(self, election: str, partition: str, *, after: str | None = None) -> Iterator[Voter]:
        """Strongly consistent, in order of key; `after` is the last key already seen."""
        return map(from_item, self._roll.query(voter_pk(election, partition), after=after))

    def roll(self, election: str) -> list[Voter]:
        """Everybody, strongly consistent, in order of key."""
        with ThreadPoolExecutor(READERS) as readers:
            parts = readers.map(lambda partition: list(self.in_partition(election, partition)), PARTITIONS)
            return [voter for part in parts for voter in part]

    def lines(self, election: str) -> list[RollLine]:
        """Everybody, as `roll` does, with what a roll is stated by and no more."""

        def read(partition: str) -> list[RollLine]:
            return list(map(to_line, self._roll.query(voter_pk(election, partition), only=LINE)))

        with ThreadPoolExecutor(READERS) as readers:
            return [line for part in readers.map(read, PARTITIONS) for line in part]

    def page(self, election: str, *, after: str | None, limit: int) -> list[Voter]:
        """At most `limit` voters in order of key, from the one behind `after`."""
        found: list[Voter] = []
        for partition in PARTITIONS[int(after[:2], 16) if after else 0 :]:
            start = after if after and after.startswith(partition) else None
            rows = self._roll.query(voter_pk(election, partition), after=start, limit=limit - len(found))
            found.extend(map(from_item, rows))
            if len(found) >= limit:
                break
        return found

    def change(self, before: Sequence[Voter], after: Voter | None, beside: Writes) -> None:
        """Put `after`, if there is one, in the place of voters as they were read, together with the writes `beside`.

        At most 97 voters. Raises NotChanged.
        """
        staying = {after.key} if after else set()
        writes = [
            self._roll.deleting(voter_pk(voter.election, voter.key), voter.key, _unchanged(voter))
            for voter in before
            if voter.key not in staying
        ]
        if after:
            same = next((voter for voter in before if voter.key == after.key), None)
            writes.append(self._roll.putting(to_item(after), _unchanged(same) if same else ABSENT))
        try:
            transact(self._roll.client, [*writes, *beside])
        except Cancelled as cancelled:
            taken = bool(after) and len(writes) - 1 in cancelled.refusals and not any(v.key in staying for v in before)
            raise NotChanged(taken=taken) from None

    def remove(self, voter: Voter) -> None:
        """Only for a draft that is being deleted."""
        self._roll.delete(voter_pk(voter.election, voter.key), voter.key)

    def enlist(self, election: str, key: str, run: str, *, visibly: bool) -> None:
        """Make a voter part of an invitation run. `visibly` false (reminders): what organisers see stays as it is.

        A voter who is part of the run already stays as they are, so that a step that is repeated hides no delivery, and
        so does one whose right was asked to end.
        """
        other = Condition(
            f"{PRESENT.expression} AND attribute_not_exists(ended) AND (attribute_not_exists(#run) OR #run <> :run)",
            {":run": run},
        )
        update, values = "SET #run = :run", {":run": run}
        if visibly:
            update, values = "SET #run = :run, delivery = :queued", {":run": run, ":queued": "queued"}
        try:
            repeat(lambda: self._roll.update(voter_pk(election, key), key, update, values, other))
        except Refusal as refused:
            if refused.item.get("run") != run and "ended" not in refused.item:
                raise

    def give_link(self, voter: Voter, run: str, link_hash: str) -> bool:
        """Store a new link, which replaces the one before when its mail is out (`mark_mailed`); `voter`: as just read.

        False when the run is no longer the voter's newest, or the right was asked to end.
        """
        link = {"pk": link_pk(link_hash), "sk": LINK, "election": voter.election, "voter": voter.key}
        current = Condition("#run = :run AND attribute_not_exists(ended)", {":run": run})
        pk, update = voter_pk(voter.election, voter.key), "SET link_hash = :hash"
        values = {":hash": link_hash}
        if mailed := voter.link_before or voter.link_hash:
            update, values = f"{update}, link_before = :mailed", {**values, ":mailed": mailed}
        try:
            transact(
                self._roll.client,
                [
                    self._roll.putting(link, ABSENT),
                    self._roll.updating(pk, voter.key, update, values, current),
                ],
            )
        except Cancelled:
            return False
        return True

    def mark_mailed(self, election: str, key: str, run: str, link_hash: str = "") -> None:
        """The mail with this link (empty: the newest) is out, if the run is the voter's newest; `queued` is now `sent`.

        If another delivery of the message gave a newer link meanwhile, the run stays open, and this link valid.
        """
        link = {":link": link_hash} if link_hash else {}
        newest, values = "#run = :run AND link_hash = :link" if link else "#run = :run", {":run": run, **link}
        visible = Condition(f"{newest} AND delivery = :queued", {**values, ":queued": "queued"})
        unmailed = Condition("#run = :run AND (attribute_not_exists(mailed) OR mailed <> :run)", {":run": run})
        for update, new, condition in (
            ("SET mailed = :run, delivery = :sent REMOVE link_before", {":sent": "sent"}, visible),
            ("SET mailed = :run REMOVE link_before", {}, Condition(newest, values)),
            *([("SET link_before = :link", link, unmailed)] if link else []),
        ):
            if repeat(partial(self._roll.update_present, voter_pk(election, key), key, update, new, condition)):
                return

    def mark_bounced(self, election: str, key: str, run: str, *beside: TransactItem) -> None:
        """If the run is still the voter's newest, together with the writes `beside`. Twice is once.

        The index (roll_index.py) has it first.
        """
        RollIndex(self._roll).put_bounced(election, key)
        bounced: dict[str, Any] = {":bounced": "bounced"}
        current = Condition("#run = :run AND delivery <> :bounced", {":run": run, **bounced})
        write = self._roll.updating(voter_pk(election, key), key, "SET delivery = :bounced", bounced, current)
        try:
            transact(self._roll.client, [write, *beside])
        except Cancelled:
            return

    def by_link(self, link_hash: str) -> tuple[str, str] | None:
        """(election, voter key) that a link was made for, revoked or not."""
        item = self._roll.get(link_pk(link_hash), LINK)
        return (item["election"], item["voter"]) if item else None

    def issue(self, election: str, key: str, link_hash: str, blinded_sha256: str, *, replacing: bool = False) -> Voter:
        """Exactly once: record what is signed for this voter, by a link that is valid now. All codes end with it.

        Args:
            election: The election's id.
            key: The voter's.
            link_hash: SHA-256 of the link's token, hex.
            blinded_sha256: Of what is to be signed, hex.
            replacing: The right may be one that replaces another: `used_before` said that none of these was used.

        Returns:
            The voter: recorded now, or the same value before.

        Raises:
            NotIssued: Another value was recorded, the right was asked to end or replaces another one, or another link
                is valid.
        """
        free = _FREE if replacing else f"{_FREE} AND attribute_not_exists(replaces)"
        condition = Condition(
            f"(link_hash = :link OR link_before = :link) AND (blinded_sha256 = :blinded OR ({free}))",
            {":link": link_hash, ":blinded": blinded_sha256},
        )
        update = f"SET blinded_sha256 = :blinded REMOVE {CODES}"
        try:
            return from_item(self._roll.update(voter_pk(election, key), key, update, {}, condition))
        except Refusal as refused:
            raise NotIssued(from_item(refused.item)) from None

    def erase(self, voter: Voter) -> None:
        """Remove what names a person; tag and issuance stay, for the ledger."""
        update = f"REMOVE email, phone, #name, #language, salt, {CODES}"
        self._roll.update_present(voter_pk(voter.election, voter.key), voter.key, update, {}, PRESENT)
