"""Votes of a whole election, and its close machine run over the real steps."""

import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from ballotcast.ballots import ballot as wire
from ballotcast.ballots.ballot import Ballot
from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.ballots.plaintext import encode
from ballotcast.crypto import p256
from ballotcast.crypto.blind_rsa import finalize
from ballotcast.crypto.merkle import leaf_hash
from ballotcast.wiring import Wiring
from election_fixture import FrozenElection
from register import ledger
from state_machine import Between, StateMachine
from tally.count import steps
from tally.log.sequencer import Sequencer
from trustee import opening
from voting import Request, new_request
from world import World

DEFINITION = Path(__file__).parents[1] / "functions/tally/close.asl.json"
GRACE = 30
TRUSTEES_WAIT = 21_600


def vote(election: FrozenElection, email: str, said: Sequence[Sequence[int]] | bytes) -> Ballot:
    """A voter gets a credential and casts a ballot that says this, in choices or as a raw plaintext."""
    request, signature = _credential(election, email)
    plaintext = said if isinstance(said, bytes) else encode(election.manifest, said)
    return _put(election, wire.cast(election.manifest, request.key, request.rand, signature, plaintext))


def vote_unreadably(election: FrozenElection, email: str) -> Ballot:
    """A ballot whose signatures hold and whose ciphertext does not open: it is sealed to nobody's key."""
    request, signature = _credential(election, email)
    to_nobody = election.manifest.model_copy(update={"election_pk": p256.point(p256.generate())})
    to_nobody.__dict__["hash"] = election.manifest.hash
    plaintext = bytes(election.manifest.plaintext_length)
    return _put(election, wire.cast(to_nobody, request.key, request.rand, signature, plaintext))


def _credential(election: FrozenElection, email: str) -> tuple[Request, bytes]:
    request, link = new_request(election.manifest), election.links[email].token_hash.hex()
    blinded = request.blinding.blinded
    issue = election.wiring.voters.issue
    assert issue(election.id, election.voters[email].key, link, sha256(blinded).hexdigest())
    blind_signature = election.issuer.blind_sign(blinded)
    return request, finalize(election.manifest.issuer, request.prepared, blind_signature, request.blinding.inverse)


def _put(election: FrozenElection, ballot: Ballot) -> Ballot:
    election.wiring.ballots.cast(election.id, ballot.encode())
    return ballot


def leaf_of(ballot: Ballot) -> bytes:
    return leaf_hash(BallotLeaf(ballot.encode()).encode())


def sqs_event(*messages: dict[str, Any]) -> dict[str, Any]:
    """As SQS tells messages for the first time."""
    return {"Records": [sqs_record(str(number), json.dumps(message)) for number, message in enumerate(messages)]}


def sqs_record(message_id: str, body: str, receipt_handle: str = "") -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": "1"}
    return {
        "messageId": message_id,
        "receiptHandle": receipt_handle or message_id,
        "body": body,
        "attributes": attributes,
    }


def close_machine(
    wiring: Wiring,
    around: Callable[[Callable[[], Any]], Any] = lambda call: call(),
    *,
    whole_box: bool = False,
    between: Between = lambda client: False,
) -> StateMachine:
    """Each invocation is a process of its own; `around` may disturb it.

    Unless `whole_box`, steps are not sent to look into empty partitions: with moto these take most of the time.
    """

    def invoke_count(event: dict[str, Any]) -> Any:
        if "partitions" in event and not whole_box:
            first, *others = event["partitions"]
            occupied = _occupied(wiring, event["election"])
            event = {**event, "partitions": [first, *(other for other in others if other in occupied)]}
        return around(lambda: steps.handle(event, wiring))

    functions = {
        "LedgerFunction": lambda event: around(lambda: ledger.handle(event, wiring)),
        "SequencerFunction": lambda event: around(lambda: Sequencer(wiring).handle(event)),
        "CountFunction": invoke_count,
        "OpeningFunction": lambda event: around(lambda: opening.handle(event, wiring)),
    }
    waits = {"CloseGraceSeconds": str(GRACE), "TrusteeWaitSeconds": str(TRUSTEES_WAIT)}
    return StateMachine(DEFINITION, functions, between, **waits)


def _occupied(wiring: Wiring, election: str) -> set[int]:
    pages = wiring.dynamodb.get_paginator("scan").paginate(TableName=wiring.board.name, ProjectionExpression="pk")
    keys = [item["pk"]["S"] for page in pages for item in page["Items"]]
    return {int(key[-2:], 16) for key in keys if key.startswith(f"BALLOT#{election}#")}


def close_and_count(deployment: World, election: FrozenElection, *, whole_box: bool = False) -> None:
    """By the clock: the day after."""
    deployment.clock.advance(days=2)
    close_machine(election.wiring, whole_box=whole_box).run({"election": election.id})
