"""A body as it came, for an endpoint that reads it itself."""

from typing import Annotated

from fastapi import Depends, Request


async def raw_body(request: Request) -> bytes:
    return await request.body()


RawBody = Annotated[bytes, Depends(raw_body)]
