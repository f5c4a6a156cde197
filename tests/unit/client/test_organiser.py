"""An election by the client alone, as an organiser and three voters live it: each organiser's route, once."""

import re
from email import message_from_string
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3
import httpx2 as httpx
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from ballotcast.client import published
from ballotcast.client.api import Api
from ballotcast.client.errors import ApiError, NotYet, Untrusted
from ballotcast.client.organiser import ImportFailed, Organiser
from ballotcast.client.receipts import check_receipt
from ballotcast.client.voter import Voter
from between import Send, api_through
from counted_election import close_machine, sqs_event
from gateway import gateway
from notify.worker import Worker
from organise.app import create_app as organise_app
from organising import DRAFT, work_off
from register.app import create_app as register_app
from tally.app import create_app as tally_app
from tally.log.sequencer import Sequencer
from vote.app import create_app as vote_app
from world import REGION, World

EMAIL, PASSWORD = "chair@example.org", "correct horse battery"
ROLL = "email,phone\nada@example.org,\nben@example.org,\nBEN@example.org,\nnobody,\ncem@example.org,\n"
CREATE = (organise_app, register_app, vote_app, tally_app)


class Deployment:
    """What continues behind the API: mail, jobs, the log."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.server = gateway(*(create(world.wiring()) for create in CREATE))
        self.api = Api(self.server, sleep=self.while_waiting)
        self._worker = Worker(world.wiring())
        boto3.client("ses").verify_email_identity(EmailAddress=world.environment["MAIL_FROM"])

    def while_waiting(self, seconds: float) -> None:
        work_off(self.world)
        self.catch_up()

    def catch_up(self) -> None:
        for message in self.world.take_messages("MAIL_QUEUE"):
            self._worker.deliver(message)
        for message in self.world.take_messages("SEQUENCE_QUEUE"):
            Sequencer(self.world.wiring()).handle(sqs_event(message))

    def mails(self) -> dict[str, str]:
        """The newest mail to each address."""
        sent = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
        return {mail.destinations[0]: _text(mail.raw_data) for mail in sent}

    def through(self, files: dict[str, bytes]) -> Api:
        """A client that also gets at the bucket's presigned addresses."""

        def passing(request: httpx.Request, send: Send) -> httpx.Response:
            if "amazonaws" not in request.url.host:
                return send()
            name = request.url.path.rpartition("/")[2]
            return httpx.Response(200, content=files[name]) if name in files else httpx.Response(404)

        return api_through(self.server, passing)


def _text(raw: str) -> str:
    message = message_from_string(raw, _class=EmailMessage, policy=SMTP)
    text = message.get_body(("plain",))
    assert text
    return str(text.get_content()).replace("\r\n", "\n")


@pytest.fixture
def deployed(deployment: World) -> Deployment:
    return Deployment(deployment)


@pytest.fixture
def organiser(deployed: Deployment) -> Organiser:
    """Signed up, verified by the mailed code, logged in."""
    organiser = Organiser(deployed.api)
    identity = organiser.sign_up(EMAIL, PASSWORD)
    deployed.catch_up()
    code = re.search(r"^Code: +(\S+)$", deployed.mails()[EMAIL], re.MULTILINE)
    assert code
    organiser.verify(identity, code[1])
    organiser.log_in(EMAIL, PASSWORD)
    return organiser


@pytest.fixture
def election(organiser: Organiser) -> str:
    """A draft with three voters."""
    draft = organiser.create_election(DRAFT)
    report = organiser.import_voters(draft["id"], ROLL.encode())
    assert (report["added"], report["duplicates"], report["rejected_count"]) == (3, 1, 1)
    return str(draft["id"])


@pytest.mark.slow
def test_a_whole_election(deployed: Deployment, organiser: Organiser, election: str, tmp_path: Path) -> None:
    assert organiser.invite(election) == {"queued": 3, "last_day": None}
    deployed.catch_up()
    deployed.world.clock.advance(hours=1)
    organiser.log_in(EMAIL, PASSWORD)  # the session has lasted its hour
    assert organiser.election(election)["status"] == "open"
    receipts = []
    for number, email in enumerate(("ada@example.org", "ben@example.org"), 1):
        link = re.search(r"http\S+/vote#\S+", deployed.mails()[email])
        assert link
        receipts.append(Voter(deployed.api, lambda state: None).vote(link[0], [[number]]).receipt)
    assert published.turnout(deployed.api, election)["size"] == 1
    with pytest.raises(NotYet):
        published.results(deployed.api, election)
    with pytest.raises(NotYet):
        published.export(deployed.api, election, tmp_path / "export.zip")
    assert organiser.close(election)["status"] == "closed"
    deployed.world.clock.advance(minutes=1)
    close_machine(deployed.world.wiring()).run({"election": election})
    result = published.results(deployed.api, election)
    assert (result["counted"], result["cast"], result["roll"]) == (2, 2, 3)
    assert {check_receipt(deployed.api, receipt).index for receipt in receipts} == {1, 2}
    content = deployed.world.wiring().blobs.get(f"elections/{election}/export.zip")
    assert content
    path = tmp_path / "export.zip"
    fetched = published.export(deployed.through({"export.zip": content}), election, path)
    assert path.read_bytes() == content
    assert fetched == {"sha256": sha256(content).hexdigest(), "size": len(content)}
    assert [voter["issued"] for voter in organiser.voters(election)].count(True) == 2
    actions = [event["action"] for event in organiser.events(election)]
    assert actions[-1] == "election-closed"
    organiser.erase_personal_data(election)
    assert {voter["email"] for voter in organiser.voters(election)} == {""}


@pytest.mark.slow
def test_a_damaged_download_is_not_kept(
    deployed: Deployment, organiser: Organiser, election: str, tmp_path: Path
) -> None:
    organiser.open(election)
    organiser.close(election)
    deployed.catch_up()
    deployed.world.clock.advance(minutes=1)
    close_machine(deployed.world.wiring()).run({"election": election})
    path = tmp_path / "export.zip"
    with pytest.raises(Untrusted, match="damaged"):
        published.export(deployed.through({"export.zip": b"PK"}), election, path)
    with pytest.raises(ApiError, match="404"):
        published.export(deployed.through({}), election, path)
    assert not path.exists()


LARGE = "\n".join(["email", "dee@example.org", "nobody", *["eve@example.org"] * 2000]).encode()
"""Too many lines for one request, though few voters."""


def test_a_large_roll_is_waited_for(organiser: Organiser, election: str) -> None:
    report = organiser.import_voters(election, LARGE)
    assert [rejected["line"] for rejected in report.pop("rejected")] == [3]
    assert 1000 < len(report.pop("duplicate_rows")) < 1999
    counts = {"added": 2, "duplicates": 1999, "rejected_count": 1, "mended_count": 0}
    assert {name: report[name] for name in counts} == counts
    assert len(list(organiser.voters(election))) == 5


def test_an_import_that_never_ends_is_given_up(
    deployed: Deployment, organiser: Organiser, election: str, waits: list[float]
) -> None:
    impatient = Organiser(Api(deployed.server, sleep=waits.append), organiser.token)
    with pytest.raises(NotYet):
        impatient.import_voters(election, LARGE, patience=30)
    assert sum(waits) == 30


def test_an_import_that_is_overtaken_by_the_close(deployed: Deployment, organiser: Organiser, election: str) -> None:
    organiser.open(election)

    def close_first(seconds: float) -> None:
        organiser.close(election)
        work_off(deployed.world)

    with pytest.raises(ImportFailed) as caught:
        Organiser(Api(deployed.server, sleep=close_first), organiser.token).import_voters(election, LARGE)
    assert caught.value.report["added"] == 0


def test_drafts_and_single_voters(organiser: Organiser, election: str) -> None:
    assert organiser.edit_election(election, {"title": "Another"})["title"] == "Another"
    assert organiser.add_voter(election, "dee@example.org")["delivery"] == "none"
    assert [one["id"] for one in organiser.elections()] == [election]
    other: dict[str, Any] = organiser.create_election({**DRAFT, "title": "Second"})
    organiser.delete_election(other["id"])
    assert [one["title"] for one in organiser.elections()] == ["Another"]


def test_rights_end_and_move(deployed: Deployment, organiser: Organiser, election: str) -> None:
    organiser.invite(election)
    organiser.end_rights(election, ["ada@example.org"], "Left the club")
    organiser.move_rights(election, {"ben@example.org": "ben@example.net"}, "Mistyped")
    deployed.catch_up()
    assert {voter["email"]: voter["right"] for voter in organiser.voters(election)} == {
        "ada@example.org": "ended",
        "ben@example.org": "moved",
        "ben@example.net": "stated",
        "cem@example.org": "stated",
    }
    assert "corrected your address" in deployed.mails()["ben@example.net"]
    assert published.turnout(deployed.api, election)["size"] == 3


def test_invitations_are_chosen(deployed: Deployment, organiser: Organiser, election: str) -> None:
    assert organiser.invite(election, voters=["ada@example.org"]) == {"queued": 1, "last_day": None}
    assert organiser.invite(election, only="all") == {"queued": 3, "last_day": None}
    assert organiser.invite(election, only="not_issued") == {"queued": None, "last_day": None}


def test_a_refusal_names_the_field(organiser: Organiser) -> None:
    with pytest.raises(ApiError) as caught:
        organiser.create_election({**DRAFT, "title": ""})
    assert [pointer for pointer, _ in caught.value.errors] == ["/title"]


def test_without_a_session(deployed: Deployment) -> None:
    with pytest.raises(ApiError) as caught:
        list(Organiser(deployed.api).elections())
    assert (caught.value.status, caught.value.slug) == (401, "no-session")
