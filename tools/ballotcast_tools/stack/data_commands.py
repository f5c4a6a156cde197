"""`ballotcast stack backup`, `restore` and `reset`: what an operator does with the data of the embedded runtime."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import click

from ballotcast.clock import system_clock
from ballotcast_tools.runtime.backups.errors import BackupError
from ballotcast_tools.runtime.backups.making import make_backup
from ballotcast_tools.runtime.backups.passphrase import check_passphrase
from ballotcast_tools.runtime.backups.restoring import prepare_restore
from ballotcast_tools.runtime.backups.settling import erase, is_pending, locked, put_in_place, settle
from ballotcast_tools.runtime.data import Data, MissingKey
from ballotcast_tools.runtime.found import found_in
from ballotcast_tools.runtime.services.master_key import UnusableKey
from ballotcast_tools.runtime.storage.database import WrongFormat, open_reader
from ballotcast_tools.runtime.template.errors import TemplateError
from ballotcast_tools.runtime.template.stores import read_key
from ballotcast_tools.runtime.template.tags import load
from ballotcast_tools.runtime.template.values import Values

from .runtime_emulator import data as data_of
from .stack import Stack

PASSPHRASE = "BALLOTCAST_BACKUP_PASSPHRASE"  # noqa: S105
"""The environment variable that scripts give the passphrase in."""


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--with-keys", is_flag=True, help="Include the master key, sealed by a passphrase.")
@click.pass_obj
def backup(stack: Stack, file: Path, *, with_keys: bool) -> None:
    """Write all data to FILE, while the stack runs or while it is stopped.

    Without --with-keys no private key can be opened by anyone who finds the file, and it can be restored only where
    the master key is. For scripts, BALLOTCAST_BACKUP_PASSPHRASE holds the passphrase.
    """
    data = _data(stack)
    with _reported():
        passphrase = _new_passphrase() if with_keys else None
        if is_pending(data.directory) and stack.pid is None:
            with _stopped(stack):
                settle(data.directory)
        make_backup(data.directory, file.absolute(), passphrase, system_clock())
    click.echo(f"{file} holds all data as of now ({file.stat().st_size:,} bytes).")
    click.echo("It also holds the electoral rolls, with all addresses: keep it where only you can read it.")
    if with_keys:
        click.echo("It holds the master key, sealed by your passphrase. Without the passphrase the key is lost.")
    else:
        click.echo(
            "It does not hold the master key, without which it cannot be restored. "
            f"Keep a copy of {data.master_key_file} in another safe place, or make a backup --with-keys."
        )


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Replace data without asking.")
@click.pass_obj
def restore(stack: Stack, file: Path, *, yes: bool) -> None:
    """Replace all data by what a backup holds, after checking the whole backup. The stack must be stopped."""
    data = _data(stack)
    with _reported(), _stopped(stack):
        data.make()
        settle(data.directory)
        with locked(data.directory):
            try:
                manifest, found = prepare_restore(data.directory, file, _key(stack), _passphrase)
                click.echo(f"The backup was made on {manifest.made:%Y-%m-%d at %H:%M:%S %Z} and is complete.")
                if data.database.exists():
                    _confirm("This replaces", data, yes=yes)
                put_in_place(data.directory)
            except BaseException:
                settle(data.directory)
                raise
    click.echo(f"Restored to {data.directory}. {found}")
    click.echo(
        "What happened after the backup was made is not in it: credentials issued and ballots cast since are gone."
    )


@click.command()
@click.option("--yes", is_flag=True, help="Delete without asking.")
@click.pass_obj
def reset(stack: Stack, *, yes: bool) -> None:
    """Delete all data: elections, ballots, accounts, mails and keys. The stack must be stopped."""
    data = _data(stack)
    with _reported(), _stopped(stack):
        if data.directory.is_symlink():
            raise click.ClickException(
                f"{data.directory} is a link to {data.directory.resolve()}. Delete what is in there yourself."
            )
        settle(data.directory)
        if not data.directory.exists() or not any(data.directory.iterdir()):
            click.echo(f"There is no data in {data.directory}.")
            return
        with locked(data.directory):
            _confirm("This deletes", data, yes=yes)
            erase(data.directory)
    click.echo("All data was deleted.")


def _data(stack: Stack) -> Data:
    if not stack.emulator.keeps:
        raise click.UsageError("only the embedded runtime keeps data; leave --localstack out")
    return data_of(stack.place)


def _key(stack: Stack) -> str:
    return read_key(Values(load(stack.project / "template.yaml"), {}))


def _confirm(what: str, data: Data, *, yes: bool) -> None:
    held = ""
    if data.database.exists():
        # Damaged data is what a backup is restored for.
        with suppress(sqlite3.DatabaseError), closing(open_reader(data.database)) as connection:
            held = f" {found_in(connection)}"
    click.echo(f"{what} all data in {data.directory}.{held}")
    if not yes:
        click.confirm("Do you want that?", abort=True)


def _new_passphrase() -> str:
    passphrase: str = os.environ.get(PASSPHRASE) or click.prompt(
        "Passphrase for the master key", hide_input=True, confirmation_prompt=True
    )
    check_passphrase(passphrase)
    return passphrase


def _passphrase() -> str:
    passphrase: str = os.environ.get(PASSPHRASE) or click.prompt("Passphrase of the backup", hide_input=True)
    return passphrase


@contextmanager
def _stopped(stack: Stack) -> Iterator[None]:
    """Hold the stack's pid file, so that it is stopped and nothing starts it meanwhile."""
    if stack.pid is not None:
        raise click.ClickException("The stack is running. Stop it first: make down")
    stack.directory.mkdir(parents=True, exist_ok=True)
    with (stack.directory / "pid").open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException("The stack has just been started. Stop it first: make down") from None
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield


@contextmanager
def _reported() -> Iterator[None]:
    try:
        yield
    except (BackupError, MissingKey, UnusableKey, WrongFormat, TemplateError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or 'The disk'}: {error.strerror}. No data was lost.") from None
