"""Organisers: one item each, so that an address is taken by one conditional put.

Roll   ORGANISER#<id> / PROFILE      id = keyed hash of the address, so the address is the key without being in it
Roll   ORGANISER#<id> / ELECTION#<election>   what they own (see store/election.py)
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ballotcast.clock import from_rfc3339, to_rfc3339
from ballotcast.store.table import ABSENT, PRESENT, Condition, Item, Refusal, Table, TransactItem
from ballotcast.store.transaction import Cancelled, transact

PROFILE = "PROFILE"


def organiser_pk(organiser: str) -> str:
    return f"ORGANISER#{organiser}"


@dataclass(frozen=True)
class Organiser:
    id: str
    email: str
    password_hash: str = field(repr=False)
    created_at: datetime
    verified: bool = False
    approved: bool = False
    verification_hash: str = field(default="", repr=False)
    verification_expires: int = 0
    verification_asked_until: int = 0
    """Epoch seconds until which no further verification mail is asked for."""
    sign_up_repeats: int = 0
    """How often the first verification mail was asked for again."""
    language: str = ""
    """Of mails about the account: that in which they used the pages last, or empty."""
    milestone_mails: bool = True
    """Whether they want mails about milestones of their elections."""
    trial_drafts: int = 0
    """Drafts made before the address was proven."""


def to_item(organiser: Organiser) -> Item:
    return {
        "pk": organiser_pk(organiser.id),
        "sk": PROFILE,
        "id": organiser.id,
        "email": organiser.email,
        "password_hash": organiser.password_hash,
        "created_at": to_rfc3339(organiser.created_at),
        "verified": organiser.verified,
        "approved": organiser.approved,
        "verification_hash": organiser.verification_hash,
        "verification_expires": organiser.verification_expires,
        "verification_asked_until": organiser.verification_asked_until,
        "sign_up_repeats": organiser.sign_up_repeats,
        "language": organiser.language,
    }


def from_item(item: Item) -> Organiser:
    values: dict[str, Any] = {name: item[name] for name in Organiser.__dataclass_fields__ if name in item}
    return Organiser(**{**values, "created_at": from_rfc3339(item["created_at"])})


class Organisers:
    def __init__(self, roll: Table) -> None:
        self._roll = roll

    def add(self, organiser: Organiser) -> bool:
        """False when the address is taken; nothing is changed then."""
        try:
            self._roll.put(to_item(organiser), ABSENT)
        except Refusal:
            return False
        return True

    def take_over(self, organiser: Organiser, before: Organiser, *beside: TransactItem) -> bool:
        """Replace a profile that was never verified, whole, together with the writes `beside`.

        False when it was verified or replaced meanwhile.
        """
        condition = Condition(
            "verified = :no AND created_at = :before", {":no": False, ":before": to_rfc3339(before.created_at)}
        )
        try:
            transact(self._roll.client, [self._roll.putting(to_item(organiser), condition), *beside])
        except Cancelled:
            return False
        return True

    def find(self, organiser: str) -> Organiser | None:
        item = self._roll.get(organiser_pk(organiser), PROFILE)
        return from_item(item) if item else None

    def emails(self, organisers: Sequence[str]) -> dict[str, str]:
        """Addresses of those of these distinct organisers who have an account."""
        found = self._roll.get_many([(organiser_pk(organiser), PROFILE) for organiser in organisers])
        return {item["id"]: item["email"] for item in found.values()}

    def ask_verification(self, organiser: str, now: int, until: int) -> bool:
        """Take the turn to ask for a verification mail; False when verified, or asked for a short while ago."""
        due = Condition("verified = :no AND verification_asked_until <= :now", {":no": False, ":now": now})
        return self._update(organiser, "SET verification_asked_until = :until", {":until": until}, due)

    def ask_again(self, organiser: str, most: int) -> bool:
        """Take one of `most` turns to ask for the first verification mail again; False once a mail was made."""
        due = Condition(
            "verified = :no AND verification_hash = :none AND sign_up_repeats < :most",
            {":no": False, ":none": "", ":most": most},
        )
        return self._update(organiser, "ADD sign_up_repeats :one", {":one": 1}, due)

    def offer_verification(self, organiser: str, token_hash: str, expires: int) -> bool:
        """Remember the newest code's keyed hash; False when already verified or unknown."""
        return self._update(
            organiser,
            "SET verification_hash = :hash, verification_expires = :expires, verification_tries = :none",
            {":hash": token_hash, ":expires": expires, ":none": 0},
            Condition("verified = :no", {":no": False}),
        )

    def count_verification(self, organiser: str, most: int) -> bool:
        """Count an attempt with the newest code; False after `most`, and where there is no code."""
        below = Condition("verified = :no AND verification_tries < :most", {":no": False, ":most": most})
        return self._update(organiser, "ADD verification_tries :one", {":one": 1}, below)

    def verify(self, organiser: str, token_hash: str, now: int) -> bool:
        """Spend a verification code; False when it is not the newest one or too old."""
        return self._update(
            organiser,
            "SET verified = :yes REMOVE verification_hash, verification_expires",
            {":yes": True},
            Condition("verification_hash = :hash AND verification_expires > :now", {":hash": token_hash, ":now": now}),
        )

    def speak(self, organiser: str, language: str) -> None:
        """Mails about the account are in this language from now on."""
        self._update(organiser, "SET #language = :language", {":language": language}, PRESENT)

    def want_milestones(self, organiser: str, *, wanted: bool) -> None:
        """Whether mails about milestones of their elections go to this organiser from now on."""
        self._update(organiser, "SET milestone_mails = :wanted", {":wanted": wanted}, PRESENT)

    def counting_draft(self, organiser: str, most: int) -> TransactItem:
        """For the transaction that makes a draft. Refused after `most`, and once the address is proven."""
        below = Condition(
            "verified = :no AND (attribute_not_exists(trial_drafts) OR trial_drafts < :most)",
            {":no": False, ":most": most},
        )
        return self._roll.updating(organiser_pk(organiser), PROFILE, "ADD trial_drafts :one", {":one": 1}, below)

    def take_trial(self, organiser: str, election: str) -> bool:
        """Make this election the one that may be frozen before the address is proven; False if another one is."""
        free = Condition(
            "verified = :yes OR attribute_not_exists(trial_election) OR trial_election = :this",
            {":yes": True, ":this": election},
        )
        return self._update(organiser, "SET trial_election = :election", {":election": election}, free)

    def approve(self, organiser: str) -> bool:
        return self._update(organiser, "SET approved = :yes", {":yes": True}, PRESENT)

    def _update(self, organiser: str, update: str, values: dict[str, Any], condition: Condition) -> bool:
        return self._roll.update_present(organiser_pk(organiser), PROFILE, update, values, condition) is not None
