"""The only writer of logs: it takes messages of the queue `sequence`, and seals a log when the count tells it to."""

from collections import defaultdict
from functools import cache, lru_cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes import SQSEvent
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from ballotcast.ballots.leaf import AmendmentLeaf
from ballotcast.crypto.signed_note import Signer
from ballotcast.store.vault import Purpose
from ballotcast.wiring import Wiring, from_environment
from tally import work
from tally.closed import closing_time, find_frozen
from tally.election_log import ElectionLog
from tally.sealing import Ledger, seal
from tally.sequencing import sequence

KEPT = 256
"""Elections in memory: a manifest, a key and a few tiles of 8 KB each."""
FIRST_PAUSE, LONGEST_PAUSE = 5, 900

logger = Logger(service="sequencer")
metrics = Metrics(namespace="Ballotcast", service="tally")


class Sequencer:
    """A process of the sequencer; it unwraps an election's log key once."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._log = lru_cache(KEPT)(self._open)

    def handle(self, event: dict[str, Any]) -> dict[str, Any]:
        """A batch of messages, answered with those to deliver again; or, without `Records`, an order to seal."""
        return self._sequence(SQSEvent(event)) if "Records" in event else self._seal(event)

    def _sequence(self, event: SQSEvent) -> dict[str, Any]:
        groups: dict[str, list[SQSRecord]] = defaultdict(list)
        for record in event.records:
            groups[record.json_body["election"]].append(record)
        failed: list[SQSRecord] = []
        for election, records in groups.items():
            try:
                self._take(election, [record.json_body for record in records])
            except Exception:  # the edge: one election's trouble is not another's; what failed comes again
                logger.exception("an election's messages failed", extra={"election": election})
                failed += records
        if failed:
            pauses = {record.receipt_handle: pause(_received(record)) for record in failed}
            self._wiring.sequence_queue.return_in(pauses)
        return {"batchItemFailures": [{"itemIdentifier": record.message_id} for record in failed]}

    def _take(self, election: str, messages: list[dict[str, Any]]) -> None:
        leaf_hashes = [bytes.fromhex(key) for message in messages for key in message.get("leaves", ())]
        rolls = [_roll(message["amendment"]) for message in messages if "amendment" in message]
        if late := sequence(self._log(election), leaf_hashes, rolls):
            logger.error("ballots came after the log was sealed", extra={"election": election, "ballots": late})
            metrics.add_metric("LateBallot", MetricUnit.Count, late)
            metrics.flush_metrics()

    def _seal(self, order: dict[str, Any]) -> dict[str, Any]:
        """`{election, ledger: {roll_size, roll_root, issued}, leaves: [keys]}` → what the steps after it need."""
        wiring, election = self._wiring, order["election"]
        log = self._log(election)
        closed_at = closing_time(wiring.manifests, log.manifest, wiring.clock)
        box = work.read_leaf_hashes(wiring.blobs, order["leaves"])
        ledger = Ledger(_roll(order["ledger"]), order["ledger"]["issued"])
        head = seal(log, box, ledger, closed_at)
        return {"size": head.size, "ballots": head.ballots, "buckets": list(work.buckets(head.size))}

    def _open(self, election: str) -> ElectionLog:
        wiring = self._wiring
        frozen, manifest = find_frozen(wiring.manifests, election)
        key = wiring.vault.unwrap(Purpose.LOG, election, frozen.log_key)
        return ElectionLog(wiring.log, manifest, Signer.from_pkcs8(manifest.origin, key))


def pause(received: int) -> int:
    """Seconds until a message that failed this often comes again.

    Left to the queue it would hold up its election for half an hour, as long as a call may take and some more.
    """
    return min(FIRST_PAUSE << received - 1, LONGEST_PAUSE)


def _received(record: SQSRecord) -> int:
    return int(record.attributes.approximate_receive_count)


def _roll(told: dict[str, Any]) -> AmendmentLeaf:
    return AmendmentLeaf(roll_size=told["roll_size"], roll_root=bytes.fromhex(told["roll_root"]))


deployed = cache(lambda: Sequencer(from_environment()))


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return deployed().handle(event)
