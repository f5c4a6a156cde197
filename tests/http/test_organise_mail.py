"""What an election's mails say: chosen, looked at, tried on oneself; and refused with a pointer."""

from typing import Any

import pytest

from ballotcast.mails.settings import MailSettings
from dying import DyingWiring, Killed
from notify.worker import Worker
from organise.drafts import owned_election
from organise.mailing import choose_mail
from organising import Organiser
from outbox import Outbox
from problem import assert_problem
from world import World

CHOICE: dict[str, Any] = {
    "organisation": "Hillhead Club",
    "contact": "office@club.example",
    "language": "de",
    "zone": "Europe/Berlin",
    "subject": "{organisation}: {title}",
    "text": "Guten Tag {name},\nbitte bis {closes}.",
    "logo": "",
}
LEFT_OUT = {"organisation": "", "contact": "", "language": "en", "zone": "UTC", "subject": "", "text": "", "logo": ""}


def put(organiser: Organiser, election: str, **changes: Any) -> Any:
    return organiser.ask("PUT", f"/elections/{election}/mail", json={**CHOICE, **changes})


def deliver(deployment: World) -> None:
    for message in deployment.take_messages("MAIL_QUEUE"):
        Worker(deployment.wiring()).deliver(message)


def test_what_is_chosen_is_in_the_mail(deployment: World, organiser: Organiser) -> None:
    outbox, election = Outbox(), organiser.create()
    organiser.import_(election, b"email,name\nada@example.org,Ada Lovelace\nbob@example.org,")
    assert organiser.get(f"/elections/{election}/mail").json() == {**LEFT_OUT, "notes": []}
    assert put(organiser, election).json() == {**CHOICE, "notes": []}
    assert organiser.get(f"/elections/{election}/mail").json() == {**CHOICE, "notes": []}
    organiser.invite(election)
    deliver(deployment)
    ada, bob = sorted(outbox.mails(), key=lambda mail: mail.to)
    assert (ada.sender, ada.headers["Reply-To"]) == ("Hillhead Club <ballots@example.org>", "office@club.example")
    assert ada.subject == "Hillhead Club: Hillhead"
    assert (
        "Guten Tag Ada Lovelace,\nbitte bis Samstag, 21. November 2026, 11:00 Uhr (Europe/Berlin, UTC+1)." in ada.body
    )
    assert "Guten Tag bob@example.org," in bob.body
    assert ada.html.count(ada.link) == 2


def test_it_may_be_changed_until_the_close_and_what_is_the_same_writes_nothing(organiser: Organiser) -> None:
    election = organiser.create("ada@example.org")
    organiser.post(f"/elections/{election}/open")
    for _ in range(2):
        assert put(organiser, election).status_code == 200
    assert organiser.actions(election).count("mail-edited") == 1
    organiser.post(f"/elections/{election}/close")
    assert_problem(put(organiser, election, text=""), 409, "closed")
    assert_problem(organiser.post(f"/elections/{election}/mail/test"), 409, "closed")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"subject": "a\nb"}, "/subject"),
        ({"text": "{link}"}, "/text"),
        ({"contact": "nobody"}, "/contact"),
        ({"contact": "a@b.example\r\nBcc: c@d.example"}, "/contact"),
        ({"organisation": "x@y"}, "/organisation"),
        ({"zone": "Mars/Base"}, "/zone"),
        ({"language": "tlh"}, "/language"),
        ({"logo": "x"}, "/logo"),
        ({"text": "x" * 4001}, "/text"),
    ],
)
def test_what_cannot_be_in_a_mail_is_refused_with_a_pointer(
    organiser: Organiser, changes: dict[str, str], pointer: str
) -> None:
    election = organiser.create()
    assert_problem(put(organiser, election, **changes), 422, "invalid", pointer)
    order = {"mail": {**CHOICE, **changes}}
    answer = organiser.post(f"/elections/{election}/mail/preview", json=order)
    assert answer.status_code == 422
    assert organiser.get(f"/elections/{election}/mail").json()["subject"] == ""


def test_a_preview_shows_what_is_typed_and_keeps_nothing(organiser: Organiser) -> None:
    election = organiser.create()
    path = f"/elections/{election}/mail/preview"
    shown = organiser.post(path, json={"mail": {**CHOICE, "text": "<b>\u202e"}, "reminds": True}).json()
    assert (shown["sender"], shown["reply_to"]) == ("Hillhead Club", "office@club.example")
    assert shown["subject"] == "Erinnerung: Hillhead Club: Hillhead"
    assert "&lt;b&gt;" in shown["html"]
    assert [note["field"] for note in shown["notes"]] == ["text", "text"]
    assert "/vote#1.AAAA" in shown["text"]
    assert organiser.post(path).json()["subject"] == "Your vote: Hillhead"


def test_a_test_goes_to_oneself_and_out_of_the_allowance(deployment: World) -> None:
    outbox, organiser = Outbox(), Organiser(deployment, DAILY_MAILS="2")
    election = organiser.create()
    put(organiser, election)
    for order in ({}, {"reminds": True}):
        assert organiser.post(f"/elections/{election}/mail/test", json=order).json() == {"queued": 1}
    assert_problem(organiser.post(f"/elections/{election}/mail/test"), 429, "daily-mails")
    deliver(deployment)
    first, second = outbox.mails()
    assert first.to == second.to == "organiser@example.org"
    assert first.subject == "Probe: Hillhead Club: Hillhead"
    assert second.subject == "Probe: Erinnerung: Hillhead Club: Hillhead"
    assert first.link.startswith("http://testserver/vote#1.AAAA")


def test_whoever_is_not_verified_sends_no_test_and_no_other_sees_it(deployment: World) -> None:
    organiser, other = Organiser(deployment, verified=False), Organiser(deployment, "other")
    election = organiser.create()
    assert_problem(organiser.post(f"/elections/{election}/mail/test"), 403, "not-verified")
    assert put(organiser, election).status_code == 200
    for method, path in (("GET", ""), ("PUT", ""), ("POST", "/preview"), ("POST", "/test")):
        answer = other.ask(method, f"/elections/{election}/mail{path}", **({"json": CHOICE} if method == "PUT" else {}))
        assert_problem(answer, 404, "no-election")
    assert deployment.take_messages("MAIL_QUEUE") == []


def test_a_draft_that_is_edited_keeps_its_mail_and_a_stale_change_is_refused(organiser: Organiser) -> None:
    election = organiser.create()
    read = owned_election(organiser.wiring, organiser.id, election)
    put(organiser, election)
    organiser.ask("PATCH", f"/elections/{election}", json={"title": "Other"})
    assert organiser.get(f"/elections/{election}/mail").json() == {**CHOICE, "notes": []}
    with pytest.raises(Exception, match="changed by another request"):
        choose_mail(organiser.wiring, read, MailSettings(organisation="Late"))


def test_a_choice_and_what_is_told_of_it_are_one_write(deployment: World, organiser: Organiser) -> None:
    election = organiser.create()
    dying = DyingWiring(deployment, 0)
    with pytest.raises(Killed):
        choose_mail(dying, owned_election(dying, organiser.id, election), MailSettings(organisation="Club"))
    assert "mail-edited" not in organiser.actions(election)
    assert choose_mail(DyingWiring(deployment, 1), owned_election(dying, organiser.id, election), MailSettings("Club"))
    assert "mail-edited" in organiser.actions(election)
