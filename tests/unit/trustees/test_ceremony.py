"""The whole way of honest trustees, for every threshold; and what each of them refuses to do twice or out of turn."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballotcast.crypto import p256
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.trustees.agreement import require_agreements
from ballotcast.trustees.confirmation import require_confirmations
from ballotcast.trustees.faults import CeremonyError, Reason
from ballotcast.trustees.message import Message, require_one_message
from ballotcast.trustees.release import open_election
from ballotcast.trustees.secrets import OutOfTurn, Secrets, SecretsError
from ceremonies import Ceremony, setup_of

M, OTHER_M = b"m" * 32, b"n" * 32
FINAL = Checkpoint("origin", 12, b"r" * 32)
FORK = Checkpoint("origin", 12, b"s" * 32)


@pytest.fixture(scope="module")
def ceremony() -> Ceremony:
    return Ceremony.of(setup_of(2, 3))


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_any_t_of_n_open_the_election_together(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 7))
    t = data.draw(st.integers(2, n))
    chosen = data.draw(st.lists(st.integers(1, n), min_size=t, max_size=n, unique=True))
    ceremony = Ceremony.of(setup_of(t, n)).confirmed(M).agreed(FINAL, *chosen).released(FINAL)
    transcript = ceremony.transcript
    require_confirmations(transcript, M, ceremony.confirmations)
    require_agreements(transcript, M, FINAL, ceremony.agreements)
    key = open_election(transcript, M, FINAL, ceremony.releases)
    assert p256.point(p256.from_scalar(key)) == transcript.election_key
    with pytest.raises(CeremonyError, match="fewer"):
        open_election(transcript, M, FINAL, ceremony.releases[: t - 1])


def test_every_message_is_read_as_it_was_written(ceremony: Ceremony) -> None:
    complete = ceremony.confirmed(M).agreed(FINAL, 1, 2).released(FINAL)
    complaint = ceremony.trustees[0].with_complaint(ceremony.transcript, 2).complaint
    first = complete.trustees[0]
    messages = [first.join, first.deal, first.confirmation, first.agreement, first.release, complaint]
    for message in messages:
        assert isinstance(message, Message)
        encoded = message.encode()
        assert type(message).parse(encoded) == message
        for refused in (encoded[:-1], encoded + b"\n", encoded.replace(b'"v"', b'"w"'), b"", b"[]", b"x" * 20_000):
            with pytest.raises(CeremonyError, match="not of this form"):
                type(message).parse(refused)
        for other in messages:
            if other is not message and other:
                with pytest.raises(CeremonyError, match="not of this form"):
                    type(other).parse(encoded)


def test_what_a_trustee_keeps_is_read_again_at_every_step(ceremony: Ceremony) -> None:
    """And a step that is repeated from there returns the same message."""
    begun = Secrets.begin(ceremony.transcript.setup, 1)
    assert Secrets.parse(begun.encode()) == begun
    kept = [
        *ceremony.trustees,
        *ceremony.confirmed(M).agreed(FINAL, 1, 3).released(FINAL).trustees,
    ]
    for secrets in kept:
        read = Secrets.parse(secrets.encode())
        assert read == secrets
        assert read.with_deal(ceremony.transcript.joins) == secrets
        if secrets.agreement:
            assert read.with_agreement(FINAL) == secrets
            assert read.with_release(ceremony.transcript, FINAL, ()) == secrets
    swapped = begun.model_copy(update={"signing": kept[1].signing})
    for refused in (swapped, begun.model_copy(update={"index": 2}), begun.model_copy(update={"polynomial": None})):
        with pytest.raises(SecretsError):
            Secrets.parse(refused.encode())


def test_no_secret_is_shown_by_what_is_logged(ceremony: Ceremony) -> None:
    released = ceremony.confirmed(M).agreed(FINAL, 1, 2).released(FINAL).trustees[0]
    begun = Secrets.begin(ceremony.transcript.setup, 1)
    assert begun.polynomial
    assert released.release
    for secret in (begun.signing, begun.encryption, begun.polynomial[0]):
        assert repr(secret) not in repr(begun)
    assert repr(released.release.share) not in repr(released)
    damaged = begun.encode().replace(b'"signing":"', b'"signing":"A')
    with pytest.raises(SecretsError) as refused:
        Secrets.parse(damaged)
    assert damaged[damaged.index(b'"signing":"') + 11 :][:8].decode() not in str(refused.value)


def test_a_trustee_signs_one_manifest_and_one_checkpoint(ceremony: Ceremony) -> None:
    agreed = ceremony.confirmed(M).agreed(FINAL, 1, 2)
    one, transcript = agreed.trustees[0], ceremony.transcript
    with pytest.raises(OutOfTurn, match="another transcript or manifest"):
        one.with_confirmation(transcript, OTHER_M)
    with pytest.raises(OutOfTurn, match="another checkpoint"):
        one.with_agreement(FORK)
    with pytest.raises(OutOfTurn, match="another checkpoint"):
        one.with_release(transcript, FORK, agreed.agreements)
    with pytest.raises(OutOfTurn, match="keeps its key"):
        one.with_complaint(transcript, 2)
    with pytest.raises(CeremonyError, match="not the one that this trustee is in"):
        one.share(Ceremony.of(transcript.setup).transcript)


def test_nothing_is_released_before_the_threshold_has_agreed(ceremony: Ceremony) -> None:
    confirmed = ceremony.confirmed(M)
    with pytest.raises(OutOfTurn, match="before it has agreed"):
        confirmed.trustees[0].with_release(ceremony.transcript, FINAL, ())
    alone = confirmed.agreed(FINAL, 1)
    for agreements in (alone.agreements, alone.agreements * 2):
        with pytest.raises(CeremonyError):
            alone.trustees[0].with_release(ceremony.transcript, FINAL, agreements)
    fork = confirmed.agreed(FORK, 2)
    with pytest.raises(CeremonyError) as refused:
        alone.trustees[0].with_release(ceremony.transcript, FINAL, alone.agreements + fork.agreements)
    assert (refused.value.reason, refused.value.index) == (Reason.OTHER_CHECKPOINT, 2)
    with pytest.raises(OutOfTurn, match="not confirmed"):
        ceremony.trustees[0].with_agreement(FINAL)


def test_two_messages_of_one_round_name_who_signed_them(ceremony: Ceremony) -> None:
    confirmed = ceremony.confirmed(M)
    first = confirmed.agreed(FINAL, 1).agreements[0]
    second = confirmed.agreed(FORK, 1).agreements[0]
    key = ceremony.transcript.signing_key(1)
    with pytest.raises(CeremonyError) as shown:
        require_one_message(first, second, key)
    assert (shown.value.reason, shown.value.index) == (Reason.TWO_MESSAGES, 1)
    require_one_message(first, first, key)
    require_one_message(first, second.model_copy(update={"signature": first.signature}), key)
    require_one_message(first, confirmed.agreed(FORK, 2).agreements[0], key)


@pytest.mark.parametrize(("t", "n"), [(1, 3), (4, 3), (2, 1), (2, 16)])
def test_no_setup_of_other_numbers(t: int, n: int) -> None:
    with pytest.raises(ValueError):
        setup_of(2, 2).model_validate({"election": "e", "attempt": 1, "t": t, "trustees": [f"T{i}" for i in range(n)]})


def test_trustees_have_names_that_tell_them_apart() -> None:
    with pytest.raises(ValueError, match="different names"):
        setup_of(2, 2).model_validate({"election": "e", "attempt": 1, "t": 2, "trustees": ["Ada", "Ada"]})
