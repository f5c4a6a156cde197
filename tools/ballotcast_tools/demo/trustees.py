"""The demo's trustees: they make the key by the links of their mails, and open the ballots after the close."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import click

from ballotcast.client.api import Api
from ballotcast.client.organiser import Organiser
from ballotcast.client.trustee import Trustee, Visit
from ballotcast.clock import to_rfc3339
from ballotcast.trustees.secrets import Secrets

NAMES = ("Ada", "Bo", "Cleo", "Dan", "Eve", "Finn", "Gus")
END_PATIENCE = 300.0
"""Seconds for the log to be sealed."""
LEAST = 120
"""Seconds that voting is open at least, and one more for each voter: trustees wait for the end that was announced."""
FOR_EVER = datetime.max.replace(tzinfo=UTC)
AS_LONG_AS_KEYS = 10
"""On a slow deployment: so many times as long as it took to make the key."""

ReadLinks = Callable[[list[str]], dict[str, str]]
"""The newest trustee's link that was mailed to each of these addresses, once all have one."""
Say = Callable[[str], None]


class Threshold(NamedTuple):
    """t of n open the election."""

    t: int
    n: int


class ThresholdType(click.ParamType[Threshold]):
    """`2/3`."""

    name = "t/n"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Threshold:
        if isinstance(value, Threshold):
            return value
        t, _, n = str(value).partition("/")
        if not (t.isdecimal() and n.isdecimal() and 2 <= int(t) <= int(n) <= len(NAMES)):
            self.fail(f"{value} is not like 2/3, with at most {len(NAMES)} trustees", param, ctx)
        return Threshold(int(t), int(n))


@dataclass
class DemoTrustees:
    """Each holds its secrets in memory, where a person has a file. closes_at: once the trustees have confirmed it."""

    api: Api
    threshold: Threshold
    run: str
    voters: int
    closes_at: datetime = FOR_EVER
    secrets: dict[str, Secrets] = field(default_factory=dict, repr=False)
    links: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def people(self) -> list[dict[str, str]]:
        names = NAMES[: self.threshold.n]
        return [{"name": name, "email": f"{name.lower()}.trustee@{self.run}.example.org"} for name in names]

    def make_key(self, organiser: Organiser, election: str, read_links: ReadLinks, say: Say) -> None:
        """Hold the whole ceremony, to the confirmation of the election as it is drafted."""
        started, people = time.monotonic(), self.people
        organiser.order_trustees(election, "begin", attempt=1, t=self.threshold.t, trustees=people)
        self.links = read_links([one["email"] for one in people])
        for email in self.links:
            trustee = self._trustee(email)
            trustee.join(trustee.visit())
        for email in self.links:
            trustee = self._trustee(email)
            trustee.deal(trustee.visit(), self.secrets[email])
        lasts = max(LEAST, AS_LONG_AS_KEYS * (time.monotonic() - started)) + self.voters
        self.closes_at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=round(lasts))
        organiser.edit_election(election, {"closes_at": to_rfc3339(self.closes_at)})
        organiser.order_trustees(election, "fix")
        visit = self._visit()
        for email in self.links:
            trustee = self._trustee(email)
            trustee.confirm(trustee.visit(), self.secrets[email])
        taken = time.monotonic() - started
        say(f"{self.threshold.n} trustees made the key and confirmed the election in {taken:.0f} s")
        say(f"fingerprint of the ceremony: {visit.transcript.hash.hex(' ', 4)}")

    def open(self, say: Say) -> None:
        """As many as it takes agree, once the end that was announced has passed, and release their shares."""
        deadline = self.closes_at + timedelta(seconds=END_PATIENCE)
        while not self._visit().ended:
            if datetime.now(UTC) > deadline:
                raise click.ClickException("the log was not sealed in time for the trustees")
            time.sleep(1)
        if (left := (self.closes_at - datetime.now(UTC)).total_seconds()) > 0:
            say(f"sealed; the trustees wait until the end that was announced, {left:.0f} s from now")
            time.sleep(left + 1)
        chosen = list(self.links)[-self.threshold.t :]
        for email in chosen:
            trustee = self._trustee(email)
            trustee.agree(trustee.visit(), self.secrets[email], datetime.now(UTC))
        for email in chosen:
            trustee = self._trustee(email)
            trustee.release(trustee.visit(), self.secrets[email], datetime.now(UTC))
        say(f"{self.threshold.t} of {self.threshold.n} trustees agreed to the final log, and released their shares")

    def _visit(self) -> Visit:
        return self._trustee(next(iter(self.links))).visit()

    def _trustee(self, email: str) -> Trustee:
        def keep(secrets: Secrets) -> None:
            self.secrets[email] = secrets

        return Trustee(self.api, self.links[email], keep)
