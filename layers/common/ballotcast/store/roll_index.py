"""An index of the roll, so that voters are listed by address and found by the beginning of an address or a name.

Roll   VOTER#<election>#index / E#<address>               the voter with this address
Roll   VOTER#<election>#index / N#<name>#<voter>          one for each word of a name, from that word on
Roll   VOTER#<election>#index / B#<voter>                 an invitation to this voter came back
Roll   VOTER#<election>#index / COUNT                     how many voters there are

The rows are written before the voter and removed after, each by itself. So every voter has theirs, and one that is left
over (of a voter who was refused, changed or removed, or by a process that was killed) is told by the voter's own item,
which is read for whatever is shown. COUNT moves in the voters' own transactions.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ballotcast.ballots.roll import email_key
from ballotcast.store.table import Condition, Table, TransactItem
from ballotcast.store.transaction import LIMIT, transact
from ballotcast.store.voter import Voter, from_item, voter_pk

MOST_WORDS = 4
"""Of a name, that it can be found by."""
MOST_ROWS = 1000
"""That are read for one page, also where few of them are what is asked for."""
LONGEST_NAME = 50
"""Characters of a name that it is found by: a row is part of a cursor, which has 400 characters."""
ADDRESS, NAME, BOUNCED, COUNT = "E#", "N#", "B#", "COUNT"
ANYWAY = Condition("attribute_not_exists(pk) OR attribute_exists(pk)", {})


class Page(NamedTuple):
    """more: the row to continue after; empty: there are no more."""

    voters: list[Voter]
    more: str


def index_pk(election: str) -> str:
    return f"VOTER#{election}#index"


def folded(text: str) -> str:
    """A text without case and accents: what is typed to find a name, and what it is found by."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(one for one in plain if unicodedata.category(one) != "Mn")
    return " ".join(bare.replace("#", " ").split())[:LONGEST_NAME]


def rows_of(voter: Voter) -> list[str]:
    """The sort keys of a voter's rows, but for that of a mail that came back."""
    if not voter.email:
        return []
    words = folded(voter.name).split()
    starts = [" ".join(words[start:]) for start in range(min(len(words), MOST_WORDS))]
    return [f"{ADDRESS}{email_key(voter.email)}", *(f"{NAME}{start}#{voter.key}" for start in dict.fromkeys(starts))]


class RollIndex:
    def __init__(self, roll: Table) -> None:
        self._roll = roll

    def put(self, voters: Sequence[Voter]) -> None:
        """Before the voters are written. Twice is once."""
        rows = [(voter, sk) for voter in voters for sk in rows_of(voter)]
        puts = [
            self._roll.putting({"pk": index_pk(voter.election), "sk": sk, "voter": voter.key}) for voter, sk in rows
        ]
        for start in range(0, len(puts), LIMIT):
            transact(self._roll.client, puts[start : start + LIMIT])

    def remove(self, voter: Voter, *, but: Iterable[str] = ()) -> None:
        """After the voter is gone or was changed; `but`: rows that stay."""
        staying = set(but)
        for sk in rows_of(voter):
            if sk not in staying:
                self._roll.delete(index_pk(voter.election), sk)

    def put_bounced(self, election: str, key: str) -> None:
        """Before the voter says so."""
        self._roll.update(index_pk(election), f"{BOUNCED}{key}", "SET voter = :key", {":key": key}, ANYWAY)

    def counting(self, election: str, voters: int, most: int | None = None) -> TransactItem:
        """For the transaction that adds so many voters, or, if it is negative, removes them.

        Refused where there would be more than `most`.
        """
        below = Condition("attribute_not_exists(voters) OR voters <= :left", {":left": (most or 0) - voters})
        allowed = ANYWAY if most is None else below
        return self._roll.updating(index_pk(election), COUNT, "ADD voters :count", {":count": voters}, allowed)

    def count(self, election: str) -> int:
        """How many voters there are, strongly consistent."""
        item = self._roll.get(index_pk(election), COUNT)
        return int(item["voters"]) if item else 0

    def page(self, election: str, *, text: str = "", delivery: str = "", after: str = "", limit: int) -> Page:
        """Voters in order of address; with `text` those whose address or name begins so, addresses first.

        `delivery`: only those with this state. A page may hold fewer than `limit`, or none, and not be the last.
        LookupError if `after` is not of such a listing.
        """
        found: list[Voter] = []
        sections, left = _sections(text, delivery), MOST_ROWS
        if after:
            sections = sections[next((n for n, one in enumerate(sections) if after.startswith(one)), len(sections)) :]
            if not sections:
                raise LookupError(after)
        start = after
        for prefix in sections:
            start = start if start.startswith(prefix) else prefix if prefix.startswith(NAME) else ""
            while len(found) < limit and left > 0:
                wanted = min(limit - len(found), left)
                rows = list(self._roll.query(index_pk(election), prefix=prefix, after=start or None, limit=wanted))
                left -= wanted
                found += self._voters(election, [(row["sk"], row["voter"]) for row in rows], text, delivery)
                if len(rows) < wanted:
                    break
                start = rows[-1]["sk"]
            else:
                return Page(found, start)
        return Page(found, "")

    def _voters(self, election: str, rows: Sequence[tuple[str, str]], text: str, delivery: str) -> list[Voter]:
        """Those of the rows that are so still, each voter by the first of the rows that they are found by."""
        keys = list(dict.fromkeys((voter_pk(election, key), key) for _, key in rows))
        items = self._roll.get_many(keys)
        shown: list[Voter] = []
        for sk, key in rows:
            item = items.get((voter_pk(election, key), key))
            voter = from_item(item) if item else None
            if voter is None or (delivery and voter.delivery != delivery):
                continue
            if sk.startswith(BOUNCED) or sk == _first(voter, _sections(text, "")):
                shown.append(voter)
        return shown

    def clear(self, election: str) -> None:
        """What is left of people once a roll was erased or deleted; the count stays."""
        for row in self._roll.query(index_pk(election)):
            if row["sk"] != COUNT:
                self._roll.delete(row["pk"], row["sk"])

    def forget(self, election: str) -> None:
        """The count too."""
        self.clear(election)
        self._roll.delete(index_pk(election), COUNT)


def _sections(text: str, delivery: str) -> list[str]:
    """Beginnings of sort keys, in the order in which their rows are shown."""
    if not text:
        return [BOUNCED if delivery == "bounced" else ADDRESS]
    return [f"{ADDRESS}{email_key(text)}", *([f"{NAME}{folded(text)}"] if folded(text) else [])]


def _first(voter: Voter, sections: Sequence[str]) -> str:
    """The row by which the voter is shown: the first one of the first section that has one."""
    rows = rows_of(voter)
    for prefix in sections:
        if matching := sorted(row for row in rows if row.startswith(prefix)):
            return matching[0]
    return ""
