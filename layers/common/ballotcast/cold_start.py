"""What makes a Lambda's start short; every function that answers HTTP imports it before anything else.

Importing it stops the garbage collector, which would look through what imports make again and again and find nothing,
and imports FastAPI with its models of OpenAPI left to be built at first use: a function that is asked for its
description builds them then, the others never. `ready()` ends the start. Gains: docs/speed.md.

Outside Lambda the collector is left alone.
"""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel

ON_LAMBDA = "AWS_LAMBDA_FUNCTION_NAME" in os.environ


@contextmanager
def models_built_at_first_use() -> Iterator[None]:
    """Pydantic's own setting for models that are defined meanwhile (`defer_build`), for those of libraries too."""
    BaseModel.model_config["defer_build"] = True
    try:
        yield
    finally:
        del BaseModel.model_config["defer_build"]


def ready() -> None:
    """The handler is made: what is there by now stays for as long as the process, and is not looked through again."""
    if ON_LAMBDA:
        gc.freeze()
        gc.enable()


if ON_LAMBDA:
    gc.disable()
with models_built_at_first_use():
    import fastapi  # noqa: F401
