"""A process of a Lambda function, as a program: logging as the runtime sets it up, then the handler, then one event.

    python lambda_process.py HANDLER EVENT-FILE

Lambda's runtime (awslambdaric.bootstrap) puts a handler on the root logger and, for LogFormat JSON, sets the level that
LoggingConfig says: INFO unless the template says otherwise. Then it imports the function. AWS is played by moto.
"""

import importlib
import json
import logging
import os
import sys
from pathlib import Path

import boto3


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps({"level": record.levelname, "logger": record.name, "message": record.getMessage()})


def set_up_logging() -> None:
    root, handler = logging.getLogger(), logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    root.setLevel(os.environ["AWS_LAMBDA_LOG_LEVEL"])
    root.addHandler(handler)


def main(name: str, event: Path) -> None:
    module, _, attribute = name.rpartition(".")
    set_up_logging()
    from api_events import Context
    from world import world

    with world() as deployment:
        os.environ.update(deployment.environment)
        boto3.setup_default_session()  # the world's own has found its credentials already
        getattr(importlib.import_module(module), attribute)(json.loads(event.read_text()), Context())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
