"""A group of commands, each imported when it is run: counting a ward must not wait for AWS's libraries."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click

EXTRAS: Mapping[str, str] = {"fastavro": "channels", "yaml": "channels", "dns": "doctor"}
"""The extra of this distribution that has a package; `runtime` has all."""


@dataclass(frozen=True)
class LazyCommand:
    """Where a command is defined, and its summary in the list of commands.

    module: in `package`. attribute: its name there.
    """

    module: str
    summary: str
    attribute: str = "command"
    package: str = "ballotcast_cli"

    def load(self) -> click.Command:
        """Import the command. Raises ClickException where a package is missing that it needs."""
        try:
            module = import_module(f"{self.package}.{self.module}")
        except ModuleNotFoundError as error:
            raise missing(error) from None
        command: click.Command = getattr(module, self.attribute)
        return command


class CommandTable(click.Group):
    """The command `ballotcast`: its commands by name, and one way to say that something went wrong."""

    lazy: Mapping[str, LazyCommand] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self.lazy[cmd_name].load() if cmd_name in self.lazy else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.lazy[name].summary) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except ModuleNotFoundError as error:
            raise missing(error) from None
        except Exception as error:
            from .failures import in_words

            told = in_words(error)
            if told is None:
                raise
            raise click.ClickException(told) from None


def missing(error: ModuleNotFoundError) -> click.ClickException:
    """Return what to tell of a package that is not installed. Raises the error itself if the module is one of ours."""
    package = (error.name or "").partition(".")[0]
    if not package or package.startswith("ballotcast") or package in sys.stdlib_module_names:
        raise error
    extra = EXTRAS.get(package, "runtime")
    return click.ClickException(
        f"this command needs the package {package}, which is not installed: pip install 'ballotcast[{extra}]'"
    )
