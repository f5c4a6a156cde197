"""The issuer's side of RSA blind signatures (RFC 9474): the private operation, in constant time by GMP.

`blind_sign` is a raw RSA oracle: an issuer key must serve nothing else.
"""

from typing import Self

import gmpy2  # type: ignore[import-untyped]
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ballotcast.crypto.blind_rsa import KEY_SIZES, PUBLIC_EXPONENT, IssuerPublicKey, random_unit, rsa_integer


class IssuerKey:
    """An RSA private key with e = 65537, used by way of its two primes."""

    def __init__(self, p: int, q: int) -> None:
        self.public = IssuerPublicKey(p * q)
        self._n = gmpy2.mpz(p * q)
        self._p, self._q = gmpy2.mpz(p), gmpy2.mpz(q)
        self._d_p = gmpy2.invert(PUBLIC_EXPONENT, self._p - 1)
        self._d_q = gmpy2.invert(PUBLIC_EXPONENT, self._q - 1)
        self._q_inverse = gmpy2.invert(self._q, self._p)

    @classmethod
    def from_pkcs8(cls, der: bytes) -> Self:
        """Load a PKCS#8 DER private key of our own. Raises ValueError unless it has 2048 or 3072 bits and e = 65537.

        The primes are not tested, which would take 30 ms: `der` comes from KMS, unchanged. A signature that is wrong
        because of them is never handed out (`blind_sign`).
        """
        key = serialization.load_der_private_key(der, password=None, unsafe_skip_rsa_key_validation=True)
        if not isinstance(key, rsa.RSAPrivateKey) or key.public_key().public_numbers().e != PUBLIC_EXPONENT:
            raise ValueError("not an RSA private key with e = 65537")
        if key.key_size not in KEY_SIZES:
            raise ValueError("an issuer key has 2048 or 3072 bits")
        numbers = key.private_numbers()
        if numbers.p * numbers.q != numbers.public_numbers.n:
            raise ValueError("the primes are not those of the key")
        return cls(numbers.p, numbers.q)

    @classmethod
    def generate(cls, bits: int = KEY_SIZES[0]) -> Self:
        """Return a fresh key. Where KMS makes key pairs, take `from_pkcs8` instead."""
        numbers = rsa.generate_private_key(PUBLIC_EXPONENT, bits).private_numbers()
        return cls(numbers.p, numbers.q)

    def blind_sign(self, blinded: bytes) -> bytes:
        """BlindSign (RFC 9474 section 4.3): k bytes in, k bytes out.

        Raises BlindRsaError unless the value has k bytes and 0 < value < n.
        """
        m = rsa_integer(self.public, blinded)
        # Base blinding: the exponentiation never sees a number that the caller chose.
        r = random_unit(self.public.n)
        masked = m * gmpy2.powmod(r, PUBLIC_EXPONENT, self._n) % self._n
        s_p = gmpy2.powmod_sec(masked % self._p, self._d_p, self._p)
        s_q = gmpy2.powmod_sec(masked % self._q, self._d_q, self._q)
        s = s_q + (s_p - s_q) * self._q_inverse % self._p * self._q
        s = s * gmpy2.invert(r, self._n) % self._n
        # A fault in one half of the CRT would hand out a factor of n.
        if gmpy2.powmod(s, PUBLIC_EXPONENT, self._n) != m:
            raise ArithmeticError("RSA private operation gave a wrong result")
        return int(s).to_bytes(self.public.k)

    def __repr__(self) -> str:
        return f"IssuerKey({self.public.n.bit_length()} bits)"
