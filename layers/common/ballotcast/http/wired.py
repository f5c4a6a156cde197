"""How an endpoint gets at its process's wiring: `def show(wiring: Wired) -> …`."""

from typing import Annotated

from fastapi import Depends, Request

from ballotcast.wiring import Wiring


def wiring_of(request: Request) -> Wiring:
    wiring: Wiring = request.app.state.wiring
    return wiring


Wired = Annotated[Wiring, Depends(wiring_of)]
