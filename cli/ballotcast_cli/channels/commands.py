"""`ballotcast channels …`: register, look at, watch, export and remove channels."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import click

from ballotcast.channels.config import MOST_QUOTA, MOST_SILENCE, RETENTIONS, Algorithm, Rotation
from ballotcast.channels.schemas import SchemaError

from .access import KEY, SCHEMA, channels
from .apply import apply
from .baseline import read_schema
from .follow import follow
from .kept import export, past, purge
from .publish import publish
from .window import draw

STATUSES = ("registering", "active", "repairing", "stopping", "failed")


@click.group("channels")
def command() -> None:
    """Register channels, publish to them, watch them, keep them as a file says."""


command.add_command(apply)
command.add_command(export)
command.add_command(follow)
command.add_command(past)
command.add_command(publish)
command.add_command(purge)


@command.command("list")
@click.option("--status", type=click.Choice(STATUSES))
@click.option("--mine", is_flag=True, help="Only yours.")
@click.option("--json", "as_json", is_flag=True)
def list_(status: str | None, *, mine: bool, as_json: bool) -> None:
    """All channels, by name."""
    listed = channels(session=mine).list_channels(status or "", mine=mine)
    if as_json:
        click.echo(json.dumps(listed, indent=2, ensure_ascii=False))
        return
    for channel in listed:
        config = channel["config"]
        click.echo(
            f"{channel['name']:<24} {channel['port'] or '':>5}  {channel['status']:<11} "
            f"{config['algorithm']} 1:{config['decimation']}"
        )


@command.command()
@click.argument("name")
@SCHEMA
@click.option("--port", type=click.IntRange(1024, 65535), help="For UDP senders  [default: none]")
@click.option("--decimation", type=click.IntRange(1, 100_000), help="Records for one point of the live window.")
@click.option("--algorithm", type=click.Choice(get_args(Algorithm)))
@click.option("--rotation", type=click.Choice(get_args(Rotation)))
@click.option("--retention", type=click.Choice([str(days) for days in RETENTIONS]), help="Days.")
@click.option("--silence", type=click.IntRange(0, MOST_SILENCE), help="Seconds without a record until its page warns.")
@click.option("--quota", type=click.IntRange(0, MOST_QUOTA), help="Megabytes of archive; the oldest records go first.")
def register(name: str, schema: Path, port: int | None, retention: str | None, **config: Any) -> None:
    """Register NAME and wait for its relay. Prints the channel's key, which is shown only now."""
    stated = {option: value for option, value in config.items() if value is not None}
    if retention:
        stated["retention"] = int(retention)
    registered = channels(session=True).register_channel(name, port, _schema(schema), stated)
    if registered["status"] != "success":
        raise click.ClickException(f"{name}'s relay did not start: ballotcast channels show {name}")
    click.echo(registered["api_key"])
    for earlier in registered["past"]:
        click.echo(
            f"Records of a channel {name} that was deregistered at {earlier['deregistered_at']} are kept until "
            f"{earlier['kept_until']}: ballotcast channels export {name} --born {earlier['born']}",
            err=True,
        )
    click.echo(f"{name} is active. Above is its key; keep it.", err=True)


@command.command()
@click.argument("name")
@click.option("--schema", is_flag=True, help="Its Avro schema instead.")
@click.option("--json", "as_json", is_flag=True)
def show(name: str, *, schema: bool, as_json: bool) -> None:
    """A channel, its relay, and what the relay could not take."""
    if schema:
        click.echo(json.dumps(channels().get_schema(name), indent=2, ensure_ascii=False))
        return
    shown = channels().get_channel(name)
    if as_json:
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    for label, value in _described(shown):
        click.echo(f"{label:<14} {value}")


def _described(shown: dict[str, Any]) -> list[tuple[str, Any]]:
    relay, config, time = shown["relay"] or {}, shown["config"], shown["time"]
    return [
        ("name", shown["name"]),
        ("port", shown["port"] or "none"),
        ("status", shown["status"] + (f": {shown['reason']}" if shown["reason"] else "")),
        ("relay", shown["pid"] or "none"),
        ("schema", f"{shown['fingerprint']}, time is {time['field']} in {time['unit']}"),
        (
            "live window",
            f"{config['algorithm']}, {config['decimation']} to 1" if config["decimation"] > 1 else "each record",
        ),
        ("archive", f"an object each {config['rotation']}, kept for {config['retention']} days" + _limit(config)),
        *([("silent", f"no record for {shown['quiet_for']} s")] if shown["silent"] else []),
        *((name.replace("_", " "), relay[name]) for name in ("records", "last_record_at", "backlog") if name in relay),
        *(("dead letter", f"{letter['at']} {letter['state']}: {letter['reason']}") for letter in shown["dead_letters"]),
    ]


def _limit(config: dict[str, Any]) -> str:
    return f" and {config['quota']} MB" if config["quota"] else ""


@command.command()
@click.argument("name")
@SCHEMA
def validate(name: str, schema: Path) -> None:
    """Whether a schema is that of the channel; else which of the two reads the other, and why not. Then ends with 1."""
    verdict = channels().upload_schema(name, _schema(schema))
    click.echo(f"{verdict['compatibility']}: {verdict['message']}")
    for reason in verdict.get("reasons", ()):
        click.echo(f"  {reason}")
    if not verdict["valid"]:
        raise SystemExit(1)


@command.command()
@click.argument("name")
@click.option("--since", default="", metavar="PLACE", help="Go on from there  [default: what the live window holds]")
@click.option("--plot", metavar="FIELD", help="Draw this signal as a line instead of printing the records.")
@click.option("--points", type=click.IntRange(min=1), help="End after so many.")
def tail(name: str, since: str, plot: str | None, points: int | None) -> None:
    """Watch the live window, a JSON line for each point, until Ctrl-C."""
    drawn: list[float] = []
    seen = 0
    try:
        for records in channels().tail(name, since):
            shown = records[: points - seen] if points else records
            seen += len(shown)
            if plot:
                drawn = [*drawn, *_signal(shown, plot)][-10_000:]
                _redraw(drawn)
            else:
                for record in shown:
                    click.echo(json.dumps(record, ensure_ascii=False))
            if points and seen >= points:
                break
    except KeyboardInterrupt:
        pass
    if plot:
        click.echo()


def _signal(records: Sequence[dict[str, Any]], field: str) -> list[float]:
    if records and field not in records[0]:
        raise click.UsageError(f"{field} is none of {', '.join(records[0])}")
    return [value for record in records if isinstance(value := record.get(field), int | float)]


def _redraw(values: Sequence[float]) -> None:
    click.echo("\r" + draw(values, shutil.get_terminal_size().columns - 1), nl=False)


@command.command()
@click.argument("name")
@KEY
@click.option("--drain/--no-drain", default=True, help="Relay first what was accepted  [default: drain]")
@click.option("--purge", "purge_", is_flag=True, help="Remove its records for good; with your session.")
@click.confirmation_option(prompt="Deregister it?")
def deregister(name: str, key: str, *, drain: bool, purge_: bool) -> None:
    """Stop the channel's relay, once it is through, and free name and port. Its records are kept for its retention."""
    client = channels("" if purge_ else key, session=True)
    born = client.get_channel(name)["born"]
    client.deregister_channel(name, drain=drain)
    if purge_:
        client.purge(name, born)
        click.echo(f"{name} is gone, and its records are being removed.")
    else:
        click.echo(f"{name} is gone. Its records are kept: ballotcast channels past")


@command.command()
@click.argument("name")
@KEY
@click.option("--around", is_flag=True, help="Refuse what its relay is stuck at, instead of trying it again.")
def resume(name: str, key: str, *, around: bool) -> None:
    """Take a channel that has failed on, with what was accepted. What cannot be kept is a dead letter."""
    resumed = channels(key, session=True).resume_channel(name, around=around)
    if resumed["status"] != "active":
        raise click.ClickException(f"{name} is {resumed['status']}: {resumed['reason']}")
    click.echo(f"{name} is active.")


@command.command("rotate-key")
@click.argument("name")
def rotate_key(name: str) -> None:
    """A new key for the channel; the old one stops working within seconds."""
    click.echo(channels(session=True).rotate_key(name))


def _schema(file: Path) -> dict[str, Any]:
    try:
        return read_schema(file)
    except SchemaError as error:
        raise click.UsageError(str(error)) from None
