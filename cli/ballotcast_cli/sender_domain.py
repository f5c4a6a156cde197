"""Whether mailboxes can trust mails of a sender's domain that SES sends: DKIM, SPF and DMARC, as DNS has them.

Sources: SES Developer Guide, "Authenticating your email in Amazon SES"; RFC 7208 (SPF), 6376 (DKIM) and 7489 (DMARC).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Resolver = Callable[[str, str], Sequence[str]]
"""The records of a name and a type (`TXT`, `CNAME`, `MX`) as text; none where there are none. Raises NoAnswer."""
Verdict = Literal["ok", "wrong", "unknown"]
Told = Iterator[tuple[Verdict, str]]
_TAG = re.compile(r"\s*([a-z]+)\s*=\s*([^;]*?)\s*(?:;|$)", re.IGNORECASE)


class NoAnswer(Exception):
    """DNS could not be asked, or did not answer."""


@dataclass(frozen=True)
class Finding:
    """`subject`: `DKIM`, `SPF`, `MAIL FROM` or `DMARC`."""

    verdict: Verdict
    subject: str
    text: str


def look(domain: str, tokens: Sequence[str], bounces: str, resolve: Resolver) -> Iterator[Finding]:
    """Look at a sender's domain.

    Args:
        domain: Of the sender's address.
        tokens: SES's DKIM tokens of this domain, usually three. Without them DKIM cannot be looked at: DNS has no list.
        bounces: The custom MAIL FROM domain that SES is told to use, or empty.
        resolve: Asks DNS.
    """
    checks: Sequence[tuple[str, Callable[[], Told]]] = (
        ("DKIM", lambda: _dkim(domain, tokens, resolve)),
        ("SPF", lambda: _spf(domain, bounces, resolve)),
        ("MAIL FROM", lambda: _bounces(domain, bounces, resolve)),
        ("DMARC", lambda: _dmarc(domain, bounces, resolve)),
    )
    for subject, check in checks:
        try:
            yield from [Finding(verdict, subject, text) for verdict, text in check()]
        except NoAnswer as error:
            yield Finding("unknown", subject, f"DNS gave no answer: {error}")


def _dkim(domain: str, tokens: Sequence[str], resolve: Resolver) -> Told:
    if not tokens:
        yield "unknown", "give SES's tokens of this domain (--dkim-token, or --ses with AWS credentials)"
    for token in tokens:
        name = f"{token}._domainkey.{domain}"
        targets = [target.rstrip(".").lower() for target in resolve(name, "CNAME")]
        right = re.compile(rf"{re.escape(token.lower())}\.dkim(?:\.[a-z0-9-]+)?\.amazonses\.com")
        if [target for target in targets if right.fullmatch(target)]:
            yield "ok", f"{name} leads to SES"
        elif targets:
            yield "wrong", f"{name} leads to {targets[0]}, not to {token}.dkim.amazonses.com"
        else:
            yield "wrong", f"{name} is missing: it must be a CNAME of {token}.dkim.amazonses.com"


def _spf(domain: str, bounces: str, resolve: Resolver) -> Told:
    """Mailboxes look at the MAIL FROM domain. SES's own one is right by itself, but is not the sender's."""
    name = bounces or domain
    found = [text for text in resolve(name, "TXT") if re.match(r"v=spf1(?: |$)", text, re.IGNORECASE)]
    if len(found) > 1:
        yield "wrong", f"{name} has {len(found)} SPF records: mailboxes take none of them"
    elif not bounces:
        yield "ok", "SES's own MAIL FROM domain passes; it does not count for DMARC, which rests on DKIM alone"
    elif found and re.search(r"(?:^| )\+?include:amazonses\.com(?: |$)", found[0], re.IGNORECASE):
        yield "ok", f"{name} includes amazonses.com"
    else:
        yield "wrong", f'{name} needs a TXT record like "v=spf1 include:amazonses.com ~all"'


def _bounces(domain: str, bounces: str, resolve: Resolver) -> Told:
    if not bounces:
        return
    if not bounces.endswith(f".{domain}"):
        yield "wrong", f"{bounces} is not a subdomain of {domain}, which SES asks for"
    hosts = [record.split()[-1].rstrip(".").lower() for record in resolve(bounces, "MX")]
    if len(hosts) == 1 and re.fullmatch(r"feedback-smtp\.[a-z0-9-]+\.amazonses\.com", hosts[0]):
        yield "ok", f"mails that come back go to {hosts[0]}"
    else:
        yield (
            "wrong",
            f"{bounces} needs exactly one MX record, 10 feedback-smtp.REGION.amazonses.com; it has {len(hosts)}",
        )


def _dmarc(domain: str, bounces: str, resolve: Resolver) -> Told:
    """Return the record of the domain, or of the nearest one above it that has one."""
    labels = domain.split(".")
    for at in range(len(labels) - 1):
        name = f"_dmarc.{'.'.join(labels[at:])}"
        found = [text for text in resolve(name, "TXT") if re.match(r"v\s*=\s*DMARC1\s*(?:;|$)", text)]
        if len(found) > 1:
            yield "wrong", f"{name} has {len(found)} records: mailboxes take none of them"
            return
        if found:
            yield from _policy(name, found[0], bounces, inherited=at > 0)
            return
    yield "wrong", f'_dmarc.{domain} is missing: large mailboxes ask for at least "v=DMARC1; p=none"'


def _policy(name: str, record: str, bounces: str, *, inherited: bool) -> Told:
    tags = {tag.lower(): value.lower() for tag, value in _TAG.findall(record)}
    policy = tags.get("sp", tags.get("p", "")) if inherited else tags.get("p", "")
    if policy not in ("none", "quarantine", "reject"):
        yield "wrong", f"{name} states no policy: p must be none, quarantine or reject"
        return
    yield "ok", f"{name} states the policy {policy}"
    if inherited and tags.get("adkim") == "s":
        yield "ok", "DKIM must match exactly (adkim=s): verify this very domain in SES, not the one above it"
    if bounces and tags.get("aspf") == "s":
        yield "ok", "SPF must match exactly (aspf=s), which a MAIL FROM domain never does: DMARC rests on DKIM alone"
