"""A mail that the mail server of one machine refuses makes its invitation `bounced`, as a bounce by SES does."""

import time
from pathlib import Path
from typing import Any

from ballotcast_tools.runtime.services.mails import MAILS_SCHEMA, Ses
from ballotcast_tools.runtime.sources.feedback import Feedback
from ballotcast_tools.runtime.sources.mail_server import MailServer, Security
from ballotcast_tools.runtime.sources.smtp import Postman
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.template.reading import read_deployment
from mail_exchange import MailExchange
from notify.feedback import take_feedback
from organising import Organiser
from world import World

TEMPLATE = Path(__file__).parents[2] / "template.yaml"


def test_a_refused_invitation_is_marked(organiser: Organiser, deployment: World, tmp_path: Path) -> None:
    election = organiser.create("gone@example.org", "ada@example.org")
    organiser.invite(election)
    database = Database(tmp_path / "data", [MAILS_SCHEMA])
    ses = Ses(database, "waiting")
    for voter in organiser.wiring.voters.roll(election):
        organiser.wiring.voters.mark_mailed(election, voter.key, voter.run)
        tags = {"election": election, "voter": voter.key, "run": voter.run}
        ses.send_raw_email(
            Source="Club <ballots@club.example>",
            Destinations=[voter.email],
            RawMessage={"Data": b"Subject: Vote\r\n\r\n..."},
            Tags=[{"Name": name, "Value": value} for name, value in tags.items()],
        )
    called: list[str] = []

    def invoke(function: str, event: dict[str, Any]) -> None:
        called.append(function)
        take_feedback(event, deployment.wiring())

    feedback = Feedback(read_deployment(TEMPLATE, {"Environment": "local"}, {}), invoke)
    with MailExchange() as exchange:
        exchange.replies["RCPT gone@example.org"].append("550 5.1.1 unknown")
        postman = Postman(database, MailServer("127.0.0.1", exchange.port, Security.NONE), feedback, rate=1e6)
        postman.start()
        ends_at = time.monotonic() + 10
        unfinished = "SELECT count(*) FROM mail WHERE state NOT IN ('sent', 'refused')"
        while database.reader().execute(unfinished).fetchone() != (0,):
            assert time.monotonic() < ends_at
            time.sleep(0.002)
        assert postman.stop()
    database.close()
    assert called == ["FeedbackFunction"]
    delivery = {address: voter["delivery"] for address, voter in organiser.voters(election).items()}
    assert delivery == {"gone@example.org": "bounced", "ada@example.org": "sent"}
