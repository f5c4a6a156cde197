"""RSA blind signatures: RSABSSA-SHA384-PSS-Randomized of RFC 9474.

The voter prepares and blinds (`prepare`, `blind`), the issuer signs what it cannot read (`issuer_key.IssuerKey`), the
voter unblinds (`finalize`), and anyone verifies (`IssuerPublicKey.verify`). Byte strings of the RSA size are k bytes.
"""

import secrets
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha384
from math import gcd
from typing import Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

PUBLIC_EXPONENT = 65537
KEY_SIZES = (2048, 3072)
SALT_LENGTH = 48
RAND_LENGTH = 32
HASH_LENGTH = 48


class BlindRsaError(ValueError):
    """A blinded value or signature the scheme refuses. The message never repeats it."""


@dataclass(frozen=True, slots=True, repr=False)
class Blinding:
    """What `blind` makes: `blinded` goes to the issuer, `inverse` stays with the voter. Both k bytes.

    No `repr`: neither has a place in a log.
    """

    blinded: bytes
    inverse: bytes


@dataclass(frozen=True)
class IssuerPublicKey:
    """An RSA public key with e = 65537."""

    n: int

    @classmethod
    def from_spki(cls, der: bytes) -> Self:
        """Load a DER SubjectPublicKeyInfo.

        Raises ValueError unless it is the one encoding of an rsaEncryption key of 2048 or 3072 bits with e = 65537.
        """
        try:
            key = serialization.load_der_public_key(der)
        except UnsupportedAlgorithm:
            raise ValueError("not a public key of a known kind") from None
        if not isinstance(key, rsa.RSAPublicKey) or key.public_numbers().e != PUBLIC_EXPONENT:
            raise ValueError("not an RSA public key with e = 65537")
        if key.key_size not in KEY_SIZES:
            raise ValueError("an issuer key has 2048 or 3072 bits")
        issuer = cls(key.public_numbers().n)
        if issuer.spki() != der:
            raise ValueError("not the canonical rsaEncryption encoding")
        return issuer

    def spki(self) -> bytes:
        """Return the key as DER SubjectPublicKeyInfo with the rsaEncryption identifier."""
        return self._key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    @cached_property
    def k(self) -> int:
        """Bytes of the modulus, and of every blinded value and signature."""
        return (self.n.bit_length() + 7) // 8

    def verify(self, prepared: bytes, signature: bytes, salt_length: int = SALT_LENGTH) -> bool:
        """Return whether `signature` is RSASSA-PSS (SHA-384, MGF1-SHA-384) over the prepared message: k bytes, below
        n.
        """
        if len(signature) != self.k or int.from_bytes(signature) >= self.n:
            return False
        pss = padding.PSS(padding.MGF1(hashes.SHA384()), salt_length)
        try:
            self._key.verify(signature, prepared, pss, hashes.SHA384())
        except InvalidSignature:
            return False
        return True

    @cached_property
    def _key(self) -> rsa.RSAPublicKey:
        return rsa.RSAPublicNumbers(PUBLIC_EXPONENT, self.n).public_key()


def prepare(message: bytes, rand: bytes) -> bytes:
    """PrepareRandomize (RFC 9474 section 4.1): 32 random bytes before the message."""
    if len(rand) != RAND_LENGTH:
        raise ValueError("rand has 32 bytes")
    return rand + message


def blind(
    public_key: IssuerPublicKey, prepared: bytes, *, salt: bytes | None = None, inverse: int | None = None
) -> Blinding:
    """Blind (RFC 9474 section 4.2).

    `salt` and `inverse` are drawn from the system's random source; published vectors give them. Raises BlindRsaError
    for a message that shares a factor with n, which nobody finds without breaking the key.
    """
    n, k = public_key.n, public_key.k
    encoded = emsa_pss_encode(prepared, n.bit_length() - 1, secrets.token_bytes(SALT_LENGTH) if salt is None else salt)
    m = int.from_bytes(encoded)
    if gcd(m, n) != 1:
        raise BlindRsaError("invalid input")
    inverse = random_unit(n) if inverse is None else inverse
    x = pow(pow(inverse, -1, n), PUBLIC_EXPONENT, n)
    return Blinding((m * x % n).to_bytes(k), inverse.to_bytes(k))


def finalize(
    public_key: IssuerPublicKey,
    prepared: bytes,
    blind_signature: bytes,
    inverse: bytes,
    salt_length: int = SALT_LENGTH,
) -> bytes:
    """Finalize (RFC 9474 section 4.4): the signature over `prepared`, k bytes.

    Raises BlindRsaError unless it verifies, so a cheating issuer is found out before the ballot is cast.
    """
    z, inv = rsa_integer(public_key, blind_signature), rsa_integer(public_key, inverse)
    signature = (z * inv % public_key.n).to_bytes(public_key.k)
    if not public_key.verify(prepared, signature, salt_length):
        raise BlindRsaError("the issuer's signature does not verify")
    return signature


def emsa_pss_encode(message: bytes, em_bits: int, salt: bytes) -> bytes:
    """EMSA-PSS-ENCODE of RFC 8017 section 9.1.1 with SHA-384 and MGF1-SHA-384: ceil(em_bits / 8) bytes."""
    em_length = (em_bits + 7) // 8
    digest = sha384(bytes(8) + sha384(message).digest() + salt).digest()
    block = (b"\x01" + salt).rjust(em_length - HASH_LENGTH - 1, b"\x00")
    mask = _mgf1(digest, len(block))
    masked = int.from_bytes(block) ^ int.from_bytes(mask)
    masked &= (1 << em_bits - 8 * (HASH_LENGTH + 1)) - 1
    return masked.to_bytes(len(block)) + digest + b"\xbc"


def _mgf1(seed: bytes, length: int) -> bytes:
    """RFC 8017 appendix B.2.1."""
    blocks = (sha384(seed + counter.to_bytes(4)).digest() for counter in range(-(-length // HASH_LENGTH)))
    return b"".join(blocks)[:length]


def rsa_integer(public_key: IssuerPublicKey, value: bytes) -> int:
    """Return the number that k bytes spell.

    Raises BlindRsaError unless it is one of the scheme's: above 0 and below n.
    """
    if len(value) != public_key.k:
        raise BlindRsaError(f"must have {public_key.k} bytes")
    number = int.from_bytes(value)
    if not 0 < number < public_key.n:
        raise BlindRsaError("must be above 0 and below the modulus")
    return number


def random_unit(n: int) -> int:
    """Uniform in [1, n) and coprime to n; RFC 9474's RandomIntegerUniform with the retry that inverse_mod asks for."""
    while True:
        r = secrets.randbelow(n - 1) + 1
        if gcd(r, n) == 1:
            return r
