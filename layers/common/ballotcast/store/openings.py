"""What trustees send to open an election after its close, and who waits for it.

Board   OPENING#<election> / WAITING             token = of the close machine's task; since = when it first waited
Board   OPENING#<election> / <round>#<index>     b = the exact bytes of an agreement or a release

Every message is one conditional write, and stays. Who writes one writes it before it looks for a token, and who waits
writes the token before it looks for messages: so one of the two sees that it is enough.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ballotcast.store.table import ABSENT, Condition, Refusal, Table

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

WAITING = "WAITING"
ROUNDS = ("agree", "release")


class TwoOpenings(Exception):
    """The trustee has sent another message of this round before; nothing was written."""


def opening_pk(election: str) -> str:
    return f"OPENING#{election}"


class Openings:
    def __init__(self, board: Table) -> None:
        self._board = board

    def keep(self, election: str, kind: str, index: int, message: bytes) -> bool:
        """Write an agreement or a release; False if the same one was there. Raises TwoOpenings."""
        assert kind in ROUNDS
        try:
            self._board.put({"pk": opening_pk(election), "sk": f"{kind}#{index:02}", "b": message}, ABSENT)
        except Refusal as refused:
            if refused.item["b"] != message:
                raise TwoOpenings from None
            return False
        return True

    def messages(self, election: str, kind: str) -> Iterator[bytes]:
        """Those of one round, in the order of indices."""
        for item in self._board.query(opening_pk(election), prefix=f"{kind}#"):
            yield item["b"]

    def wait(self, election: str, token: str, now: str) -> str:
        """Keep the token of the task that waits, in the place of any before; returns since when one has waited."""
        row = {"pk": opening_pk(election), "sk": WAITING, "since": now, "token": token}
        try:
            self._board.put(row, ABSENT)
        except Refusal as refused:
            now = refused.item["since"]
            there = Condition("since = :since", {":since": now})
            self._board.put({**row, "since": now}, there)
        return now

    def token(self, election: str) -> str | None:
        """Of the task that waits, or did."""
        item = self._board.get(opening_pk(election), WAITING)
        return item["token"] if item else None


class Waiters:
    """Tasks of state machines that wait for a token to be answered."""

    def __init__(self, client: "SFNClient") -> None:
        self._client = client

    def wake(self, token: str) -> None:
        """Let the execution continue that waits with this token; nothing if none does any more."""
        gone = self._client.exceptions
        try:
            self._client.send_task_success(taskToken=token, output=json.dumps({}))
        except (gone.TaskDoesNotExist, gone.TaskTimedOut, gone.InvalidToken):
            return
