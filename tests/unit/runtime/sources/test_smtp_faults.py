"""Mails that are refused, put off or lost on the way, and what of it is stored and logged."""

import logging
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ballotcast_tools.runtime.services.mails import MAILS_SCHEMA, Ses
from ballotcast_tools.runtime.sources import smtp
from ballotcast_tools.runtime.sources.mail_rows import MailRows
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.storage.writer import StorageFailed, Transaction
from mail_exchange import DROP, MailExchange
from posting import SENDER, TAGS, Posting, read, until


def test_a_refused_receiver_is_reported_and_the_others_get_theirs(posting: Posting, exchange: MailExchange) -> None:
    told: list[tuple[dict[str, str], str]] = []
    exchange.replies["RCPT gone@example.org"].append("550 5.1.1 no such gone@example.org")
    with posting.sending(lambda tags, receiver: told.append((dict(tags), receiver))):
        refused, fine = posting.post("gone@example.org", TAGS), posting.post("ada@example.org", TAGS)
        until(lambda: posting.state(refused) == "refused" and posting.state(fine) == "sent")
    assert told == [(TAGS, "gone@example.org")]
    assert posting.row(refused).items() >= {"content": None, "receiver": "", "tags": ""}.items()


def test_content_that_is_refused_is_reported(posting: Posting, exchange: MailExchange) -> None:
    told: list[str] = []
    exchange.replies["DATA"].append("554 5.6.0 spam")
    with posting.sending(lambda tags, receiver: told.append(receiver)):
        name = posting.post("ada@example.org", TAGS)
        until(lambda: posting.state(name) == "refused")
    assert told == ["ada@example.org"]


def test_a_bounce_is_reported_until_that_succeeds(posting: Posting, exchange: MailExchange) -> None:
    told: list[str] = []

    def bounced(tags: Mapping[str, str], receiver: str) -> None:
        told.append(receiver)
        if len(told) < 3:
            raise RuntimeError("the function failed")

    exchange.replies["RCPT gone@example.org"].append("550 5.1.1 no")
    with posting.sending(bounced):
        name = posting.post("gone@example.org", TAGS)
        until(lambda: posting.row(name)["attempts"] == 1)
    untold = posting.row(name)
    assert (untold["state"], untold["content"]) == ("bounce-untold", None)
    posting.now += timedelta(hours=1)
    with posting.sending(bounced):  # another process
        until(lambda: posting.row(name)["attempts"] == 2)
    posting.now += timedelta(hours=1)
    with posting.sending(bounced):
        until(lambda: posting.state(name) == "refused")
    assert told == ["gone@example.org"] * 3


@pytest.mark.parametrize(
    "reply", ["451 4.7.1 greylisted", "452 4.2.2 full", "550 5.7.1 relaying denied", "554 5.7.1 x"]
)
def test_what_may_pass_is_tried_again_later(posting: Posting, exchange: MailExchange, reply: str) -> None:
    exchange.replies["RCPT ada@example.org"].append(reply)
    with posting.sending():
        name = posting.post("ada@example.org", TAGS)
        until(lambda: posting.row(name)["attempts"] == 1)
    late = posting.row(name)
    assert (late["state"], late["due"]) == ("waiting", posting.now.timestamp() + smtp.FIRST_WAIT)
    posting.now += timedelta(seconds=smtp.FIRST_WAIT)
    with posting.sending():
        assert read(posting.take())["Message-ID"] == f"<{name}@club.example>"


def test_waits_grow_and_end_after_three_days(posting: Posting, exchange: MailExchange) -> None:
    told: list[str] = []
    exchange.replies["RCPT full@example.org"].extend(["452 4.2.2 full"] * 1000)
    name, began, waits = posting.post("full@example.org", TAGS), posting.now, []
    while (found := posting.row(name))["state"] == "waiting":
        with posting.sending(lambda tags, receiver: told.append(receiver)):
            until(lambda: posting.row(name) != found)
            until(lambda: posting.state(name) != "bounce-untold")
        if (now := posting.row(name))["state"] == "waiting":
            waits.append(now["due"] - posting.now.timestamp())
            posting.now = datetime.fromtimestamp(now["due"], UTC)
    assert waits[:8] == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert timedelta(days=3) <= posting.now - began < timedelta(days=3, hours=1)
    assert told == ["full@example.org"]


def test_a_connection_lost_within_a_mail_holds_up_that_mail_only(
    posting: Posting, exchange: MailExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "SERVER_WAIT", 0.01)
    exchange.replies["middle of DATA"].append(DROP)
    first, second = posting.post("ada@example.org", TAGS), posting.post("bob@example.org", TAGS)
    with posting.sending():
        assert posting.take().receiver == "bob@example.org"
        until(lambda: posting.state(second) == "sent")
        assert posting.state(first) == "waiting"
    posting.now += timedelta(minutes=1)
    with posting.sending():
        assert read(posting.take())["Message-ID"] == f"<{first}@club.example>"
        until(lambda: posting.state(first) == "sent")


@pytest.mark.parametrize("fault", ["down", "550 5.1.8 who?", "530 5.7.0 log in"])
def test_a_fault_of_the_server_is_no_mails_fault(
    posting: Posting, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    monkeypatch.setattr(smtp, "SERVER_WAIT", 0.01)
    monkeypatch.setattr(smtp, "LONGEST_SERVER_WAIT", 0.05)
    with MailExchange() as ended:
        posting.exchange = ended
    name = posting.post("ada@example.org", TAGS)
    posting.now += timedelta(days=30)
    with posting.sending():
        if fault == "down":
            until(lambda: len(caplog.records) >= 3)
        with MailExchange(port=ended.port) as started:
            started.replies["MAIL"].extend([fault] * 3 if fault != "down" else [])
            assert started.taken.get(timeout=10).receiver == "ada@example.org"
            until(lambda: posting.state(name) == "sent")
    assert posting.row(name)["attempts"] == 0
    assert len([record for record in caplog.records if record.levelname == "ERROR"]) >= 3


KILLED = """
import os, signal, sys, time
from pathlib import Path
from ballotcast_tools.runtime.services.mails import MAILS_SCHEMA
from ballotcast_tools.runtime.sources.mail_server import MailServer, Security
from ballotcast_tools.runtime.sources.smtp import Postman
from ballotcast_tools.runtime.storage.database import Database

class Dying(Database):
    def write(self, operation):
        os.kill(os.getpid(), signal.SIGKILL)

database = Dying(Path(sys.argv[1]), [MAILS_SCHEMA])
Postman(database, MailServer("127.0.0.1", int(sys.argv[2]), Security.NONE), print, "club.example").start()
time.sleep(60)
"""


def test_killed_between_sending_and_noting_it_sends_the_same_mail_again(
    posting: Posting, exchange: MailExchange
) -> None:
    name = posting.post("ada@example.org", TAGS)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, posting.database.path, str(exchange.port)], timeout=60, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    posting.now += timedelta(hours=1)
    with posting.sending():
        until(lambda: posting.state(name) == "sent")
    first, second = exchange.taken.get(), exchange.taken.get()
    assert first == second
    assert read(first)["Message-ID"] == f"<{name}@club.example>"


def test_kept_mails_are_not_sent(posting: Posting, exchange: MailExchange) -> None:
    Ses(posting.database, "kept", posting.clock).send_raw_email(
        Source=SENDER, Destinations=["kept@example.org"], RawMessage={"Data": b"Subject: x\r\n\r\nx\r\n"}
    )
    with posting.sending():
        posting.post("ada@example.org")
        assert posting.take().receiver == "ada@example.org"
    assert exchange.taken.empty()


def test_the_log_names_nobody(
    posting: Posting, exchange: MailExchange, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(smtp, "SERVER_WAIT", 0.01)
    for moment, reply in (
        ("RCPT gone@example.org", "550 5.1.1 gone@example.org"),
        ("RCPT grey@example.org", "451 4.7.1 grey@example.org"),
        ("RCPT ada@example.org", "421 ada@example.org"),
        ("MAIL", "550 ballots@club.example"),
        ("middle of DATA", DROP),
    ):
        exchange.replies[moment].append(reply)
    with posting.sending():  # the report of the bounce fails
        names = [posting.post(f"{who}@example.org", TAGS, "Secret subject") for who in ("gone", "grey", "ada", "bob")]
        until(lambda: [posting.row(n)["attempts"] for n in names] == [1, 1, 0, 0] or exchange.taken.qsize() >= 1)
    assert caplog.text
    for secret in ("example.org", "club.example", "Secret", "link", "e1", "expected"):
        assert secret not in caplog.text, secret


def test_old_rows_are_deleted_when_they_are_done_with(posting: Posting, exchange: MailExchange) -> None:
    rows = MailRows(posting.database, posting.clock)
    sent = [posting.post(f"v{number}@example.org") for number in range(3)]
    with posting.sending():
        until(lambda: all(posting.state(name) == "sent" for name in sent))
    waiting = posting.post("ada@example.org")
    posting.now += timedelta(days=14)
    assert rows.forget(10) == 0
    posting.now += timedelta(seconds=1)
    assert [rows.forget(2), rows.forget(2), rows.forget(2)] == [2, 1, 0]
    assert posting.state(waiting) == "waiting"
    assert rows.waiting() == 1


class FullDatabase(Database):
    """Refuses so many writes."""

    refusing = 0

    def write(self, operation: Callable[[Transaction], Any]) -> Any:
        if self.refusing:
            self.refusing -= 1
            raise StorageFailed("the disk is full")
        return super().write(operation)


def test_a_full_disk_sends_no_mail_twice(
    tmp_path: Path, exchange: MailExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "AGAIN", 0.001)
    database = FullDatabase(tmp_path / "full", [MAILS_SCHEMA])
    posting = Posting(database, exchange)
    name = posting.post("ada@example.org")
    database.refusing = 20
    with posting.sending():
        until(lambda: posting.state(name) == "sent")
    database.close()
    assert exchange.taken.qsize() == 1
