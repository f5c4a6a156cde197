"""`ballotcast channels apply FILE`: make the channels those that a baseline file declares."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from ballotcast.client.channels import Channels
from ballotcast.client.errors import ApiError

from .access import channels
from .baseline import Baseline, read_baseline
from .plan import Change, Create, Existing, Plan, Remove, plan
from .yaml_lines import Mistake, YamlError


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only print the plan.")
@click.option("--prune", is_flag=True, help="Deregister those of your channels that FILE does not declare.")
@click.option("--replace", is_flag=True, help="Deregister and register anew what cannot be changed: records are lost.")
def apply(file: Path, *, dry_run: bool, prune: bool, replace: bool) -> None:
    """Create, change and (with --prune) deregister channels until they are as FILE declares.

    May be repeated: what is as declared is left alone.
    """
    try:
        baseline = read_baseline(file)
    except YamlError as error:
        raise _Mistaken(file, error.mistakes) from None
    client = channels(session=True)
    made = plan(baseline.channels, survey(client, baseline), prune=prune, replace=replace)
    for line in describe(made):
        click.echo(line)
    if made.blocked:
        raise click.ClickException("; ".join(made.blocked))
    if dry_run:
        click.echo("Nothing was done: --dry-run.")
        return
    carry_out(client, made, baseline)


def survey(client: Channels, baseline: Baseline) -> list[Existing]:
    """The caller's channels, and those of others that have a declared name; schemas only of declared ones."""
    listed = {channel["name"]: channel for channel in client.list_channels(mine=True)}
    mine = set(listed)
    declared = {channel.name for channel in baseline.channels}
    for name in declared - mine:
        try:
            listed[name] = client.get_channel(name)
        except ApiError as error:
            if error.status != 404:
                raise
    return [
        Existing(
            name,
            channel["port"],
            client.get_schema(name) if name in declared else {},
            channel["config"],
            mine=name in mine,
            lasting=channel["status"] not in {"failed", "stopping"},
        )
        for name, channel in listed.items()
    ]


def describe(made: Plan) -> Iterator[str]:
    for step in made.steps:
        match step:
            case Remove(name, reasons):
                yield f"- {name}  ({', '.join(reasons)})"
            case Change(channel, reasons):
                yield f"~ {channel.name}  {', '.join(reasons)}"
            case Create(channel):
                yield f"+ {channel.name}  port {channel.port}"
    yield f"{len(made.steps)} to do, {len(made.unchanged)} as declared"


def carry_out(client: Channels, made: Plan, baseline: Baseline) -> None:
    for step in made.steps:
        match step:
            case Remove(name, _):
                client.deregister_channel(name)
                click.echo(f"{name}: deregistered")
            case Change(channel, _):
                with _located(baseline, channel.name):
                    client.change_channel(channel.name, channel.config)
                click.echo(f"{channel.name}: changed")
            case Create(channel):
                with _located(baseline, channel.name):
                    registered = client.register_channel(channel.name, channel.port, channel.schema, channel.config)
                if registered["status"] != "success":
                    raise click.ClickException(f"{channel.name}: its relay did not start")
                click.echo(f"{channel.name}: registered, key {registered['api_key']}")


@contextmanager
def _located(baseline: Baseline, name: str) -> Iterator[None]:
    """Refusals of the API are told with the line of the field that they name."""
    try:
        yield
    except ApiError as error:
        fields = [(one.pointer, one.detail) for one in error.errors] or [("", error.detail)]
        mistakes = [Mistake(baseline.line_of(name, pointer), what) for pointer, what in fields]
        raise _Mistaken(baseline.path, mistakes) from None


class _Mistaken(click.ClickException):
    def __init__(self, file: Path, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(f"{file}:{line}: {message}" for line, message in mistakes))
