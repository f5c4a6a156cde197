"""A POST of five fields with a response model, which puts one item."""

import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from fastapi import FastAPI
from mangum import Mangum
from mangum.types import LambdaContext
from pydantic import BaseModel, Field

logger = Logger(service="nominations")
tracer = Tracer(service="nominations")
metrics = Metrics(namespace="Ballotcast", service="nominations")
dynamodb = boto3.client("dynamodb")
app = FastAPI(title="nominations")


class Nomination(BaseModel):
    contest: str = Field(min_length=1, max_length=64)
    candidate: str = Field(min_length=1, max_length=200)
    statement: str = Field(max_length=2000)
    seconders: int = Field(ge=0)
    consents: bool


class NominationView(BaseModel):
    election: str
    contest: str
    candidate: str
    seconders: int
    status: str


@app.post("/elections/{id}/nominations", status_code=201)
def nominate(id: str, nomination: Nomination) -> NominationView:  # noqa: A002 - the path's name for it
    dynamodb.put_item(
        TableName=os.environ["ROLL_TABLE"],
        Item={
            "pk": {"S": f"NOMINATIONS#{id}"},
            "sk": {"S": f"{nomination.contest}#{nomination.candidate}"},
            "statement": {"S": nomination.statement},
            "seconders": {"N": str(nomination.seconders)},
            "consents": {"BOOL": nomination.consents},
        },
        ConditionExpression="attribute_not_exists(pk)",
    )
    metrics.add_metric(name="Nominations", unit=MetricUnit.Count, value=1)
    return NominationView(
        election=id,
        contest=nomination.contest,
        candidate=nomination.candidate,
        seconders=nomination.seconders,
        status="received",
    )


run = Mangum(app)


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return run(event, context)
