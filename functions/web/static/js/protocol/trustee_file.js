/**
 * A trustee's secrets as a file that opens with a passphrase, here and in a terminal.
 *
 * AES-256-GCM under a key from PBKDF2 with HMAC-SHA256, the one derivation from passwords that browsers have built in.
 */
import { b64uEncode, randomBytes, utf8 } from "./encoding.js";
import { Malformed } from "./errors.js";
import { b64u, literal, record } from "./fields.js";
import { jcsDecode, jcsEncode } from "./jcs.js";
import { SecretsError } from "./trustee_faults.js";
import { encodeSecrets, parseSecrets } from "./trustee_secrets.js";

const LABEL = "ballotcast/sealed/1";
/** As OWASP recommends for this function; part of the format, so that no file can ask for fewer. */
const ITERATIONS = 600_000;
const MAX_LENGTH = 64 * 1024;
const [SALT, NONCE] = [16, 12];

const members = record({ v: literal(LABEL), salt: b64u(SALT), nonce: b64u(NONCE), sealed: b64u() });

/**
 * The file. Salt and nonce are fresh each time.
 *
 * @param {import("./trustee_secrets.js").Secrets} secrets @param {string} passphrase @returns {Promise<Uint8Array>}
 */
export async function sealFile(secrets, passphrase) {
  const [salt, nonce] = [randomBytes(SALT), randomBytes(NONCE)];
  const plain = /** @type {BufferSource} */ (encodeSecrets(secrets));
  const sealed = new Uint8Array(await crypto.subtle.encrypt(cipher(nonce), await keyOf(passphrase, salt), plain));
  return jcsEncode({ v: LABEL, salt: b64uEncode(salt), nonce: b64uEncode(nonce), sealed: b64uEncode(sealed) });
}

/**
 * The secrets in a file. Throws SecretsError: `wrong-passphrase`, or `not-secrets` for what is no such file.
 *
 * @param {Uint8Array} bytes @param {string} passphrase
 */
export async function openFile(bytes, passphrase) {
  const { salt, nonce, sealed } = read(bytes);
  let opened;
  try {
    const hidden = /** @type {BufferSource} */ (sealed);
    opened = await crypto.subtle.decrypt(cipher(nonce), await keyOf(passphrase, salt), hidden);
  } catch (error) {
    // WebCrypto says nothing more of a tag that does not verify.
    throw error instanceof DOMException ? new SecretsError("wrong-passphrase") : error;
  }
  return parseSecrets(new Uint8Array(opened));
}

/** @param {Uint8Array} bytes */
function read(bytes) {
  if (bytes.length > MAX_LENGTH) throw new SecretsError("not-secrets");
  try {
    return members(jcsDecode(bytes));
  } catch (error) {
    throw error instanceof Malformed ? new SecretsError("not-secrets") : error;
  }
}

/** @param {Uint8Array} nonce @returns {AesGcmParams} */
const cipher = (nonce) => ({
  name: "AES-GCM",
  iv: /** @type {BufferSource} */ (nonce),
  additionalData: /** @type {BufferSource} */ (utf8(LABEL)),
});

/** @param {string} passphrase @param {Uint8Array} salt */
async function keyOf(passphrase, salt) {
  const secret = /** @type {BufferSource} */ (utf8(passphrase));
  const base = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveKey"]);
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt: /** @type {BufferSource} */ (salt), iterations: ITERATIONS };
  return crypto.subtle.deriveKey(derivation, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}
