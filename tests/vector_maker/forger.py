"""An operator with every key, like `forged_export.Forger`, who makes the same bytes in every run."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ballotcast.ballots import credential
from ballotcast.ballots.ballot import Ballot
from ballotcast.ballots.contest import Contest
from ballotcast.ballots.manifest import Manifest
from ballotcast.crypto import p256
from ballotcast.crypto.blind_rsa import blind, finalize
from forged_export import Forger
from vector_maker import sealing, seeded
from voting import Request


class SeededForger(Forger):
    """name: all keys follow from it. Ballots follow from how many were made before."""

    def __init__(
        self, name: str, *, bits: int = 2048, voters: int = 8, contests: Sequence[Contest] = (), **changes: Any
    ) -> None:
        self.name = name
        self.made = 0
        super().__init__(
            voters=voters,
            issuer=seeded.issuer_key(f"{name}/issuer", bits),
            election_key=seeded.p256_key(f"{name}/election"),
            issuance_key=seeded.ed25519_key(f"{name}/issuance"),
            receipt_key=seeded.ed25519_key(f"{name}/receipt"),
            log_key=seeded.ed25519_key(f"{name}/log"),
        )
        members: Mapping[str, Any] = {"contests": tuple(contests)} if contests else {}
        self.manifest = Manifest.parse(self.manifest.model_copy(update={**members, **changes}).encode())

    def stranger(self) -> "SeededForger":
        return SeededForger(f"{self.name}/stranger")

    def request(self) -> Request:
        self.made += 1
        seed = f"{self.name}/voter {self.made}"
        key, rand = seeded.p256_key(f"{seed}/key"), seeded.draw(f"{seed}/rand", 32)
        prepared = credential.prepare(self.manifest.hash, p256.point(key), rand)
        issuer = self.manifest.issuer
        inverse = seeded.below(f"{seed}/inverse", issuer.n)
        return Request(
            self.manifest, key, rand, blind(issuer, prepared, salt=seeded.draw(f"{seed}/salt", 48), inverse=inverse)
        )

    def cast(self, request: Request, plaintext: bytes, form: str = "") -> Ballot:
        """form: told apart from other ballots of this request."""
        blind_signature = self.issuer.blind_sign(request.blinding.blinded)
        signature = finalize(self.manifest.issuer, request.prepared, blind_signature, request.blinding.inverse)
        vk = p256.point(request.key)
        ephemeral = seeded.p256_key(f"{self.name}/{vk.hex()}/ephemeral{form}")
        info = b"ballotcast/ballot/1\n" + self.manifest.hash + vk
        sealed = sealing.seal(self.manifest.election_pk, info, plaintext, ephemeral)
        return self.signed(request, Ballot(self.manifest.hash, vk, request.rand, signature, sealed, b""))

    def signed(self, request: Request, ballot: Ballot) -> Ballot:
        unsigned = replace(ballot, signature=b"")
        return replace(unsigned, signature=seeded.sign(request.key, b"ballotcast/cast/1\n" + unsigned.encode()))

    def ballot(self, plaintext: bytes = b"\1\0\0") -> Ballot:
        return self.cast(self.request(), plaintext)

    def second_ballot(self) -> tuple[Ballot, Ballot]:
        request = self.request()
        return self.cast(request, b"\1\0\0"), self.cast(request, b"\0\1\0", "again")
