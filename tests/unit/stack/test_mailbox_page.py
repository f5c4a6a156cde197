"""The mailbox as a page: what was sent, newest first, with links that lead somewhere and nothing that runs."""

import re
from datetime import UTC, datetime

from ballotcast_tools.stack.mailbox import Mail, TextMessage
from ballotcast_tools.stack.mailbox_page import HEADERS, page


def mail(to: str, subject: str, text: str) -> Mail:
    return Mail("m1", (to,), subject, text, "", datetime(2026, 11, 30, 9, 30, tzinfo=UTC))


MAILS = [mail("a@example.org", "First", "x"), mail("b@example.org", "Second", "later")]
TEXTS = [TextMessage("s1", "+491", "code 1"), TextMessage("s2", "+491", "code 2")]


def headings(html: str) -> list[str]:
    return re.findall("<h2>(.*?)</h2>", html)


def test_the_newest_is_first() -> None:
    assert headings(page(MAILS, TEXTS, "")) == ["Text message", "Text message", "Second", "First"]
    assert page(MAILS, TEXTS, "").index("code 2") < page(MAILS, TEXTS, "").index("code 1")


def test_one_address_only() -> None:
    assert headings(page(MAILS, TEXTS, "a@example.org")) == ["First"]
    assert headings(page(MAILS, TEXTS, "+491")) == ["Text message"] * 2
    assert "Nothing was sent" in page(MAILS, TEXTS, "nobody@example.org")


def test_links_can_be_clicked_whole() -> None:
    html = page([mail("a@example.org", "s", "Vote:\n\nhttp://127.0.0.1:1/v#1.a.b&c\n\nIt is yours.")], [], "")
    assert '<a href="http://127.0.0.1:1/v#1.a.b&amp;c">http://127.0.0.1:1/v#1.a.b&amp;c</a>\n\nIt is' in html


def test_what_was_written_is_text() -> None:
    bad = "<script>alert(1)</script>"
    html = page([mail(bad, bad, f'{bad} http://x/"onclick=1')], [], bad)
    assert "<script" not in html
    assert '<a href="http://x/">' in html
    assert 'value="&quot;&gt;"' in page([], [], '">')


def test_its_policy_allows_its_own_style_only() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
