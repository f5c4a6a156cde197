"""Resuming a channel that has failed: by its owner, or by its election's organiser."""

from fastapi import Response
from pydantic import BaseModel, ConfigDict

from ballotcast.http.access import Access, contract
from ballotcast.http.app import routes
from ballotcast.http.fields import ChannelName as Name
from ballotcast.http.publishers import CurrentPublisher
from ballotcast.http.responses import refuses
from ballotcast.http.wired import Wired
from channel.channel_routes import find_channel
from channel.routing import ChannelRoute
from channel.sagas import resume_channel
from channel.views import ChannelListed, listed

router = routes(ChannelRoute)


class Resumption(BaseModel):
    """`around`: refuse the messages that its relay is stuck at, instead of trying them again."""

    model_config = ConfigDict(extra="forbid", strict=True)
    around: bool = False


@router.post(
    "/channels/{name}/resume",
    status_code=202,
    openapi_extra=contract(Access.PUBLISHER),
    responses=refuses(404, 409),
)
def resume(
    name: Name, asked: Resumption, publisher: CurrentPublisher, wiring: Wired, response: Response
) -> ChannelListed:
    """Take a channel that has failed on with what was accepted; 200 if it has not failed."""
    channel = find_channel(wiring, name)
    publisher.require_keeper(channel)
    if channel.status == "active":
        response.status_code = 200
        return listed(channel)
    return listed(resume_channel(wiring, channel, around=asked.around))
