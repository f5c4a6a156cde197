"""The mail worker: one mail for each message that still has a point, and nothing secret where it does not belong."""

import json
import logging
from typing import Any

import pytest
from botocore.exceptions import ClientError

from api_events import TestClient
from ballotcast.ballots.link import Link
from ballotcast.mails.accounts import verification
from ballotcast.store.voter import Voter
from dying import DyingWiring, Killed
from notify.post import Post, Undeliverable
from notify.worker import Worker, deliver_all, handler
from organising import Organiser, sqs_event, work_off
from outbox import Failing, Outbox
from register.app import create_app as register_app
from world import World

MAILS = "MAIL_QUEUE"


@pytest.fixture
def outbox(deployment: World) -> Outbox:
    return Outbox()


@pytest.fixture
def worker(deployment: World, outbox: Outbox) -> Worker:
    return Worker(deployment.wiring())


@pytest.fixture
def election(organiser: Organiser) -> str:
    """Open, with two voters invited but not yet mailed."""
    election = organiser.create("ada@example.org", "bob@example.org")
    organiser.post(f"/elections/{election}/open")
    organiser.invite(election)
    return election


def deliver(deployment: World, worker: Worker) -> dict[str, Any]:
    """All that waits in the queue, as one batch."""
    return dict(deliver_all(sqs_event(*deployment.take_messages(MAILS)), worker))


def voter(organiser: Organiser, election: str, name: str = "ada") -> Voter:
    return next(one for one in organiser.wiring.voters.roll(election) if one.email == f"{name}@example.org")


def deliveries(organiser: Organiser, election: str) -> dict[str, str]:
    return {email: voter["delivery"] for email, voter in organiser.voters(election).items()}


def test_an_invitation_holds_what_a_voter_needs(
    deployment: World, organiser: Organiser, outbox: Outbox, worker: Worker, election: str
) -> None:
    assert deliver(deployment, worker) == {"batchItemFailures": []}
    ada, bob = sorted(outbox.mails(), key=lambda mail: mail.to)
    assert (ada.to, ada.sender, ada.subject) == ("ada@example.org", "ballots@example.org", "Your vote: Hillhead")
    assert ada.headers["Auto-Submitted"] == "auto-generated"
    link, shown, found = Link.parse(ada.link), organiser.show(election), voter(organiser, election)
    assert link.manifest_hash.hex() == shown["manifest_hash"]
    assert link.salt == found.salt
    assert link.token_hash.hex() == found.link_hash
    assert ada.link.startswith(f"{organiser.client.address}/vote#1.")
    assert link.token != Link.parse(bob.link).token
    assert shown["manifest_hash"] in ada.body.replace(" ", "").replace("\n", "")
    said = " ".join(ada.body.split())
    assert "from Friday, 20 November 2026, 09:00 (UTC) until Saturday, 21 November 2026, 10:00 (UTC)." in said
    assert ada.html.count(f'href="{ada.link}"') == 1
    assert deliveries(organiser, election) == {"ada@example.org": "sent", "bob@example.org": "sent"}


def test_the_link_is_kept_nowhere(deployment: World, outbox: Outbox, worker: Worker, election: str) -> None:
    deliver(deployment, worker)
    items = str(deployment.wiring().dynamodb.scan(TableName="roll")["Items"])
    for mail in outbox.mails():
        link = Link.parse(mail.link)
        assert link.token_hash.hex() in items
        assert link.encode().split(".")[1] not in items
        assert repr(link.token) not in items


def test_a_message_told_twice_sends_one_mail(deployment: World, outbox: Outbox, worker: Worker, election: str) -> None:
    messages = deployment.take_messages(MAILS)
    for _ in range(2):
        deliver_all(sqs_event(*messages), worker)
    assert len(outbox.mails()) == 2


def test_a_message_of_an_older_run_is_stale(
    deployment: World, organiser: Organiser, outbox: Outbox, worker: Worker, election: str
) -> None:
    organiser.invite(election, voters=["ada@example.org"])
    deliver(deployment, worker)
    assert sorted(mail.to for mail in outbox.mails()) == ["ada@example.org", "bob@example.org"]


def test_a_resend_revokes_the_link_before(
    deployment: World, organiser: Organiser, outbox: Outbox, worker: Worker, election: str
) -> None:
    deliver(deployment, worker)
    organiser.invite(election, voters=["ada@example.org"])
    assert deliveries(organiser, election)["ada@example.org"] == "queued"
    deliver(deployment, worker)
    first, second = [mail.link for mail in outbox.mails() if mail.to == "ada@example.org"]
    assert (
        voter(organiser, election).link_hash
        == Link.parse(second).token_hash.hex()
        != Link.parse(first).token_hash.hex()
    )
    assert deliveries(organiser, election)["ada@example.org"] == "sent"


def test_a_reminder_says_that_it_is_one_and_shows_nowhere(
    deployment: World, organiser: Organiser, outbox: Outbox, worker: Worker, election: str
) -> None:
    deliver(deployment, worker)
    before = deliveries(organiser, election)
    organiser.invite(election, only="not_issued")
    work_off(deployment)
    messages = deployment.take_messages(MAILS)
    for _ in range(2):
        deliver_all(sqs_event(*messages), worker)
    assert deliveries(organiser, election) == before
    invited, reminded = [mail for mail in outbox.mails() if mail.to == "ada@example.org"]
    assert reminded.subject == f"Reminder: {invited.subject}"
    said, _, rest = reminded.body.partition("\n\n")
    assert said.startswith("This is a reminder: ")
    assert rest.replace(reminded.link, "") == invited.body.replace(invited.link, "")


def test_who_has_a_credential_by_the_time_of_the_mail_is_not_reminded(
    deployment: World, organiser: Organiser, outbox: Outbox, worker: Worker, election: str
) -> None:
    deliver(deployment, worker)
    organiser.invite(election, only="not_issued")
    work_off(deployment)
    ada = voter(organiser, election)
    organiser.wiring.voters.issue(election, ada.key, ada.link_hash, "blinded")
    deliver(deployment, worker)
    assert sorted(mail.to for mail in outbox.mails()) == ["ada@example.org", "bob@example.org", "bob@example.org"]


def test_an_invitation_is_tagged_for_its_bounce_and_a_reminder_is_not(
    deployment: World, organiser: Organiser, outbox: Outbox, worker: Worker, election: str
) -> None:
    """A bounce of a reminder would show who had not voted."""
    asked: list[dict[str, Any]] = []
    worker._post._mail.meta.events.register(
        "provide-client-params.ses.SendRawEmail", lambda params, **_: asked.append(params)
    )
    deliver(deployment, worker)
    organiser.invite(election, only="not_issued")
    work_off(deployment)
    deliver(deployment, worker)
    tags = [{tag["Name"]: tag["Value"] for tag in params["Tags"]} for params in asked]
    voters = {one.key for one in organiser.wiring.voters.roll(election)}
    assert {told["voter"] for told in tags[:2]} == voters
    assert {told["election"] for told in tags[:2]} == {election}
    assert tags[0]["run"] == tags[1]["run"]
    assert tags[2:] == [{}, {}]
    assert {params["ConfigurationSetName"] for params in asked} == {"ballotcast"}


def test_nothing_is_sent_once_the_election_is_closed_or_the_address_erased(
    deployment: World, organiser: Organiser, outbox: Outbox, worker: Worker, election: str
) -> None:
    messages = deployment.take_messages(MAILS)
    organiser.wiring.voters.erase(voter(organiser, election))
    organiser.post(f"/elections/{election}/close")
    unknown = {"kind": "invitation", "election": "e0", "voter": "0" * 64, "run": "r"}
    assert deliver_all(sqs_event(*messages, unknown), worker) == {"batchItemFailures": []}
    assert outbox.mails() == []


def test_a_process_killed_at_any_step_leaves_a_message_that_completes_it(
    deployment: World, organiser: Organiser, outbox: Outbox, worker: Worker
) -> None:
    for last in range(6):
        election = organiser.create("ada@example.org")
        organiser.invite(election)
        [message] = deployment.take_messages(MAILS)
        before = len(outbox.mails())
        try:
            Worker(DyingWiring(deployment, last)).deliver(message)
            break
        except Killed:
            worker.deliver(message)
        newest = outbox.mails()[-1]
        assert voter(organiser, election).link_hash == Link.parse(newest.link).token_hash.hex()
        assert deliveries(organiser, election) == {"ada@example.org": "sent"}
        assert len(outbox.mails()) - before == (2 if last == 2 else 1), "twice only if killed before it was noted"
    assert last == 3


def test_only_what_failed_is_told_again_and_logs_tell_nobody(
    deployment: World, organiser: Organiser, outbox: Outbox, election: str, caplog: pytest.LogCaptureFixture
) -> None:
    slow = ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "for ada@example.org"}}, "SendEmail")
    worker = Worker(deployment.wiring())
    worker._post = Failing(deployment, slow, "ada@example.org")
    messages = deployment.take_messages(MAILS)
    ada = next(n for n, m in enumerate(messages) if m["voter"] == voter(organiser, election).key)
    with caplog.at_level(logging.DEBUG, logger="notify"):
        answer = deliver_all(sqs_event(*messages), worker)
    assert answer == {"batchItemFailures": [{"itemIdentifier": str(ada)}]}
    assert deliveries(organiser, election) == {"ada@example.org": "queued", "bob@example.org": "sent"}
    told = caplog.text + json.dumps([vars(record) for record in caplog.records], default=str)
    assert "not delivered" in told
    assert "ada@example.org" not in told
    assert voter(organiser, election).key not in told
    deliver_all(sqs_event(messages[ada]), Worker(deployment.wiring()))
    assert deliveries(organiser, election)["ada@example.org"] == "sent"


def test_a_mail_that_is_refused_outright_is_bounced_and_not_told_again(
    deployment: World, organiser: Organiser, outbox: Outbox, election: str
) -> None:
    worker = Worker(deployment.wiring())
    worker._post = Failing(deployment, Undeliverable(), "ada@example.org")
    assert deliver(deployment, worker) == {"batchItemFailures": []}
    assert deliveries(organiser, election) == {"ada@example.org": "bounced", "bob@example.org": "sent"}
    organiser.invite(election, only="bounced")
    deliver(deployment, Worker(deployment.wiring()))
    assert deliveries(organiser, election)["ada@example.org"] == "sent"


@pytest.mark.parametrize("error", [Undeliverable(), ClientError({"Error": {"Code": "Paused"}}, "SendEmail")])
def test_a_mail_that_cannot_be_sent_leaves_the_voter_the_link_that_they_have(
    deployment: World, organiser: Organiser, outbox: Outbox, worker: Worker, election: str, error: Exception
) -> None:
    deliver(deployment, worker)
    [ada] = [mail for mail in outbox.mails() if mail.to == "ada@example.org"]
    organiser.invite(election, only="not_issued")
    work_off(deployment)
    messages = deployment.take_messages(MAILS)
    failing = Worker(deployment.wiring())
    failing._post = Failing(deployment, error, "ada@example.org")
    for _ in range(5):
        deliver_all(sqs_event(*messages), failing)
    links = TestClient(register_app(deployment.wiring()))
    assert links.post("/links", json={"link": ada.link}).status_code == 200
    deliver_all(sqs_event(*messages), worker)
    newest = [mail for mail in outbox.mails() if mail.to == "ada@example.org"][-1]
    assert links.post("/links", json={"link": newest.link}).status_code == 200
    assert links.post("/links", json={"link": ada.link}).status_code == 410


def test_an_unverified_sender_is_refused_by_ses_and_told_as_undeliverable(deployment: World) -> None:
    with pytest.raises(Undeliverable):
        Post(deployment.wiring()).mail("ada@example.org", verification("en", "o1", "code", 24, "https://a.example"))


def test_a_message_of_no_known_kind_is_told_again(worker: Worker) -> None:
    assert deliver_all(sqs_event({"kind": "dance"}), worker) == {"batchItemFailures": [{"itemIdentifier": "0"}]}


def test_the_handler_takes_an_empty_batch_to_the_worker_of_its_environment(
    deployment: World, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Context:
        function_name, memory_limit_in_mb, aws_request_id = "notify", 128, "r1"
        invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:notify"

    for name, value in deployment.environment.items():
        monkeypatch.setenv(name, value)
    message = {"kind": "verification", "organiser": "unknown", "base_url": "https://a.example"}
    assert handler(sqs_event(message), Context()) == {"batchItemFailures": []}
    assert outbox.mails() == []
