"""Codes to set a new password: attributes of the organiser's item, so code and password change in one write.

Roll   ORGANISER#<id> / PROFILE      see store/organisers.py; who takes an unverified address over voids its code
"""

from datetime import datetime
from typing import Any

from ballotcast.store.organisers import PROFILE, organiser_pk
from ballotcast.store.table import Condition, Item, Refusal, Table, TransactItem, of_present
from ballotcast.store.transaction import Cancelled, transact


class _Refused(Exception):
    """Nothing was written. `item`: what the condition was false of, empty for an unknown organiser."""

    def __init__(self, item: Item) -> None:
        super().__init__("refused")
        self.item = item


class PasswordResets:
    def __init__(self, roll: Table) -> None:
        self._roll = roll

    def offer(
        self, organiser: str, request: str, code_mac: bytes, expires: int, now: datetime, until: int, most: int
    ) -> bool:
        """Take one of the day's `most` turns, none other before `until`, with a code that replaces the one before.

        `request` names what asked for it: told again, it has its turn already, and only the code is a new one. False
        when it is nobody's turn, the code of this request is spent, or there is no such organiser.
        """
        code = "SET reset_mac = :mac, reset_expires = :expires, reset_tries = :none, reset_spent = :no"
        values: dict[str, Any] = {":mac": code_mac, ":expires": expires, ":none": 0, ":no": False}
        again = Condition("reset_request = :request AND reset_spent = :no", {":request": request})
        if self._updated(organiser, code, values, again):
            return True
        day, seconds = f"{now:%Y-%m-%d}", int(now.timestamp())
        turn = f"{code}, reset_request = :request, reset_asked_until = :until, reset_day = :day"
        values |= {":request": request, ":until": until, ":day": day, ":one": 1}
        same_day = Condition(
            "reset_day = :day AND reset_mails < :most AND reset_asked_until <= :now", {":most": most, ":now": seconds}
        )
        if self._updated(organiser, f"{turn} ADD reset_mails :one", values, same_day):
            return True
        new_day = Condition(
            "attribute_not_exists(reset_day) OR (reset_day < :day AND reset_asked_until <= :now)", {":now": seconds}
        )
        return self._updated(organiser, f"{turn}, reset_mails = :one", values, new_day)

    def count_try(self, organiser: str) -> None:
        """Before the code is looked at, so that parallel guesses are counted too."""
        self._updated(organiser, "ADD reset_tries :one", {":one": 1}, Condition("attribute_exists(reset_mac)", {}))

    def spend(
        self, organiser: str, code_mac: bytes, password_hash: str, now: int, tries: int, *beside: TransactItem
    ) -> str:
        """The hash of the password that stands; empty if the code is wrong, replaced, too old, or tried too often.

        A code sets the password once and verifies the address, together with the writes `beside`.
        Spent again in its time, as when the answer
        was lost, it changes nothing: the hash is then of the password that it was spent for, or of a later one.
        """
        good = Condition(
            "reset_mac = :mac AND reset_expires > :now AND reset_tries <= :tries AND reset_spent = :no",
            {":mac": code_mac, ":now": now, ":tries": tries, ":no": False},
        )
        update = (
            "SET password_hash = :password, verified = :yes, reset_spent = :yes"
            " REMOVE verification_hash, verification_expires"
        )
        try:
            self._update(organiser, update, {":password": password_hash, ":yes": True}, good, *beside)
        except _Refused as refused:
            found = refused.item
        else:
            return password_hash
        if found.get("reset_mac") != code_mac:
            return ""
        in_time = found["reset_expires"] > now and found["reset_tries"] <= tries
        return str(found["password_hash"]) if in_time else ""

    def _updated(self, organiser: str, update: str, values: dict[str, Any], condition: Condition) -> bool:
        try:
            self._update(organiser, update, values, condition)
        except _Refused:
            return False
        return True

    def _update(
        self, organiser: str, update: str, values: dict[str, Any], condition: Condition, *beside: TransactItem
    ) -> None:
        """Raises _Refused."""
        both = of_present(condition)
        pk = organiser_pk(organiser)
        try:
            if beside:
                transact(self._roll.client, [self._roll.updating(pk, PROFILE, update, values, both), *beside])
            else:
                self._roll.update(pk, PROFILE, update, values, both)
        except Refusal as refusal:
            raise _Refused(refusal.item) from None
        except Cancelled as cancelled:
            raise _Refused(cancelled.refusals[0]) from None
