"""LocalStack runs DynamoDB Local as `dynamodb_local.py` does: from the npm package, with nothing downloaded.

LocalStack itself would download Java, the jar and an agent that lifts the limit of 20 global indexes, which nothing
here needs.
"""

import os
import sys
from pathlib import Path

FOLDER = "DYNAMODB_LOCAL"
"""The variable that names the folder with DynamoDBLocal.jar."""


def patch_dynamodb() -> None:
    """Replace how `localstack.services.dynamodb.server` starts its server."""
    from localstack.services.dynamodb.packages import DynamoDBLocalPackageInstaller
    from localstack.services.dynamodb.server import DynamodbServer

    folder = os.environ[FOLDER]
    script = Path(__file__).with_name("dynamodb_local.py")

    def command(server: DynamodbServer) -> list[str]:
        memory = ["-inMemory"] if server.in_memory else []
        return [sys.executable, str(script), str(os.getpid()), folder, "-port", str(server.port), "-sharedDb", *memory]

    DynamoDBLocalPackageInstaller.install = lambda installer, target=None: None
    DynamoDBLocalPackageInstaller.get_installed_dir = lambda installer: folder
    DynamoDBLocalPackageInstaller.get_java_env_vars = lambda installer: {}
    DynamodbServer._create_shell_command = command
