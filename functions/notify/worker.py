"""The function `notify`: sends what the queue `mail` asks for, one message each.

Messages carry ids only. Links and codes are made here, at the last moment, and only their hashes are kept. A message
told twice sends nothing twice, unless the process was killed between sending and noting it: then the voter gets a
second mail, whose link replaces the first. A link that was mailed before is valid until the next one's mail is out.
"""

import hashlib
import secrets
from contextlib import suppress
from datetime import timedelta
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from botocore.exceptions import ClientError

from ballotcast.ballots.link import TOKEN_LENGTH, Link
from ballotcast.batches import Unreadable, message_id, pause, read_object, receipt_handle, received
from ballotcast.elections.lifecycle import Status
from ballotcast.mails.invitation import Recipient, invitation, result, second_factor, second_factor_short
from ballotcast.mails.settings import MailSettings
from ballotcast.mails.to_trustees import Asked, to_trustee
from ballotcast.store.election import Election
from ballotcast.store.mails import occasion_of, sample_recipient
from ballotcast.store.voter import Voter
from ballotcast.trustees.link import TrusteeLink
from ballotcast.wiring import Wiring, from_environment
from notify.account_mails import Joining, ask_to_join, reset, verify
from notify.milestones import takes_part, tell_organisers
from notify.pictures import Pictures
from notify.post import Post, Undeliverable
from notify.tags import TrusteeTags

CODE_LIFE = timedelta(minutes=10)

FIRST_PAUSE, LONGEST_PAUSE = 5, 90
"""Seconds until a message that failed comes again: somebody may wait for a code, and most faults pass at once."""

KINDS = ("invitation", "reminder", "result", "test", "member", "milestone", "otp", "verification", "reset", "trustee")
"""Only these may enter the log: a kind that somebody made up could hold anything."""

logger = Logger(service="notify")


class Contended(Exception):
    """Another message to the same trustee is being sent at this moment: this one comes again."""


class Worker:
    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._post = Post(wiring)
        self._pictures = Pictures(wiring.blobs)

    def deliver(self, message: dict[str, Any]) -> None:
        """Send what one message asks for; what has become pointless meanwhile is dropped."""
        match message:
            case {
                "kind": "invitation" | "reminder" as kind,
                "election": str(election),
                "voter": str(voter),
                "run": str(run),
            }:
                self._invite(election, voter, run, tell=kind == "invitation")
            case {"kind": "result", "election": str(election), "voter": str(voter), "run": str(run)}:
                self._tell_result(election, voter, run)
            case {
                "kind": "test",
                "election": str(election),
                "organiser": str(organiser),
                "base_url": str(base_url),
                "reminds": bool(reminds),
            }:
                self._test(election, organiser, base_url, reminds=reminds)
            case {
                "kind": "member",
                "election": str(election),
                "organiser": str(organiser),
                "by": str(by),
                "request": str(request),
                "base_url": str(base_url),
            }:
                ask_to_join(self._wiring, self._post, Joining(election, organiser, by, request, base_url))
            case {"kind": "milestone", "election": str(election), "milestone": str(name), "bounces": int(bounces)}:
                tell_organisers(self._wiring, self._post, election, name, bounces)
            case {
                "kind": "trustee",
                "election": str(election),
                "attempt": int(attempt),
                "trustee": int(index),
                "mail": str(mail),
            }:
                self._ask_trustee(election, attempt, index, mail)
            case {"kind": "otp", "election": str(election), "voter": str(voter)}:
                self._send_code(election, voter)
            case {"kind": "verification", "organiser": str(organiser), "base_url": str(base_url)}:
                verify(self._wiring, self._post, organiser, base_url)
            case {
                "kind": "reset",
                "organiser": str(organiser),
                "request": str(request),
                "base_url": str(base_url),
            }:
                reset(self._wiring, self._post, organiser, request, base_url)
            case _:
                raise Unreadable("a message of no known kind")

    def return_soon(self, records: list[SQSRecord]) -> None:
        """Let messages that failed come again after a pause; where that fails, the queue's visibility timeout does."""
        pauses = {receipt_handle(record): pause(received(record), FIRST_PAUSE, LONGEST_PAUSE) for record in records}
        try:
            if pauses:
                self._wiring.mail_queue.return_in(pauses)
        except Exception as error:  # noqa: BLE001 - the edge: it must not fail the messages that were delivered
            logger.error("giving back failed", extra={"error": _name(error)})

    def _invite(self, election_id: str, key: str, run: str, *, tell: bool) -> None:
        """Link, mail, note. `tell` false (reminders): a bounce is not noted, for it would show who got one."""
        voter, election = self._find(election_id, key)
        if not voter or not election or not election.manifest or election.status(self._wiring.clock()) is Status.CLOSED:
            return
        if voter.ended or voter.run != run or voter.mailed == run or (tell and voter.delivery == "bounced"):
            return
        if not tell and (voter.issued or self._wiring.rights.used_before(voter)):
            return  # since the reminder was queued
        manifest_hash = hashlib.sha256(election.manifest).digest()
        to = self._address(voter, election)
        if not to:
            return
        link = Link(secrets.token_bytes(TOKEN_LENGTH), manifest_hash, voter.salt)
        if not self._wiring.voters.give_link(voter, run, link.token_hash.hex()):
            return
        address = link.url(f"{election.base_url}/vote")
        recipient = Recipient(voter.name or voter.email, address, voter.language, moved=bool(voter.replaces))
        settings = self._pictures.settings_of(election)
        mail = invitation(settings, occasion_of(election), recipient, reminds=not tell)
        try:
            tags = {"election": election_id, "voter": key, "run": run} if tell else {}
            self._post.mail(to, self._pictures.on(mail, settings), tags)
        except Undeliverable:
            if tell:
                counting = self._wiring.milestones.counting_bounce(election_id)
                self._wiring.voters.mark_bounced(election_id, key, run, counting)
        else:
            self._wiring.voters.mark_mailed(election_id, key, run, link.token_hash.hex())

    def _tell_result(self, election_id: str, key: str, run: str) -> None:
        """Where the result is, to somebody on the roll. Without tags: a bounce changes nothing any more."""
        voter, election = self._find(election_id, key)
        if not voter or not election or election.erased or voter.ended or voter.run != run or voter.mailed == run:
            return
        if to := self._address(voter, election):
            page = f"{election.base_url}/results/{election_id}"
            recipient = Recipient(voter.name or voter.email, page, voter.language)
            settings = self._pictures.settings_of(election)
            with suppress(Undeliverable):
                mail = result(settings, occasion_of(election), recipient)
                self._post.mail(to, self._pictures.on(mail, settings))
        self._wiring.voters.mark_mailed(election_id, key, run)

    def _test(self, election_id: str, identity: str, base_url: str, *, reminds: bool) -> None:
        """The invitation as it is now, to the organiser who asked for it. Its link is of nobody."""
        election, organiser = self._wiring.elections.find(election_id), self._wiring.organisers.find(identity)
        if not election or election.deleting or not organiser or not takes_part(self._wiring, election, identity):
            return
        sample = sample_recipient(organiser.email, election, base_url)
        settings = self._pictures.settings_of(election)
        mail = invitation(settings, occasion_of(election), sample, reminds=reminds, test=True)
        self._post.mail(organiser.email, self._pictures.on(mail, settings))

    def _ask_trustee(self, election_id: str, attempt: int, index: int, mail: str) -> None:
        """A fresh link, with what it is for; each mail once. The links before it stay good."""
        election, held = self._wiring.elections.find(election_id), self._wiring.ceremonies.find(election_id)
        person = self._wiring.ceremonies.person(election_id, attempt, index)
        if not election or election.deleting or not held or held.attempt != attempt:
            return
        if not person or not person.email or mail in person.mailed:
            return
        link = TrusteeLink.fresh(election_id, attempt, index)
        if not self._wiring.ceremonies.give_link(person, link.token_sha256):
            raise Contended
        settings = MailSettings.kept(election.mail)
        asked = Asked(election.title, held.names[index - 1], len(held.names), held.t, held.deadline)
        content, tags = (
            to_trustee(settings, asked, mail, link.url(f"{held.base_url}/trustee")),
            TrusteeTags.of_next(person),
        )
        try:
            self._post.mail(person.email, content, tags.texts())
        except Undeliverable:
            self._wiring.ceremonies.mark_bounced(*tags)
        self._wiring.ceremonies.mark_mailed(person, mail)

    def _send_code(self, election_id: str, key: str) -> None:
        """A new code, which replaces the one before; only its keyed hash is kept."""
        voter, election = self._find(election_id, key)
        if not voter or not election or election.second_factor == "none":
            return
        to = self._address(voter, election)
        if not to:
            return
        code = f"{secrets.randbelow(1_000_000):06d}"
        mac = self._wiring.roll_secret.mac("otp", election_id, key, code)
        if not self._wiring.voter_codes.set_otp(voter, mac, int((self._wiring.clock() + CODE_LIFE).timestamp())):
            return
        minutes, settings = int(CODE_LIFE.total_seconds()) // 60, self._pictures.settings_of(election)
        if election.second_factor == "sms" and not election.rehearsal:
            self._post.text(voter.phone, second_factor_short(settings, code, minutes, voter.language))
        else:
            rehearsal = election.rehearsal
            mail = second_factor(settings, election.title, code, minutes, voter.language, rehearsal=rehearsal)
            self._post.mail(to, self._pictures.on(mail, settings))

    def _address(self, voter: Voter, election: Election) -> str:
        """Where a voter's mails go: those of a rehearsal to its organiser alone. Empty: nowhere."""
        if not election.rehearsal:
            return voter.email
        organiser = self._wiring.organisers.find(election.organiser)
        return organiser.email if organiser else ""

    def _find(self, election: str, key: str) -> tuple[Voter | None, Election | None]:
        """The voter, unless personal data is erased, and the election."""
        voter = self._wiring.voters.find(election, key)
        return (voter if voter and voter.email else None), self._wiring.elections.find(election)


def deliver_all(event: dict[str, Any], worker: Worker) -> PartialItemFailureResponse:
    """Each message on its own; those that failed are told again. Logs say what went wrong, never with whom."""

    failed: list[SQSRecord] = []

    def deliver(record: SQSRecord) -> None:
        kind = None
        try:
            message = read_object(record.get("body"))
            kind = message.get("kind") if message.get("kind") in KINDS else None
            worker.deliver(message)
        except Undeliverable:
            logger.warning("undeliverable", extra={"kind": kind})
        except Unreadable as error:
            logger.error("a message cannot be read", extra={"message_id": message_id(record), "reason": str(error)})
            raise
        except Exception as error:
            failed.append(record)
            logger.error("not delivered", extra={"kind": kind, "error": _name(error)})
            raise

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    response = process_partial_response(event=event, record_handler=deliver, processor=processor)
    worker.return_soon(failed)
    return response


def _name(error: Exception) -> str:
    """What kind of error it was; AWS's own names, but not its messages, which repeat what was sent."""
    if isinstance(error, ClientError):
        return f"{error.operation_name}: {error.response['Error']['Code']}"
    return type(error).__name__


@cache
def _worker() -> Worker:
    return Worker(from_environment())


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    return deliver_all(event, _worker())
