"""The command group: what every command shares, and one way to say that something went wrong."""

from typing import Any

import click

from ballotcast.ballots.ledger import LedgerError
from ballotcast.ballots.link import LinkError
from ballotcast.ballots.plaintext import Spoilt
from ballotcast.ballots.receipt import ReceiptError
from ballotcast.client.api import Api, connect
from ballotcast.client.errors import ApiError, ClientError
from ballotcast.client.organiser import Organiser

from .deployment import Deployment, find_deployment, load_session

TOLD = (ClientError, LinkError, Spoilt, ReceiptError, LedgerError)
"""Errors whose message is for people; anything else is a fault of ours and shows itself as one."""


class BallotcastGroup(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ApiError as error:
            fields = "".join(f"\n  {pointer}: {what}" for pointer, what in error.errors)
            raise click.ClickException(f"{error} ({error.status} {error.slug}){fields}") from None
        except TOLD as error:
            raise click.ClickException(str(error)) from None


def deployment() -> Deployment:
    """The deployment that `--api`, the environment or the local stack names."""
    return find_deployment(click.get_current_context().find_root().params["api"])


def public_api() -> Api:
    return connect(deployment().api)


def organiser() -> Organiser:
    """The organiser who logged in before."""
    here = deployment()
    return Organiser(connect(here.api), load_session(here))
