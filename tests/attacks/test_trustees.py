"""The operator passes on all messages of a ceremony, and learns nothing with fewer trustees than open the ballots."""

import pytest

from ballotcast.crypto import hpke, p256, secret_sharing
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.encoding import b64u_encode
from ballotcast.trustees.deal import share_context
from ballotcast.trustees.faults import CeremonyError
from ballotcast.trustees.secrets import Secrets
from ballotcast.trustees.transcript import Transcript
from ceremonies import Ceremony, setup_of

M, FINAL = b"m" * 32, Checkpoint("origin", 12, b"r" * 32)
T, N = 3, 5


def test_no_message_before_the_release_says_what_is_secret() -> None:
    begun = [Secrets.begin(setup_of(T, N), index) for index in range(1, N + 1)]
    ceremony = Ceremony.dealt(begun).confirmed(M).agreed(FINAL, *range(1, N + 1))
    secrets = [one.share(ceremony.transcript) for one in ceremony.trustees]
    secrets.append(secret_sharing.interpolate(dict(enumerate(secrets, 1))))
    for one in begun:
        assert one.polynomial
        secrets += [one.signing, one.encryption, *one.polynomial]
        secrets += [secret_sharing.share(one.polynomial, index) for index in range(1, N + 1)]
    sent = b"".join(
        message.encode()
        for one in ceremony.trustees
        for message in (one.join, one.deal, one.confirmation, one.agreement)
        if message
    )
    assert not [one for one in secrets if b64u_encode(one).encode() in sent or one.hex().encode() in sent]
    kept = b"".join(one.encode() for one in ceremony.trustees)
    assert all(b64u_encode(one.signing).encode() in kept for one in begun)  # so a leak would have been found


def test_a_sealed_share_opens_for_nobody_else_and_nowhere_else() -> None:
    """Not with another trustee's key, not as another dealer's, not in another attempt."""
    ceremony = Ceremony.of(setup_of(T, N))
    other = setup_of(T, N, attempt=2)
    deal = ceremony.transcript.deals[0]
    for recipient in range(1, N + 1):
        for opener in ceremony.trustees:
            key = p256.from_scalar(opener.encryption)
            for name, dealer, place in (
                (other.hash, 1, recipient),
                (deal.ceremony, 2, recipient),
                (deal.ceremony, 1, recipient % N + 1),
            ):
                with pytest.raises(hpke.HpkeError):
                    hpke.open_(key, share_context(name, dealer, place), deal.shares[recipient - 1])
            if opener.index != recipient:
                with pytest.raises(hpke.HpkeError):
                    hpke.open_(key, share_context(deal.ceremony, 1, recipient), deal.shares[recipient - 1])


def test_whoever_puts_its_own_keys_in_a_trustee_s_place_changes_the_fingerprint() -> None:
    """The operator plays the trustees 2 to 5 to Ada, and Ada to them. Each side's ceremony is right in itself."""
    setup = setup_of(T, N)
    ada, others = Secrets.begin(setup, 1), [Secrets.begin(setup, index) for index in range(2, N + 1)]
    played = [Secrets.begin(setup, index) for index in range(2, N + 1)]
    to_ada = Ceremony.dealt([ada, *played])
    to_others = Ceremony.dealt([Secrets.begin(setup, 1), *others])
    assert to_ada.transcript.hash != to_others.transcript.hash
    for one in to_others.trustees[1:]:
        with pytest.raises(CeremonyError, match="not the one that this trustee is in"):
            one.with_confirmation(to_ada.transcript, M)
    mixed = (*to_ada.transcript.joins[:1], *to_others.transcript.joins[1:])
    with pytest.raises(CeremonyError):
        Transcript(setup, mixed, to_others.transcript.deals)
