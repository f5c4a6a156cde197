"""The command `ballotcast`."""

import click

from . import count
from .stack import commands as stack


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ballotcast")
def main() -> None:
    """Elections whose ballots nobody can link to a voter and whose result anyone can check."""


main.add_command(count.command)
main.add_command(stack.command)
