"""`ballotcast doctor`: whether mailboxes can trust what a deployment's sender sends."""

from collections.abc import Mapping, Sequence
from email.utils import parseaddr
from typing import Any

import click

from ballotcast.elections.addresses import AddressError, email_address

from .sender_domain import NoAnswer, look

PATIENCE = 5.0
"""Seconds for one question to DNS."""


@click.command("doctor")
@click.option("--from", "sender", required=True, envvar="MAIL_FROM", help="The sender's address (MailFrom).")
@click.option("--dkim-token", "tokens", multiple=True, help="SES's token of the domain; usually three.")
@click.option("--ses", is_flag=True, help="Ask SES for the tokens and the MAIL FROM domain; needs AWS credentials.")
@click.option("--mail-from-domain", "bounces", default="", help="The custom MAIL FROM domain, if SES uses one.")
def command(sender: str, tokens: tuple[str, ...], bounces: str, *, ses: bool) -> None:
    """Check SPF, DKIM and DMARC of the sender's domain, as SES needs them. Ends with 1 if something is wrong."""
    try:
        domain = email_address(parseaddr(sender)[1]).rpartition("@")[2].lower()
    except AddressError as error:
        raise click.UsageError(f"--from: {error}") from None
    if ses:
        tokens, bounces = _from_ses(domain, tokens, bounces)
    findings = list(look(domain, tokens, bounces.lower(), _ask))
    for finding in findings:
        click.echo(f"{finding.verdict:<8}{finding.subject:<10} {finding.text}")
    if any(finding.verdict == "wrong" for finding in findings):
        raise SystemExit(1)


def _from_ses(domain: str, tokens: tuple[str, ...], bounces: str) -> tuple[tuple[str, ...], str]:
    import boto3  # here, because it takes a third of a second that no other command should pay
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client = boto3.client("ses")
        dkim = client.get_identity_dkim_attributes(Identities=[domain])["DkimAttributes"].get(domain)
        own: Mapping[str, Any] = client.get_identity_mail_from_domain_attributes(Identities=[domain])[
            "MailFromDomainAttributes"
        ]
    except (BotoCoreError, ClientError) as error:
        raise click.ClickException(f"SES cannot be asked: {error}") from None
    known = tuple(dkim.get("DkimTokens", ())) if dkim else ()
    return tokens or known, bounces or str(own.get(domain, {}).get("MailFromDomain", ""))


def _ask(name: str, kind: str) -> Sequence[str]:
    import dns.exception
    import dns.resolver

    try:
        answer = dns.resolver.resolve(name, kind, lifetime=PATIENCE)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise NoAnswer(f"{name}: {type(error).__name__}") from None
    if kind == "TXT":
        return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
    return [record.to_text() for record in answer]
