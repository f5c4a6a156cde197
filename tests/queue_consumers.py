"""The consumers of queues, and of the topic of SES."""

import json
import secrets
from datetime import timedelta
from typing import Any

from ballotcast.ballots.amendment import AmendmentLeaf, RollRevision
from ballotcast.ballots.leaf import parse
from ballotcast.channels.config import ChannelConfig
from ballotcast.clock import to_rfc3339
from ballotcast.store.election import Election
from ballotcast.store.export_jobs import ExportJob
from ballotcast.store.organisers import Organiser
from ballotcast.store.queues import amendments_message
from ballotcast.store.transaction import transact
from ballotcast.store.voter import Voter
from channel.jobs import work as do_channel_jobs
from consumer import Consumer, Record, sqs_message
from election_fixture import frozen_election
from notify.feedback import take_feedback
from notify.worker import Worker as Mailer
from notify.worker import deliver_all
from organise.jobs import work
from outbox import Outbox
from relay.dead_letters import take_letters
from relay.worker import Worker
from relayed import Relayed
from tally.log.sequencer import Sequencer


class SequencerConsumer(Consumer):
    kind = "sqs"

    def prepare(self) -> None:
        frozen = frozen_election(self.world)
        self.election, self._opens_at = frozen.id, frozen.manifest.opens_at
        self._sent = 0

    def good(self, number: int) -> Record:
        """There is one more amendment, which states a roll whose root is the number."""
        self._sent += 1
        roll = RollRevision(revision=self._sent, roll_size=100 + self._sent, roll_root=number.to_bytes(32))
        entry = AmendmentLeaf(at=self._opens_at, reason="Voters were added", roll=roll).encode()
        transact(self.wiring.dynamodb, [self.wiring.amendments.adding(self.election, self._sent, entry)])
        return sqs_message(json.dumps(amendments_message(self.election, self._sent)), self.election)

    def handle(self, event: dict[str, Any]) -> Any:
        return Sequencer(self.wiring).handle(event)

    def taken(self) -> set[int]:
        statements = map(parse, self.wiring.log.entries(self.election))
        return {int.from_bytes(one.roll.roll_root) for one in statements if isinstance(one, AmendmentLeaf)}


class RelayConsumer(Consumer):
    kind = "sqs"

    def prepare(self) -> None:
        self.lab = Relayed(self.world, ChannelConfig(decimation=2))

    def good(self, number: int) -> Record:
        return self.lab.message(number, 1)

    def handle(self, event: dict[str, Any]) -> Any:
        return Worker(self.wiring).handle(event)

    def taken(self) -> set[int]:
        return set(self.lab.archived())


class DeadLettersConsumer(RelayConsumer):
    def prepare(self) -> None:
        super().prepare()
        self._numbers: dict[str, int] = {}

    def good(self, number: int) -> Record:
        message = super().good(number)
        self._numbers[message["messageId"]] = number
        return message

    def handle(self, event: dict[str, Any]) -> Any:
        return take_letters(event, self.wiring)

    def taken(self) -> set[int]:
        letters = self.wiring.dead_letters.newest("lab", self.lab.channel.born)
        return {self._numbers[letter.message] for letter in letters if letter.message in self._numbers}


class MailConsumer(Consumer):
    kind = "sqs"

    def prepare(self) -> None:
        self.outbox = Outbox()

    def good(self, number: int) -> Record:
        self.wiring.organisers.add(Organiser(f"o{number}", f"o{number}@example.org", "", self.world.clock()))
        return sqs_message(
            json.dumps({"kind": "verification", "organiser": f"o{number}", "base_url": "https://a.example"})
        )

    def handle(self, event: dict[str, Any]) -> Any:
        return deliver_all(event, Mailer(self.wiring))

    def taken(self) -> set[int]:
        return {int(mail.to.partition("@")[0][1:]) for mail in self.outbox.mails()}


class JobsConsumer(Consumer):
    kind = "sqs"

    def prepare(self) -> None:
        self._made: set[int] = set()

    def good(self, number: int) -> Record:
        now = self.world.clock()
        opens_at, closes_at = to_rfc3339(now), to_rfc3339(now + timedelta(days=1))
        draft = Election(
            f"e{number}", "organiser", "Ward", "", opens_at, closes_at, [], "none", "managed", to_rfc3339(now)
        )
        assert self.wiring.elections.add(draft)
        self._made.add(number)
        message = {"kind": "purge", "election": draft.id, "created_at": draft.created_at, "start": 255}
        return sqs_message(json.dumps(message))

    def handle(self, event: dict[str, Any]) -> Any:
        return work(event, self.wiring)

    def taken(self) -> set[int]:
        return {number for number in self._made if self.wiring.elections.find(f"e{number}") is None}


class ChannelJobsConsumer(Consumer):
    kind = "sqs"

    def prepare(self) -> None:
        self.lab = Relayed(self.world, ChannelConfig())
        self._jobs: dict[int, str] = {}

    def good(self, number: int) -> Record:
        """An export of the moments up to the number, of which each is another job."""
        until = {"since": None, "until": number}
        job = ExportJob(
            f"job{number}", "lab", self.lab.channel.born, "csv", **until, asked_at=int(self.world.clock().timestamp())
        )
        self.wiring.export_jobs.add(job)
        self._jobs[number] = job.id
        order = {"kind": "export", "channel": "lab", "born": job.born, "job": job.id}
        return sqs_message(json.dumps(order))

    def handle(self, event: dict[str, Any]) -> Any:
        return do_channel_jobs(event, self.wiring)

    def taken(self) -> set[int]:
        found = {number: self.wiring.export_jobs.find(self.lab.channel, job, 0) for number, job in self._jobs.items()}
        return {number for number, job in found.items() if job and job.state == "done"}


class FeedbackConsumer(Consumer):
    kind = "sns"

    def prepare(self) -> None:
        self._keys: dict[str, int] = {}

    def good(self, number: int) -> Record:
        key = f"{number:064x}"
        self._keys[key] = number
        self.wiring.voters.add([Voter("e1", key, f"v{number}@example.org", "", salt=b"s" * 16, tag=b"t" * 32)])
        self.wiring.voters.enlist("e1", key, "run", visibly=True)
        self.wiring.voters.mark_mailed("e1", key, "run")
        tags = {"election": ["e1"], "voter": [key], "run": ["run"]}
        bounce = {"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}, "mail": {"tags": tags}}
        return {"EventSource": "aws:sns", "Sns": {"MessageId": secrets.token_hex(4), "Message": json.dumps(bounce)}}

    def handle(self, event: dict[str, Any]) -> Any:
        return take_feedback(event, self.wiring)

    def taken(self) -> set[int]:
        return {self._keys[one.key] for one in self.wiring.voters.roll("e1") if one.delivery == "bounced"}
