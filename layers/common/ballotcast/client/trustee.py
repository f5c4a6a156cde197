"""A trustee's side of the service: a visit shows what there is to do, and each step sends one message.

Every step takes the trustee's secrets, and has the new ones kept before their message is sent. Sent again, it changes
nothing. What the server shows is checked by the rules: it passes messages on, and is trusted with nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from ballotcast.ballots.manifest import Manifest, ManifestError
from ballotcast.client.api import Api
from ballotcast.client.errors import Untrusted
from ballotcast.elections.trustees_audit import difference
from ballotcast.trustees.agreement import Agreement
from ballotcast.trustees.confirmation import Confirmation
from ballotcast.trustees.deal import Deal
from ballotcast.trustees.end import End, ProvenEnd, agree
from ballotcast.trustees.faults import CeremonyError
from ballotcast.trustees.join import Join
from ballotcast.trustees.message import Message
from ballotcast.trustees.secrets import Secrets
from ballotcast.trustees.setup import Setup
from ballotcast.trustees.transcript import Transcript

M = TypeVar("M", bound=Message)
Keep = Callable[[Secrets], None]


@dataclass(frozen=True)
class Visit:
    """What there is of a ceremony. shown: as the server said it (docs/api.md)."""

    shown: Mapping[str, Any]

    @property
    def index(self) -> int:
        return int(self.shown["index"])

    @property
    def me(self) -> Mapping[str, Any]:
        """How far the trustee is whose link it is."""
        found: Mapping[str, Any] = self.shown["trustees"][self.index - 1]
        return found

    @property
    def stage(self) -> str:
        """`joining`, `dealing`, `confirming`, `confirmed` or `over`."""
        return str(self.shown["stage"])

    @property
    def setup(self) -> Setup:
        try:
            return Setup.model_validate_json(self.shown["setup"])
        except ValueError:
            raise Untrusted("what the server shows is not the setup of a ceremony") from None

    @property
    def joins(self) -> tuple[Join, ...]:
        return self._messages(Join, "joins")

    @property
    def confirmations(self) -> tuple[Confirmation, ...]:
        return self._messages(Confirmation, "confirmations")

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        return self._messages(Agreement, "agreements")

    @property
    def transcript(self) -> Transcript:
        """Raises CeremonyError unless it is right as far as everybody can see."""
        return Transcript(self.setup, self.joins, self._messages(Deal, "deals"))

    @property
    def manifest(self) -> Manifest | None:
        """To confirm; None before the organiser has fixed it. Raises Untrusted if it is not this ceremony's."""
        if self.shown["manifest"] is None:
            return None
        try:
            manifest = Manifest.parse(self.shown["manifest"].encode())
        except ManifestError as error:
            raise Untrusted(f"the election's manifest cannot be read: {error}") from None
        if fault := difference(self.transcript, manifest):
            raise Untrusted(f"this is not the manifest of this ceremony: {fault}")
        return manifest

    @property
    def ended(self) -> bool:
        """Whether the end of the election is there to be checked."""
        return bool(self.shown["ended"])

    @property
    def waits_for(self) -> list[str]:
        """The names of those whose message of this round is missing."""
        names = self.setup.trustees
        return [names[index - 1] for index in self.shown["waits_for"]]

    def _messages(self, kind: type[M], name: str) -> tuple[M, ...]:
        try:
            return tuple(kind.parse(text.encode()) for text in self.shown[name])
        except CeremonyError as error:
            raise Untrusted(f"a message of a trustee cannot be read: {error}") from None


class Trustee:
    """By a link from a mail. `keep` writes the secrets down; it returns when they are safe."""

    def __init__(self, api: Api, link: str, keep: Keep) -> None:
        self._api = api
        self._link = link.rpartition("#")[2]
        self._keep = keep

    def visit(self) -> Visit:
        return Visit(self._api.post("/trustees/visits", json={"link": self._link}).json())

    def join(self, visit: Visit, secrets: Secrets | None = None) -> Secrets:
        """Make keys, or send those made before again."""
        return self._send(secrets or Secrets.begin(visit.setup, visit.index), "join")

    def deal(self, visit: Visit, secrets: Secrets) -> Secrets:
        return self._send(secrets.with_deal(visit.joins), "deal")

    def confirm(self, visit: Visit, secrets: Secrets) -> Secrets:
        """Sign the transcript and the manifest. Raises CeremonyError, naming the dealer, if a share is wrong."""
        manifest = visit.manifest
        if manifest is None:
            raise Untrusted("there is no manifest to confirm yet")
        return self._send(secrets.with_confirmation(visit.transcript, manifest.hash), "confirmation")

    def recall(self, visit: Visit, secrets: Secrets) -> Secrets:
        """Take over the confirmation that was sent from another device, where the file is older than that."""
        sent = next((one for one in visit.confirmations if one.index == visit.index), None)
        return secrets.with_sent_confirmation(visit.transcript, sent) if sent else secrets

    def complain(self, visit: Visit, secrets: Secrets, accused: int) -> Secrets:
        return self._send(secrets.with_complaint(visit.transcript, accused), "complaint")

    def end(self, secrets: Secrets) -> ProvenEnd:
        """What there is to agree to. Raises CeremonyError unless it is the end of the election that was confirmed."""
        if secrets.confirmation is None:
            raise Untrusted("this trustee has confirmed nothing")
        return self._end(secrets).prove(secrets.confirmation.manifest)

    def agree(self, visit: Visit, secrets: Secrets, now: datetime) -> Secrets:
        """Agree to open the ballots, if by one's own clock voting has ended as the log says.

        Nothing is sent if an agreement was, from a device that is lost: a second one would be refused.
        """
        agreed = agree(secrets, self._end(secrets), now)
        if secrets.agreement is None and visit.me["agreed"]:
            self._keep(agreed)
            return agreed
        return self._send(agreed, "agreement")

    def release(self, visit: Visit, secrets: Secrets, now: datetime) -> Secrets:
        """Give the share away. Raises CeremonyError until enough trustees have agreed."""
        if secrets.confirmation is None:
            raise Untrusted("this trustee has confirmed nothing")
        checkpoint = self._end(secrets).require(secrets.confirmation.manifest, now)
        return self._send(secrets.with_release(visit.transcript, checkpoint, visit.agreements), "release")

    def _end(self, secrets: Secrets) -> End:
        return End.parse(self._api.get(f"/elections/{secrets.setup.election}/end").content)

    def _send(self, secrets: Secrets, name: str) -> Secrets:
        self._keep(secrets)
        message: Message = getattr(secrets, name)
        self._api.post("/trustees/messages", json={"link": self._link, "message": message.encode().decode()})
        return secrets
