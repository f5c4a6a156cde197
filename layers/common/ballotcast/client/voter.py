"""The voter's side of the protocol, in steps that may be interrupted anywhere and resumed from the last state written.

Nothing is sent before what it takes to go on is written down: the same blinded value is asked for, the same ballot is
sent, until there is an answer. So however often a voter starts again, there is one credential and one ballot.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache, partial
from hashlib import sha256
from typing import Any

from ballotcast.ballots import credential, plaintext, receipt
from ballotcast.ballots.ballot import cast as seal
from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.ballots.link import Link, LinkError
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.receipt import ReceiptError
from ballotcast.client.api import Api, member
from ballotcast.client.errors import ApiError, BadState, Untrusted
from ballotcast.client.manifests import fetch_manifest, verify_published
from ballotcast.client.state import Blinded, Cast, Credentialed, Sealed, State, Step
from ballotcast.crypto import blind_rsa, p256
from ballotcast.crypto.blind_rsa import BlindRsaError
from ballotcast.crypto.encoding import EncodingError, b64u_decode, b64u_encode
from ballotcast.crypto.merkle import leaf_hash

Persist = Callable[[State], None]
"""Writes a state where it outlives this process, and returns when it is there."""
Choices = Sequence[Sequence[int | tuple[int, ...]]]
"""For each contest of the manifest its choice, as `ballots.plaintext` has it: 1-based option numbers, best first."""
KEPT = 8
"""Manifests in memory."""


@dataclass(frozen=True, repr=False)
class Paper:
    """What a link opens: an election that proved to be the one the mail names."""

    link: str
    manifest: Manifest
    second_factor: str
    """`none`, `email` or `sms`."""
    checkpoint: str


class Voter:
    """`persist` is called with each new state before the next thing is sent. `patience`: seconds to wait for a log."""

    def __init__(self, api: Api, persist: Persist, *, patience: float = 60) -> None:
        self._api = api
        self._persist = persist
        self._patience = patience
        self._fetch = lru_cache(KEPT)(partial(fetch_manifest, api))

    def vote(self, link: str, choices: Choices, ask_code: Callable[[], str] | None = None) -> Cast:
        """All of it. Spoilt (ValueError) for choices that would not be counted, before anything is sent."""
        paper = self.open_link(link)
        plaintext.encode(paper.manifest, choices)
        return self.resume(self.prepare(paper), choices, ask_code)

    def resume(self, state: State, choices: Choices, ask_code: Callable[[], str] | None = None) -> Cast:
        """Go on from any state to the receipt. `choices` count until the ballot is sealed, and not after.

        `ask_code` is called once a code of the second factor is on its way, and answers it.
        """
        if isinstance(state, Blinded):
            state = self._get_credential_with_code(state, ask_code)
        if isinstance(state, Credentialed):
            state = self.mark(state, choices)
        if isinstance(state, Sealed):
            state = self.cast(state)
        return state

    def open_link(self, link: str) -> Paper:
        """Look at the election behind a link, and verify it. LinkError, ApiError, Untrusted, NotYet."""
        named = Link.parse(link)
        opened = self._api.post_last("/links", json={"link": named.encode()})
        manifest = self._fetch(member(opened, "election", str), named.manifest_hash)
        checkpoint = verify_published(self._api, manifest, self._patience)
        return Paper(named.encode(), manifest, member(opened, "second_factor", str), checkpoint)

    def prepare(self, paper: Paper) -> Blinded:
        """Make a credential's key and blind it."""
        manifest, key, rand = paper.manifest, p256.generate(), secrets.token_bytes(blind_rsa.RAND_LENGTH)
        prepared = credential.prepare(manifest.hash, p256.point(key), rand)
        blinding = blind_rsa.blind(manifest.issuer, prepared)
        state = Blinded(
            address=self._api.address,
            election=manifest.election,
            manifest_hash=manifest.hash,
            checkpoint=paper.checkpoint,
            blinded_sha256=sha256(blinding.blinded).digest(),
            link=paper.link,
            key=p256.scalar(key),
            rand=rand,
            blinded=blinding.blinded,
            inverse=blinding.inverse,
        )
        self._persist(state)
        return state

    def take_link(self, state: Blinded, link: str) -> Blinded:
        """Go on with a newer link to the same election (ApiError 410 `replaced-link` calls for one)."""
        named = Link.parse(link)
        if named.manifest_hash != state.manifest_hash:
            raise LinkError("a link to another election")
        state = replace(state, link=named.encode())
        self._persist(state)
        return state

    def request_code(self, state: Blinded) -> None:
        """Have a code of the second factor sent."""
        self._api.post_last("/links/otp", json={"link": state.link})

    def get_credential(self, state: Blinded, code: str | None = None) -> Credentialed:
        """Get the blinded value signed, and unblind it. Untrusted if the signature is not the issuer's."""
        manifest = self._manifest(state)
        wanted = {"link": state.link, "blinded": b64u_encode(state.blinded), **({"otp": code} if code else {})}
        answer = self._api.post_last(f"/elections/{state.election}/credentials", json=wanted)
        prepared = credential.prepare(manifest.hash, p256.point(_key(state)), state.rand)
        try:
            blind_signature = b64u_decode(member(answer, "blind_signature", str))
            signature = blind_rsa.finalize(manifest.issuer, prepared, blind_signature, state.inverse)
        except (BlindRsaError, EncodingError) as error:
            raise Untrusted(f"the issuer's answer is not a signature on this credential: {error}") from None
        credentialed = Credentialed(**_common(state), key=state.key, rand=state.rand, signature=signature)
        self._persist(credentialed)
        return credentialed

    def mark(self, state: Credentialed, choices: Choices) -> Sealed:
        """Fill in the ballot and seal it. Spoilt (ValueError) for choices that would not be counted."""
        manifest = self._manifest(state)
        marks = plaintext.encode(manifest, choices)
        ballot = seal(manifest, _key(state), state.rand, state.signature, marks)
        sealed = Sealed(**_common(state), ballot=ballot.encode())
        self._persist(sealed)
        return sealed

    def cast(self, state: Sealed) -> Cast:
        """Send the ballot until it is acknowledged. Untrusted if the acknowledgement is not a receipt for it."""
        manifest = self._manifest(state)
        path, body = f"/elections/{state.election}/ballots", {"ballot": b64u_encode(state.ballot)}
        note = member(self._api.post_last(path, json=body), "receipt", str)
        try:
            receipt.verify(note, manifest, leaf_hash(BallotLeaf(state.ballot).encode()))
        except ReceiptError as error:
            raise Untrusted(f"the receipt does not verify: {error}") from None
        cast = Cast(**_common(state), receipt=note)
        self._persist(cast)
        return cast

    def _get_credential_with_code(self, state: Blinded, ask_code: Callable[[], str] | None) -> Credentialed:
        try:
            return self.get_credential(state)
        except ApiError as error:
            if error.slug != "code-required" or ask_code is None:
                raise
        self.request_code(state)
        while True:
            try:
                return self.get_credential(state, ask_code())
            except ApiError as error:
                if error.slug != "code-wrong":  # the server ends this after a few
                    raise

    def _manifest(self, state: State) -> Manifest:
        return self._fetch(state.election, state.manifest_hash)


def _common(state: State) -> dict[str, Any]:
    return {field.name: getattr(state, field.name) for field in fields(Step)}


def _key(state: Blinded | Credentialed) -> p256.PrivateKey:
    try:
        return p256.from_scalar(state.key)
    except ValueError:
        raise BadState("the recovery file's key is none") from None
