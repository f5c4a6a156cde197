/**
 * The ballot as it is cast, stored and logged: 275 + k + L bytes.
 *
 *     0x01 ‖ M 32 ‖ vk 65 ‖ rand 32 ‖ issuer signature k ‖ HPKE ciphertext 65 + L + 16 ‖ ballot signature 64
 *
 * Whoever receives one checks it in the order `parse`, `verifyCredential`, `verifySignature`, cheapest first.
 */
import { RAND_LENGTH } from "./blind_rsa.js";
import { prepareCredential } from "./credential.js";
import { concat, equal, utf8 } from "./encoding.js";
import { Malformed } from "./errors.js";
import * as hpke from "./hpke.js";
import * as p256 from "./p256.js";

const VERSION = 1;
const SEAL_LABEL = utf8("ballotcast/ballot/1\n");
const CAST_LABEL = utf8("ballotcast/cast/1\n");

/**
 * Bytes that are not a ballot of this election. `reason`: `wrong-length`, `wrong-version`, `wrong-manifest`,
 * `bad-issuer-signature`, `bad-key`, `bad-encapsulated-key` or `bad-ballot-signature`, in the order of the checks.
 */
export class BallotError extends Malformed {}

/** The parts of a ballot, in views of its bytes. */
export class Ballot {
  /**
   * Splits a ballot after checking its length, version and manifest.
   *
   * @param {Uint8Array} bytes @param {import("./manifest.js").Manifest} manifest @returns {Ballot}
   */
  static parse(bytes, manifest) {
    if (bytes.length !== manifest.ballotLength) throw new BallotError("wrong-length");
    if (bytes[0] !== VERSION) throw new BallotError("wrong-version");
    if (!equal(bytes.subarray(1, 33), manifest.hash)) throw new BallotError("wrong-manifest");
    return new Ballot(bytes, manifest.issuer_pk.k);
  }

  /** @param {Uint8Array} bytes @param {number} k */
  constructor(bytes, k) {
    let at = 1;
    /** @param {number} length */
    const next = (length) => bytes.subarray(at, (at += length));
    this.bytes = bytes;
    this.manifestHash = next(32);
    this.vk = next(p256.POINT_LENGTH);
    this.rand = next(RAND_LENGTH);
    this.issuerSignature = next(k);
    this.sealed = next(bytes.length - p256.SIGNATURE_LENGTH - at);
    this.signature = next(p256.SIGNATURE_LENGTH);
  }

  /**
   * Throws BallotError unless the issuer signed this ballot's key for this election.
   *
   * @param {import("./manifest.js").Manifest} manifest
   */
  async verifyCredential(manifest) {
    const prepared = prepareCredential(this.manifestHash, this.vk, this.rand);
    if (!(await manifest.issuer_pk.verify(prepared, this.issuerSignature))) {
      throw new BallotError("bad-issuer-signature");
    }
  }

  /** Throws BallotError unless the key is a point of the curve, as is HPKE's, and signed the ballot. */
  async verifySignature() {
    let key;
    try {
      key = await p256.fromPoint(this.vk);
    } catch (error) {
      throw error instanceof p256.KeyError ? new BallotError("bad-key") : error;
    }
    const encapsulated = this.sealed.subarray(0, p256.POINT_LENGTH);
    if (!(await p256.isPoint(encapsulated))) throw new BallotError("bad-encapsulated-key");
    const signed = concat(CAST_LABEL, this.bytes.subarray(0, -p256.SIGNATURE_LENGTH));
    if (!(await p256.verify(key, signed, this.signature))) throw new BallotError("bad-ballot-signature");
  }

  /** Throws HpkeError. @param {CryptoKeyPair} electionKey of `hpke.openingKey` @returns {Promise<Uint8Array>} L bytes */
  open(electionKey) {
    return hpke.open(electionKey, concat(SEAL_LABEL, this.manifestHash, this.vk), this.sealed);
  }
}

/**
 * The plaintext (L bytes) sealed to the election key for this credential's key. It does not need the issuer's signature,
 * so choices can be sealed before the credential is requested.
 *
 * @param {import("./manifest.js").Manifest} manifest @param {p256.PrivateKey} key
 * @param {Uint8Array} plaintext
 * @returns {Promise<Uint8Array>} 65 + L + 16 bytes
 */
export const sealChoices = (manifest, key, plaintext) =>
  hpke.seal(manifest.election_pk, concat(SEAL_LABEL, manifest.hash, key.point), plaintext);

/**
 * A ballot around sealed choices, signed with the credential's key. ECDSA is randomised, so no two results are alike:
 * write the bytes down, then send them.
 *
 * @param {import("./manifest.js").Manifest} manifest @param {p256.PrivateKey} key
 * @param {Uint8Array} rand @param {Uint8Array} issuerSignature @param {Uint8Array} sealed
 * @returns {Promise<Uint8Array>} the bytes that are cast
 */
export async function signBallot(manifest, key, rand, issuerSignature, sealed) {
  const unsigned = concat(Uint8Array.of(VERSION), manifest.hash, key.point, rand, issuerSignature, sealed);
  return concat(unsigned, await p256.sign(key, concat(CAST_LABEL, unsigned)));
}
