"""The command `ballotcast`."""

from collections.abc import Mapping
from importlib.util import find_spec

import click

from .commands import CommandTable, LazyCommand

COMMANDS: Mapping[str, LazyCommand] = {
    "sign-up": LazyCommand("accounts", "Become an organiser.", "sign_up"),
    "verify-address": LazyCommand(
        "accounts", "Prove an organiser's address by the CODE that was mailed to it.", "verify_address"
    ),
    "reset-password": LazyCommand(
        "accounts", "Set a new password by a code that is mailed to EMAIL.", "reset_password"
    ),
    "log-in": LazyCommand("accounts", "Open a session of an hour; the commands for organisers use it.", "log_in"),
    "account": LazyCommand(
        "accounts",
        "Your account, and whether you are mailed of openings, closes, counts and invitations that came back.",
        "account",
    ),
    "log-out": LazyCommand("accounts", "End the session at once.", "log_out"),
    "doctor": LazyCommand("doctor", "Check SPF, DKIM and DMARC of the sender's domain, as SES needs them."),
    "elections": LazyCommand("elections", "Create, list, show and delete elections."),
    "voters": LazyCommand("voters", "Import, edit and list the roll of an election."),
    "remind": LazyCommand("conduct", "Remind voters at a time that is chosen beforehand.", "remind"),
    "invitations": LazyCommand("conduct", "Show or stop invitations that do not go out at once.", "invitations"),
    "invite": LazyCommand("conduct", "Mail the voters their links.", "invite"),
    "open": LazyCommand("conduct", "Open now instead of at its time; only before it is frozen.", "open_"),
    "vote": LazyCommand("voting", "Cast your vote.", "vote"),
    "check-receipt": LazyCommand("voting", "Check that the ballot behind a receipt is in the log.", "check"),
    "turnout": LazyCommand("conduct", "How many credentials and ballots: exact once voting has ended.", "turnout"),
    "extend": LazyCommand("conduct", "Have voting end later.", "extend"),
    "notice": LazyCommand("conduct", "Say TEXT to everybody while the election runs.", "notice"),
    "notices": LazyCommand("conduct", "What the organiser said, and each change of it.", "notices"),
    "withdraw": LazyCommand("conduct", "Withdraw an option while voting runs.", "withdraw"),
    "close": LazyCommand("conduct", "Close now and start the count.", "close"),
    "release": LazyCommand("conduct", "Publish a result that is held after the count.", "release"),
    "results": LazyCommand("conduct", "The result with every stage of the count.", "results"),
    "export": LazyCommand("conduct", "Download everything that anybody needs to verify the result.", "export"),
    "verify": LazyCommand("verify", "Verify EXPORT (zip) and count it again."),
    "count": LazyCommand(
        "count", "Count the ballots of FILE (- for standard input), in one of the formats of --format."
    ),
    "channels": LazyCommand(
        "channels.commands", "Register channels, publish to them, watch them, keep them as a file says."
    ),
    "bridge": LazyCommand(
        "channels.bridge_command",
        "Publish to channel NAME or to --all what arrives by UDP: a datagram is a record in Avro's binary encoding.",
    ),
    "mail": LazyCommand("mail", "Choose, look at and try what an election's mails say."),
    "trustee": LazyCommand(
        "trustee", "Make an election's key together with others, and open its ballots after the close."
    ),
    "ceremony": LazyCommand("ceremony", "Have trustees make an election's key together, and see how far they are."),
    "people": LazyCommand("people", "Invite others to conduct or to observe an election, and remove them."),
    "operator": LazyCommand(
        "operator", "For those who run a deployment; needs AWS credentials for its account and region."
    ),
}


def commands_here() -> Mapping[str, LazyCommand]:
    """Return the product's commands and, in a checkout, those of its developer tools, which no package contains."""
    if find_spec("ballotcast_tools") is None:
        return COMMANDS
    from ballotcast_tools.commands import COMMANDS as OF_TOOLS

    return {**COMMANDS, **OF_TOOLS}


class _Ballotcast(CommandTable):
    lazy = commands_here()


@click.group(cls=_Ballotcast, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--api", metavar="URL", help="The deployment  [default: BALLOTCAST_API, else the stack on this machine]")
@click.version_option(package_name="ballotcast")
def main(api: str | None) -> None:
    """Elections whose ballots nobody can link to a voter and whose result anyone can check."""
