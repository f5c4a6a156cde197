"""Rights to vote that are asked to end while voting runs, and those that replace them (their item: voter.py).

Whether a right was used is settled by the first of two writes to its item: a credential is recorded (`Voters.issue`),
or `ended` is set. The second write does not look whether there was a first one, so that anyone who asks for it learns
nothing of anyone who has voted. A right keeps its line in the ledger.

A right that replaces another is the same person's. Before a credential is issued for it, `used_before` looks at all
that it replaces; they have ended, so what is found there stays.
"""

from typing import Any

from ballotcast.store.table import ABSENT, Condition, Table, TransactItem
from ballotcast.store.voter import Voter, from_item, to_item, voter_pk
from ballotcast.store.voters import CODES


class Rights:
    def __init__(self, roll: Table) -> None:
        self._roll = roll

    def ending(self, voter: Voter, revision: int, successor: str = "") -> TransactItem:
        """For the transaction that states that this right is to end. The same write whether or not it was used.

        Args:
            voter: As found just now.
            revision: Of the roll that the amendment states.
            successor: The key of the right that replaces it; empty if none does.
        """
        standing = Condition("tag = :tag AND attribute_not_exists(ended)", {":tag": voter.tag})
        update = "SET ended = :revision"
        values: dict[str, Any] = {":revision": revision}
        if successor:
            update, values = f"{update}, successor = :successor", {**values, ":successor": successor}
        pk = voter_pk(voter.election, voter.key)
        return self._roll.updating(pk, voter.key, f"{update} REMOVE {CODES}", values, standing)

    def joining(self, voter: Voter) -> TransactItem:
        """For the transaction that states a roll with this new voter; refused if the address had a right before."""
        return self._roll.putting(to_item(voter), ABSENT)

    def used_before(self, voter: Voter) -> bool:
        """Return whether a credential was issued for a right that this one replaces, directly or not.

        All of these have ended, so this does not change. A read for each of them, whatever it finds.
        """
        used = False
        while voter.predecessor:
            item = self._roll.get(voter_pk(voter.election, voter.predecessor), voter.predecessor)
            if item is None:
                raise LookupError("a right that was replaced is not on the roll")
            voter = from_item(item)
            used = used or voter.issued
        return used
