"""Ceremonies of trustees whose every value follows from a name (docs/protocol.md, section 12).

Written apart from `ballotcast.trustees`, whose keys, nonces and signatures are random.
"""

from collections.abc import Sequence
from functools import cached_property
from hashlib import sha256
from typing import Any

from ballotcast.crypto import canonical, p256
from ballotcast.crypto.encoding import b64u_encode
from vector_maker import sealing, seeded

Json = dict[str, Any]
ORDER = seeded.P256_ORDER


def label(name: str) -> bytes:
    return f"ballotcast/{name}/1\n".encode()


class SeededCeremony:
    """Trustees who keep to the rules; each message can be made with other members."""

    def __init__(self, name: str, t: int, names: Sequence[str], attempt: int = 1) -> None:
        self.name = name
        self.t = t
        self.everybody = range(1, len(names) + 1)
        self.setup = {
            "v": "ballotcast/ceremony/1",
            "election": "e1",
            "attempt": attempt,
            "t": t,
            "trustees": [*names],
        }
        self.hash = sha256(label("ceremony") + canonical.dumps(self.setup)).digest()

    def number(self, index: int, name: str) -> int:
        return seeded.below(f"{self.name}/{index}/{name}", ORDER)

    def key(self, index: int, name: str) -> p256.PrivateKey:
        return p256.from_scalar(self.number(index, name).to_bytes(32))

    def message(
        self, signer: int, kind: str, index: int | None = None, ceremony: bytes | None = None, **members: Any
    ) -> Json:
        unsigned = {
            "v": "ballotcast/trustee/1",
            "round": kind,
            "ceremony": (ceremony or self.hash).hex(),
            "index": index or signer,
            **members,
        }
        signature = seeded.sign(self.key(signer, "signing"), label("trustee") + canonical.dumps(unsigned))
        return {**unsigned, "signature": b64u_encode(signature)}

    def coefficients(self, index: int) -> list[int]:
        return [self.number(index, f"coefficient {k}") for k in range(self.t)]

    def points(self, index: int) -> list[bytes]:
        return [p256.point(p256.from_scalar(one.to_bytes(32))) for one in self.coefficients(index)]

    def proof(self, index: int) -> bytes:
        nonce = p256.point(self.key(index, "nonce"))
        hashed = sha256(label("proof") + self.hash + bytes([index]) + self.points(index)[0] + nonce).digest()
        response = self.number(index, "nonce") + int.from_bytes(hashed) * self.coefficients(index)[0]
        return nonce + (response % ORDER).to_bytes(32)

    def join(self, index: int, **changes: Any) -> Json:
        points = b"".join(self.points(index))
        committed = label("commitment") + self.hash + bytes([index]) + self.proof(index) + points
        members = {
            "signing_key": b64u_encode(p256.point(self.key(index, "signing"))),
            "encryption_key": b64u_encode(p256.point(self.key(index, "encryption"))),
            "commitment": sha256(committed).hexdigest(),
        }
        return self.message(index, "join", **{**members, **changes})

    @cached_property
    def joins(self) -> list[Json]:
        return [self.join(index) for index in self.everybody]

    @cached_property
    def joins_hash(self) -> bytes:
        return sha256(label("joins") + canonical.dumps(self.joins)).digest()

    def dealt(self, dealer: int, recipient: int) -> int:
        return sum(one * recipient**k for k, one in enumerate(self.coefficients(dealer))) % ORDER

    def sealed(self, dealer: int, recipient: int, value: int | None = None) -> bytes:
        info = label("share") + self.hash + bytes([dealer, recipient])
        given = self.dealt(dealer, recipient) if value is None else value
        encryption_key = p256.point(self.key(recipient, "encryption"))
        return sealing.seal(encryption_key, info, given.to_bytes(32), self.key(dealer, f"ephemeral {recipient}"))

    def deal(self, index: int, **changes: Any) -> Json:
        members = {
            "joins": self.joins_hash.hex(),
            "proof": b64u_encode(self.proof(index)),
            "points": [b64u_encode(one) for one in self.points(index)],
            "shares": [b64u_encode(self.sealed(index, one)) for one in self.everybody],
        }
        return self.message(index, "deal", **{**members, **changes})

    @cached_property
    def deals(self) -> list[Json]:
        return [self.deal(index) for index in self.everybody]

    @cached_property
    def fingerprint(self) -> bytes:
        transcript = {"setup": self.setup, "joins": self.joins, "deals": self.deals}
        return sha256(label("transcript") + canonical.dumps(transcript)).digest()

    @cached_property
    def private_key(self) -> bytes:
        return (sum(self.coefficients(index)[0] for index in self.everybody) % ORDER).to_bytes(32)

    def share(self, index: int) -> bytes:
        return (sum(self.dealt(dealer, index) for dealer in self.everybody) % ORDER).to_bytes(32)

    def confirm(self, index: int, manifest: bytes, /, **changes: Any) -> Json:
        members = {"transcript": self.fingerprint.hex(), "manifest": manifest.hex()}
        return self.message(index, "confirm", **{**members, **changes})

    def agree(self, index: int, manifest: bytes, size: int, root: bytes, /, **changes: Any) -> Json:
        members = {"manifest": manifest.hex(), "size": size, "root": root.hex()}
        return self.message(index, "agree", **{**members, **changes})

    def release(self, index: int, manifest: bytes, root: bytes, /, **changes: Any) -> Json:
        members = {"manifest": manifest.hex(), "root": root.hex(), "share": b64u_encode(self.share(index))}
        return self.message(index, "release", **{**members, **changes})

    def complaint(self, index: int, accused: int, encryption_key: int | None = None) -> Json:
        given = self.number(index, "encryption") if encryption_key is None else encryption_key
        members = {"accused": accused, "encryption_key": b64u_encode(given.to_bytes(32))}
        return self.message(index, "complaint", joins=self.joins_hash.hex(), **members)

    @property
    def named(self) -> Json:
        """The member `trustees` of a manifest."""
        people = [
            {"name": name, "signing_key": join["signing_key"]}
            for name, join in zip(self.setup["trustees"], self.joins, strict=True)
        ]
        return {"transcript": self.fingerprint.hex(), "people": people}
