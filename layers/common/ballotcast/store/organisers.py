"""Organisers: one item each, so that an address is taken by one conditional put.

Roll   ORGANISER#<id> / PROFILE      id = keyed hash of the address, so the address is the key without being in it
Roll   ORGANISER#<id> / ELECTION#<election>   what they own (see store/election.py)
Roll   ORGANISER#<id> / RUN#<keyed hash of a request>   an invitation run and the mails it took; expires after a day
Roll   ORGANISER#verification / MAILS         verification mails of a day, for everybody together
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ballotcast.clock import from_rfc3339, to_rfc3339
from ballotcast.errors import Conflict
from ballotcast.store.table import ABSENT, PRESENT, Condition, Item, Refusal, Table
from ballotcast.store.transaction import Cancelled, transact

PROFILE = "PROFILE"
DAY = 24 * 60 * 60
"""Seconds for which a run is stored: as long as an Idempotency-Key counts."""
VERIFICATION = "verification"
"""In place of an id, which is hex."""


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


@dataclass(frozen=True)
class MailRun:
    """An invitation run. With a `request`, the run is stored, so that the same request sent again continues it."""

    id: str
    request: str = ""
    """Keyed hash of the request and its Idempotency-Key; empty for a request without a key."""
    begun: int = 0
    """Epoch seconds."""
    mails: int = 0
    """How many mails the run has taken from the allowance so far."""
    spread: bool = False
    """Whether it takes them day by day, in the steps of its job, and none here."""


def run_sk(request: str) -> str:
    return f"RUN#{request}"


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

    def take_over(self, organiser: Organiser, before: Organiser, *beside: dict[str, Any]) -> bool:
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

    def counting_draft(self, organiser: str, most: int) -> dict[str, Any]:
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

    def find_run(self, organiser: str, request: str, now: int) -> MailRun | None:
        """The run that this request began less than a day ago."""
        item = self._roll.get(organiser_pk(organiser), run_sk(request))
        if item is None or item["expiration"] <= now:
            return None
        return MailRun(**{name: item[name] for name in MailRun.__dataclass_fields__ if name in item})

    def begin_spread(self, organiser: str, run: MailRun) -> None:
        """Store a run that takes its mails day by day, so that the same request sent again continues it.

        Raises Conflict if the same request has begun another run meanwhile. A run without a request is not stored.
        """
        if not run.request:
            return
        values = {":begun": run.begun, ":id": run.id}
        free = Condition(f"{ABSENT.expression} OR expiration <= :begun OR id = :id", values)
        item = {"pk": organiser_pk(organiser), "sk": run_sk(run.request), **vars(run), "expiration": run.begun + DAY}
        try:
            self._roll.put(item, free)
        except Refusal:
            raise Conflict("in-progress", "the same request is still under way", retry_after=1) from None

    def mails_left(self, organiser: str, day: str, most: int) -> int:
        """How much of the allowance of a day is left, strongly consistent."""
        item = self._roll.get(organiser_pk(organiser), PROFILE) or {}
        return max(0, most - (item.get("mails", 0) if item.get("mail_day") == day else 0))

    def spend_mails(
        self,
        organiser: str,
        day: str,
        count: int,
        most: int,
        run: MailRun | None = None,
        also: Sequence[dict[str, Any]] = (),
    ) -> bool:
        """Take mails from the allowance of a day, and store with them how many the run has taken.

        Args:
            organiser: Whose allowance it is.
            day: Such as `2026-11-20`.
            count: Mails to take now, in addition to those that the run has taken before.
            most: The allowance.
            run: As found before this call. None, or a run without a request, is not stored.
            also: Writes that belong to the same transaction.

        Returns:
            False if that would exceed `most`; nothing is changed then.

        Raises:
            Conflict: The same request is being carried out by another process, or a write of `also` is refused.
        """
        if count > most:
            return False
        stored = [self._storing(organiser, replace(run, mails=run.mails + count), run)] if run and run.request else []
        beside = [*stored, *also]
        values = {":day": day, ":count": count}
        same_day = Condition("mail_day = :day AND mails <= :left", {":day": day, ":left": most - count})
        if self._update_with(organiser, "ADD mails :count", {":count": count}, same_day, beside):
            return True
        new_day = Condition("attribute_not_exists(mail_day) OR mail_day < :day", {":day": day})
        return self._update_with(organiser, "SET mail_day = :day, mails = :count", values, new_day, beside)

    def spend_verification(self, day: str, most: int) -> bool:
        """Take one of the `most` verification mails that go out on `day` to all together; False if none is left."""
        same_day = Condition("mail_day = :day AND mails < :most", {":day": day, ":most": most})
        new_day = Condition("attribute_not_exists(mail_day) OR mail_day < :day", {":day": day})
        one: dict[str, Any] = {":one": 1}
        for update, condition in (("ADD mails :one", same_day), ("SET mail_day = :day, mails = :one", new_day)):
            try:
                self._roll.update(organiser_pk(VERIFICATION), "MAILS", update, one, condition)
            except Refusal:
                continue
            return True
        return False

    def return_mails(self, organiser: str, day: str, count: int, run: MailRun | None = None) -> None:
        """Give back what `spend_mails` took with the same arguments on the same day, for a run that is refused.

        On a later day nothing is given back, and the run keeps the mails that it has taken.
        """
        same_day = Condition("mail_day = :day", {":day": day})
        beside = [self._storing(organiser, run, replace(run, mails=run.mails + count))] if run and run.request else []
        self._update_with(organiser, "ADD mails :count", {":count": -count}, same_day, beside)

    def _storing(self, organiser: str, run: MailRun, before: MailRun) -> dict[str, Any]:
        """A transaction item: replace the stored run `before` (without mails: none) by `run` (without mails: none)."""
        pk, sk = organiser_pk(organiser), run_sk(run.request)
        known = Condition("id = :id AND mails = :mails", {":id": before.id, ":mails": before.mails})
        over = Condition(f"{ABSENT.expression} OR expiration <= :begun", {":begun": run.begun})
        condition = known if before.mails else over
        if not run.mails:
            return self._roll.deleting(pk, sk, condition)
        return self._roll.putting({"pk": pk, "sk": sk, **vars(run), "expiration": run.begun + DAY}, condition)

    def _update_with(
        self,
        organiser: str,
        update: str,
        values: dict[str, Any],
        condition: Condition,
        beside: list[dict[str, Any]],
    ) -> bool:
        """Update the profile and write `beside` in one transaction. False if the profile's condition is false."""
        if not beside:
            return self._update(organiser, update, values, condition)
        writes = [self._roll.updating(organiser_pk(organiser), PROFILE, update, values, _of_profile(condition))]
        try:
            transact(self._roll.client, [*writes, *beside])
        except Cancelled as cancelled:
            if 0 in cancelled.refusals:
                return False
            raise Conflict("in-progress", "the same request is still under way", retry_after=1) from None
        return True

    def _update(self, organiser: str, update: str, values: dict[str, Any], condition: Condition) -> bool:
        try:
            self._roll.update(organiser_pk(organiser), PROFILE, update, values, _of_profile(condition))
        except Refusal:
            return False
        return True


def _of_profile(condition: Condition) -> Condition:
    return Condition(f"attribute_exists(pk) AND ({condition.expression})", condition.values)
