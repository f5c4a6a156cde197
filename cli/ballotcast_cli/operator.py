"""`ballotcast operator …`: for anyone who runs a deployment, with their own AWS credentials, past the API."""

import click

from ballotcast.store.organisers import Organisers
from ballotcast.store.table import Table


@click.group("operator")
def command() -> None:
    """For those who run a deployment; needs AWS credentials for its account and region."""


@command.command()
@click.argument("organiser_id")
@click.option("--table", required=True, envvar="ROLL_TABLE", help="The deployment's output RollTable.")
def approve(organiser_id: str, table: str) -> None:
    """Let an organiser send mails, where the stack demands it (ApproveOrganisers).

    ORGANISER_ID stands in the mail that verified their address, and in the answer to `sign-up`.
    """
    import boto3  # here, because it takes a third of a second that no other command should pay

    if not Organisers(Table(boto3.client("dynamodb"), table)).approve(organiser_id):
        raise click.ClickException("there is no such organiser")
    click.echo("Approved.")
