"""`doctor`: what DNS says of a sender's domain, held against what SES needs."""

import pytest
from click.testing import CliRunner

from ballotcast_cli import doctor
from ballotcast_cli.sender_domain import Finding, NoAnswer, look

TOKENS = ("aaa", "bbb", "ccc")
BOUNCES = "mail.club.example"
RIGHT = {
    **{(f"{token}._domainkey.club.example", "CNAME"): [f"{token}.dkim.amazonses.com."] for token in TOKENS},
    ("club.example", "TXT"): ["google-site-verification=x", "v=spf1 mx -all"],
    (BOUNCES, "TXT"): ["v=spf1 include:amazonses.com ~all"],
    (BOUNCES, "MX"): ["10 feedback-smtp.eu-central-1.amazonses.com."],
    ("_dmarc.club.example", "TXT"): ["v=DMARC1; p=quarantine; rua=mailto:a@club.example"],
}


def findings(
    changes: dict[tuple[str, str], list[str]], domain: str = "club.example", bounces: str = BOUNCES
) -> list[Finding]:
    zone = {**RIGHT, **changes}
    return list(look(domain, TOKENS, bounces, lambda name, kind: zone.get((name, kind), [])))


def wrong(changes: dict[tuple[str, str], list[str]], **asked: str) -> list[str]:
    return [finding.subject for finding in findings(changes, **asked) if finding.verdict == "wrong"]


def test_a_domain_that_is_set_up_is_right() -> None:
    assert {finding.verdict for finding in findings({})} == {"ok"}
    assert [finding.subject for finding in findings({})] == ["DKIM"] * 3 + ["SPF", "MAIL FROM", "DMARC"]
    assert wrong({}, bounces="") == []


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ({("aaa._domainkey.club.example", "CNAME"): []}, "DKIM"),
        ({("bbb._domainkey.club.example", "CNAME"): ["aaa.dkim.amazonses.com."]}, "DKIM"),
        ({("bbb._domainkey.club.example", "CNAME"): ["bbb.dkim.amazonses.com.evil.example."]}, "DKIM"),
        ({(BOUNCES, "TXT"): []}, "SPF"),
        ({(BOUNCES, "TXT"): ["v=spf1 include:xamazonses.com ~all"]}, "SPF"),
        ({(BOUNCES, "TXT"): ["v=spf1 include:amazonses.com ~all", "v=spf1 -all"]}, "SPF"),
        ({(BOUNCES, "MX"): []}, "MAIL FROM"),
        ({(BOUNCES, "MX"): ["10 feedback-smtp.x.amazonses.com.", "20 mx.club.example."]}, "MAIL FROM"),
        ({("_dmarc.club.example", "TXT"): []}, "DMARC"),
        ({("_dmarc.club.example", "TXT"): ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, "DMARC"),
        ({("_dmarc.club.example", "TXT"): ["v=DMARC1; rua=mailto:a@b.example"]}, "DMARC"),
        ({("_dmarc.club.example", "TXT"): ["v=DMARC10; p=none"]}, "DMARC"),
    ],
)
def test_what_is_missing_or_wrong_is_named(changes: dict[tuple[str, str], list[str]], subject: str) -> None:
    assert wrong(changes) == [subject]


def test_two_spf_records_are_wrong_without_a_domain_for_bounces_too() -> None:
    assert wrong({("club.example", "TXT"): ["v=spf1 mx -all", "v=spf1 -all"]}, bounces="") == ["SPF"]


def test_the_policy_of_the_domain_above_counts() -> None:
    dkim = {(f"{token}._domainkey.vote.club.example", "CNAME"): [f"{token}.dkim.amazonses.com"] for token in TOKENS}
    assert wrong(dkim, domain="vote.club.example", bounces="") == []
    strict = {("_dmarc.club.example", "TXT"): ["v=DMARC1; p=reject; sp=wat"]}
    assert wrong({**dkim, **strict}, domain="vote.club.example", bounces="") == ["DMARC"]


def test_a_foreign_domain_for_bounces_is_wrong() -> None:
    records = {("mail.evil.example", kind): RIGHT[BOUNCES, kind] for kind in ("TXT", "MX")}
    assert wrong(records, bounces="mail.evil.example") == ["MAIL FROM"]


def test_what_cannot_be_asked_is_unknown_and_not_wrong() -> None:
    def silent(name: str, kind: str) -> list[str]:
        raise NoAnswer(name)

    assert {finding.verdict for finding in look("club.example", TOKENS, BOUNCES, silent)} == {"unknown"}
    assert next(look("club.example", (), "", silent)).verdict == "unknown"


@pytest.mark.parametrize(("changes", "code"), [({}, 0), ({("_dmarc.club.example", "TXT"): []}, 1)])
def test_the_command_ends_with_what_it_found(
    monkeypatch: pytest.MonkeyPatch, changes: dict[tuple[str, str], list[str]], code: int
) -> None:
    zone = {**RIGHT, **changes}
    monkeypatch.setattr(doctor, "_ask", lambda name, kind: zone.get((name, kind), []))
    tokens = [part for token in TOKENS for part in ("--dkim-token", token)]
    done = CliRunner().invoke(doctor.command, ["--from", "Club <vote@club.example>", *tokens])
    assert done.exit_code == code, done.output
    assert done.output.startswith("ok      DKIM       aaa._domainkey.club.example leads to SES\n")
    assert CliRunner().invoke(doctor.command, ["--from", "club"]).exit_code == 2
