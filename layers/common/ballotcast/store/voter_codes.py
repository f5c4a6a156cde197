"""Codes of the second factor: attributes of the voter's item, and what a telephone got in a day.

Roll   VOTER#<election>#<xx> / <key>                    see store/voter.py; all of it goes with the credential
Roll   VOTER#<election>#<keyed hash> / CODES#<day>      how many codes went to a telephone; expires
"""

from typing import Any

from ballotcast.store.table import Condition, Refusal, Table
from ballotcast.store.voter import WAITING, Voter, from_item, phone_pk, voter_pk


class VoterCodes:
    def __init__(self, roll: Table) -> None:
        self._roll = roll

    def count_otp_send(self, voter: Voter, now: int, most: int, until: int) -> bool:
        """Take one of `most` sends in the hour that ends at `until`, or False."""
        going = Condition("otp_sends < :most AND otp_sends_until > :now", {":most": most, ":now": now})
        if self._update(voter.election, voter.key, "ADD otp_sends :one", {":one": 1}, going):
            return True
        over = Condition(
            f"{WAITING.expression} AND (attribute_not_exists(otp_sends_until) OR otp_sends_until <= :now)",
            {":now": now},
        )
        update = "SET otp_sends = :one, otp_sends_until = :until"
        return self._update(voter.election, voter.key, update, {":one": 1, ":until": until}, over) is not None

    def count_phone_send(self, election: str, number: str, day: str, most: int, expires: int) -> bool:
        """Take one of `most` codes that go to a telephone (`number`: a keyed hash) in a day, or False.

        Nothing here is finer than the day, and DynamoDB deletes it after `expires`.
        """
        below = Condition("attribute_not_exists(sends) OR sends < :most", {":most": most})
        update, values = "SET #expiration = :expires ADD sends :one", {":expires": expires, ":one": 1}
        try:
            self._roll.update(phone_pk(election, number), f"CODES#{day}", update, values, below)
        except Refusal:
            return False
        return True

    def set_otp(self, voter: Voter, mac: bytes, expires: int) -> bool:
        """A new code replaces the old one; the count of attempts stays. False once the credential is issued."""
        update, values = "SET otp_mac = :mac, otp_expires = :expires", {":mac": mac, ":expires": expires}
        return self._update(voter.election, voter.key, update, values, WAITING) is not None

    def count_otp_attempt(self, voter: Voter, now: int, most: int, lock: int) -> Voter | None:
        """Count an attempt before the code is looked at; None while locked. After `most`, locked until `lock`."""
        values = {":one": 1, ":lock": lock}
        below = Condition(
            f"{WAITING.expression} AND (attribute_not_exists(otp_attempts) OR otp_attempts < :most)", {":most": most}
        )
        update = "SET otp_locked_until = :lock ADD otp_attempts :one"
        if counted := self._update(voter.election, voter.key, update, values, below):
            return counted
        over = Condition("otp_locked_until <= :now", {":now": now})
        update = "SET otp_locked_until = :lock, otp_attempts = :one"
        return self._update(voter.election, voter.key, update, values, over)

    def _update(
        self, election: str, key: str, update: str, values: dict[str, Any], condition: Condition
    ) -> Voter | None:
        found = self._roll.update_present(voter_pk(election, key), key, update, values, condition)
        return from_item(found) if found else None
