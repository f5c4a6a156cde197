"""The mailbox as a page: what was sent, newest first, with links that lead somewhere and nothing that runs."""

import re

from ballotcast_cli.stack.emulator.mailbox_page import HEADERS, Message, messages, page


def mail(to: str, subject: str, text: str, at: float) -> dict[str, object]:
    return {"To": [to], "Subject": subject, "BodyText": text, "Timestamp": at}


TOLD = messages(
    {
        "messages": {
            "1": [mail("b@example.org", "Second", "later", 2.0)],
            "2": [mail("a@example.org", "First", "x", 1.0)],
        }
    },
    {"sms_messages": {"+491": [{"Message": "code 1"}, {"Message": "code 2"}]}},
)


def headings(html: str) -> list[str]:
    return re.findall("<h2>(.*?)</h2>", html)


def test_the_newest_is_first() -> None:
    assert headings(page(TOLD, "")) == ["Text message", "Text message", "Second", "First"]
    assert page(TOLD, "").index("code 2") < page(TOLD, "").index("code 1")


def test_one_address_only() -> None:
    assert headings(page(TOLD, "a@example.org")) == ["First"]
    assert headings(page(TOLD, "+491")) == ["Text message"] * 2
    assert "Nothing was sent" in page(TOLD, "nobody@example.org")


def test_links_can_be_clicked_whole() -> None:
    html = page([Message(("a@example.org",), "s", "Vote:\n\nhttp://127.0.0.1:1/v#1.a.b&c\n\nIt is yours.", 1.0)], "")
    assert '<a href="http://127.0.0.1:1/v#1.a.b&amp;c">http://127.0.0.1:1/v#1.a.b&amp;c</a>\n\nIt is' in html


def test_what_was_written_is_text() -> None:
    bad = "<script>alert(1)</script>"
    html = page([Message((bad,), bad, f'{bad} http://x/"onclick=1', 1.0)], bad)
    assert "<script" not in html
    assert '<a href="http://x/">' in html
    assert 'value="&quot;&gt;"' in page([], '">')


def test_its_policy_allows_its_own_style_only() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
