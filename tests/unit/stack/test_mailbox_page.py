"""The mailbox as an inbox: what was sent, newest first, with links that lead somewhere and nothing that runs."""

import re
from datetime import UTC, datetime

from ballotcast_tools.stack.mailbox import Mail, TextMessage
from ballotcast_tools.stack.mailbox_page import AT_ONCE, HEADERS, respond


def mail(to: str, subject: str, text: str) -> Mail:
    return Mail(f"id-{subject}", (to,), subject, text, datetime(2026, 11, 30, 9, 30, tzinfo=UTC))


MAILS = [mail("a@example.org", "First", "x"), mail("b@example.org", "Second", "later")]
TEXTS = [TextMessage("s1", "+491", "code 1"), TextMessage("s2", "+491", "code 2")]


def html_of(mail: str) -> str:
    return "<p>later</p>" if mail == "id-Second" else ""


def shown(mails: list[Mail], texts: list[TextMessage], **query: str) -> str:
    return respond(mails, texts, query, html_of)[1]


def subjects(html: str) -> list[str]:
    return re.findall('<span class="what">(.*?)</span>', html)


def test_the_newest_is_first_and_open() -> None:
    html = shown(MAILS, TEXTS)
    assert subjects(html) == ["Text message", "Text message", "Second", "First"]
    assert "code 2" in html
    assert "code 1" not in html


def test_one_address_only() -> None:
    assert subjects(shown(MAILS, TEXTS, to="a@example.org")) == ["First"]
    assert subjects(shown(MAILS, TEXTS, to=" +491 ")) == ["Text message"] * 2
    assert "Nothing was sent" in shown(MAILS, TEXTS, to="nobody@example.org")


def test_a_chosen_message_is_open_and_its_html_is_in_a_sandbox() -> None:
    html = shown(MAILS, TEXTS, mail="id-Second")
    assert "<pre>later</pre>" in html
    headers, framed = respond(MAILS, TEXTS, {"html": "id-Second"}, html_of)
    assert framed.endswith("<p>later</p>")
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "script" not in headers["Content-Security-Policy"]
    assert respond(MAILS, TEXTS, {"html": "other"}, html_of)[1].endswith(">")


def test_a_long_inbox_has_pages_that_together_show_everything_once() -> None:
    many = [mail("a@example.org", f"{number}", "x") for number in range(2 * AT_ONCE + 1)]
    pages = [subjects(shown(many, [], **{"from": str(first)})) for first in (0, AT_ONCE, 2 * AT_ONCE)]
    assert [subject for page in pages for subject in page] == [one.subject for one in reversed(many)]
    assert "Older" not in shown(many, [], **{"from": str(2 * AT_ONCE)})


def test_links_can_be_clicked_whole() -> None:
    html = shown([mail("a@example.org", "s", "Vote:\n\nhttp://127.0.0.1:1/v#1.a.b&c\n\nIt is yours.")], [])
    assert '<a href="http://127.0.0.1:1/v#1.a.b&amp;c">http://127.0.0.1:1/v#1.a.b&amp;c</a>\n\nIt is' in html


def test_what_was_written_is_text() -> None:
    bad = "<script>alert(1)</script>"
    html = shown([mail(bad, bad, f'{bad} http://x/"onclick=1')], [], to=bad)
    assert "<script" not in html
    assert '<a href="http://x/">' in html
    assert 'value="&quot;&gt;"' in shown([], [], to='">')


def test_its_policy_allows_its_own_style_only() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
