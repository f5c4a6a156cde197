"""People of an election: with accounts whose ids follow from their addresses, inviting, joining and removing."""

import re
from typing import Any

from ballotcast.elections.roles import Role
from ballotcast.store.members import Member
from ballotcast.store.table import PRESENT
from notify.worker import Worker
from organise.accounts import organiser_id
from organising import Organiser
from outbox import Outbox
from world import World


class Person(Organiser):
    """An organiser whose id follows from the address, as it does for accounts that are signed up."""

    def __init__(self, deployment: World, name: str) -> None:
        self.email = f"{name}@example.org"
        super().__init__(deployment, name=organiser_id(deployment.wiring(), self.email))
        self.wiring.roll.update(
            f"ORGANISER#{self.id}", "PROFILE", "SET email = :email", {":email": self.email}, PRESENT
        )


def invited(owner: Organiser, election: str, email: str, role: str) -> Any:
    return owner.post(f"/elections/{election}/people", json={"email": email, "role": role})


def removed(by: Organiser, election: str, email: str) -> Any:
    return by.post(f"/elections/{election}/people/removals", json={"email": email})


def mailed_code(deployment: World, email: str) -> str:
    """Of the newest mail, once `notify` has sent what waits."""
    Outbox()
    worker = Worker(deployment.wiring())
    for message in deployment.take_messages("MAIL_QUEUE"):
        worker.deliver(message)
    return code_in(email)[-1]


def code_in(email: str) -> list[str]:
    """The codes that were mailed to an address."""
    found = [mail for mail in Outbox().mails() if mail.to == email]
    return [re.findall("^ +([0-9A-Z]{4}-[0-9A-Z]{4})$", mail.body, re.MULTILINE)[0] for mail in found]


def joined(owner: Organiser, election: str, person: Person, role: str) -> Person:
    assert invited(owner, election, person.email, role).status_code == 202
    code = mailed_code(owner.deployment, person.email)
    answer = person.post(f"/elections/{election}/people/acceptance", json={"token": code})
    assert (answer.status_code, answer.json()["role"]) == (200, role)
    return person


def seat(owner: Organiser, election: str, person: Person, role: Role) -> None:
    """As somebody who has joined, without the mail."""
    found = owner.wiring.elections.find(election)
    assert found
    one = Member(person.id, person.email, role, True, "2026-11-20T09:00:00Z")
    assert owner.wiring.members.change(found, owner.wiring.members.keeping(election, one), people=1)
