"""Containers as two independent libraries read them: fastavro, and Apache Avro's own."""

import math
import warnings
from io import BytesIO
from typing import Any

import avro.datafile
import avro.errors
import avro.io
import fastavro


def by_fastavro(container: bytes) -> list[Any]:
    return list(fastavro.reader(BytesIO(container)))


def by_apache_avro(container: bytes) -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", avro.errors.IgnoredLogicalType)  # local timestamps are numbers to it
        with avro.datafile.DataFileReader(BytesIO(container), avro.io.DatumReader()) as reader:
            return list(reader)


def same(one: Any, other: Any) -> bool:
    """Equal, where NaN is NaN, and a moment is one with a zone or without."""
    match one, other:
        case float(), float():
            return one == other or (math.isnan(one) and math.isnan(other))
        case dict(), dict():
            return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
        case list(), list():
            return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) or type(other) is int or str(one) == str(other)
