"""Casting a ballot: the rules and the cryptography are the product's own, all around them is the usual way."""

import base64
import hashlib
import os
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from fastapi import FastAPI, HTTPException, Path
from mangum import Mangum
from mangum.types import LambdaContext
from pydantic import BaseModel

from ballotcast.ballots import receipt
from ballotcast.ballots.ballot import Ballot, BallotError
from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.ballots.manifest import Manifest
from ballotcast.crypto.merkle import leaf_hash
from ballotcast.crypto.signed_note import Signer

logger = Logger(service="vote")
tracer = Tracer(service="vote")
metrics = Metrics(namespace="Ballotcast", service="vote")
dynamodb = boto3.client("dynamodb")
kms = boto3.client("kms")
app = FastAPI(title="vote")


class BallotCast(BaseModel):
    ballot: str


class Receipt(BaseModel):
    receipt: str


@cache
def poll(election: str) -> tuple[Manifest, Signer]:
    """The manifest and the key that signs receipts; neither ever changes."""
    key = {"pk": {"S": f"MANIFEST#{election}"}, "sk": {"S": "MANIFEST"}}
    item = dynamodb.get_item(TableName=os.environ["BOARD_TABLE"], Key=key).get("Item")
    if not item:
        raise HTTPException(404, "no such election")
    manifest = Manifest.parse(item["b"]["B"])
    opened = kms.decrypt(
        KeyId=os.environ["KMS_KEY"],
        CiphertextBlob=item["receipt_key"]["B"],
        EncryptionContext={"purpose": "receipt", "election": election},
    )
    return manifest, receipt.signer(manifest.origin, opened["Plaintext"])


@cache
def closed_early(election: str, _span: int) -> bool:
    key = {"pk": {"S": f"STATE#{election}"}, "sk": {"S": "STATE"}}
    return "Item" in dynamodb.get_item(TableName=os.environ["BOARD_TABLE"], Key=key)


@app.post("/elections/{id}/ballots", status_code=201)
def cast(election: Annotated[str, Path(alias="id", max_length=64)], body: BallotCast) -> Receipt:
    manifest, signer = poll(election)
    now = datetime.now(UTC)
    if not manifest.opens_at <= now < manifest.closes_at or closed_early(election, int(now.timestamp()) // 5):
        raise HTTPException(403, "the election is not open")
    try:
        data = base64.urlsafe_b64decode(body.ballot + "==")
        ballot = Ballot.parse(data, manifest)
        ballot.verify_credential(manifest)
        ballot.verify_signature()
    except (ValueError, BallotError):
        raise HTTPException(422, "not a ballot of this election") from None
    key = hashlib.sha256(data[33:98]).hexdigest()
    try:
        dynamodb.put_item(
            TableName=os.environ["BOARD_TABLE"],
            Item={"pk": {"S": f"BALLOT#{election}#{key[:2]}"}, "sk": {"S": key}, "b": {"B": data}},
            ConditionExpression="attribute_not_exists(pk)",
        )
    except dynamodb.exceptions.ConditionalCheckFailedException:
        raise HTTPException(409, "this credential was used") from None
    metrics.add_metric(name="Casts", unit=MetricUnit.Count, value=1)
    return Receipt(receipt=receipt.issue(signer, manifest, leaf_hash(BallotLeaf(data).encode())))


run = Mangum(app)


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return run(event, context)
