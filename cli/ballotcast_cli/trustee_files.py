"""The files of a ceremony: a trustee's own, sealed by a passphrase, and messages, sorted by what they say they are."""

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import click

from ballotcast.crypto import canonical
from ballotcast.trustees import sealed_file
from ballotcast.trustees.agreement import Agreement
from ballotcast.trustees.complaint import Complaint
from ballotcast.trustees.confirmation import Confirmation
from ballotcast.trustees.deal import Deal
from ballotcast.trustees.faults import CeremonyError, Reason
from ballotcast.trustees.join import Join, require_joins
from ballotcast.trustees.message import MAX_LENGTH, Message
from ballotcast.trustees.reading import KINDS
from ballotcast.trustees.release import Release
from ballotcast.trustees.secrets import Secrets
from ballotcast.trustees.setup import Setup
from ballotcast.trustees.transcript import Transcript

from .deployment import write_private

M = TypeVar("M", bound=Message)


class Messages:
    """Messages of one ceremony by round and in the order of indices, in whatever order the files were named."""

    def __init__(self, setup: Setup, files: Iterable[Path]) -> None:
        self.setup = setup
        self._by_place: dict[tuple[str, int], Message] = {}
        for path in files:
            self._take(path)

    def joins(self) -> tuple[Join, ...]:
        return self._of(Join, "join")

    def complaints(self) -> tuple[Complaint, ...]:
        return self._of(Complaint, "complaint")

    def confirmations(self) -> tuple[Confirmation, ...]:
        return self._of(Confirmation, "confirm")

    def agreements(self) -> tuple[Agreement, ...]:
        return self._of(Agreement, "agree")

    def releases(self) -> tuple[Release, ...]:
        return self._of(Release, "release")

    def transcript(self) -> Transcript:
        """CeremonyError if anything of it is missing or wrong."""
        joins = self.joins()
        self._require_all(joins)
        require_joins(self.setup, joins)
        deals = self._of(Deal, "deal")
        self._require_all(deals)
        return Transcript(self.setup, joins, deals)

    def _require_all(self, messages: tuple[Message, ...]) -> None:
        there = {message.index for message in messages}
        for index, name in enumerate(self.setup.trustees, 1):
            if index not in there:
                raise CeremonyError(Reason.MISSING, index, f"a message of {name} is missing")

    def _of(self, kind: type[M], name: str) -> tuple[M, ...]:
        found = sorted(self._by_place.items())
        return tuple(one for (of, _), one in found if of == name and isinstance(one, kind))

    def _take(self, path: Path) -> None:
        data = _read(path, MAX_LENGTH)
        try:
            value = canonical.loads(data)
        except canonical.CanonicalError as error:
            raise click.ClickException(f"{path} is not a trustee's message: {error}") from None
        kind = KINDS.get(value.get("round", "")) if isinstance(value, dict) else None
        if kind is None:
            raise click.ClickException(f"{path} is not a trustee's message")
        try:
            message = kind.parse(data)
        except CeremonyError as error:
            raise click.ClickException(f"{path}: {error}") from None
        if message.ceremony != self.setup.hash:
            raise click.ClickException(f"{path} is of another ceremony, or of another attempt")
        place = (value["round"], message.index)
        if self._by_place.setdefault(place, message) != message:
            raise click.ClickException(
                f"{path}: there are two different messages of trustee {message.index} of the round {value['round']}."
                " Keep both: if both are signed by the same key, this trustee cheats"
            )


def read_setup(path: Path) -> Setup:
    data = _read(path, MAX_LENGTH)
    try:
        setup = Setup.model_validate_json(data)
    except ValueError:
        raise click.ClickException(f"{path} is not the setup of a ceremony") from None
    if setup.encode() != data:
        raise click.ClickException(f"{path} is not the setup of a ceremony")
    return setup


def write_file(path: Path, data: bytes) -> None:
    """For everybody to see."""
    path.write_bytes(data)
    click.echo(f"Written: {path}", err=True)


class OwnFile:
    """A trustee's own file. It is opened, and so proven to open, at every step."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._passphrase = ""

    def create(self, secrets: Secrets) -> None:
        if self.path.exists():
            raise click.ClickException(f"{self.path} exists already; it may be all that opens an election")
        self._passphrase = click.prompt("A new passphrase", hide_input=True, confirmation_prompt=True, err=True)
        self.keep(secrets)

    def open(self) -> Secrets:
        self._passphrase = click.prompt("Your passphrase", hide_input=True, err=True)
        return sealed_file.open_file(_read(self.path, sealed_file.MAX_LENGTH), self._passphrase)

    def keep(self, secrets: Secrets) -> None:
        """Write it, and read it back, before anything is sent that it is needed for."""
        write_private(self.path, sealed_file.seal(secrets, self._passphrase).decode())
        if sealed_file.open_file(self.path.read_bytes(), self._passphrase) != secrets:
            raise click.ClickException(f"{self.path} does not hold what was written")


def _read(path: Path, most: int) -> bytes:
    with path.open("rb") as opened:
        data = opened.read(most + 1)
    if len(data) > most:
        raise click.ClickException(f"{path} is longer than {most} bytes")
    return data
