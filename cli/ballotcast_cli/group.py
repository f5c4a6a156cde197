"""The command group: what every command shares, and one way to say that something went wrong."""

from typing import Any

import click

from ballotcast.ballots.ledger import LedgerError
from ballotcast.ballots.link import LinkError
from ballotcast.ballots.plaintext import Reason, Spoilt
from ballotcast.ballots.receipt import ReceiptError
from ballotcast.client.api import Api, connect
from ballotcast.client.errors import ApiError, ClientError
from ballotcast.client.organiser import Organiser

from .deployment import Deployment, find_deployment, load_session

TOLD = (ClientError, LinkError, ReceiptError, LedgerError)
"""Errors whose message is for people; anything else is a fault of ours and shows itself as one."""

ADVICE = {
    "already-issued": "Your link was used before, on another device or with another recovery file. If you saw the "
    "receipt, your ballot is in the box. If not, finish there, or with that file (ballotcast vote --recovery FILE). If "
    "it was not you, tell the organiser. Whether a ballot was cast, nobody can see from the link.",
    "other-ballot": "A ballot was cast before with the same right to vote, and that one counts. Its receipt is on the "
    "device where it was cast. If you cast only one ballot, tell the organiser.",
    "not-counted": "The count starts once the election is closed: by the clock, or by ballotcast close ELECTION.",
    "replaced-link": "A newer mail was sent to you. Run the same with --link and the link from that mail; your "
    "progress is kept.",
}
SPOILT = {
    Reason.OUT_OF_RANGE: "there is no such option on the ballot",
    Reason.DUPLICATE_RANK: "an option is named twice, or options are ranked equal where the rule takes no equal ranks",
    Reason.TOO_MANY: "more options are named than may be",
    Reason.TOO_FEW: "fewer options are named than must be",
    Reason.WRONG_LENGTH: "the ballot has another number of contests",
}


def _why_spoilt(spoilt: Spoilt) -> str:
    reason = SPOILT.get(spoilt.reason, spoilt.reason.value)
    return f"this ballot would not be counted: {reason}" + (f" (contest {spoilt.contest})" if spoilt.contest else "")


class BallotcastGroup(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ApiError as error:
            fields = "".join(f"\n  {pointer}: {what}" for pointer, what in error.errors if what not in str(error))
            advice = f"\n{ADVICE[error.slug]}" if error.slug in ADVICE else ""
            raise click.ClickException(f"{error} ({error.status} {error.slug}){fields}{advice}") from None
        except Spoilt as spoilt:
            raise click.ClickException(_why_spoilt(spoilt)) from None
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
