/**
 * The roll's tags and the issuance ledger: what a voter can check of their own line (docs/protocol.md, section 9).
 *
 *     issuance.csv: `tag,added,ended,replaces,blinded_sha256`, then lines in ascending order of tag, each ended by LF
 *
 * `added` and `ended` are revisions of the roll. A right has ended if that was asked for and no credential was issued.
 */
import { hexEncode, sha256, utf8 } from "./encoding.js";
import { Malformed, Untrusted } from "./errors.js";
import { parseLink } from "./link.js";
import { leafHash, root } from "./merkle.js";

const LABEL = utf8("ballotcast/roll/1\n");
const HEADER = "tag,added,ended,replaces,blinded_sha256\n";
const LINE = /^([0-9a-f]{64}),(0|[1-9][0-9]{0,14}),([1-9][0-9]{0,14})?,([0-9a-f]{64})?,([0-9a-f]{64})?$/;
const AROUND = /^[ \t\r\n]+|[ \t\r\n]+$/g;

/** Bytes that are not an issuance ledger. */
export class LedgerError extends Malformed {}

/**
 * The form in which two spellings of one address are equal: without space around it, A to Z in lower case. A roll's
 * addresses are ASCII, with international domains as A-labels (xn--…); other letters stay as they are.
 *
 * @param {string} email
 */
export const emailKey = (email) => email.replace(AROUND, "").replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** A voter's line on the roll. @param {Uint8Array} salt 16 bytes @param {string} email */
export const rollTag = (salt, email) => sha256(LABEL, salt, utf8(emailKey(email)));

/** The RFC 9162 root over the tags in ascending order, which a ledger's lines have. @param {Uint8Array[]} tags */
export const rollRoot = async (tags) => root(await Promise.all(tags.map((tag) => leafHash(tag))));

/**
 * A line, with its number in the file from 1; hashes are hex or empty, and `ended` is 0 where nothing was asked for.
 *
 * @typedef {{number: number, tag: string, added: number, ended: number, replaces: string, blinded: string}} Line
 */

/** The lines by tag, in hex. Throws LedgerError. @param {Uint8Array} data @returns {Map<string, Line>} ascending */
export function parseLedger(data) {
  // A decoder for which every byte is a character: what is not ASCII is in no line below.
  const text = new TextDecoder("latin1").decode(data);
  if (!text.startsWith(HEADER)) throw new LedgerError("not-a-ledger");
  const rows = text.slice(HEADER.length).split("\n");
  if (rows.pop() !== "") throw new LedgerError("not-a-ledger");
  /** @type {Map<string, Line>} */
  const lines = new Map();
  let last = "";
  for (const [at, row] of rows.entries()) {
    const [tag, added, ended, replaces, blinded] = LINE.exec(row)?.slice(1) ?? [];
    if (tag === undefined || tag <= last) throw new LedgerError("not-a-ledger");
    const revisions = { added: Number(added), ended: Number(ended ?? 0) };
    lines.set(tag, { number: at + 2, tag, ...revisions, replaces: replaces ?? "", blinded: blinded ?? "" });
    last = tag;
  }
  return lines;
}

/**
 * Whether `issuance.csv` of an export has this voter's line as it must be.
 *
 * Throws Untrusted if there is no such line, or another value in it; LedgerError, LinkError.
 *
 * @param {Uint8Array} ledger @param {string} link any that this voter was sent @param {string} email as on the roll
 * @param {Uint8Array} blindedSha256 of what the voter had signed, empty if nothing
 */
export async function checkLedgerLine(ledger, link, email, blindedSha256) {
  const tag = await rollTag(parseLink(link).salt, email);
  const line = parseLedger(ledger).get(hexEncode(tag));
  if (line === undefined) throw new Untrusted("not-on-the-roll");
  if (line.blinded !== hexEncode(blindedSha256)) {
    throw new Untrusted(line.blinded ? "credential-not-theirs" : "credential-unknown");
  }
}
