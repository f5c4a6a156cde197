"""A table of mails and a mail server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ballotcast_tools.runtime.services.mails import MAILS_SCHEMA
from ballotcast_tools.runtime.storage.database import Database
from mail_exchange import MailExchange
from posting import Posting


@pytest.fixture
def exchange() -> Iterator[MailExchange]:
    with MailExchange() as running:
        yield running


@pytest.fixture
def posting(tmp_path: Path, exchange: MailExchange) -> Iterator[Posting]:
    database = Database(tmp_path / "data", [MAILS_SCHEMA])
    yield Posting(database, exchange)
    database.close()
