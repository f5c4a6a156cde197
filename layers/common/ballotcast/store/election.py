"""Elections on the identity side: the draft, then what was frozen from it.

Roll   ELECTION#<id> / META                      everything below
Roll   ORGANISER#<organiser> / ELECTION#<id>     whose it is, for listing; written with META in one transaction

`manifest` present means frozen: the draft's fields no longer change. Whether it is open is the clock's business
(ballotcast.elections.lifecycle), with `closed_at` as the only marker.
"""

import json
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ballotcast.clock import from_rfc3339
from ballotcast.elections import lifecycle
from ballotcast.elections.roles import Role
from ballotcast.store.table import Item

META = "META"
OF_REQUEST = frozenset({"caller", "role"})
"""Fields that are not stored."""


def election_pk(election: str) -> str:
    return f"ELECTION#{election}"


@dataclass(frozen=True)
class Keys:
    """The election's private keys, each wrapped for its own purpose (store/vault.py).

    election: None where trustees make it, and nobody has it.
    """

    issuer: bytes = field(repr=False)
    issuance: bytes = field(repr=False)
    receipt: bytes = field(repr=False)
    log: bytes = field(repr=False)
    election: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Election:
    id: str
    organiser: str
    title: str
    description: str
    opens_at: str
    """RFC 3339, as all times here."""
    closes_at: str
    """The end in force: of a frozen election that of its manifest, or a later one by an amendment."""
    contests: list[dict[str, Any]]
    """As in the manifest: id, title, method, options, seats, min, max, tie."""
    second_factor: str
    """`none`, `email` or `sms`."""
    mode: str
    created_at: str
    release: str = "automatic"
    """Of the result: `automatic`, or `held` until an organiser releases it."""
    rehearsal: bool = False
    """Its mails go to the organiser alone."""
    country: str = ""
    """Of telephone numbers without a country's code: two letters (ISO 3166), or empty."""
    revision: int = 1
    manifest: bytes | None = None
    proposal: bytes | None = None
    """The manifest that trustees are to confirm: until they have, it is a draft, but nothing in it changes."""
    base_url: str = ""
    """Where voters' links point, without a trailing slash; set when frozen."""
    keys: Keys | None = None
    roll_size: int = 0
    roll_root: bytes = b""
    """Of the newest roll that is stated (by the manifest or an amendment)."""
    roll_generation: int = 0
    """Goes into each voter that is added now; `cut_roll` begins the next one."""
    roll_bounds: list[int] = field(default_factory=list)
    """For each revision of the roll from the manifest's, 0, on: the newest generation of voters that it has."""
    roll_edits: int = 0
    """How often voters of no stated roll were changed or removed since the manifest was frozen."""
    roll_indexed: bool = False
    """Whether all its voters are in the index (store/roll_index.py): elections from before it are not."""
    amended_at: str = ""
    """Of the newest amendment."""
    amendments: int = 0
    """How many there are; the amendments themselves are on the board (store/amendments.py)."""
    amendment_bytes: int = 0
    """Of the leaves of all of them together. Like `roll_lines` it changes with `amendments` only."""
    roll_lines: int = 0
    """Of all revisions of the roll together that voters were added in, without the manifest's."""
    withdrawn: dict[str, list[int]] = field(default_factory=dict)
    """By the id of a contest, the numbers of its options that an amendment withdrew, in that order."""
    closed_at: str | None = None
    """Set by an early close only."""
    deleting: bool = False
    notices: int = 0
    """How many changes of notices and of the description there were since it was frozen (store/notices.py)."""
    notice_bytes: int = 0
    """Of their texts together."""
    mail: dict[str, str] = field(default_factory=dict)
    """What its mails say: fields of `ballotcast.mails.settings.MailSettings`."""
    inviting: str = ""
    """The newest invitation run that is a job."""
    remind_at: str = ""
    """When voters are reminded who have no credential by then, or empty."""
    result_run: str = ""
    """The run that mails the result's address."""
    people: int = 0
    """How many there are next to its own account, with those who are invited (store/members.py)."""
    erased: bool = False
    """Personal data of the roll has been erased."""
    caller: str = ""
    """The organiser who acts in this request, in `role`. Neither is stored here (store/members.py)."""
    role: Role = Role.OWNER

    @property
    def actor(self) -> str:
        """Who acts: for the history."""
        return self.caller or self.organiser

    @property
    def frozen(self) -> bool:
        return self.manifest is not None

    @property
    def roll_revision(self) -> int:
        """The newest revision of a frozen election's roll; the manifest's is 0."""
        return len(self.roll_bounds) - 1

    def added(self, generation: int) -> int | None:
        """The first revision of the roll that has the voters of a generation; None: no revision has them yet."""
        revision = bisect_left(self.roll_bounds, generation)
        return revision if revision < len(self.roll_bounds) else None

    def status(self, now: datetime) -> lifecycle.Status:
        closed_at = from_rfc3339(self.closed_at) if self.closed_at else None
        return lifecycle.status(self.frozen, from_rfc3339(self.opens_at), from_rfc3339(self.closes_at), closed_at, now)


def to_item(election: Election) -> Item:
    item: Item = {
        "pk": election_pk(election.id),
        "sk": META,
        **{name: getattr(election, name) for name in Election.__dataclass_fields__ if name not in OF_REQUEST},
        "contests": json.dumps(election.contests),
        "keys": _present(vars(election.keys)) if election.keys else None,
    }
    return _present(item)


def _present(item: Item) -> Item:
    return {name: value for name, value in item.items() if value is not None and value is not False}


def from_item(item: Item) -> Election:
    values = {name: item[name] for name in Election.__dataclass_fields__ if name in item}
    keys = Keys(**item["keys"]) if "keys" in item else None
    return Election(**{**values, "contests": json.loads(item["contests"]), "keys": keys})
