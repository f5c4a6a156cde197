"""How fast a channel's records are validated and encoded: 10,000 of five fields, as JSON and as Avro."""

import time
from collections.abc import Callable, Iterator
from io import BytesIO

import fastavro

from ballotcast.channels.records import check_binary, encode_records
from ballotcast.channels.schemas import ChannelSchema

from .measures import Comparison, Sample
from .sensor import SENSOR, sample

RECORDS = 10_000


def measure(rounds: int) -> Iterator[Comparison]:
    """Next to them fastavro alone, which encodes and checks nothing."""
    schema, records = ChannelSchema.parse(SENSOR), [sample(number) for number in range(RECORDS)]
    binary, parsed = encode_records(schema, records).data, fastavro.parse_schema(SENSOR)

    def encode_alone() -> None:
        output = BytesIO()
        for record in records:
            fastavro.schemaless_writer(output, parsed, record)

    for name, what, do in (
        ("records_json", "JSON's values validated and encoded", lambda: encode_records(schema, records)),
        ("records_avro", "avro/binary validated", lambda: check_binary(schema, binary)),
        ("records_fastavro", "encoded by fastavro alone, nothing validated", encode_alone),
    ):
        yield Comparison(name, what, "records/s", _rate(do, rounds))


def _rate(do: Callable[[], object], rounds: int) -> Sample:
    """Records a second of CPU."""
    rates = []
    for _ in range(rounds):
        started = time.process_time()
        do()
        rates.append(RECORDS / (time.process_time() - started))
    return Sample.of(rates)
