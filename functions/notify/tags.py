"""Whose mail came back: what mails are tagged with, and what the tags of a notification say."""

from typing import Any, NamedTuple

from ballotcast.store.ceremonies import Person


class InvitationTags(NamedTuple):
    """Of an invitation."""

    election: str
    voter: str
    run: str


class TrusteeTags(NamedTuple):
    """Of a mail to a trustee. mail: its number among those to this trustee in this attempt, from 1."""

    election: str
    attempt: int
    trustee: int
    mail: int

    @classmethod
    def of_next(cls, person: Person) -> "TrusteeTags":
        """Of the mail that goes out next to a trustee."""
        return cls(person.election, person.attempt, person.index, len(person.mailed) + 1)

    def texts(self) -> dict[str, str]:
        return {name: str(value) for name, value in self._asdict().items()}


def read_tags(tags: dict[str, Any]) -> InvitationTags | TrusteeTags | None:
    """None for a mail without tags. Raises ValueError for a number that cannot be read."""
    match [tags.get(name) for name in InvitationTags._fields]:
        case [[str(election), *_], [str(voter), *_], [str(run), *_]]:
            return InvitationTags(election, voter, run)
    match [tags.get(name) for name in TrusteeTags._fields]:
        case [[str(election), *_], [str(attempt), *_], [str(index), *_], [str(mail), *_]]:
            return TrusteeTags(election, int(attempt), int(index), int(mail))
    return None
