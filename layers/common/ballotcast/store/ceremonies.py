"""Ceremonies of trustees, while the election is a draft: who they are, and the messages that they have sent.

Roll   TRUSTEES#<election> / CEREMONY                       the attempt under way
Roll   TRUSTEES#<election> / PERSON#<attempt>#<index>       one trustee's address, and the hashes of mailed links
Roll   TRUSTEES#<election> / MANIFEST#<attempt>             b = the manifest that trustees are to confirm
Roll   TRUSTEES#<election> / MESSAGE#<attempt>#<round>#<index>   b = the exact bytes of a message

Every message is one conditional write, and stays: of two of one round the first counts. A confirmation and a complaint
have one row between them, so that nobody does both. A new attempt has rows of its own; nobody reads the old ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ballotcast.store.table import ABSENT, PRESENT, Condition, Item, Refusal, Table, TransactItem
from ballotcast.trustees.setup import Setup

CEREMONY = "CEREMONY"
ROUNDS = {"join": "1", "deal": "2", "confirm": "3", "complaint": "3"}
"""The part of a message's key: it sorts rounds."""
LINKS = 8
"""Of one trustee the newest mailed links that are good."""


def trustees_pk(election: str) -> str:
    return f"TRUSTEES#{election}"


def person_sk(attempt: int, index: int) -> str:
    return f"PERSON#{attempt:04}#{index:02}"


def messages_prefix(attempt: int) -> str:
    return f"MESSAGE#{attempt:04}#"


def manifest_sk(attempt: int) -> str:
    return f"MANIFEST#{attempt:04}"


@dataclass(frozen=True)
class HeldCeremony:
    """The attempt under way. names: in the order of indices. deadline, begun_at: RFC 3339.

    base_url: where trustees' links point, without a trailing slash. title: of the draft when they were asked.
    """

    election: str
    attempt: int
    t: int
    names: tuple[str, ...]
    begun_at: str
    deadline: str
    base_url: str
    title: str

    @property
    def setup(self) -> Setup:
        return Setup(election=self.election, attempt=self.attempt, t=self.t, trustees=self.names)


@dataclass(frozen=True)
class Person:
    """One trustee of an attempt. links: hashes of mailed tokens, newest last. mailed: what mails went out, by name.

    bounced: the number of the newest mail that came back, from 1; 0 if none did.
    """

    election: str
    attempt: int
    index: int
    email: str = field(repr=False)
    links: list[str] = field(default_factory=list, repr=False)
    mailed: list[str] = field(default_factory=list)
    bounced: int = 0

    @property
    def unreached(self) -> bool:
        """Whether the newest mail came back."""
        return self.bounced > 0 and self.bounced >= len(self.mailed)


class TwoMessages(Exception):
    """The trustee has sent another message of this round before; nothing was written."""


class Ceremonies:
    def __init__(self, roll: Table) -> None:
        self._roll = roll

    def find(self, election: str) -> HeldCeremony | None:
        item = self._roll.get(trustees_pk(election), CEREMONY)
        if not item:
            return None
        values = {name: item[name] for name in HeldCeremony.__dataclass_fields__}
        return HeldCeremony(**{**values, "names": tuple(item["names"])})

    def beginning(self, ceremony: HeldCeremony, emails: Sequence[str]) -> list[TransactItem]:
        """For the transaction that begins an attempt: refused unless the one before is the newest."""
        pk = trustees_pk(ceremony.election)
        row: Item = {"pk": pk, "sk": CEREMONY, **vars(ceremony), "names": list(ceremony.names)}
        before = Condition("attempt = :before", {":before": ceremony.attempt - 1})
        people = [Person(ceremony.election, ceremony.attempt, index, email) for index, email in enumerate(emails, 1)]
        return [
            self._roll.putting(row, ABSENT if ceremony.attempt == 1 else before),
            *(self._roll.putting(_person_item(person)) for person in people),
        ]

    def still(self, election: str, attempt: int) -> TransactItem:
        """For a transaction that holds for this attempt only."""
        newest = Condition("attempt = :attempt", {":attempt": attempt})
        return self._roll.checking(trustees_pk(election), CEREMONY, newest)

    def person(self, election: str, attempt: int, index: int) -> Person | None:
        item = self._roll.get(trustees_pk(election), person_sk(attempt, index))
        return _person(item) if item else None

    def people(self, election: str, attempt: int) -> list[Person]:
        """In the order of indices."""
        return [_person(item) for item in self._roll.query(trustees_pk(election), prefix=person_sk(attempt, 0)[:-2])]

    def give_link(self, person: Person, token_sha256: str) -> bool:
        """Remember a link before it is mailed; False if another one was made at the same time, or nobody is there."""
        links = [*person.links, token_sha256][-LINKS:]
        same = Condition("attribute_exists(pk) AND links = :before", {":before": person.links})
        return self._update(person, "SET links = :links", {":links": links}, same)

    def mark_mailed(self, person: Person, mail: str) -> None:
        """That this mail went out, so that the same message does not send it again."""
        same = Condition("attribute_exists(pk) AND mailed = :before", {":before": person.mailed})
        self._update(person, "SET mailed = :mailed", {":mailed": [*person.mailed, mail]}, same)

    def mark_bounced(self, election: str, attempt: int, index: int, number: int) -> None:
        """That the mail with this number came back; it may do so before it is noted as sent."""
        person = Person(election, attempt, index, "")
        newer = Condition("attribute_exists(pk) AND bounced < :number", {":number": number})
        self._update(person, "SET bounced = :number", {":number": number}, newer)

    def propose(self, election: str, attempt: int, manifest: bytes) -> TransactItem:
        """For the transaction that fixes the draft: the manifest that trustees are to confirm, once for an attempt."""
        item = {"pk": trustees_pk(election), "sk": manifest_sk(attempt), "b": manifest}
        return self._roll.putting(item, ABSENT)

    def proposal(self, election: str, attempt: int) -> bytes | None:
        item = self._roll.get(trustees_pk(election), manifest_sk(attempt))
        return item["b"] if item else None

    def keep(self, election: str, attempt: int, kind: str, index: int, message: bytes) -> bool:
        """Write a message; False if the same one was there. Raises TwoMessages."""
        sk = f"{messages_prefix(attempt)}{ROUNDS[kind]}#{index:02}"
        try:
            self._roll.put({"pk": trustees_pk(election), "sk": sk, "b": message}, ABSENT)
        except Refusal as refused:
            if refused.item["b"] != message:
                raise TwoMessages from None
            return False
        return True

    def messages(self, election: str, attempt: int) -> Iterator[bytes]:
        """All of an attempt, in order of round and index."""
        for item in self._roll.query(trustees_pk(election), prefix=messages_prefix(attempt)):
            yield item["b"]

    def forget(self, election: str) -> None:
        """All that there is of a draft that is being deleted."""
        for item in self._roll.query(trustees_pk(election)):
            self._roll.delete(item["pk"], item["sk"])

    def erase(self, election: str) -> None:
        """The trustees' addresses, in all attempts. Their links end with it; their names are in the manifest."""
        for item in self._roll.query(trustees_pk(election), prefix="PERSON#"):
            person = _person(item)
            self._update(person, "SET email = :none, links = :no", {":none": "", ":no": []}, PRESENT)

    def _update(self, person: Person, update: str, values: dict[str, Any], condition: Condition) -> bool:
        sk = person_sk(person.attempt, person.index)
        try:
            self._roll.update(trustees_pk(person.election), sk, update, values, condition)
        except Refusal:
            return False
        return True


def _person_item(person: Person) -> Item:
    return {"pk": trustees_pk(person.election), "sk": person_sk(person.attempt, person.index), **vars(person)}


def _person(item: Item) -> Person:
    return Person(**{name: item[name] for name in Person.__dataclass_fields__})
