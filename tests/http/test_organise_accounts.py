"""Signing up, verifying, logging in: each answer, and what a killed process leaves."""

from typing import Any

import httpx2 as httpx
import pytest

from api_events import TestClient
from ballotcast.store.table import PRESENT
from ballotcast.typed_code import read_code
from dying import DyingWiring, Killed
from organise import accounts
from organise.app import create_app
from problem import assert_problem
from world import World

EMAIL, PASSWORD = "ada@example.org", "correct horse battery"
ACCOUNT = {"email": EMAIL, "password": PASSWORD}
WRONG, NO = "wrong-credentials", {":no": False}
COST, NOBODY = accounts.COST, accounts._NOBODY


@pytest.fixture
def client(deployment: World) -> TestClient:
    return TestClient(create_app(deployment.wiring()))


def sign_up(client: TestClient, **changes: Any) -> httpx.Response:
    return client.post("/organisers", json={**ACCOUNT, **changes})


def log_in(client: TestClient, **changes: Any) -> httpx.Response:
    return client.post("/sessions", json={**ACCOUNT, **changes})


def test_a_repeated_sign_up_asks_for_few_mails_and_guesses_no_password(client: TestClient, deployment: World) -> None:
    first = sign_up(client).json()
    for _ in range(10):
        assert (sign_up(client).status_code, sign_up(client).json()) == (201, first)
    assert len(deployment.take_messages("MAIL_QUEUE")) == 1 + accounts.SIGN_UP_REPEATS
    for _ in range(accounts.ATTEMPTS):
        assert_problem(sign_up(client, password="not the right one"), 409, "organiser-exists")
    assert_problem(sign_up(client), 409, "organiser-exists")
    assert_problem(log_in(client), 429, "locked")


def test_signing_up_asks_for_a_verification_by_mail(client: TestClient, deployment: World) -> None:
    answer = sign_up(client)
    assert answer.status_code == 201
    identity = answer.json()["organiser_id"]
    assert EMAIL not in answer.text
    assert asked_for(deployment) == [identity]
    found = deployment.wiring().organisers.find(identity)
    assert found
    assert not found.verified
    assert PASSWORD not in str(deployment.wiring().dynamodb.scan(TableName="roll"))


def test_an_address_is_taken_once_in_any_spelling_of_case(client: TestClient, deployment: World) -> None:
    identity = sign_up(client).json()["organiser_id"]
    verify(client, deployment, identity)
    assert_problem(sign_up(client, email="ADA@Example.org", password="another password"), 409, "organiser-exists")
    assert log_in(client).status_code == 200
    assert len(deployment.take_messages("MAIL_QUEUE")) == 1


def verify(client: TestClient, deployment: World, identity: str, code: str = "code") -> None:
    """As the mail worker offers a code, and its reader enters it."""
    digest, expires = mac_of(deployment, identity, code), int(deployment.clock().timestamp()) + 600
    assert deployment.wiring().organisers.offer_verification(identity, digest, expires)
    assert enter(client, identity, code).status_code == 200


def mac_of(deployment: World, identity: str, code: str) -> str:
    return deployment.wiring().roll_secret.mac("verify", identity, read_code(code)).hex()


def asked_for(deployment: World) -> list[str]:
    """The organisers whom the waiting messages have a code mailed to; the messages hold nothing else but an address."""
    messages = deployment.take_messages("MAIL_QUEUE")
    assert all(set(one) == {"kind", "organiser", "base_url"} and one["kind"] == "verification" for one in messages)
    return [one["organiser"] for one in messages]


def enter(client: TestClient, identity: str, code: str) -> httpx.Response:
    return client.post("/organisers/verify", json={"organiser_id": identity, "token": code})


def test_nobody_keeps_an_address_that_they_cannot_verify(client: TestClient, deployment: World) -> None:
    """A stranger signed up with it first: a day later their password and their code end with its owner's sign-up."""
    mails, theirs = "MAIL_QUEUE", {"password": "the stranger's one"}
    identity = sign_up(client, **theirs).json()["organiser_id"]
    assert len(deployment.take_messages(mails)) == 1
    expires = int(deployment.clock().timestamp()) + 2 * 86_400
    digest = mac_of(deployment, identity, "for the stranger")
    deployment.wiring().organisers.offer_verification(identity, digest, expires)
    assert_problem(sign_up(client), 409, "organiser-exists")
    deployment.clock.advance(days=1)
    answer = sign_up(client)
    assert (answer.status_code, answer.json()) == (201, {"organiser_id": identity})
    assert asked_for(deployment) == [identity]
    assert_problem(enter(client, identity, "for the stranger"), 403, "bad-token")
    assert_problem(log_in(client, **theirs), 401, "wrong-credentials")
    assert_problem(sign_up(client, **theirs), 409, "organiser-exists")
    verify(client, deployment, identity)
    assert log_in(client).status_code == 200
    deployment.clock.advance(days=1)
    assert_problem(sign_up(client, **theirs), 409, "organiser-exists")


def test_a_stranger_s_session_ends_with_their_sign_up(client: TestClient, deployment: World) -> None:
    """Else it would be one of the address's owner, for the rest of its hour."""
    theirs = {"password": "the stranger's one"}
    sign_up(client, **theirs)
    deployment.clock.advance(hours=23, minutes=50)
    session = {"Authorization": f"Bearer {log_in(client, **theirs).json()['token']}"}
    assert client.get("/elections", headers=session).status_code == 200
    deployment.clock.advance(minutes=15)
    verify(client, deployment, sign_up(client).json()["organiser_id"])
    assert_problem(client.get("/elections", headers=session), 401, "session-over")
    mine = {"Authorization": f"Bearer {log_in(client).json()['token']}"}
    assert client.get("/elections", headers=mine).status_code == 200


def test_so_many_verification_mails_go_out_in_a_day(deployment: World) -> None:
    client = TestClient(create_app(deployment.wiring(DAILY_MAILS="2")))
    for name in ("ada", "bob"):
        assert sign_up(client, email=f"{name}@example.org").status_code == 201
    refused = sign_up(client, email="cid@example.org")
    assert_problem(refused, 429, "daily-verifications")
    assert_problem(log_in(client, email="cid@example.org"), 401, "wrong-credentials")
    deployment.clock.advance(minutes=10)
    assert log_in(client, email="ada@example.org").status_code == 200
    assert len(deployment.take_messages("MAIL_QUEUE")) == 2
    deployment.clock.advance(seconds=int(refused.headers["Retry-After"]) - 600)
    assert sign_up(client, email="cid@example.org").status_code == 201


def test_signing_up_again_with_the_same_idempotency_key_gives_the_same_answer(client: TestClient) -> None:
    answers = [client.post("/organisers", json=ACCOUNT, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"password": "elevenchars"}, "/password"),
        ({"password": "é" * 37}, "/password"),
        ({"password": "passwordpassword"}, "/password"),
        ({"password": "qwertyuiop123"}, "/password"),
        ({"password": 123456789012}, "/password"),
        ({"email": "ada"}, "/email"),
        ({"email": "ada@example.org\nbcc: all@example.org"}, "/email"),
        ({"name": "Ada"}, "/name"),
    ],
)
def test_a_bad_field_is_named_and_nobody_is_added(
    client: TestClient, deployment: World, changes: dict[str, Any], pointer: str
) -> None:
    assert_problem(sign_up(client, **changes), 422, "invalid", pointer)
    assert deployment.take_messages("MAIL_QUEUE") == []


def test_the_longest_password_logs_in_and_a_longer_one_does_not(client: TestClient) -> None:
    longest = "é größer als ein Elefant, sagt das Nashorn und badet im Teich ".ljust(67, "x") + "ab"
    assert len(longest.encode()) == 72
    assert sign_up(client, password=longest).status_code == 201
    assert log_in(client, password=longest).status_code == 200
    assert_problem(log_in(client, password=longest + "x"), 401, "wrong-credentials")


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer_for_the_same_work(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up(client)
    checked: list[int] = []
    check = accounts.bcrypt.checkpw
    monkeypatch.setattr(accounts.bcrypt, "checkpw", lambda *given: checked.append(1) or check(*given))
    unknown = "eve@example.org"
    for _ in range(accounts.ATTEMPTS):
        wrong = assert_problem(log_in(client, password="wrong password"), 401, "wrong-credentials")
        assert assert_problem(log_in(client, email=unknown), 401, "wrong-credentials") == wrong
    assert len(checked) == 2 * accounts.ATTEMPTS
    locked = log_in(client, password="wrong password")
    assert assert_problem(log_in(client, email=unknown), 429, "locked") == assert_problem(locked, 429, "locked")
    assert len(checked) == 2 * accounts.ATTEMPTS


def test_a_sign_up_that_is_refused_takes_the_same_work_whatever_the_address_is(
    client: TestClient, deployment: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[int] = []
    check = accounts.bcrypt.checkpw
    monkeypatch.setattr(accounts.bcrypt, "checkpw", lambda *given: checked.append(1) or check(*given))
    wiring, refused = deployment.wiring(), []
    for state in ("unverified", "locked", "verified"):
        email = f"{state}@example.org"
        identity = sign_up(client, email=email).json()["organiser_id"]
        if state == "locked":
            for _ in range(accounts.ATTEMPTS):
                log_in(client, email=email, password="wrong password")
        elif state == "verified":
            wiring.organisers.offer_verification(identity, "hash", 2_000_000_000)
            assert wiring.organisers.verify(identity, "hash", 0)
        checked.clear()
        refused.append(
            assert_problem(sign_up(client, email=email, password="not the right one"), 409, "organiser-exists")
        )
        assert len(checked) == 1, state
    assert refused[0] == refused[1] == refused[2]
    assert_problem(sign_up(client, email="verified@example.org"), 409, "organiser-exists")


def test_nobody_is_checked_at_the_cost_of_a_real_password() -> None:
    assert COST == 12
    assert NOBODY.startswith(b"$2b$12$")


def test_five_failures_lock_for_fifteen_minutes(client: TestClient, deployment: World) -> None:
    sign_up(client)
    for _ in range(5):
        assert_problem(log_in(client, password="wrong password"), 401, "wrong-credentials")
    deployment.clock.advance(minutes=10)
    locked = log_in(client)
    assert_problem(locked, 429, "locked")
    assert locked.headers["Retry-After"] == "300"
    deployment.clock.advance(minutes=5)
    assert log_in(client).status_code == 200


def test_a_login_that_goes_well_starts_the_count_anew(client: TestClient) -> None:
    sign_up(client)
    for _ in range(2):
        for _ in range(4):
            assert_problem(log_in(client, password="wrong password"), 401, "wrong-credentials")
        assert log_in(client).status_code == 200


def test_another_code_is_mailed_for_the_asking_and_five_wrong_ones_void_one(
    client: TestClient, deployment: World
) -> None:
    identity = sign_up(client).json()["organiser_id"]
    deployment.take_messages("MAIL_QUEUE")

    def again(organiser: str) -> tuple[int, Any, int]:
        answer = client.post("/organisers/verify", json={"organiser_id": organiser})
        return answer.status_code, answer.json(), len(deployment.take_messages("MAIL_QUEUE"))

    assert again(identity) == (200, {"verified": False}, 0), "one in ten minutes"
    deployment.clock.advance(minutes=10)
    assert again("0" * 32) == (200, {"verified": False}, 0)
    assert again(identity) == (200, {"verified": False}, 1)
    mac, expires = mac_of(deployment, identity, "K7QM-3XPD"), int(deployment.clock().timestamp()) + 600
    for wrong, status in ((4, 200), (5, 403)):
        if status == 403:
            deployment.wiring().roll.update(f"ORGANISER#{identity}", "PROFILE", "SET verified = :no", NO, PRESENT)
        deployment.wiring().organisers.offer_verification(identity, mac, expires)
        for _ in range(wrong):
            assert_problem(enter(client, identity, "0000-0000"), 403, "bad-token")
        assert enter(client, identity, " k7qm3xpd").status_code == status


def test_an_unknown_organiser_cannot_be_verified(client: TestClient) -> None:
    answer = client.post("/organisers/verify", json={"organiser_id": "0" * 32, "token": "t"})
    assert_problem(answer, 403, "bad-token")


def test_a_verification_mail_that_was_never_asked_for_is_asked_for_by_a_later_login(
    client: TestClient, deployment: World
) -> None:
    sign_up(client, email="first@example.org")
    deployment.take_messages("MAIL_QUEUE")
    for last in range(4):
        dying, account = DyingWiring(deployment, last), {**ACCOUNT, "email": f"ada{last}@example.org"}
        try:
            accounts.register_organiser(dying, account["email"], PASSWORD, "http://testserver")
            break
        except Killed:
            signed_up = last > 1
        assert deployment.take_messages("MAIL_QUEUE") == []
        assert client.post("/sessions", json=account).status_code == (200 if signed_up else 401)
        assert deployment.take_messages("MAIL_QUEUE") == [], "not within ten minutes of the first"
        deployment.clock.advance(minutes=10)
        client.post("/sessions", json=account)
        assert len(deployment.take_messages("MAIL_QUEUE")) == (1 if signed_up else 0)
    else:
        pytest.fail("never lived to the end")
