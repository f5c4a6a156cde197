"""Which datagrams are records, and what the channel's answers mean for a batch."""

from io import BytesIO

import fastavro
import httpx2 as httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.channels.schemas import ChannelSchema
from ballotcast.client.api import Api
from ballotcast.client.channels import Channels
from ballotcast.client.errors import ApiError
from ballotcast_cli.channels.bridge import Busy, Counts, Publish, Unfit
from ballotcast_cli.channels.bridge_command import checker, describe, publisher

SCHEMA = ChannelSchema.parse(
    {
        "type": "record",
        "name": "engine",
        "fields": [
            {"name": "time", "type": {"type": "long", "logicalType": "timestamp-micros"}},
            {"name": "gear", "type": {"type": "enum", "name": "gear", "symbols": ["neutral", "first"]}},
            {"name": "note", "type": ["null", "string"]},
        ],
    }
)
RECORDS = st.fixed_dictionaries(
    {
        "time": st.integers(1, 2**55),
        "gear": st.sampled_from(["neutral", "first"]),
        "note": st.one_of(st.none(), st.text()),
    }
)
check = checker(SCHEMA)


def encoded(record: dict[str, object]) -> bytes:
    output = BytesIO()
    fastavro.schemaless_writer(output, SCHEMA.record, record)
    return output.getvalue()


@given(RECORDS, RECORDS)
def test_exactly_one_record(first: dict[str, object], second: dict[str, object]) -> None:
    assert check(encoded(first)) is None
    assert check(encoded(first) + encoded(second)) == "more than one record in the datagram"
    assert check(encoded(first)[:-1]) is not None
    assert check(b"") == "no record in the datagram"


@given(st.binary(max_size=40))
def test_noise_is_judged_and_never_an_error(noise: bytes) -> None:
    assert check(noise) in {
        None,
        "no record in the datagram",
        "more than one record in the datagram",
        "not a record of the channel's schema",
    }


def answering(status: int, slug: str, pointer: str = "", **headers: str) -> Publish:
    problem = {"type": f"urn:ballotcast:problem:{slug}", "detail": "no", "errors": []}
    if pointer:
        problem["errors"] = [{"pointer": pointer, "detail": "expected float"}]
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    transport = httpx.MockTransport(lambda request: httpx.Response(status, json=problem, headers=named))
    api = Api(httpx.Client(base_url="http://board.example", transport=transport), sleep=lambda seconds: None)
    return publisher(Channels(api, "key"), "engine")


@pytest.mark.parametrize(
    ("status", "slug"),
    [(429, "backlog"), (409, "not-ready"), (409, "in-progress"), (503, "throttled"), (500, "internal")],
)
def test_what_may_pass_is_tried_again(status: int, slug: str) -> None:
    with pytest.raises(Busy, match="no") as busy:
        answering(status, slug, retry_after="4")([b"x"], "k")
    assert busy.value.after == 4


def test_nobody_there_is_tried_again() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    http = httpx.Client(base_url="http://board.example", transport=httpx.MockTransport(broken))
    with pytest.raises(Busy, match="does not answer"):
        publisher(Channels(Api(http, sleep=lambda seconds: None)), "engine")([b"x"], "k")


def test_records_that_are_refused_are_named() -> None:
    with pytest.raises(Unfit) as unfit:
        answering(422, "bad-record", "/records/3/note")([b"x"] * 5, "k")
    assert unfit.value.records == {3: "refused: expected float"}


@pytest.mark.parametrize(("status", "slug"), [(401, "bad-key"), (404, "no-channel"), (413, "too-many-bytes")])
def test_what_will_not_pass_ends_it(status: int, slug: str) -> None:
    with pytest.raises(ApiError):
        answering(status, slug)([b"x"], "k")


def test_counts_are_told_with_their_reasons() -> None:
    counts = Counts(received=12, published=9)
    counts.dropped.update({"memory full": 2, "a": 1})
    assert describe(counts) == [
        "        12  received",
        "         9  published",
        "         1  dropped, a",
        "         2  dropped, memory full",
    ]
