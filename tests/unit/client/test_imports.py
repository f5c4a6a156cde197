"""The client runs on anybody's machine: it brings in nothing of AWS, of the server, or of the terminal."""

import pkgutil
import subprocess
import sys

import ballotcast.client

FOREIGN = {"boto3", "botocore", "fastapi", "starlette", "mangum", "aws_lambda_powertools", "click", "rich"}


def test_what_the_client_imports() -> None:
    modules = [f"ballotcast.client.{module.name}" for module in pkgutil.iter_modules(ballotcast.client.__path__)]
    assert "ballotcast.client.voter" in modules
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert FOREIGN & {name.partition(".")[0] for name in loaded} == set()
