"""A voter of a roll: one item, spread over 256 partitions of its election.

Roll   VOTER#<election>#<xx> / <key>     key = keyed hash of the normalised address (hex), xx = its first byte
Roll   LINK#<sha256 of token> / LINK     which voter a link belongs to; valid while the voter names it
"""

from dataclasses import dataclass, field

from ballotcast.store.table import Condition, Item

PARTITIONS = tuple(f"{byte:02x}" for byte in range(256))
LINK = "LINK"
WAITING = Condition("attribute_not_exists(blinded_sha256)", {})
"""For a credential."""


def voter_pk(election: str, key: str) -> str:
    return f"VOTER#{election}#{key[:2]}"


def phone_pk(election: str, number: str) -> str:
    return f"VOTER#{election}#{number}"


def link_pk(link_hash: str) -> str:
    return f"LINK#{link_hash}"


@dataclass(frozen=True)
class Voter:
    election: str
    key: str
    email: str = field(repr=False)
    """Empty once personal data is erased."""
    phone: str = field(repr=False)
    """E.164 where text messages go there, else as it was written, or empty."""
    salt: bytes = field(repr=False)
    tag: bytes = field(repr=False)
    name: str = field(default="", repr=False)
    language: str = ""
    """`de`, `en`, `es`, `fr`, or empty."""
    generation: int = 0
    """Of the roll, when this voter was added (`Election.roll_generation`)."""
    delivery: str = "none"
    """`none`, `queued`, `sent` or `bounced`."""
    run: str = ""
    """The newest invitation run that this voter is part of; older messages are stale."""
    mailed: str = ""
    """The newest run whose mail is out."""
    link_hash: str = field(default="", repr=False)
    link_before: str = field(default="", repr=False)
    """The link before, which stays valid until the mail with the newest one is out."""
    blinded_sha256: str = field(default="", repr=False)
    ended: int = 0
    """The revision of the roll that asked to end this right; 0 if none did. Nothing is signed for it from then on."""
    successor: str = ""
    """The key of the right that replaces it."""
    replaces: bytes = b""
    """The tag of the right that this one replaces."""
    predecessor: str = ""
    """The key of that right, which has ended."""
    otp_mac: bytes = field(default=b"", repr=False)
    otp_expires: int = 0
    otp_attempts: int = 0
    otp_locked_until: int = 0
    otp_sends: int = 0
    otp_sends_until: int = 0

    @property
    def issued(self) -> bool:
        return bool(self.blinded_sha256)

    def holds(self, link_hash: str) -> bool:
        """Return whether this link of the voter is valid."""
        return link_hash in (self.link_hash, self.link_before)

    def salted(self, salt: bytes) -> bool:
        """Return whether this is the voter's salt; any is, once personal data is erased."""
        return self.salt in (b"", salt)


@dataclass(frozen=True, slots=True)
class RollLine:
    """Of a voter, what a roll is stated by and a run chooses by: reading it takes less than half the time."""

    key: str
    tag: bytes = field(repr=False)
    phone: str = field(default="", repr=False)
    generation: int = 0
    delivery: str = "none"
    run: str = ""
    ended: int = 0


OnRoll = RollLine | Voter


def to_line(item: Item) -> RollLine:
    return RollLine(**{name: item[name] for name in RollLine.__dataclass_fields__ if name in item})


def to_item(voter: Voter) -> Item:
    values = {name: getattr(voter, name) for name in Voter.__dataclass_fields__}
    return {"pk": voter_pk(voter.election, voter.key), "sk": voter.key, **{k: v for k, v in values.items() if v}}


def from_item(item: Item) -> Voter:
    personal = {"email": "", "phone": "", "salt": b"", **item}
    return Voter(**{name: personal[name] for name in Voter.__dataclass_fields__ if name in personal})
