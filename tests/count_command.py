"""The command `ballotcast count`, run in this process."""

from pathlib import Path

from click.testing import CliRunner, Result

from ballotcast_cli.count import command


def run(*arguments: str | Path, stdin: str | None = None, width: int = 200) -> Result:
    return CliRunner().invoke(
        command, [str(argument) for argument in arguments], input=stdin, env={"COLUMNS": str(width)}
    )
