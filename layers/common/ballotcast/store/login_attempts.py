"""Attempts to log in: counted for each address, whether or not it has an account, before the password is looked at.

Roll   ORGANISER#<id> / TRIES#<bucket>       expires; `bucket`: a device that has logged in before, or all others

So guesses that come at once are counted too, and an address without an account gets the same answers for the same work.
"""

from ballotcast.store.organisers import organiser_pk
from ballotcast.store.table import Condition, Refusal, Table

STRANGERS = "others"
"""The bucket of anyone who has no device: one for all of them."""


def tries_sk(bucket: str) -> str:
    return f"TRIES#{bucket}"


class LoginAttempts:
    def __init__(self, roll: Table) -> None:
        self._roll = roll

    def begin(self, organiser: str, bucket: str, now: int, most: int, lock: int) -> int:
        """Count an attempt; 0, or the epoch seconds until which the bucket is locked.

        After `most` uncleared attempts it locks until `lock`; the attempt after that starts a new count.
        """
        values = {":lock": lock, ":one": 1}
        for update, condition in (
            (
                "SET locked_until = :lock, #expiration = :lock ADD tries :one",
                Condition("attribute_not_exists(tries) OR tries < :most", {":most": most}),
            ),
            (
                "SET locked_until = :lock, #expiration = :lock, tries = :one",
                Condition("locked_until <= :now", {":now": now}),
            ),
        ):
            try:
                self._roll.update(organiser_pk(organiser), tries_sk(bucket), update, values, condition)
            except Refusal as refused:
                locked = int(refused.item["locked_until"])
            else:
                return 0
        return locked

    def clear(self, organiser: str, bucket: str) -> None:
        self._roll.delete(organiser_pk(organiser), tries_sk(bucket))
