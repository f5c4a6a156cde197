"""The ballot side: stores of the table Board, the keys of elections, and what the log and the count go through."""

from functools import cached_property
from typing import TYPE_CHECKING

from ballotcast.wiring.clients import Clients

if TYPE_CHECKING:
    from ballotcast.store.amendments import Amendments
    from ballotcast.store.ballots import Ballots
    from ballotcast.store.log import Log
    from ballotcast.store.manifests import Manifests
    from ballotcast.store.notices import Notices
    from ballotcast.store.openings import Openings
    from ballotcast.store.queues import Queue
    from ballotcast.store.results import Results
    from ballotcast.store.turnout_machine import TurnoutMachine
    from ballotcast.store.vault import Vault


class BoardStores(Clients):
    """Parts of a wiring that know ballots."""

    @cached_property
    def openings(self) -> "Openings":
        from ballotcast.store.openings import Openings

        return Openings(self.board)

    @cached_property
    def manifests(self) -> "Manifests":
        from ballotcast.store.manifests import Manifests

        return Manifests(self.board)

    @cached_property
    def notices(self) -> "Notices":
        from ballotcast.store.notices import Notices

        return Notices(self.board)

    @cached_property
    def amendments(self) -> "Amendments":
        from ballotcast.store.amendments import Amendments

        return Amendments(self.board)

    @cached_property
    def ballots(self) -> "Ballots":
        from ballotcast.store.ballots import Ballots

        return Ballots(self.board)

    @cached_property
    def log(self) -> "Log":
        from ballotcast.store.log import Log

        return Log(self.board)

    @cached_property
    def results(self) -> "Results":
        from ballotcast.store.results import Results

        return Results(self.board)

    @cached_property
    def vault(self) -> "Vault":
        from ballotcast.store.vault import Vault

        return Vault(self.client("kms"), self.settings.kms_key, emulated=self.settings.is_local)

    @cached_property
    def sequence_queue(self) -> "Queue":
        from ballotcast.store.queues import Queue

        return Queue(self.client("sqs"), self.settings.sequence_queue)

    @cached_property
    def turnout_machine(self) -> "TurnoutMachine":
        from ballotcast.store.turnout_machine import TurnoutMachine

        return TurnoutMachine(self.client("stepfunctions"), self.settings.turnout_machine)
