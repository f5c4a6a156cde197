"""A mail goes through what mail programs are documented to do to mails; from what is left, the link is read back."""

import base64
import email
import email.policy
import quopri
import re
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from urllib.parse import quote

import pytest

from ballotcast.ballots.link import Link
from ballotcast.ballots.mended_link import mend_link
from ballotcast.mails.invitation import Occasion, Recipient, invitation
from ballotcast.mails.settings import MailSettings
from notify.post import _mime
from shown_html import Shown

MOMENT = datetime(2026, 11, 20, 9, tzinfo=UTC)
OCCASION = Occasion("Größe", "x=3D y", MOMENT, MOMENT, bytes(range(32)))
LINKS = [Link(bytes([n]) * 32, bytes(range(32)), bytes([255 - n]) * 16) for n in (0, 61, 255)]
PAGES = ["https://v.io/vote", f"https://{'long-name.' * 9}example.org/prod/vote"]


def sent(link: Link, page: str) -> bytes:
    mail = invitation(
        MailSettings("Club", text="Dear {name},\n" + "x" * 3000), OCCASION, Recipient("A", link.url(page))
    )
    return _mime("Ballots <ballots@example.org>", "ada@example.org", mail)


def parts(raw: bytes) -> tuple[str, str]:
    """What is read by a program: the text, and the HTML."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text
    assert html
    return text.get_content(), html.get_content()


def readings(text: str, html: str) -> Iterator[str]:
    """The whole text as it is pasted, and where the button leads."""
    yield text
    yield from (str(address) for address in Shown(html).links)


def recoded(raw: bytes, encoding: str, encode: Callable[[bytes], bytes]) -> bytes:
    """As a relay that changes the transfer encoding of every part, and line ends (RFC 2045 section 6; RFC 6152)."""
    message = email.message_from_bytes(raw)
    for part in message.walk():
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            del part["Content-Transfer-Encoding"]
            part["Content-Transfer-Encoding"] = encoding
            part.set_payload(encode(content).decode("ascii", "surrogateescape"))
    return message.as_bytes().replace(b"\r\n", b"\n")


def as_quoted_printable(raw: bytes) -> Iterator[str]:
    return readings(*parts(recoded(raw, "quoted-printable", quopri.encodestring)))


def as_shorter_base64(raw: bytes) -> Iterator[str]:
    """Lines of 60, as some gateways write them (RFC 2045 section 6.8: at most 76)."""

    def encode(content: bytes) -> bytes:
        return b"\n".join(re.findall(rb".{1,60}", base64.b64encode(content)))

    return readings(*parts(recoded(raw, "base64", encode)))


def quoted_in_a_reply(raw: bytes) -> Iterator[str]:
    """RFC 3676 section 4.5 and what programs do that do not know it: `> ` before lines that are broken at 72."""
    text, _ = parts(raw)
    lines = [part for line in text.split("\n") for part in textwrap.wrap(line, 70) or [""]]
    yield "\n".join(f"> {line}" for line in lines)


def through_safe_links(raw: bytes) -> Iterator[str]:
    """Microsoft Defender: every address is rewritten, in text and HTML."""

    def wrap(found: re.Match[str]) -> str:
        return f"https://eur05.safelinks.protection.outlook.com/?url={quote(found[0], safe='')}&data=05%7C02&reserved=0"

    return readings(*(re.sub(r"https?://[^\s<>\"]+", wrap, part) for part in parts(raw)))


def through_url_defense(raw: bytes) -> Iterator[str]:
    """Proofpoint URL Defense, version 3: `#` becomes `*`, and what it was is appended."""

    def wrap(found: re.Match[str]) -> str:
        return f"https://urldefense.com/v3/__{found[0].replace('#', '*')}__;Iw!!abc$"

    return readings(*(re.sub(r"https?://[^\s<>\"]+", wrap, part) for part in parts(raw)))


def as_text_of_its_html(raw: bytes) -> Iterator[str]:
    """Programs that show or forward HTML as text, with invisible characters as chances to break a word."""
    _, html = parts(raw)
    shown = Shown(html)
    yield " ".join(shown.words)
    yield re.sub(r"(/|-|\.)", "\\1\u200b", " ".join(shown.words))
    yield f"Open the ballot <{shown.links[0]}>."


TRANSFORMATIONS = [
    as_quoted_printable,
    as_shorter_base64,
    quoted_in_a_reply,
    through_safe_links,
    through_url_defense,
    as_text_of_its_html,
]


@pytest.mark.parametrize("transformation", TRANSFORMATIONS)
@pytest.mark.parametrize("page", PAGES, ids=("short", "long"))
def test_the_link_is_read_back(transformation: Callable[[bytes], Iterator[str]], page: str) -> None:
    for link in LINKS:
        read = [mend_link(one) for one in transformation(sent(link, page))]
        assert read
        for one in read:
            assert Link.parse(one) == link


@pytest.mark.parametrize("page", PAGES, ids=("short", "long"))
def test_the_message_is_short_lines_of_ascii(page: str) -> None:
    """Nothing on the way has a reason to change it: RFC 5322 section 2.1.1, RFC 5321 section 4.5.3.1.6."""
    raw = sent(LINKS[0], page)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert raw.count(b"Content-Transfer-Encoding: base64") == 2
