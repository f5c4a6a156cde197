"""Mails about a ceremony: what its organiser hears, and trustees whose mails come back."""

import json
from typing import Any

import pytest

from notify.feedback import take_feedback
from organising import Organiser
from trustees_played import Ceremony
from world import World

OWNER = "organiser@example.org"
KEYED = "The trustees have made the key: Hillhead"
CONFIRMED = "All trustees have confirmed the election: Hillhead"
BROKEN = "The trustees’ ceremony is over without a key: Hillhead"


@pytest.fixture
def ceremony(deployment: World, organiser: Organiser) -> Ceremony:
    return Ceremony(deployment, organiser)


def heard(ceremony: Ceremony) -> list[str]:
    """Subjects of the mails to the organiser, all that wait among them."""
    ceremony.deliver()
    return [mail.subject for mail in ceremony.outbox.mails() if mail.to == OWNER]


def test_the_organiser_hears_when_the_key_is_made_and_when_all_have_confirmed(ceremony: Ceremony) -> None:
    ceremony.begin()
    ceremony.join_all()
    assert heard(ceremony) == []
    ceremony.deal_all()
    ceremony.deal_all()  # again, as after an answer that was lost
    assert heard(ceremony) == [KEYED]
    [mail] = [mail for mail in ceremony.outbox.mails() if mail.to == OWNER]
    assert f"/manage/elections/{ceremony.election}#trustees" in mail.body
    assert ceremony.order("fix").status_code == 200
    ceremony.deliver()
    ceremony.confirm_all()
    assert heard(ceremony) == [KEYED, CONFIRMED]
    ceremony.deal_all()
    assert heard(ceremony) == [KEYED, CONFIRMED]


def test_the_next_visit_mails_what_was_cut_off(ceremony: Ceremony) -> None:
    """The one who sent the last message of a round was cut off before the mails, and does not try again."""
    ceremony.begin()
    for trustee in ceremony.trustees:
        assert trustee.join().status_code == 200
    assert ceremony.deployment.take_messages("MAIL_QUEUE")
    sent = len(ceremony.outbox.mails())
    ceremony.trustees[1].visit()
    ceremony.deliver()
    asked = [mail.to for mail in ceremony.outbox.mails()[sent:]]
    assert sorted(asked) == sorted(trustee.email for trustee in ceremony.trustees)
    ceremony.trustees[1].visit()
    assert ceremony.deliver() == [], "each goes out once"
    ceremony.deal_all()
    assert ceremony.deployment.take_messages("MAIL_QUEUE")
    ceremony.trustees[0].visit()
    assert heard(ceremony) == [KEYED]
    ceremony.trustees[0].visit()
    ceremony.deliver()
    assert len(ceremony.outbox.mails()) == sent + len(asked) + 1


def test_what_is_not_so_any_more_is_not_mailed(ceremony: Ceremony) -> None:
    """The mails were queued, and wait while the organiser is quicker."""
    ceremony.begin()
    ceremony.join_all()
    ceremony.deal_all()
    assert ceremony.order("fix").status_code == 200
    assert heard(ceremony) == []
    ceremony.confirm_all()
    assert ceremony.begin(attempt=2).status_code == 200
    assert heard(ceremony) == []


def test_the_organiser_hears_of_a_complaint(ceremony: Ceremony) -> None:
    ceremony.begin()
    ceremony.join_all()
    ceremony.deal_all()
    ceremony.order("fix")
    ceremony.deliver()
    ada = ceremony.trustees[0]
    assert ada.secrets
    complained = ada.secrets.with_complaint(ada.transcript(), 2)  # of a share that is right
    assert complained.complaint
    for _ in range(2):
        assert ada.send(complained.complaint.encode()).json()["blame"] == {"trustee": 1, "reason": "false-complaint"}
    assert heard(ceremony) == [BROKEN]


def came_back(ceremony: Ceremony, **tags: Any) -> None:
    mail = {"tags": {name: [str(value)] for name, value in {"election": ceremony.election, **tags}.items()}}
    message = {"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}, "mail": mail}
    event = {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(message)}}]}
    take_feedback(event, ceremony.deployment.wiring())


def bounced(ceremony: Ceremony) -> list[int]:
    return [one["index"] for one in ceremony.state()["trustees"] if one["bounced"]]


def test_a_trustee_whose_mail_came_back_is_shown_until_another_one_goes_out(ceremony: Ceremony) -> None:
    ceremony.begin()
    assert bounced(ceremony) == []
    for _ in range(2):
        came_back(ceremony, attempt=1, trustee=2, mail=1)
    assert bounced(ceremony) == [2]
    assert ceremony.order("remind", trustee=2).status_code == 200
    ceremony.deliver()
    assert bounced(ceremony) == []
    came_back(ceremony, attempt=1, trustee=2, mail=1)
    assert bounced(ceremony) == []
    came_back(ceremony, attempt=1, trustee=2, mail=2)
    assert bounced(ceremony) == [2]
    before = ceremony.state()
    for tags in ({"trustee": 9}, {"attempt": 2}, {"mail": "x"}, {"election": "none"}):
        came_back(ceremony, **{"attempt": 1, "trustee": 1, "mail": 1, **tags})
    assert ceremony.state() == before
    ceremony.begin(attempt=2)
    assert bounced(ceremony) == []
