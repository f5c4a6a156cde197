/**
 * C2SP signed notes with Ed25519 signatures (type 0x01): a text, a blank line, one line for each signature.
 *
 * Only the reading side: nobody signs notes in a browser.
 */
import { b64Decode, concat, EncodingError, equal, sha256, utf8 } from "./encoding.js";
import { Malformed } from "./errors.js";

const ED25519 = Uint8Array.of(1);
const KEY_ID_LENGTH = 4;
const MAX_SIGNATURES = 16;

/** A note that is malformed, or that the expected key did not sign. */
export class NoteError extends Malformed {}

/** The id that, with the name, tells which key made a signature. @returns {Promise<Uint8Array>} 4 bytes */
export const keyId = async (name, publicKey) =>
  (await sha256(utf8(`${name}\n`), ED25519, publicKey)).subarray(0, KEY_ID_LENGTH);

/**
 * The text of a note that this key signed; signatures of other keys are passed over. Throws NoteError.
 *
 * @param {string} note @param {string} name of the key @param {Uint8Array} publicKey 32 bytes
 * @returns {Promise<string>}
 */
export async function verifyNote(note, name, publicKey) {
  const { text, signatures } = parse(note);
  const id = await keyId(name, publicKey);
  const ours = signatures.filter((one) => one.name === name && equal(one.keyId, id));
  if (!ours.length) throw new NoteError("not-signed");
  for (const { signature } of ours) {
    if (!(await verifies(publicKey, signature, utf8(text)))) throw new NoteError("does-not-verify");
  }
  return text;
}

async function verifies(publicKey, signature, message) {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, signature, message);
  } catch (error) {
    if (error.name === "DataError") return false; // bytes that are no key
    throw error;
  }
}

/** Throws NoteError for what has not the form of a note; who signed it is another question. @param {string} note */
export function requireNote(note) {
  parse(note);
}

function parse(note) {
  // A newline is the only control character below a space.
  if (!note.endsWith("\n") || /[\0-\t\v-\x1f]|\p{Surrogate}/u.test(note)) throw new NoteError("not-a-note");
  const end = note.lastIndexOf("\n\n");
  const lines = note.slice(end + 2).replace(/\n$/, "").split("\n");
  if (end < 0 || lines.length > MAX_SIGNATURES) throw new NoteError("not-a-note");
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line) {
  const [dash, name, encoded, ...more] = line.split(" ");
  const data = dash === "—" && encoded !== undefined && !more.length ? decoded(encoded) : null;
  if (data === null || data.length <= KEY_ID_LENGTH || !/^[^+\p{White_Space}]+$/u.test(name)) {
    throw new NoteError("not-a-signature-line");
  }
  return { name, keyId: data.subarray(0, KEY_ID_LENGTH), signature: data.subarray(KEY_ID_LENGTH) };
}

function decoded(text) {
  try {
    return b64Decode(text);
  } catch (error) {
    if (error instanceof EncodingError) return null;
    throw error;
  }
}
