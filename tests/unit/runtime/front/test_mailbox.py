"""The mailbox: open to anyone who has its address, to nobody else, and readable by the commands."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx2 as httpx
import pytest

import loops
from ballotcast_tools.runtime.front.mailbox import Mailbox
from ballotcast_tools.runtime.server import listen
from ballotcast_tools.stack.mailbox import Mail, TextMessage, read_mails, read_text_messages
from served import ThreadedServer

TOKEN = "tOkEn-0123"
MAILS = [
    Mail(
        f"m{n}",
        ("a@example.org", "b@example.org"),
        f"Grüße {n}",
        "http://x/vote#1",
        datetime(2026, 11, 30, n, tzinfo=UTC),
    )
    for n in (1, 2)
]
TEXTS = [TextMessage("s1", "+491", "code 1")]
PORT = 4701


def html_of(mail: str) -> str:
    return f"<p>{mail}</p>"


def ask(path: str, method: str = "GET", host: str = f"127.0.0.1:{PORT}") -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(Mailbox(TOKEN, PORT, lambda: (MAILS, TEXTS), html_of))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:{PORT}") as client:
            return await client.request(method, path, headers={"Host": host})

    return loops.run(send())


def test_the_html_of_a_mail_is_read_where_it_is_shown() -> None:
    assert ask(f"/{TOKEN}/mailbox?html=m2").text.endswith("<p>m2</p>")
    assert "<p>m2</p>" not in ask(f"/{TOKEN}/mails").text


def test_the_page_shows_messages_and_tells_nobody_where_it_is() -> None:
    response = ask(f"/{TOKEN}/mailbox")
    assert response.status_code == 200
    assert "Grüße 1" in response.text
    assert "code 1" in response.text
    assert f'action="/{TOKEN}/mailbox"' in response.text
    assert "gone when" not in response.text
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["content-security-policy"].startswith("default-src 'none'")


def test_one_address_only() -> None:
    assert "Grüße" not in ask(f"/{TOKEN}/mailbox?to=%2B491").text
    assert "Nothing was sent" in ask(f"/{TOKEN}/mailbox?to=nobody%40example.org").text


@pytest.mark.parametrize(
    "path",
    ["/mailbox", "/token-0123/mailbox", "/tOkEn-012/mails", f"/{TOKEN}", f"/{TOKEN}/", f"/{TOKEN}/x"],
)
def test_nothing_is_at_other_addresses(path: str) -> None:
    response = ask(path)
    assert response.status_code == 404
    assert TOKEN not in response.text


def test_whoever_comes_without_the_key_is_told_where_it_is_and_sees_no_message() -> None:
    response = ask("/")
    assert response.status_code == 200
    assert "stack status" in response.text
    assert "Grüße" not in response.text
    assert TOKEN not in response.text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:4701", "127.0.0.1:4700", "127.0.0.1", ""])
def test_other_names_are_not_served(host: str) -> None:
    response = ask(f"/{TOKEN}/mails", host=host)
    assert (response.status_code, response.text) == (421, "Misdirected Request")


def test_it_is_only_read() -> None:
    assert ask(f"/{TOKEN}/mails", "POST").status_code == 405
    assert (ask(f"/{TOKEN}/mails", "HEAD").status_code, ask(f"/{TOKEN}/mails", "HEAD").content) == (200, b"")


@pytest.fixture
def mailbox_url() -> Iterator[str]:
    listening = listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    server = ThreadedServer(Mailbox(TOKEN, port, lambda: (MAILS[::-1], TEXTS), html_of), listening)
    server.start()
    yield f"http://127.0.0.1:{port}/{TOKEN}/mails"
    server.stop()


def test_commands_read_it(mailbox_url: str) -> None:
    assert read_mails(mailbox_url) == MAILS
    assert read_text_messages(mailbox_url) == TEXTS
    with pytest.raises(httpx.HTTPStatusError):
        read_mails(mailbox_url.replace(TOKEN, "other"))
