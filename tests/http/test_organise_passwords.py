"""A forgotten password, from the request to the mail to the new one; and what strangers and killed processes can do."""

from typing import Any

import httpx2 as httpx
import pytest

from api_events import TestClient
from dying import DyingWiring, Killed
from notify.worker import Worker
from organise import accounts, passwords
from organise.app import create_app
from outbox import Outbox
from problem import assert_problem
from world import World

EMAIL, OLD, NEW = "ada@example.org", "correct horse battery", "another horse battery"
MAILS = "MAIL_QUEUE"


@pytest.fixture
def outbox(deployment: World) -> Outbox:
    return Outbox()


@pytest.fixture
def client(deployment: World, outbox: Outbox) -> TestClient:
    client = TestClient(create_app(deployment.wiring()))
    assert client.post("/organisers", json={"email": EMAIL, "password": OLD}).status_code == 201
    deployment.take_messages(MAILS)
    return client


def ask(client: TestClient, email: str = EMAIL) -> httpx.Response:
    return client.post("/organisers/reset", json={"email": email})


def mailed(client: TestClient, deployment: World, outbox: Outbox) -> str:
    """The code that is mailed to anyone who asks now."""
    assert ask(client).status_code == 202
    deliver(deployment)
    return outbox.mails()[-1].field("Code")


def deliver(deployment: World, **changes: str) -> None:
    for message in deployment.take_messages(MAILS):
        Worker(deployment.wiring(**changes)).deliver(message)


def renew(client: TestClient, token: str, **changes: Any) -> httpx.Response:
    return client.post("/organisers/password", json={"email": EMAIL, "token": token, "password": NEW, **changes})


def log_in(client: TestClient, password: str) -> httpx.Response:
    return client.post("/sessions", json={"email": EMAIL, "password": password})


def test_the_code_in_the_mail_sets_a_new_password_and_verifies_the_address(
    client: TestClient, deployment: World, outbox: Outbox
) -> None:
    code = mailed(client, deployment, outbox)
    [mail] = outbox.mails()
    assert (mail.to, len(code)) == (EMAIL, 9)
    assert f"/manage/password#{code}" in mail.body
    assert code.replace("-", "") not in str(deployment.wiring().dynamodb.scan(TableName="roll")["Items"])
    answer = renew(client, code, email=" ADA@example.org")
    assert (answer.status_code, list(answer.json())) == (200, ["device"])
    assert_problem(log_in(client, OLD), 401, "wrong-credentials")
    assert log_in(client, NEW).status_code == 200
    found = deployment.wiring().organisers.find(accounts.organiser_id(deployment.wiring(), EMAIL))
    assert found
    assert found.verified


def test_the_same_request_after_a_lost_answer_is_answered_alike(
    client: TestClient, deployment: World, outbox: Outbox
) -> None:
    code = mailed(client, deployment, outbox)
    assert [renew(client, code).status_code for _ in range(3)] == [200, 200, 200]
    assert_problem(renew(client, code, password="yet another password"), 403, "bad-token")
    assert log_in(client, NEW).status_code == 200
    deployment.clock.advance(minutes=30)
    assert_problem(renew(client, code), 403, "bad-token")


def test_a_code_is_good_for_half_an_hour(client: TestClient, deployment: World, outbox: Outbox) -> None:
    code = mailed(client, deployment, outbox)
    deployment.clock.advance(minutes=30)
    assert_problem(renew(client, code), 403, "bad-token")
    assert log_in(client, OLD).status_code == 200


def test_a_newer_code_replaces_the_one_before(client: TestClient, deployment: World, outbox: Outbox) -> None:
    first = mailed(client, deployment, outbox)
    deployment.clock.advance(minutes=10)
    second = mailed(client, deployment, outbox)
    assert_problem(renew(client, first), 403, "bad-token")
    assert renew(client, second).status_code == 200


def test_five_wrong_codes_void_the_right_one(client: TestClient, deployment: World, outbox: Outbox) -> None:
    code = mailed(client, deployment, outbox)
    for _ in range(passwords.TRIES):
        assert_problem(renew(client, "0" * 32), 403, "bad-token")
    assert_problem(renew(client, code), 403, "bad-token")
    assert log_in(client, OLD).status_code == 200
    deployment.clock.advance(minutes=10)
    code = mailed(client, deployment, outbox)
    for _ in range(passwords.TRIES - 1):
        renew(client, "0" * 32)
    assert renew(client, code).status_code == 200


def test_a_code_is_of_its_own_address(client: TestClient, deployment: World, outbox: Outbox) -> None:
    client.post("/organisers", json={"email": "bob@example.org", "password": OLD})
    deployment.take_messages(MAILS)
    code = mailed(client, deployment, outbox)
    ask(client, "bob@example.org")
    deliver(deployment)
    assert_problem(renew(client, code, email="bob@example.org"), 403, "bad-token")


def test_a_lock_ends(client: TestClient, deployment: World, outbox: Outbox) -> None:
    for _ in range(5):
        log_in(client, "wrong password")
    assert_problem(log_in(client, OLD), 429, "locked")
    assert renew(client, mailed(client, deployment, outbox)).status_code == 200
    assert log_in(client, NEW).status_code == 200


def test_every_address_gets_the_same_answer_for_the_same_work(
    client: TestClient, deployment: World, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts: list[str] = []
    unknown = "eve@example.org"
    watched = deployment.wiring()
    for made in (watched.dynamodb, watched.mail_queue._client):
        made.meta.events.register("before-call", lambda model, **_: acts.append(model.name))
    client = TestClient(create_app(watched))

    def asked(email: str) -> tuple[int, Any, list[str]]:
        acts.clear()
        answer = ask(client, email)
        return answer.status_code, answer.json(), [*acts]

    known = asked(EMAIL)
    assert known == (202, {}, ["SendMessageBatch"])
    assert asked(unknown) == known
    deliver(deployment)
    assert [mail.to for mail in outbox.mails()] == [EMAIL]
    assert asked(EMAIL) == known, "also when no mail follows"

    hashed: list[int] = []
    hash_password = passwords.hash_password
    monkeypatch.setattr(passwords, "hash_password", lambda password: hashed.append(1) or hash_password(password))

    def refused(email: str) -> tuple[Any, list[str], int]:
        acts.clear()
        hashed.clear()
        return assert_problem(renew(client, "0" * 32, email=email), 403, "bad-token"), [*acts], len(hashed)

    assert refused(EMAIL) == refused(unknown)
    assert acts == ["UpdateItem", "TransactWriteItems"]
    assert hashed == [1]


def test_so_many_codes_go_out(client: TestClient, deployment: World, outbox: Outbox) -> None:
    for _ in range(2):
        ask(client)
    deliver(deployment)
    assert len(outbox.mails()) == 1, "one in ten minutes"
    for _ in range(4):
        deployment.clock.advance(minutes=10)
        ask(client)
        deliver(deployment)
    assert len(outbox.mails()) == 3, "three in a day"


def test_codes_count_among_the_verification_mails_of_a_day(
    client: TestClient, deployment: World, outbox: Outbox
) -> None:
    """The sign-up took one."""
    ask(client)
    deliver(deployment, DAILY_MAILS="1")
    assert outbox.mails() == []
    deployment.clock.advance(minutes=10)
    ask(client)
    deliver(deployment, DAILY_MAILS="2")
    assert len(outbox.mails()) == 1


@pytest.mark.one_way
def test_a_worker_that_was_killed_anywhere_mails_when_it_is_told_again(
    client: TestClient, deployment: World, outbox: Outbox
) -> None:
    for last in range(9):
        ask(client)
        [message] = deployment.take_messages(MAILS)
        before = len(outbox.mails())
        try:
            Worker(DyingWiring(deployment, last)).deliver(message)
            lived = True
        except Killed:
            assert len(outbox.mails()) == before
            lived = False
            Worker(deployment.wiring()).deliver(message)
        assert len(outbox.mails()) == before + 1
        assert renew(client, outbox.mails()[-1].field("Code"), password=f"{NEW} {last}").status_code == 200
        assert log_in(client, f"{NEW} {last}").status_code == 200
        deployment.clock.advance(days=1)
        if lived:
            break
    else:
        pytest.fail("never lived to the end")
    assert last > 1


@pytest.mark.one_way
def test_killed_while_setting_the_password_the_same_request_sets_it(
    client: TestClient, deployment: World, outbox: Outbox
) -> None:
    code = mailed(client, deployment, outbox)
    for last, stands in ((0, OLD), (1, OLD), (2, NEW), (3, NEW)):
        with pytest.raises(Killed):
            passwords.set_password(DyingWiring(deployment, last), EMAIL, code, NEW)
        assert log_in(client, stands).status_code == 200
    passwords.set_password(DyingWiring(deployment, 4), EMAIL, code, NEW)
    assert renew(client, code).status_code == 200, "its answer was lost"
    assert log_in(client, NEW).status_code == 200


def test_a_stranger_who_signed_up_first_is_out_once_the_owner_sets_a_password(
    client: TestClient, deployment: World, outbox: Outbox
) -> None:
    """The address is not verified yet, and the stranger's password was the one that counted."""
    assert renew(client, mailed(client, deployment, outbox)).status_code == 200
    assert_problem(log_in(client, OLD), 401, "wrong-credentials")
    deployment.clock.advance(days=2)
    taken = client.post("/organisers", json={"email": EMAIL, "password": OLD})
    assert_problem(taken, 409, "organiser-exists")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"password": "elevenchars"}, "/password"),
        ({"password": "é" * 37}, "/password"),
        ({"email": "ada"}, "/email"),
        ({"token": "0" * 101}, "/token"),
        ({"name": "Ada"}, "/name"),
    ],
)
def test_a_bad_field_is_named(client: TestClient, changes: dict[str, Any], pointer: str) -> None:
    assert_problem(renew(client, **{"token": "code", **changes}), 422, "invalid", pointer)
