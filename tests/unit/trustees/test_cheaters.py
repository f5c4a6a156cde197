"""Trustees who cheat, one in each round: what they send is refused under their names, and no key comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from ballotcast.crypto import hpke, p256, p256_points, schnorr, secret_sharing
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.trustees.complaint import Complaint, judge
from ballotcast.trustees.confirmation import Confirmation, require_confirmations
from ballotcast.trustees.deal import Deal, share_context
from ballotcast.trustees.faults import CeremonyError, Reason
from ballotcast.trustees.join import Join, commitment, joins_hash, proof_context, require_joins
from ballotcast.trustees.message import Message
from ballotcast.trustees.release import Release, open_election, require_release
from ballotcast.trustees.secrets import Secrets
from ballotcast.trustees.transcript import Transcript
from ceremonies import Ceremony, setup_of

SETUP = setup_of(3, 5)
CHEATER = 4
M = b"m" * 32
FINAL = Checkpoint("origin", 12, b"r" * 32)


@dataclass(frozen=True)
class Dealt:
    ceremony: Ceremony

    @property
    def cheater(self) -> Secrets:
        return self.ceremony.trustees[CHEATER - 1]

    def signed(self, message: Message, **changes: Any) -> Any:
        """The cheater's message with other members, and its signature."""
        changed = message.model_copy(update=changes)
        key = p256.from_scalar(self.cheater.signing)
        return changed.model_copy(update={"signature": p256.sign(key, changed.signed_bytes())})

    def deals(self, **changes: Any) -> tuple[Deal, ...]:
        deals = list(self.ceremony.transcript.deals)
        deals[CHEATER - 1] = self.signed(deals[CHEATER - 1], **changes)
        return tuple(deals)

    def transcript(self, **changes: Any) -> Transcript:
        return Transcript(SETUP, self.ceremony.transcript.joins, self.deals(**changes))


@pytest.fixture(scope="module")
def dealt() -> Dealt:
    return Dealt(Ceremony.of(SETUP))


def refused(reason: Reason, step: Callable[[], object], index: int | None = CHEATER) -> None:
    with pytest.raises(CeremonyError) as error:
        step()
    assert (error.value.reason, error.value.index) == (reason, index)


def test_a_join_of_another_attempt_index_or_key(dealt: Dealt) -> None:
    joins = list(dealt.ceremony.transcript.joins)

    def joined(join: Join) -> Callable[[], object]:
        return lambda: require_joins(SETUP, [*joins[: CHEATER - 1], join, *joins[CHEATER:]])

    join = joins[CHEATER - 1]
    refused(Reason.ANOTHER_CEREMONY, joined(Secrets.begin(setup_of(3, 5, attempt=2), CHEATER).join))
    refused(Reason.ANOTHER_CEREMONY, joined(Secrets.begin(setup_of(2, 5), CHEATER).join))
    refused(Reason.ANOTHER_CEREMONY, joined(Secrets.begin(setup_of(3, 5, election="e2"), CHEATER).join))
    refused(Reason.ANOTHER_INDEX, joined(joins[0]))
    refused(Reason.BAD_SIGNATURE, joined(join.model_copy(update={"signing_key": joins[0].signing_key})))
    refused(Reason.BAD_SIGNATURE, joined(join.model_copy(update={"commitment": bytes(32)})))
    refused(Reason.SHARED_KEY, joined(dealt.signed(join, encryption_key=joins[0].encryption_key)), None)
    refused(Reason.SHARED_KEY, joined(dealt.signed(join, commitment=joins[0].commitment)), None)
    refused(Reason.MISSING, lambda: require_joins(SETUP, joins[: CHEATER - 1]))


def test_a_rushing_trustee_cannot_choose_its_part_by_those_of_the_others(dealt: Dealt) -> None:
    """The last to deal sees all other points. It cannot open its commitment to anything that depends on them."""
    others = [deal.points[0] for deal in dealt.ceremony.transcript.deals if deal.index != CHEATER]
    wanted = p256_points.decode(p256.point(p256.generate()))
    negated = p256_points.multiply(p256.ORDER - 1, p256_points.total(map(p256_points.decode, others)))
    chosen = p256_points.encode(p256_points.add(wanted, negated))
    points = (chosen, *dealt.ceremony.transcript.deals[CHEATER - 1].points[1:])
    refused(Reason.NOT_COMMITTED, lambda: dealt.transcript(points=points))


def test_a_part_that_its_trustee_does_not_know(dealt: Dealt) -> None:
    """It copies somebody's point and commits to it; there is no proof for it, the owner's own one neither."""
    setup, victim = SETUP, Secrets.begin(SETUP, 1)
    assert victim.polynomial
    assert victim.proof
    points = secret_sharing.commitments(victim.polynomial)
    cheater = Secrets.begin(setup, CHEATER)
    key = p256.from_scalar(cheater.signing)
    hashed = commitment(setup.hash, CHEATER, victim.proof, points)
    unsigned = cheater.join.model_copy(update={"commitment": hashed})
    join = unsigned.model_copy(update={"signature": p256.sign(key, unsigned.signed_bytes())})
    others = [Secrets.begin(setup, index) for index in (2, 3, 5)]
    joins = [victim.join, others[0].join, others[1].join, join, others[2].join]
    deals = [one.with_deal(joins).deal for one in (victim, *others)]
    deal = Deal.sign(
        key,
        setup,
        CHEATER,
        joins=joins_hash(joins),
        proof=victim.proof,
        points=points,
        shares=deals[0].shares if deals[0] else (),
    )
    sent = tuple(sorted([deal, *filter(None, deals)], key=lambda one: one.index))
    refused(Reason.BAD_PROOF, lambda: Transcript(setup, tuple(joins), sent))


def test_deals_that_everybody_sees_are_wrong(dealt: Dealt) -> None:
    deal = dealt.ceremony.transcript.deals[CHEATER - 1]
    refused(Reason.MALFORMED, lambda: dealt.transcript(points=deal.points[:-1]))
    refused(Reason.MALFORMED, lambda: dealt.transcript(points=(*deal.points, deal.points[0])))
    refused(Reason.MALFORMED, lambda: dealt.transcript(shares=deal.shares[:-1]))
    refused(Reason.NOT_COMMITTED, lambda: dealt.transcript(points=deal.points[::-1]))
    other = schnorr.prove(p256.generate(), proof_context(SETUP.hash, CHEATER))
    refused(Reason.NOT_COMMITTED, lambda: dealt.transcript(proof=other))
    refused(Reason.OTHER_JOINS, lambda: dealt.transcript(joins=bytes(32)))
    deals = dealt.ceremony.transcript.deals
    joins = dealt.ceremony.transcript.joins
    swapped = (*deals[: CHEATER - 1], deals[CHEATER], deals[CHEATER - 1])
    refused(Reason.ANOTHER_INDEX, lambda: Transcript(SETUP, joins, swapped))
    refused(Reason.MISSING, lambda: Transcript(SETUP, joins, deals[: CHEATER - 1]))
    forged = deal.model_copy(update={"shares": deals[0].shares})
    sent = (*deals[: CHEATER - 1], forged, deals[CHEATER])
    refused(Reason.BAD_SIGNATURE, lambda: Transcript(SETUP, joins, sent))


def wrong_shares(dealt: Dealt) -> list[tuple[Reason, bytes]]:
    """Sealed by the cheater for the trustee 2."""
    joins, deal = dealt.ceremony.transcript.joins, dealt.ceremony.transcript.deals[CHEATER - 1]
    key, context = joins[1].encryption_key, share_context(SETUP.hash, CHEATER, 2)
    right = bytearray(deal.shares[1])
    right[-1] ^= 1
    return [
        (Reason.DOES_NOT_FIT, hpke.seal(key, context, p256.scalar(p256.generate()))),
        (Reason.DOES_NOT_FIT, hpke.seal(key, context, bytes(32))),
        (Reason.DOES_NOT_OPEN, bytes(right)),
        (Reason.DOES_NOT_OPEN, deal.shares[2]),
        (Reason.DOES_NOT_OPEN, hpke.seal(key, share_context(SETUP.hash, CHEATER, 3), bytes(32))),
    ]


@pytest.mark.parametrize("case", range(5))
def test_a_wrong_share_is_found_by_the_one_who_gets_it_and_shown_to_all(dealt: Dealt, case: int) -> None:
    reason, sealed = wrong_shares(dealt)[case]
    shares = dealt.ceremony.transcript.deals[CHEATER - 1].shares
    transcript = dealt.transcript(shares=(shares[0], sealed, *shares[2:]))
    cheater = dealt.cheater.model_copy(update={"deal": transcript.deals[CHEATER - 1]})
    victim, bystander = dealt.ceremony.trustees[1], dealt.ceremony.trustees[0]
    bystander.share(transcript)
    cheater.share(transcript)
    refused(reason, lambda: victim.share(transcript))
    refused(reason, lambda: victim.with_confirmation(transcript, M))
    complaint = victim.with_complaint(transcript, CHEATER).complaint
    assert complaint
    verdict = judge(SETUP, transcript.joins, transcript.deals, Complaint.parse(complaint.encode()))
    assert (verdict.reason, verdict.index) == (reason, CHEATER)
    complained = victim.with_complaint(transcript, CHEATER)
    with pytest.raises(ValueError):
        complained.with_confirmation(transcript, M)


def test_a_forged_complaint_names_who_complained(dealt: Dealt) -> None:
    transcript, key = dealt.ceremony.transcript, p256.from_scalar(dealt.cheater.signing)

    def complaint(encryption_key: bytes, accused: int = 1, index: int = CHEATER) -> Complaint:
        members = {"joins": joins_hash(transcript.joins), "accused": accused, "encryption_key": encryption_key}
        return Complaint.sign(key, SETUP, index, **members)

    for encryption_key in (dealt.cheater.encryption, p256.scalar(p256.generate()), bytes(32), b"\xff" * 32):
        verdict = judge(SETUP, transcript.joins, transcript.deals, complaint(encryption_key))
        assert (verdict.reason, verdict.index) == (Reason.FALSE_COMPLAINT, CHEATER)

    def judged(forged: Complaint) -> Callable[[], object]:
        return lambda: judge(SETUP, transcript.joins, transcript.deals, forged)

    refused(Reason.BAD_SIGNATURE, judged(complaint(dealt.cheater.encryption, index=2)), 2)
    refused(Reason.ANOTHER_INDEX, judged(complaint(dealt.cheater.encryption, accused=6)), None)
    refused(Reason.ANOTHER_INDEX, judged(complaint(dealt.cheater.encryption, index=6)), None)


def test_confirmations_of_something_else(dealt: Dealt) -> None:
    confirmations = list(dealt.ceremony.confirmed(M).confirmations)
    honest = confirmations[CHEATER - 1]

    def confirmed(confirmation: Confirmation) -> Callable[[], object]:
        sent = [*confirmations[: CHEATER - 1], confirmation, *confirmations[CHEATER:]]
        return lambda: require_confirmations(dealt.ceremony.transcript, M, sent)

    confirmed(honest)()
    refused(Reason.OTHER_TRANSCRIPT, confirmed(dealt.signed(honest, transcript=bytes(32))))
    refused(Reason.OTHER_MANIFEST, confirmed(dealt.signed(honest, manifest=bytes(32))))
    refused(Reason.BAD_SIGNATURE, confirmed(honest.model_copy(update={"signature": confirmations[0].signature})))
    refused(Reason.ANOTHER_INDEX, confirmed(confirmations[0]))
    refused(Reason.MISSING, lambda: require_confirmations(dealt.ceremony.transcript, M, confirmations[:3]))


def test_shares_that_are_not_the_trustees_own(dealt: Dealt) -> None:
    complete = dealt.ceremony.confirmed(M).agreed(FINAL, 1, 2, CHEATER).released(FINAL)
    transcript, releases = dealt.ceremony.transcript, list(complete.releases)
    honest = releases[-1]
    assert honest.index == CHEATER

    def released(release: Release) -> Callable[[], object]:
        return lambda: open_election(transcript, M, FINAL, [*releases[:-1], release])

    released(honest)()
    refused(Reason.WRONG_SHARE, released(dealt.signed(honest, share=releases[0].share)))
    refused(Reason.WRONG_SHARE, released(dealt.signed(honest, share=bytes(32))))
    refused(Reason.OTHER_CHECKPOINT, released(dealt.signed(honest, root=bytes(32))))
    refused(Reason.OTHER_MANIFEST, released(dealt.signed(honest, manifest=bytes(32))))
    refused(Reason.BAD_SIGNATURE, released(honest.model_copy(update={"share": releases[0].share})))
    refused(Reason.ANOTHER_INDEX, released(releases[0]), 1)
    refused(Reason.TOO_FEW, lambda: open_election(transcript, M, FINAL, releases[:2]), None)
    beyond = honest.model_copy(update={"index": 6})
    refused(Reason.ANOTHER_INDEX, lambda: require_release(transcript, M, FINAL, beyond), 6)


def test_shown_other_joins_a_trustee_notices(dealt: Dealt) -> None:
    """An operator who puts keys of its own in the place of a trustee is seen by that trustee."""
    victim, stranger = dealt.ceremony.trustees[1], Secrets.begin(SETUP, 2)
    joins = list(dealt.ceremony.transcript.joins)
    joins[1] = stranger.join
    begun = Secrets.begin(SETUP, 2)
    with pytest.raises(CeremonyError, match="not its own"):
        begun.with_deal(joins)
    split = Ceremony.dealt([Secrets.begin(SETUP, index) for index in range(1, 6)])
    with pytest.raises(CeremonyError, match="not the one that this trustee is in"):
        victim.with_confirmation(split.transcript, M)
