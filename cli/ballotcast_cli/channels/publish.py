"""`ballotcast channels publish NAME FILE`: records of a file, in order, in batches that the API takes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import click

from ballotcast.channels.containers import Batch, ContainerError, read_container, write_container
from ballotcast.client.channels import AVRO_FILE, Channels
from ballotcast.client.errors import ApiError
from ballotcast.unique_json import loads

from .access import KEY, channels

MOST_RECORDS = 1000
MOST_BYTES = 500_000


class FileError(ValueError):
    """What is wrong with the file, and where."""


@dataclass
class Lines:
    """Records of JSON lines, and the line of each."""

    records: list[Any] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


@click.command()
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True), default="-")
@KEY
def publish(name: str, file: str, key: str) -> None:
    """Publish the records of FILE to the channel NAME: an Avro container file (.avro), else a JSON object a line.

    Ends with the first batch that is refused; what was accepted before it is told.
    """
    client = channels(key, session=True)
    accepted = 0
    try:
        with click.open_file(file, "rb") as opened:
            for count in _avro(client, name, opened.read()) if file.endswith(".avro") else _lines(client, name, opened):
                accepted += count
    except FileError as error:
        raise click.ClickException(f"{file}: {error}; {accepted} records were accepted") from None
    except ApiError:
        click.echo(f"{accepted} records were accepted before this:", err=True)
        raise
    click.echo(f"{accepted} records accepted.")


def _lines(client: Channels, name: str, file: Iterable[bytes]) -> Iterator[int]:
    for batch in batches_of_lines(file):
        try:
            client.publish(name, batch.records)
        except ApiError as error:
            for index, reason in bad_records(error).items():
                raise FileError(f"line {batch.lines[index]}: {reason}") from None
            raise
        yield len(batch.records)


def _avro(client: Channels, name: str, container: bytes) -> Iterator[int]:
    try:
        schema, blocks = read_container(container)
        for batches in group(blocks):
            client.publish_avro(name, write_container(schema, batches), AVRO_FILE)
            yield sum(batch.count for batch in batches)
    except ContainerError as error:
        raise FileError(str(error)) from None


def batches_of_lines(lines: Iterable[bytes]) -> Iterator[Lines]:
    """Blank lines count, but hold no record. FileError with the line that is no JSON."""
    batch, size = Lines(), 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if batch.records and (len(batch.records) == MOST_RECORDS or size + len(line) > MOST_BYTES):
            yield batch
            batch, size = Lines(), 0
        try:
            batch.records.append(loads(line))
        except (ValueError, RecursionError) as error:
            raise FileError(f"line {number}: not JSON: {error}") from None
        batch.lines.append(number)
        size += len(line)
    if batch.records:
        yield batch


def group(blocks: Iterable[Batch]) -> Iterator[list[Batch]]:
    """A file's blocks together, up to what one request takes; a block is never cut."""
    together: list[Batch] = []
    for block in blocks:
        size = sum(len(batch.data) for batch in together) + len(block.data)
        if together and (size > MOST_BYTES or sum(batch.count for batch in together) + block.count > MOST_RECORDS):
            yield together
            together = []
        together.append(block)
    if together:
        yield together


def bad_records(error: ApiError) -> dict[int, str]:
    """Index → reason of each record that a refusal names by `/records/<index>`."""
    found: dict[int, str] = {}
    for wrong in error.errors:
        first, _, rest = wrong.pointer.removeprefix("/").partition("/")
        index = rest.partition("/")[0]
        if first == "records" and index.isdecimal():
            reason = wrong.fault.params.get("reason") if wrong.fault.code == "bad-record" else None
            found.setdefault(int(index), str(reason or wrong.detail))
    return found
