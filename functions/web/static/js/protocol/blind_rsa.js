/**
 * RSA blind signatures: RSABSSA-SHA384-PSS-Randomized of RFC 9474, the voter's side.
 *
 * The voter prepares and blinds (`prepare`, `blind`), the issuer signs what it cannot read, the voter unblinds
 * (`finalize`), and anyone verifies (`IssuerPublicKey.verify`). Byte strings of the RSA size are k bytes.
 */
import { bitLength, fromBytes, inverse as invert, power, randomBelow, toBytes } from "./bigint.js";
import { b64uEncode, concat, equal, hexDecode, randomBytes } from "./encoding.js";
import { Malformed } from "./errors.js";

export const SALT_LENGTH = 48;
export const RAND_LENGTH = 32;
const HASH_LENGTH = 48;
const PUBLIC_EXPONENT = 65537n;

// DER around the modulus, by the length of the key: SubjectPublicKeyInfo, rsaEncryption, NULL; then e = 65537.
const SPKI_HEADS = [
  "30820122300d06092a864886f70d01010105000382010f003082010a0282010100",
  "308201a2300d06092a864886f70d01010105000382018f003082018a0282018100",
].map(hexDecode);
const SPKI_TAIL = hexDecode("0203010001");

/** A key, blinded value or signature the scheme refuses. The message never repeats it. */
export class BlindRsaError extends Malformed {}

/** An RSA public key with e = 65537. `k`: bytes of the modulus, and of every blinded value and signature. */
export class IssuerPublicKey {
  /** @type {Promise<CryptoKey | null> | undefined} */
  #key;

  /** @param {bigint} n */
  constructor(n) {
    this.n = n;
    this.k = Math.ceil(bitLength(n) / 8);
  }

  /** The one encoding of an rsaEncryption key of 2048 or 3072 bits with e = 65537. @param {Uint8Array} der */
  static fromSpki(der) {
    const head = SPKI_HEADS.find((bytes) => equal(der.subarray(0, bytes.length), bytes));
    const k = head === SPKI_HEADS[0] ? 256 : 384;
    const modulus = head && der.subarray(head.length, head.length + k);
    if (!head || !modulus || !(modulus[0] & 0x80) || !equal(der, concat(head, modulus, SPKI_TAIL))) {
      throw new BlindRsaError("not-an-issuer-key");
    }
    return new IssuerPublicKey(fromBytes(modulus));
  }

  /**
   * RSASSA-PSS (SHA-384, MGF1-SHA-384) over the prepared message: k bytes, below n.
   *
   * @param {Uint8Array} prepared @param {Uint8Array} signature @param {number} [saltLength] @returns {Promise<boolean>}
   */
  async verify(prepared, signature, saltLength = SALT_LENGTH) {
    if (signature.length !== this.k || fromBytes(signature) >= this.n) return false;
    this.#key ??= this.#imported();
    const key = await this.#key;
    const [proof, message] = /** @type {BufferSource[]} */ ([signature, prepared]);
    return key !== null && crypto.subtle.verify({ name: "RSA-PSS", saltLength }, key, proof, message);
  }

  /**
   * For all signatures of an election. Null for a modulus with which nothing verifies, like an even one.
   *
   * @returns {Promise<CryptoKey | null>}
   */
  async #imported() {
    const jwk = { kty: "RSA", n: b64uEncode(toBytes(this.n, this.k)), e: "AQAB" };
    try {
      return await crypto.subtle.importKey("jwk", jwk, { name: "RSA-PSS", hash: "SHA-384" }, false, ["verify"]);
    } catch (error) {
      if (error instanceof DOMException && error.name === "DataError") return null;
      throw error;
    }
  }
}

/**
 * PrepareRandomize (section 4.1): 32 random bytes before the message.
 *
 * @param {Uint8Array} message @param {Uint8Array} rand @returns {Uint8Array}
 */
export function prepare(message, rand) {
  if (rand.length !== RAND_LENGTH) throw new BlindRsaError("wrong-length");
  return concat(rand, message);
}

/**
 * Blind (section 4.2): `blinded` goes to the issuer, `inverse` stays with the voter; both k bytes.
 *
 * `fixed.salt` and `fixed.inverse` (a bigint) are given by published vectors only.
 *
 * @param {IssuerPublicKey} key @param {Uint8Array} prepared
 * @param {{salt?: Uint8Array, inverse?: bigint}} [fixed]
 * @returns {Promise<{blinded: Uint8Array, inverse: Uint8Array}>}
 */
export async function blind(key, prepared, fixed = {}) {
  const { n, k } = key;
  const m = fromBytes(await emsaPssEncode(prepared, bitLength(n) - 1, fixed.salt ?? randomBytes(SALT_LENGTH)));
  if (invert(m, n) === null) throw new BlindRsaError("invalid-input");
  let unit = fixed.inverse ?? randomBelow(n);
  let r = invert(unit, n);
  while (r === null) {
    unit = randomBelow(n);
    r = invert(unit, n);
  }
  return { blinded: toBytes((m * power(r, PUBLIC_EXPONENT, n)) % n, k), inverse: toBytes(unit, k) };
}

/**
 * Finalize (section 4.4): the signature over `prepared`, k bytes. Throws BlindRsaError unless it verifies, so that a
 * cheating issuer is found out before the ballot is cast.
 *
 * @param {IssuerPublicKey} key @param {Uint8Array} prepared @param {Uint8Array} blindSignature
 * @param {Uint8Array} inverse @param {number} [saltLength]
 * @returns {Promise<Uint8Array>}
 */
export async function finalize(key, prepared, blindSignature, inverse, saltLength = SALT_LENGTH) {
  const signature = toBytes((integer(key, blindSignature) * integer(key, inverse)) % key.n, key.k);
  if (!(await key.verify(prepared, signature, saltLength))) throw new BlindRsaError("does-not-verify");
  return signature;
}

/**
 * EMSA-PSS-ENCODE of RFC 8017 section 9.1.1 with SHA-384 and MGF1-SHA-384: ceil(emBits / 8) bytes.
 *
 * @param {Uint8Array} message @param {number} emBits @param {Uint8Array} salt @returns {Promise<Uint8Array>}
 */
export async function emsaPssEncode(message, emBits, salt) {
  const digest = await sha384(new Uint8Array(8), await sha384(message), salt);
  const block = new Uint8Array(Math.ceil(emBits / 8) - HASH_LENGTH - 1);
  block.set([1], block.length - salt.length - 1);
  block.set(salt, block.length - salt.length);
  const mask = await mgf1(digest, block.length);
  const masked = block.map((byte, at) => byte ^ mask[at]);
  masked[0] &= 0xff >> ((8 - (emBits % 8)) % 8);
  return concat(masked, digest, Uint8Array.of(0xbc));
}

/**
 * RFC 8017 appendix B.2.1. The counter stays below 256: a modulus has less than 12 kB.
 *
 * @param {Uint8Array} seed @param {number} length @returns {Promise<Uint8Array>}
 */
async function mgf1(seed, length) {
  const blocks = Array.from({ length: Math.ceil(length / HASH_LENGTH) }, (_, counter) =>
    sha384(seed, Uint8Array.of(0, 0, 0, counter)),
  );
  return concat(...(await Promise.all(blocks))).subarray(0, length);
}

/** @param {...Uint8Array} parts @returns {Promise<Uint8Array>} */
const sha384 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-384", concat(...parts)));

/** @param {IssuerPublicKey} key @param {Uint8Array} value @returns {bigint} */
function integer(key, value) {
  if (value.length !== key.k) throw new BlindRsaError("wrong-length");
  const number = fromBytes(value);
  if (number <= 0n || number >= key.n) throw new BlindRsaError("out-of-range");
  return number;
}
