"""How many mails may go out a day: of an organiser for elections, and of all together to verify addresses.

Roll   ORGANISER#<id> / PROFILE      `mails` of the `mail_day`; see store/organisers.py
Roll   ORGANISER#<id> / RUN#<keyed hash of a request>   an invitation run and the mails it took; expires after a day
Roll   ORGANISER#verification / MAILS         verification mails of a day, for everybody together
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ballotcast.errors import Conflict
from ballotcast.store.organisers import PROFILE, organiser_pk
from ballotcast.store.table import ABSENT, Condition, Refusal, Table, TransactItem, of_present
from ballotcast.store.transaction import Cancelled, transact

DAY = 24 * 60 * 60
"""Seconds for which a run is stored: as long as an Idempotency-Key counts."""
VERIFICATION = "verification"
"""In place of an id, which is hex."""


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


class MailAllowance:
    def __init__(self, roll: Table) -> None:
        self._roll = roll

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
        also: Sequence[TransactItem] = (),
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

    def _storing(self, organiser: str, run: MailRun, before: MailRun) -> TransactItem:
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
        beside: list[TransactItem],
    ) -> bool:
        """Update the profile and write `beside` in one transaction. False if the profile's condition is false."""
        if not beside:
            return self._roll.update_present(organiser_pk(organiser), PROFILE, update, values, condition) is not None
        writes = [self._roll.updating(organiser_pk(organiser), PROFILE, update, values, of_present(condition))]
        try:
            transact(self._roll.client, [*writes, *beside])
        except Cancelled as cancelled:
            if 0 in cancelled.refusals:
                return False
            raise Conflict("in-progress", "the same request is still under way", retry_after=1) from None
        return True
