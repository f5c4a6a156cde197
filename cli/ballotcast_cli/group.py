"""The deployment that a command talks to, and as whom."""

import click

from ballotcast.client.api import Api, connect
from ballotcast.client.organiser import Organiser

from .deployment import Deployment, find_deployment, load_session


def deployment() -> Deployment:
    """Return the deployment that `--api`, the environment or the local stack names."""
    return find_deployment(click.get_current_context().find_root().params["api"])


def public_api() -> Api:
    return connect(deployment().api)


def organiser() -> Organiser:
    """Return the organiser who logged in before."""
    here = deployment()
    return Organiser(connect(here.api), load_session(here))
