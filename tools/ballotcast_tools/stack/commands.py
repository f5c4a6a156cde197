"""`ballotcast stack`: the local stack up, down, in the foreground; its state and its log; one that runs elsewhere."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import click

from .data_commands import backup, reset, restore
from .process import StackError, tail
from .runtime_emulator import last_port, started
from .stack import DEFAULT_DIRECTORY, DEFAULT_PORT, EMULATORS, LOCALSTACK, Stack

INHERITED = ("SMTP_URL", "WORKERS", "METRICS_PORT")
"""Variables that the process gets from the command's environment; an address with a password is no argument."""
NETWORK = frozenset({"HOST", "PUBLIC_URL", "TRUSTED_HEADER"})


@click.group("stack")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    envvar="PORT",
    help=f"[default: that of the last start with this data, else {DEFAULT_PORT}]",
)
@click.option("--host", help="The address to listen on; anything but loopback needs --public-url  [default: 127.0.0.1]")
@click.option(
    "--public-url",
    metavar="URL",
    envvar="PUBLIC_URL",
    help="Where voters reach it, behind a reverse proxy: https://vote.club.example",
)
@click.option(
    "--trusted-header",
    metavar="NAME",
    envvar="TRUSTED_HEADER",
    help="The header in which the reverse proxy writes its client's address.",
)
@click.option("--localstack", is_flag=True, help="On LocalStack, not on the embedded runtime of `make run`.")
@click.option(
    "--directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_DIRECTORY,
    help="Where data, pid, log and outputs.json are  [default: .stack of the checkout]",
)
@click.pass_context
def command(
    context: click.Context,
    port: int | None,
    host: str | None,
    public_url: str | None,
    trusted_header: str | None,
    directory: Path,
    *,
    localstack: bool,
) -> None:
    """The whole of Ballotcast on this machine: no account, no container, nothing but this process and its workers.

    Mails go through the server that the environment names (SMTP_URL=smtp://user:password@host:587); without one they
    stay here, for the mailbox page.
    """
    host = host or _host_of_environment()
    given = {"HOST": host, "PUBLIC_URL": public_url, "TRUSTED_HEADER": trusted_header}
    settings = {name: value for name, value in given.items() if value}
    inherited = {name: value for name, value in os.environ.items() if name in INHERITED or name.startswith("TEMPLATE_")}
    emulator = EMULATORS["localstack" if localstack else "local"]
    if localstack and settings:
        raise click.UsageError("LocalStack is for trying things out: it listens on this machine only")
    chosen = port or (None if localstack else last_port(directory)) or DEFAULT_PORT
    context.obj = Stack(directory, chosen, emulator=emulator, settings={**inherited, **settings})


@command.command()
@click.pass_obj
def up(stack: Stack) -> None:
    """Start it in the background and deploy to it."""
    if _already_deployed(stack):
        return
    with _reported():
        _deployed(stack, with_parent=False)
    _tell(stack)
    click.echo(f"Log: {stack.log}   Stop: make {'localstack-' if stack.emulator is LOCALSTACK else ''}down")


@command.command()
@click.pass_obj
def down(stack: Stack) -> None:
    """Stop it. Its data stays; on LocalStack, what it held is gone."""
    if stack.pid is None:
        click.echo("The stack is not running.")
        return
    stack.stop()
    click.echo("Stopped.")


@command.command()
@click.pass_obj
def run(stack: Stack) -> None:
    """Start it, deploy to it and follow its log until Ctrl-C."""
    if _already_deployed(stack):
        return
    for number in (signal.SIGTERM, signal.SIGINT):  # also where the parent process ignores the latter
        signal.signal(number, _interrupt)
    try:
        with _reported():
            _deployed(stack, with_parent=True)
        _tell(stack)
        click.echo("Its log follows; Ctrl-C stops it.\n")
        for line in follow(stack.log, while_=lambda: stack.pid is not None):
            click.echo(line)
        raise click.ClickException(f"the stack ended by itself; its log is {stack.log}")
    except KeyboardInterrupt:
        click.echo("\nStopping …")
    finally:
        stack.stop()


@command.command()
@click.argument("endpoint", default=f"http://127.0.0.1:{DEFAULT_PORT}")
@click.pass_obj
def attach(stack: Stack, endpoint: str) -> None:
    """Have all commands use what `sam deploy --config-env localstack` deployed to a LocalStack of your own.

    ENDPOINT is its address  [default: http://127.0.0.1:4566]
    """
    if _already_running(stack):
        raise click.ClickException("stop the stack that runs here first")
    with _reported():
        Stack(stack.directory, stack.port, emulator=LOCALSTACK).attach(endpoint.rstrip("/"))
    _tell(stack)


@command.command()
@click.pass_obj
def status(stack: Stack) -> None:
    """Say whether it runs and where; ends with 3 if it does not."""
    if not _already_running(stack):
        click.echo("The stack is not running.")
        raise SystemExit(3)


@command.command()
@click.option("-f", "--follow", "following", is_flag=True, help="Go on until Ctrl-C.")
@click.pass_obj
def logs(stack: Stack, *, following: bool) -> None:
    """Show the end of its log."""
    if not stack.log.exists():
        raise click.ClickException(f"there is no log: {stack.log}")
    click.echo(tail(stack.log))
    if following:
        for line in follow(stack.log, while_=lambda: stack.pid is not None):
            click.echo(line)


command.add_command(backup)
command.add_command(restore)
command.add_command(reset)


def follow(log: Path, *, while_: Callable[[], bool]) -> Iterator[str]:
    """Lines that are added to `log` from now on, as long as the condition holds."""
    with log.open(errors="replace") as file:
        file.seek(0, 2)
        while True:
            goes_on = while_()  # asked first, so that the last lines are still read
            yield from (line.rstrip("\n") for line in file)
            if not goes_on:
                return
            time.sleep(0.2)


def _deployed(stack: Stack, *, with_parent: bool) -> None:
    click.echo(f"Starting on port {stack.port} …")
    before = started(stack.place).get("ApiUrl", "") if stack.emulator.keeps else ""
    stack.start(with_parent=with_parent)
    try:
        if stack.emulator is LOCALSTACK:
            click.echo("Building and deploying template.yaml …")
        stack.build()
        stack.deploy()
    except BaseException:
        stack.stop()
        raise
    if found := stack.outputs.get("Found"):
        click.echo(found)
    if before and before != stack.outputs["ApiUrl"]:
        click.echo(f"Its address was {before} before: links that were mailed then lead there, and no longer here.")


def _host_of_environment() -> str | None:
    """HOST if it is an address: some shells export the machine's name by it."""
    try:
        return str(ip_address(os.environ.get("HOST", "")))
    except ValueError:
        return None


def _already_deployed(stack: Stack) -> bool:
    if not _already_running(stack):
        return False
    if not stack.outputs:
        raise click.ClickException(
            "nothing is deployed to it: another command is about to, or was broken off (make down)"
        )
    port = int(stack.outputs.get("Port") or urlsplit(stack.outputs["ApiUrl"]).port or stack.port)
    if port != stack.port:
        click.echo(f"It keeps port {port}; to start it on port {stack.port}, stop it first: make down")
    if NETWORK & stack.place.settings.keys():
        click.echo("It keeps its settings; to start it with others, stop it first: make down")
    return True


def _already_running(stack: Stack) -> bool:
    if stack.pid is None:
        return False
    running = EMULATORS[stack.outputs.get("Emulator", stack.emulator.name)]
    if running is not stack.emulator and stack.emulator is LOCALSTACK:
        raise click.ClickException(
            f"{running.title} of make up is running, not LocalStack: stop it first, by make down"
        )
    click.echo(f"{running.title} is running (process {stack.pid}).")
    _tell(stack)
    return True


def _tell(stack: Stack) -> None:
    """First of all the one address from which everything else is reached."""
    outputs = stack.outputs
    if not outputs:
        click.echo("It is not deployed.")
        return
    click.echo(f"\n  Open     {outputs['ApiUrl']}/")
    click.echo(f"  Mailbox  {outputs.get('MailboxPage', 'ballotcast mailbox')}")
    click.echo(f"  API      {outputs['ApiUrl']}")
    click.echo("\nOr try: make demo\n")


@contextmanager
def _reported() -> Iterator[None]:
    try:
        yield
    except StackError as error:
        raise click.ClickException(str(error)) from None


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
