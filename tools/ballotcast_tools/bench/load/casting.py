"""Only the last request of a vote: ballots that were sealed beforehand, sent by the lean client."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from ballotcast.crypto.encoding import b64u_encode

from .http1 import Response, request
from .sending import Wanted


class Casts:
    """The requests that cast `ballots` (by the voter's number) at `path` below `address`; keeps the receipts."""

    def __init__(self, address: str, path: str, ballots: Mapping[int, bytes]) -> None:
        self.address = address
        self.numbers = list(ballots)
        self._responses: dict[int, bytes] = {}
        self._requests = {
            number: request(address, "POST", path, json.dumps({"ballot": b64u_encode(ballot)}).encode())
            for number, ballot in ballots.items()
        }

    def each(self, numbers: Iterable[int]) -> Iterator[Wanted]:
        """Return the requests of these voters; each response must bring a receipt."""
        for number in numbers:
            yield Wanted(self._requests[number], self._keeping(number))

    def _keeping(self, number: int) -> Callable[[Response], str]:
        def keep(response: Response) -> str:
            if response.status not in (200, 201):
                return describe(response)
            self._responses[number] = response.body
            return ""

        return keep

    def receipts(self) -> dict[int, str]:
        """Return the signed notes that the voters got; an empty one for a response that holds none."""
        return {number: _receipt(body) for number, body in self._responses.items()}


def _receipt(body: bytes) -> str:
    try:
        return str(json.loads(body)["receipt"])
    except (KeyError, TypeError, ValueError):
        return ""


def describe(response: Response) -> str:
    """Return the name of a refusal: its status and its problem's slug, if it is a problem document."""
    try:
        slug = str(json.loads(response.body)["type"]).rpartition(":")[2]
    except (KeyError, TypeError, ValueError):
        slug = ""
    return f"status {response.status} {slug}".strip()


def expect_success(response: Response) -> str:
    """Return an error's name unless the status is below 400."""
    return "" if response.status < 400 else describe(response)
