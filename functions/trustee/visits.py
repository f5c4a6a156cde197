"""What a link opens: the ceremony that it was made for, and how far that is."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from pydantic import BaseModel

from ballotcast.errors import Gone, NotFound
from ballotcast.store.ceremonies import HeldCeremony
from ballotcast.trustees.ceremony import CeremonyState, Stage
from ballotcast.trustees.link import TrusteeLink
from ballotcast.trustees.message import Message
from ballotcast.trustees.reading import read_message
from ballotcast.wiring import Wiring
from trustee.closing import NOTHING, Opening


@dataclass(frozen=True)
class Visit:
    """index: of the trustee whose link was opened. manifest: to confirm, None before the organiser fixed it."""

    held: HeldCeremony
    index: int
    state: CeremonyState
    manifest: bytes | None
    opening: Opening


class TrusteeState(BaseModel):
    index: int
    name: str
    joined: bool
    dealt: bool
    confirmed: bool
    agreed: bool
    released: bool


class BlameView(BaseModel):
    """Why a ceremony is over. `trustee`: whose message shows it; null where none does."""

    trustee: int | None
    reason: str


class VisitView(BaseModel):
    """`title`: of the draft when the trustees were asked, for people to see; the manifest says what they confirm.

    `setup`, `joins`, `deals`, `confirmations`: texts of docs/protocol.md, section 12, in the order of indices.

    `manifest`: the text that is to be confirmed, or null. `ended`: voting is over, and `GET …/end` has what to check
    before agreeing to open the ballots; `agreements`: of whom has.
    """

    election: str
    title: str
    index: int
    stage: Stage
    deadline: str
    waits_for: list[int]
    blame: BlameView | None
    trustees: list[TrusteeState]
    setup: str
    joins: list[str]
    deals: list[str]
    confirmations: list[str]
    manifest: str | None
    ended: bool
    agreements: list[str]

    @classmethod
    def of(cls, visit: Visit) -> Self:
        state, held = visit.state, visit.held
        confirmed = {one.index for one in state.confirmations}
        blame = state.blame
        return cls(
            election=held.election,
            title=held.title,
            index=visit.index,
            stage=state.stage,
            deadline=held.deadline,
            waits_for=list(state.waits_for),
            blame=BlameView(trustee=blame.index, reason=blame.reason) if blame else None,
            trustees=[
                TrusteeState(
                    index=index,
                    name=name,
                    joined=index in state.joins,
                    dealt=index in state.deals,
                    confirmed=index in confirmed,
                    agreed=index in visit.opening.agreements,
                    released=index in visit.opening.releases,
                )
                for index, name in enumerate(held.names, 1)
            ],
            setup=state.setup.encode().decode(),
            joins=_texts(state.joins),
            deals=_texts(state.deals),
            confirmations=[one.encode().decode() for one in state.confirmations],
            manifest=visit.manifest.decode() if visit.manifest else None,
            ended=visit.opening.end is not None,
            agreements=_texts(visit.opening.agreements),
        )


def _texts(messages: Mapping[int, Message]) -> list[str]:
    return [one.encode().decode() for _, one in sorted(messages.items())]


def open_visit(wiring: Wiring, link: TrusteeLink) -> Visit:
    """Whose link it is. NotFound for one that we never made, Gone if the ceremony has begun again since."""
    person = wiring.ceremonies.person(link.election, link.attempt, link.index)
    known = person.links if person else []
    if not any(hmac.compare_digest(one, link.token_sha256) for one in known):
        raise NotFound("unknown-link", "this link is not one of ours, or a newer one took its place")
    held = wiring.ceremonies.find(link.election)
    if held is None or held.attempt != link.attempt:
        raise Gone("ceremony-over", "the trustees have begun again with fresh keys: use the link in the newest mail")
    return read_visit(wiring, held, link.index)


def read_visit(wiring: Wiring, held: HeldCeremony, index: int) -> Visit:
    manifest = wiring.ceremonies.proposal(held.election, held.attempt)
    messages = [read_message(one) for one in wiring.ceremonies.messages(held.election, held.attempt)]
    state = CeremonyState.of(held.setup, messages, sha256(manifest).digest() if manifest else None)
    return Visit(held, index, state, manifest, Opening.read(wiring, held.election) if state.confirmed else NOTHING)


def show_visit(visit: Visit) -> VisitView:
    return VisitView.of(visit)
