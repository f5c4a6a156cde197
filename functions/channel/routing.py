"""Routes of the channel API: our contract, and problem documents that older clients can read."""

import json

from fastapi import Request, Response

from ballotcast.http.app import ContractRoute


class ChannelRoute(ContractRoute):
    """Every problem document also carries `error`: its title."""

    def problem(self, error: Exception, request: Request) -> Response:
        response = super().problem(error, request)
        document = json.loads(bytes(response.body))
        content = json.dumps({**document, "error": document["title"]}).encode()
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        return Response(content, response.status_code, headers)
