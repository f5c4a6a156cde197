"""What the commands for channels share: options, and the client with the right to do what it is asked."""

from pathlib import Path

import click

from ballotcast.client.channels import Channels
from ballotcast_cli.group import organiser, public_api

KEY = click.option(
    "--key",
    default="",
    envvar="BALLOTCAST_CHANNEL_KEY",
    show_envvar=True,
    help="The channel's key  [default: your session]",
)
SCHEMA = click.option(
    "--schema",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="File of the Avro schema (.avsc).",
)


def channels(key: str = "", *, session: bool = False) -> Channels:
    """With the channel's key if there is one, else with the organiser's `session`, else for reading only."""
    return Channels(public_api(), key or (organiser().token if session else ""))
