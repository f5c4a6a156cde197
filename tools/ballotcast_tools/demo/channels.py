"""The demo's second part: a channel is fed, half through the UDP bridge and half through HTTP, watched and exported.

`play_channel` is called with an organiser who is logged in.
"""

import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from secrets import token_hex
from typing import Any

import click

from ballotcast.channels.containers import read_container
from ballotcast.channels.records import decode
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.client.channels import Channels
from ballotcast.client.errors import ClientError
from ballotcast.client.organiser import Organiser
from ballotcast_cli.channels.bridge import Bridge
from ballotcast_cli.channels.bridge_command import checker, describe, publisher
from ballotcast_cli.channels.udp import listen
from ballotcast_cli.channels.waiting import Limits
from ballotcast_cli.channels.window import draw

from .engine import SCHEMA, Record, datagram, differences, records

HOST = "127.0.0.1"
RECORDS = 10_000
PACE = 2500
"""Records a second."""
AT_ONCE = 100
PER_CALL = 500
PATIENCE = 60.0


def play_channel(organiser: Organiser, count: int = RECORDS, pace: float = PACE) -> list[str]:
    """What is wrong: empty if every record came back once, in order and as it was sent. ClientError if refused."""
    channels = Channels(organiser.api, organiser.token)
    opened, port = _free_port(channels)
    name = f"demo-{token_hex(3)}"
    began = time.monotonic()
    with opened:
        registered = channels.register_channel(name, port, SCHEMA, {"decimation": 10, "algorithm": "average"})
        if registered["status"] != "success":
            raise ClientError(f"the relay of {name} did not start")
        click.echo(f"  channel {name} on port {port}, active after {time.monotonic() - began:.1f} s")
        try:
            sent = list(records(time.time_ns() // 1000, 0, count))
            keyed = Channels(organiser.api, registered["api_key"])
            return [*_feed_and_watch(keyed, name, opened, sent, pace), *_exported(channels, name, sent)]
        finally:
            channels.deregister_channel(name)
            click.echo(f"  channel {name} is deregistered")


def _feed_and_watch(
    channels: Channels, name: str, opened: socket.socket, sent: Sequence[Record], pace: float
) -> list[str]:
    half = len(sent) // 2
    screen = _Screen(channels, name)
    with ThreadPoolExecutor(1) as feeder:
        bridge = Bridge(opened, checker(ChannelSchema.parse(SCHEMA)), publisher(channels, name), Limits())
        bridge.start()
        screen.watch(f"{half} by UDP ", feeder.submit(_send_datagrams, bridge, opened.getsockname(), sent[:half], pace))
        counts = bridge.close(PATIENCE)
        click.echo("  the bridge: " + ", ".join(" ".join(line.split()) for line in describe(counts)))
        screen.watch(f"{len(sent) - half} by HTTP", feeder.submit(_publish, channels, name, sent[half:], pace))
        arrived = feeder.submit(_archived, channels, name, len(sent))
        screen.watch("relayed     ", arrived)
    wrong = [] if counts.published == half else [f"the bridge published {counts.published} of {half} records"]
    return wrong if arrived.result() else [*wrong, f"not all records were relayed within {PATIENCE:.0f} s"]


def _exported(channels: Channels, name: str, sent: Sequence[Record]) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"{name}.avro")
        size = channels.export(name, file)
        written, batches = read_container(file.read_bytes())
    schema = ChannelSchema.parse(written)
    exported = [record for batch in batches for record in decode(schema, batch)]
    wrong = differences(sent, exported)
    click.echo(
        f"  export: {len(exported)} records in {size} bytes: {', '.join(wrong) or 'each once, in order, as sent'}"
    )
    return [f"channel's export: {what}" for what in wrong]


def _send_datagrams(bridge: Bridge, address: tuple[str, int], sent: Sequence[Record], pace: float) -> None:
    """As a sensor does; but never further ahead than the system's buffer holds, for that is not what is shown."""
    schema = ChannelSchema.parse(SCHEMA)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for done, some in _paced(sent, AT_ONCE, pace):
            for record in some:
                sender.sendto(datagram(schema, record), address)
            while bridge.counts.received < done:
                bridge.wait(0.005)


def _publish(channels: Channels, name: str, sent: Sequence[Record], pace: float) -> None:
    for _, some in _paced(sent, PER_CALL, pace):
        channels.publish(name, some)


def _paced(sent: Sequence[Record], size: int, pace: float) -> Iterator[tuple[int, Sequence[Record]]]:
    """Some of the records whenever it is their time, and how many these are with all before."""
    began = time.monotonic()
    for start in range(0, len(sent), size):
        time.sleep(max(0.0, began + start / pace - time.monotonic()))
        some = sent[start : start + size]
        yield start + len(some), some


def _archived(channels: Channels, name: str, count: int) -> bool:
    def look() -> bool | None:
        return True if (channels.get_channel(name)["relay"] or {"records": 0})["records"] >= count else None

    return bool(channels.api.wait_for(look, PATIENCE))


class _Screen:
    """The live window as a line that moves; where there is no terminal, as it is when a phase ends."""

    def __init__(self, channels: Channels, name: str) -> None:
        self._channels, self._name = channels, name
        self._values: list[float] = []
        self._next, self._etag, self._look_at = "", "", 0.0

    def watch(self, label: str, feeding: Future[Any]) -> None:
        """Until it is done; raises what it raised."""
        while not feeding.done():
            if time.monotonic() >= self._look_at:
                self._look()
                if sys.stdout.isatty():
                    click.echo(f"\r\x1b[2K{self._line(label)}", nl=False)
            time.sleep(0.05)
        feeding.result()
        self._look()
        click.echo(("\r\x1b[2K" if sys.stdout.isatty() else "") + self._line(label))

    def _look(self) -> None:
        window = self._channels.live(self._name, self._next, self._etag)
        self._look_at = time.monotonic() + 0.5
        if window is not None:
            self._values += [record["rpm"] for record in window.records]
            self._next, self._etag = window.next, window.etag
            self._look_at = time.monotonic() + window.poll_after

    def _line(self, label: str) -> str:
        width = min(shutil.get_terminal_size().columns, 100) - len(label) - 4
        return f"  {label}  {draw(self._values, width)}"


def _free_port(channels: Channels) -> tuple[socket.socket, int]:
    """A port that no channel has and that is free on this machine."""
    for port in channels.available_ports():
        try:
            return listen(HOST, port), port
        except OSError:
            continue
    raise ClientError("no port is free")
