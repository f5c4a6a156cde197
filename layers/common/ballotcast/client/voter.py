"""The voter's side of the protocol, in steps that may be interrupted anywhere and resumed from the last state written.

Opening a link binds nothing. To cast, the choices are sealed, the credential is requested and the ballot is sent, in
one go. `prepare` and `get_credential` request the credential earlier, for voters who fear that the two times are
compared. Nothing is sent before the state that continues from it is written down: the same blinded value is requested,
the same ballot is sent, until there is a response. However often a voter starts again, there is one credential and one
ballot.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import lru_cache, partial
from hashlib import sha256
from typing import Any, TypeVar, overload

import httpx2 as httpx

from ballotcast.ballots import credential, issuance, plaintext, receipt
from ballotcast.ballots.amendment import AmendmentLeaf
from ballotcast.ballots.ballot import seal_choices, sign_ballot
from ballotcast.ballots.issuance import IssuanceError
from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.ballots.link import Link, LinkError
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.mended_link import mend_link
from ballotcast.ballots.receipt import ReceiptError
from ballotcast.client.api import COUNTING, Api, member
from ballotcast.client.errors import ApiError, BadState, OptionWithdrawn, Untrusted
from ballotcast.client.manifests import fetch_manifest, verify_published
from ballotcast.client.state import Blinded, Cast, Credentialed, Sealed, Signed, State, Step
from ballotcast.counting import RULES
from ballotcast.counting.ballots import PAIRED, ranks, scores
from ballotcast.crypto import blind_rsa, p256
from ballotcast.crypto.blind_rsa import BlindRsaError
from ballotcast.crypto.encoding import EncodingError, b64u_decode, b64u_encode
from ballotcast.crypto.merkle import leaf_hash
from ballotcast.elections.amendment_audit import Withdrawn

Persist = Callable[[State], None]
"""Writes a state where it outlives this process, and returns when it is there."""
AskCode = Callable[[], str]
"""Called once a code of the second factor is on its way; returns the code."""
Choices = Sequence[Sequence[int | tuple[int, ...]]]
"""For each contest of the manifest its choice, as `ballots.plaintext` has it: 1-based option numbers, best first."""
Waiting = TypeVar("Waiting", bound=Blinded | Sealed)
Reached = TypeVar("Reached", bound=State)
KEPT = 8
"""Manifests in memory."""
LONGEST_COUNT = 600.0
"""Seconds that a ballot which reached the box about the end of voting waits for the count; a million take less."""


@dataclass(frozen=True, repr=False)
class Paper:
    """What a link opens: an election that proved to be the one the mail names."""

    link: str
    manifest: Manifest
    second_factor: str
    """`none`, `email` or `sms`."""
    checkpoint: str
    closes_at: datetime
    """The end in force, after the amendments."""
    amendments: tuple[AmendmentLeaf, ...] = ()
    """What was changed since the manifest, under the checkpoint."""
    withdrawn: Withdrawn = field(default_factory=dict)
    """The options that the amendments withdraw."""


class Voter:
    """`persist` is called with each new state before the next thing is sent. `patience`: seconds to wait for a log.

    `counting` is called before `cast` waits because voting has ended, and the count shows whether the ballot is in it.
    """

    def __init__(
        self, api: Api, persist: Persist, *, patience: float = 60, counting: Callable[[], None] = lambda: None
    ) -> None:
        self._api = api
        self._persist = persist
        self._patience = patience
        self._counting = counting
        self._fetch = lru_cache(KEPT)(partial(fetch_manifest, api))

    def vote(self, link: str, choices: Choices, ask_code: AskCode | None = None) -> Cast:
        """All of it. Spoilt or OptionWithdrawn (ValueErrors) for choices that would not be counted as they are, before
        anything is bound."""
        return self.resume(self.open_link(link), choices, ask_code)

    def resume(self, begun: Paper | State, choices: Choices, ask_code: AskCode | None = None) -> Cast:
        """Continue from a paper or any state to the receipt. `choices` count until they are sealed, and not after."""
        state = self._seal_with_code(begun, choices, ask_code) if isinstance(begun, Paper) else begun
        if isinstance(state, Blinded):
            state = self.seal(state, choices)
        if isinstance(state, Sealed):
            state = self._with_code(state, None, ask_code)
        if isinstance(state, Credentialed):
            state = self.mark(state, choices)
        if isinstance(state, Signed):
            state = self.cast(state)
        return state

    def prepare_device(self, begun: Paper | Blinded, ask_code: AskCode | None = None) -> Credentialed:
        """Obtain the credential now, and cast at another time. It is then this device's, or its recovery file's."""
        return self._with_code(self.prepare(begun) if isinstance(begun, Paper) else begun, None, ask_code)

    def open_link(self, link: str) -> Paper:
        """Fetch the election of a link and verify it. Raises LinkError, ApiError, Untrusted, NotYet."""
        named = Link.parse(mend_link(link))
        opened = self._api.post_last("/links", json={"link": named.encode()})
        manifest = self._fetch(member(opened, "election", str), named.manifest_hash)
        published = verify_published(self._api, manifest, self._patience)
        return Paper(named.encode(), manifest, member(opened, "second_factor", str), *published)

    def prepare(self, paper: Paper) -> Blinded:
        """Make a credential's key and blind it, without choices."""
        return self._written(_blind(self._api.address, paper))

    def seal(self, begun: Paper | Blinded, choices: Choices) -> Sealed:
        """Seal the choices to the election key. Spoilt, OptionWithdrawn."""
        manifest = begun.manifest if isinstance(begun, Paper) else self._manifest(begun)
        withdrawn = begun.withdrawn if isinstance(begun, Paper) else self._withdrawn(manifest)
        marks = _marks(manifest, choices, withdrawn)
        blinded = _blind(self._api.address, begun) if isinstance(begun, Paper) else begun
        return self._written(Sealed(**vars(blinded), sealed_choices=seal_choices(manifest, _key(blinded), marks)))

    def take_link(self, state: Waiting, link: str) -> Waiting:
        """Continue with a newer link to the same election (ApiError 410 `replaced-link` calls for one)."""
        named = Link.parse(mend_link(link))
        if named.manifest_hash != state.manifest_hash:
            raise LinkError("a link to another election")
        return self._written(replace(state, link=named.encode()))

    def request_code(self, begun: Paper | Blinded | Sealed) -> None:
        """Have a code of the second factor sent."""
        self._api.post_last("/links/otp", json={"link": begun.link})

    @overload
    def get_credential(self, state: Blinded, code: str | None = None) -> Credentialed: ...
    @overload
    def get_credential(self, state: Sealed, code: str | None = None) -> Signed: ...
    def get_credential(self, state: Blinded | Sealed, code: str | None = None) -> Credentialed | Signed:
        """Get the blinded value signed, unblind it, and sign the ballot with it if its choices are sealed.

        Untrusted if the signature is not the issuer's, or the receipt for it does not verify. The same request again
        gets the same response.
        """
        manifest, key = self._manifest(state), _key(state)
        wanted = {"link": state.link, "blinded": b64u_encode(state.blinded), **({"otp": code} if code else {})}
        answer = self._api.post_last(f"/elections/{state.election}/credentials", json=wanted)
        prepared = credential.prepare(manifest.hash, p256.point(key), state.rand)
        try:
            blind_signature = b64u_decode(member(answer, "blind_signature", str))
            signature = blind_rsa.finalize(manifest.issuer, prepared, blind_signature, state.inverse)
        except (BlindRsaError, EncodingError) as error:
            raise Untrusted(f"the issuer's answer is not a signature on this credential: {error}") from None
        common = _common(state) | {"issuance": _issuance_receipt(answer, manifest, state)}
        if isinstance(state, Blinded):
            return self._written(Credentialed(**common, key=state.key, rand=state.rand, signature=signature))
        ballot = sign_ballot(manifest, key, state.rand, signature, state.sealed_choices)
        return self._written(Signed(**common, ballot=ballot.encode()))

    def mark(self, state: Credentialed, choices: Choices) -> Signed:
        """Seal the choices and sign the ballot. Spoilt, OptionWithdrawn."""
        manifest, key = self._manifest(state), _key(state)
        sealed = seal_choices(manifest, key, _marks(manifest, choices, self._withdrawn(manifest)))
        ballot = sign_ballot(manifest, key, state.rand, state.signature, sealed)
        return self._written(Signed(**_common(state), issuance=state.issuance, ballot=ballot.encode()))

    def cast(self, state: Signed) -> Cast:
        """Send the ballot until it is acknowledged. Untrusted if the acknowledgement is not a receipt for it.

        ApiError 410 if it is not counted; 503 `count-under-way` if that is not known after `LONGEST_COUNT` seconds.
        """
        manifest = self._manifest(state)
        note = member(self._acknowledged(state), "receipt", str)
        try:
            receipt.verify(note, manifest, leaf_hash(BallotLeaf(state.ballot).encode()))
        except ReceiptError as error:
            raise Untrusted(f"the receipt does not verify: {error}") from None
        return self._written(Cast(**_common(state), issuance=state.issuance, receipt=note))

    def _acknowledged(self, state: Signed) -> httpx.Response:
        path, body = f"/elections/{state.election}/ballots", {"ballot": b64u_encode(state.ballot)}
        waited = 0.0
        while True:
            try:
                return self._api.post_last(path, json=body)
            except ApiError as error:
                if error.slug != COUNTING or waited >= LONGEST_COUNT:
                    raise
                if not waited:
                    self._counting()
                pause = float(max(error.retry_after or 0, 1))
            self._api.sleep(pause)
            waited += pause

    def _seal_with_code(self, paper: Paper, choices: Choices, ask_code: AskCode | None) -> Signed:
        """Ask for the code before the choices are sealed, where it is known that one is needed."""
        _marks(paper.manifest, choices, paper.withdrawn)
        code = None
        if paper.second_factor != "none" and ask_code:
            self.request_code(paper)
            code = ask_code()
        return self._with_code(self.seal(paper, choices), code, ask_code)

    @overload
    def _with_code(self, state: Blinded, code: str | None, ask_code: AskCode | None) -> Credentialed: ...
    @overload
    def _with_code(self, state: Sealed, code: str | None, ask_code: AskCode | None) -> Signed: ...
    def _with_code(self, state: Blinded | Sealed, code: str | None, ask_code: AskCode | None) -> Credentialed | Signed:
        while True:
            try:
                return self.get_credential(state, code)
            except ApiError as error:  # the server ends this after a few wrong codes
                if ask_code is None or error.slug not in ("code-required", "code-wrong"):
                    raise
                if error.slug == "code-required":
                    self.request_code(state)
            code = ask_code()

    def _written(self, state: Reached) -> Reached:
        self._persist(state)
        return state

    def _manifest(self, state: State) -> Manifest:
        return self._fetch(state.election, state.manifest_hash)

    def _withdrawn(self, manifest: Manifest) -> Withdrawn:
        """Looked up now: a device may have been prepared long ago."""
        return verify_published(self._api, manifest, self._patience).withdrawn


def _marks(manifest: Manifest, choices: Choices, withdrawn: Withdrawn) -> bytes:
    """The plaintext. Spoilt; OptionWithdrawn if they name an option that would be passed over."""
    marks = plaintext.encode(manifest, choices)
    for contest, choice in zip(manifest.contests, plaintext.decode(manifest, marks), strict=True):
        gone = withdrawn.get(contest.id, ())
        scored = RULES[contest.method].ballot in PAIRED
        named = [scores(choice)] if scored else [[(option, 0) for option in rank] for rank in ranks(choice)]
        if found := next((option for rank in named for option, _ in rank if option in gone), None):
            raise OptionWithdrawn(f"{contest.title}: option {found}, {contest.options[found - 1]}, was withdrawn")
    return marks


def _blind(address: str, paper: Paper) -> Blinded:
    manifest, key, rand = paper.manifest, p256.generate(), secrets.token_bytes(blind_rsa.RAND_LENGTH)
    blinding = blind_rsa.blind(manifest.issuer, credential.prepare(manifest.hash, p256.point(key), rand))
    return Blinded(
        address=address,
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


def _issuance_receipt(answer: httpx.Response, manifest: Manifest, state: Blinded | Sealed) -> str:
    """Untrusted unless it states what this voter had signed. Whose line it names, the voter's address shows."""
    note = member(answer, "issuance_receipt", str)
    try:
        stated = issuance.verify(note, manifest)
    except IssuanceError as error:
        raise Untrusted(f"the issuance receipt does not verify: {error}") from None
    if stated.blinded_sha256 != state.blinded_sha256:
        raise Untrusted("the issuance receipt is for another credential")
    return note


def _common(state: State) -> dict[str, Any]:
    return {field.name: getattr(state, field.name) for field in fields(Step)}


def _key(state: Blinded | Sealed | Credentialed) -> p256.PrivateKey:
    try:
        return p256.from_scalar(state.key)
    except ValueError:
        raise BadState("the key in the recovery file is not valid") from None
