"""The only holder of logs' keys: it takes messages of the queue `sequence`, seals a log, and states the turnout."""

from collections import defaultdict
from functools import cache, lru_cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import SQSEvent
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from ballotcast import batches
from ballotcast.batches import Failures, Unreadable, message_id, receipt_handle, received, report
from ballotcast.crypto.encoding import hex_decode
from ballotcast.crypto.signed_note import Signer
from ballotcast.store.vault import Purpose
from ballotcast.wiring import Wiring, from_environment
from tally import work
from tally.closed import closing_time, find_frozen
from tally.log.election_log import ElectionLog
from tally.log.sealing import Ledger, seal
from tally.log.sequence_messages import SequenceMessage, read_message
from tally.log.sequencing import sequence
from tally.log.stating import state_turnout

KEPT = 256
"""Elections in memory: a manifest and a key."""
FIRST_PAUSE, LONGEST_PAUSE = 5, 900

logger = Logger(service="sequencer")


class Sequencer:
    """A process of the sequencer; it unwraps an election's log key once."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._log = lru_cache(KEPT)(self._open)

    def handle(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return a batch of messages, answered with those to deliver again; or an order to seal, or to state the
        turnout.
        """
        if "Records" in event:
            return self._sequence(SQSEvent(event))
        return self._state(event) if "turnout" in event else self._seal(event)

    def _sequence(self, event: SQSEvent) -> Failures:
        """Return the messages that can be read, an election's together; answers with those that are to be delivered
        again.

        One that cannot be read holds up nothing, not even its own election: the log takes messages in any order.
        """
        groups: dict[str, list[tuple[SQSRecord, SequenceMessage]]] = defaultdict(list)
        failed: list[tuple[SQSRecord, int]] = []
        for record in event.records:
            try:
                message = read_message(record.get("body"))
            except Unreadable as error:
                logger.error("a message cannot be read", extra={"message_id": message_id(record), "reason": str(error)})
                failed.append((record, 0))  # at once, so that it is soon in the dead-letter queue
            else:
                groups[message.election].append((record, message))
        for election, taken in groups.items():
            try:
                self._take(election, [message for _, message in taken])
            except Exception:  # the edge: one election's trouble is not another's; what failed comes again
                logger.exception("an election's messages failed", extra={"election": election})
                failed += [(record, pause(received(record))) for record, _ in taken]
        self._give_back(failed)
        order = [message_id(record) for record in event.records]
        return report(sorted((message_id(record) for record, _ in failed), key=order.index))

    def _give_back(self, failed: list[tuple[SQSRecord, int]]) -> None:
        """Have them delivered again after their pauses; where that fails, the queue's visibility timeout does it."""
        pauses = {receipt_handle(record): seconds for record, seconds in failed}
        try:
            if pauses:
                self._wiring.sequence_queue.return_in(pauses)
        except Exception:  # the edge again: it must not fail the messages that were taken
            logger.exception("giving back failed")

    def _take(self, election: str, messages: list[SequenceMessage]) -> None:
        sequence(self._log(election), max(message.amendments for message in messages))

    def _seal(self, order: dict[str, Any]) -> dict[str, Any]:
        """`{election, ledger: {amendments, rolls, issued, sha256}, leaves: [keys]}` → `{size, ballots, buckets}`.

        `trustees`, if the election has any: how many of them open it.
        """
        wiring, election, stated = self._wiring, order["election"], order["ledger"]
        log = self._log(election)
        closed_at = closing_time(wiring.manifests, log.manifest, wiring.clock)
        runs = [work.read(wiring.blobs, key) for key in order["leaves"]]
        ledger = Ledger(
            stated["amendments"], hex_decode(stated["rolls"]), stated["issued"], hex_decode(stated["sha256"])
        )
        sealed = seal(log, wiring.blobs, runs, ledger, closed_at)
        told = {"size": log.head.size, "ballots": sealed.ballots, "buckets": list(work.buckets(log.head.size))}
        return told | ({"trustees": log.manifest.t} if log.manifest.trustees else {})

    def _state(self, order: dict[str, Any]) -> dict[str, Any]:
        """`{election, turnout: {slot, cast, issued}}` → `{stated}`: whether it was published."""
        log = self._log(order["election"])
        return {"stated": state_turnout(self._wiring.log, log.manifest, log.signer, order["turnout"])}

    def _open(self, election: str) -> ElectionLog:
        wiring = self._wiring
        frozen, manifest = find_frozen(wiring.manifests, election)
        key = wiring.vault.unwrap(Purpose.LOG, election, frozen.log_key)
        return ElectionLog(wiring.log, wiring.amendments, manifest, Signer.from_pkcs8(manifest.origin, key))


def pause(times: int) -> int:
    """Seconds until a message that failed this often comes again.

    Left to the queue it would hold up its election for the whole visibility timeout.
    """
    return batches.pause(times, FIRST_PAUSE, LONGEST_PAUSE)


deployed = cache(lambda: Sequencer(from_environment()))


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return deployed().handle(event)
