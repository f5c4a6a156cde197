"""The identity side: stores of the table Roll, and what mails, jobs and closes go through."""

from functools import cached_property
from typing import TYPE_CHECKING

from ballotcast.wiring.clients import Clients

if TYPE_CHECKING:
    from ballotcast.store.ceremonies import Ceremonies
    from ballotcast.store.counting_machine import CountingMachine
    from ballotcast.store.due_counts import DueCounts
    from ballotcast.store.elections import Elections
    from ballotcast.store.events import Events
    from ballotcast.store.jobs import Jobs
    from ballotcast.store.login_attempts import LoginAttempts
    from ballotcast.store.mail_allowance import MailAllowance
    from ballotcast.store.members import Members
    from ballotcast.store.milestones import Milestones
    from ballotcast.store.openings import Waiters
    from ballotcast.store.organisers import Organisers
    from ballotcast.store.password_resets import PasswordResets
    from ballotcast.store.queues import Queue
    from ballotcast.store.rights import Rights
    from ballotcast.store.roll_index import RollIndex
    from ballotcast.store.schedules import Schedules
    from ballotcast.store.secrets import Secret
    from ballotcast.store.voter_codes import VoterCodes
    from ballotcast.store.voters import Voters
    from ballotcast.store.wakes import Wakes


class RollStores(Clients):
    """Parts of a wiring that know people."""

    @cached_property
    def organisers(self) -> "Organisers":
        from ballotcast.store.organisers import Organisers

        return Organisers(self.roll)

    @cached_property
    def password_resets(self) -> "PasswordResets":
        from ballotcast.store.password_resets import PasswordResets

        return PasswordResets(self.roll)

    @cached_property
    def login_attempts(self) -> "LoginAttempts":
        from ballotcast.store.login_attempts import LoginAttempts

        return LoginAttempts(self.roll)

    @cached_property
    def mail_allowance(self) -> "MailAllowance":
        from ballotcast.store.mail_allowance import MailAllowance

        return MailAllowance(self.roll)

    @cached_property
    def elections(self) -> "Elections":
        from ballotcast.store.elections import Elections

        return Elections(self.roll)

    @cached_property
    def ceremonies(self) -> "Ceremonies":
        from ballotcast.store.ceremonies import Ceremonies

        return Ceremonies(self.roll)

    @cached_property
    def waiters(self) -> "Waiters":
        from ballotcast.store.openings import Waiters

        return Waiters(self.client("stepfunctions"))

    @cached_property
    def members(self) -> "Members":
        from ballotcast.store.members import Members

        return Members(self.roll)

    @cached_property
    def voters(self) -> "Voters":
        from ballotcast.store.voters import Voters

        return Voters(self.roll)

    @cached_property
    def voter_codes(self) -> "VoterCodes":
        from ballotcast.store.voter_codes import VoterCodes

        return VoterCodes(self.roll)

    @cached_property
    def roll_index(self) -> "RollIndex":
        from ballotcast.store.roll_index import RollIndex

        return RollIndex(self.roll)

    @cached_property
    def rights(self) -> "Rights":
        from ballotcast.store.rights import Rights

        return Rights(self.roll)

    @cached_property
    def events(self) -> "Events":
        from ballotcast.store.events import Events

        return Events(self.roll)

    @cached_property
    def jobs(self) -> "Jobs":
        from ballotcast.store.jobs import Jobs

        return Jobs(self.roll)

    @cached_property
    def roll_secret(self) -> "Secret":
        from ballotcast.store.secrets import Secret

        return Secret(self.client("secretsmanager"), self.settings.roll_secret)

    @cached_property
    def mail_queue(self) -> "Queue":
        from ballotcast.store.queues import Queue

        return Queue(self.client("sqs"), self.settings.mail_queue)

    @cached_property
    def jobs_queue(self) -> "Queue":
        from ballotcast.store.queues import Queue

        return Queue(self.client("sqs"), self.settings.jobs_queue)

    @cached_property
    def counting_machine(self) -> "CountingMachine":
        from ballotcast.store.counting_machine import CountingMachine

        return CountingMachine(self.client("stepfunctions"), self.settings.close_machine)

    @cached_property
    def due_counts(self) -> "DueCounts":
        from ballotcast.store.due_counts import DueCounts

        return DueCounts(self.roll)

    @cached_property
    def milestones(self) -> "Milestones":
        from ballotcast.store.milestones import Milestones

        return Milestones(self.roll)

    @cached_property
    def wakes(self) -> "Wakes":
        from ballotcast.store.wakes import Wakes

        return Wakes(self.roll)

    @cached_property
    def schedules(self) -> "Schedules":
        from ballotcast.store.schedules import Schedules

        settings = self.settings
        client = self.client("scheduler")
        return Schedules(client, settings.schedule_group, settings.scheduler_role, settings.due_function)
