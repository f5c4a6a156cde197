/**
 * C2SP signed notes with one Ed25519 signature (type 0x01): a text, a blank line, one signature line.
 *
 * C2SP allows more signature lines, and readers that pass over those of unknown keys. Here every other line is refused,
 * so that a signed text has as many spellings as its key made signatures, and nobody else can add one.
 *
 * Only the reading side: nobody signs notes in a browser.
 */
import * as ed25519 from "./ed25519.js";
import { b64Decode, EncodingError, equal, sha256, utf8 } from "./encoding.js";
import { Malformed } from "./errors.js";

const ED25519 = Uint8Array.of(1);
const KEY_ID_LENGTH = 4;

/** A note that is malformed, or that the expected key did not sign. */
export class NoteError extends Malformed {}

/**
 * The id that, with the name, tells which key made a signature.
 *
 * @param {string} name @param {Uint8Array} publicKey @returns {Promise<Uint8Array>} 4 bytes
 */
export const keyId = async (name, publicKey) =>
  (await sha256(utf8(`${name}\n`), ED25519, publicKey)).subarray(0, KEY_ID_LENGTH);

/**
 * The text of a note that this key signed, and nobody else. Throws NoteError.
 *
 * @param {string} note @param {string} name of the key @param {Uint8Array} publicKey 32 bytes
 * @returns {Promise<string>}
 */
export async function verifyNote(note, name, publicKey) {
  const { text, signature } = parse(note);
  const ours = signature.name === name && equal(signature.keyId, await keyId(name, publicKey));
  if (!ours) throw new NoteError("not-signed");
  if (!(await ed25519.verify(publicKey, utf8(text), signature.bytes))) throw new NoteError("does-not-verify");
  return text;
}

/** Throws NoteError for what has not the form of a note; who signed it is another question. @param {string} note */
export function requireNote(note) {
  parse(note);
}

/** @param {string} note */
function parse(note) {
  // A newline is the only control character below a space.
  if (!note.endsWith("\n") || /[\0-\t\v-\x1f]|\p{Surrogate}/u.test(note)) throw new NoteError("not-a-note");
  const end = note.lastIndexOf("\n\n");
  if (end < 0) throw new NoteError("not-a-note");
  const [line, ...more] = note.slice(end + 2).replace(/\n$/, "").split("\n");
  if (more.length) throw new NoteError("more-than-one-signature");
  return { text: note.slice(0, end + 1), signature: parseSignature(line) };
}

/** @param {string} line */
function parseSignature(line) {
  const [dash, name, encoded, ...more] = line.split(" ");
  const data = dash === "—" && encoded !== undefined && !more.length ? decoded(encoded) : null;
  if (data?.length !== KEY_ID_LENGTH + ed25519.SIGNATURE_LENGTH) throw new NoteError("not-a-signature-line");
  return { name, keyId: data.subarray(0, KEY_ID_LENGTH), bytes: data.subarray(KEY_ID_LENGTH) };
}

/** @param {string} text */
function decoded(text) {
  try {
    return b64Decode(text);
  } catch (error) {
    if (error instanceof EncodingError) return null;
    throw error;
  }
}
