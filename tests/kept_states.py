"""What a voter's side writes down in a test, and the outcome of it."""

from collections.abc import Callable

from ballotcast.ballots.ballot import Ballot
from ballotcast.ballots.plaintext import decode
from ballotcast.client.state import State, to_json
from ballotcast.counting import Ballot as Choice
from ballotcast.crypto import p256
from ballotcast.store.vault import Purpose
from election_fixture import FrozenElection


class Killed(BaseException):
    """The process ended here."""


def keep(states: list[str]) -> Callable[[State], None]:
    """A recovery file: what was written last is what there is."""
    return lambda state: states.append(to_json(state))


def open_ballots(election: FrozenElection) -> list[list[Choice]]:
    key, manifest = p256.from_pkcs8(election.private_key(Purpose.ELECTION)), election.manifest
    return [decode(manifest, Ballot.parse(ballot, manifest).open(key)) for ballot in election.ballots()]
