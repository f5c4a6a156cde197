"""The command `ballotcast`."""

import click

from . import accounts, conduct, count, elections, mailbox, operator, routes, verify, voters, voting
from .bench import command as bench
from .channels import bridge_command as bridge
from .channels import commands as channels
from .demo import command as demo
from .group import BallotcastGroup
from .scale import command as scale
from .stack import commands as stack


@click.group(cls=BallotcastGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--api", metavar="URL", help="The deployment  [default: BALLOTCAST_API, else the stack on this machine]")
@click.version_option(package_name="ballotcast")
def main(api: str | None) -> None:
    """Elections whose ballots nobody can link to a voter and whose result anyone can check."""


for command in (
    accounts.sign_up,
    accounts.verify_address,
    accounts.reset_password,
    accounts.log_in,
    elections.command,
    voters.command,
    conduct.invite,
    conduct.open_,
    voting.vote,
    voting.check,
    conduct.turnout,
    conduct.close,
    conduct.results,
    conduct.export,
    verify.command,
    count.command,
    channels.command,
    bridge.command,
    demo.command,
    bench.command,
    mailbox.command,
    operator.command,
    routes.command,
    scale.command,
    stack.command,
):
    main.add_command(command)
