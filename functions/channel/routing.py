"""Routes of the channel API: our contract, and problem documents that older clients can read."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response

from ballotcast.http.app import ContractRoute
from ballotcast.http.problems import MEDIA_TYPE


class ChannelRoute(ContractRoute):
    """Every problem document also carries `error`: its title."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            response = await handle(request)
            if response.media_type == MEDIA_TYPE:
                document = json.loads(bytes(response.body))
                content = json.dumps({**document, "error": document["title"]}).encode()
                headers = {name: value for name, value in response.headers.items() if name != "content-length"}
                return Response(content, response.status_code, headers)
            return response

        return answer
