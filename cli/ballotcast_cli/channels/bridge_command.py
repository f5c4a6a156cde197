"""`ballotcast bridge NAME` and `bridge --all`: what arrives by UDP is published to a channel, or to all of a host."""

import ipaddress
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import click

from ballotcast.channels.records import BadRecord, TooManyBytes, TooMuch, check_binary
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.client.channels import Channels, pushed_back
from ballotcast.client.errors import ApiError, Unreachable

from .access import KEY, channels
from .bridge import NOT_SENT, UNKNOWN, Bridge, Busy, Check, Counts, Publish, Unfit
from .fleet import Fleet, Served
from .publish import bad_records
from .udp import listen
from .waiting import Limits

ON_SCREEN, IN_LOG = 1.0, 30.0
"""Seconds between two looks at the counts."""
LOOK = 5.0
"""Seconds between two looks at which channels there are."""
STOPPING = "stopping"
"""A channel that is not served: in any other state, as while it is repaired, its records wait here."""


@click.command("bridge")
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="Serve all your channels that have a port, as they come and go.")
@click.option(
    "--keys",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --all: a file of lines NAME KEY; only these are served. A session ends within the hour, keys do not.",
)
@KEY
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
@click.option("--port", type=click.IntRange(0, 65535), help="UDP port  [default: the channel's]")
@click.option("--batch", type=click.IntRange(1, 5000), default=Limits.records, show_default=True, help="Most records.")
@click.option("--age", type=float, default=Limits.age, show_default=True, help="Seconds that a record waits at most.")
@click.option("--memory", type=click.IntRange(1), default=Limits.held // 2**20, show_default=True, help="MiB.")
@click.option("--drain", type=float, default=30.0, show_default=True, help="Seconds for the rest at the end.")
def command(
    name: str | None,
    every: bool,
    keys: Path | None,
    key: str,
    host: str,
    port: int | None,
    batch: int,
    age: float,
    memory: int,
    drain: float,
) -> None:
    """Publish to channel NAME or to --all what arrives by UDP: a datagram is a record in Avro's binary encoding.

    Ctrl-C ends it, after what has arrived is published. Then, and as it goes, it says what it dropped and why.
    """
    if every == bool(name) or (every and port is not None) or (keys and not every):
        raise click.UsageError("give either NAME, or --all with each channel on its own port")
    limits = Limits(records=batch, age=age, held=memory * 2**20)
    for number in (signal.SIGTERM, signal.SIGINT):  # also where the parent process ignores the latter
        signal.signal(number, _interrupt)
    if every:
        _serve_all(keys, host, limits, drain)
    else:
        assert name
        _serve(name, key, host, port, limits, drain)


def _serve_all(keys: Path | None, host: str, limits: Limits, drain: float) -> None:
    """Until Ctrl-C."""

    def find() -> list[Served]:
        held = _keys(keys) if keys else None
        listed = channels(session=not keys).list_channels(mine=not keys)
        return [
            Served(one["name"], one["born"], one["port"])
            for one in listed
            if one["port"] is not None and one["status"] != STOPPING and (held is None or one["name"] in held)
        ]

    def begin(served: Served) -> Bridge:
        client = channels(_keys(keys)[served.name] if keys else "", session=not keys)
        schema = _schema(client, served.name, client.get_channel(served.name))
        bridge = Bridge(listen(host, served.port), checker(schema), publisher(client, served.name), limits)
        client.api.sleep = bridge.pause
        bridge.start()
        return bridge

    if not ipaddress.ip_address(host).is_loopback:
        click.echo("Anyone who reaches this address can publish: UDP knows no key.", err=True)
    fleet = Fleet(find, begin, lambda line: click.echo(line, err=True), drain=drain)
    told = time.monotonic()
    try:
        while True:
            fleet.look()
            if time.monotonic() - told >= IN_LOG:
                told = time.monotonic()
                click.echo(f"{len(fleet.served)} channels  {_line(fleet.counts)}", err=True)
            time.sleep(LOOK)
    except KeyboardInterrupt:
        click.echo("\nSending the rest …", err=True)
    counts = fleet.close()
    for line in describe(counts):
        click.echo(line)
    if counts.dropped[NOT_SENT] or counts.dropped[UNKNOWN]:
        raise SystemExit(1)


def _keys(file: Path) -> dict[str, str]:
    """Read each time, so that a channel which is registered later can be added."""
    lines = (line.split() for line in file.read_text().splitlines())
    return {line[0]: line[1] for line in lines if len(line) == 2}


def _schema(client: Channels, name: str, shown: Mapping[str, Any]) -> ChannelSchema:
    return ChannelSchema.parse(client.get_schema(name), shown["time"]["unit"], registered=True)


def _serve(name: str, key: str, host: str, port: int | None, limits: Limits, drain: float) -> None:
    client = channels(key, session=True)
    shown = client.get_channel(name)
    schema = _schema(client, name, shown)
    chosen = shown["port"] if port is None else port
    if chosen is None:
        raise click.UsageError(f"{name} has no port: give one with --port")
    try:
        opened = listen(host, chosen)
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}: {error.strerror}") from None
    address, bound = opened.getsockname()[:2]
    if not ipaddress.ip_address(address).is_loopback:
        click.echo("Anyone who reaches this address can publish: UDP knows no key.", err=True)
    bridge = Bridge(opened, checker(schema), publisher(client, name), limits)
    client.api.sleep = bridge.pause
    failed: ApiError | None = None
    bridge.start()
    try:
        click.echo(f"UDP {address}:{bound} → {name}; Ctrl-C ends it.", err=True)
        _follow(bridge)
    except KeyboardInterrupt:
        click.echo("\nSending the rest …", err=True)
    except ApiError as error:
        failed = error
    counts = bridge.close(0 if failed else drain)
    for line in describe(counts):
        click.echo(line)
    if failed:
        raise failed
    if counts.dropped[NOT_SENT] or counts.dropped[UNKNOWN]:
        raise SystemExit(1)


def checker(schema: ChannelSchema) -> Check:
    """Exactly one record."""

    def check(datagram: bytes) -> str | None:
        try:
            batch = check_binary(schema, datagram)
        except (BadRecord, TooManyBytes, TooMuch):
            return "not a record of the channel's schema"
        if batch.data != datagram:
            return "framed, not a bare record"
        return None if batch.count == 1 else f"{'no' if batch.count == 0 else 'more than one'} record in the datagram"

    return check


def publisher(client: Channels, name: str) -> Publish:
    """Publishes to the channel, telling what may be tried again from what may not."""

    def publish(records: Sequence[bytes], key: str) -> None:
        try:
            client.publish_avro(name, b"".join(records), key=key, patience=0)
        except Unreachable as error:
            raise Busy(str(error)) from None
        except ApiError as error:
            if pushed_back(error) or error.slug == "in-progress" or error.status >= 500:
                raise Busy(error.detail, error.retry_after or 0) from None
            if unfit := bad_records(error):
                raise Unfit({index: f"refused: {reason}" for index, reason in unfit.items()}) from None
            raise

    return publish


def describe(counts: Counts) -> list[str]:
    rows = {"received": counts.received, "published": counts.published}
    rows |= {"waiting": counts.waiting} if counts.waiting else {}
    rows |= {f"dropped, {reason}": count for reason, count in sorted(counts.dropped.items())}
    return [f"{count:>10}  {label}" for label, count in rows.items()]


def _follow(bridge: Bridge) -> None:
    """Returns only by an exception: Ctrl-C, or what ended the bridge."""
    screen = sys.stderr.isatty()
    while True:
        bridge.wait(ON_SCREEN if screen else IN_LOG)
        counts = bridge.counts
        line = _line(counts) + (f"  ({bridge.trouble})" if bridge.trouble else "")
        click.echo(f"\r\x1b[2K{line}" if screen else line, err=True, nl=not screen)


def _line(counts: Counts) -> str:
    return (
        f"received {counts.received}  published {counts.published}  waiting {counts.waiting}  "
        f"dropped {counts.dropped.total()}"
    )


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
