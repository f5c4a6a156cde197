/**
 * The roll's tags and the issuance ledger: what a voter can check of their own line (docs/protocol.md, section 9).
 *
 *     issuance.csv: `tag,blinded_sha256`, then lines of lower-case hex in ascending order of tag, each ended by LF; the
 *     second field is empty where nothing was issued.
 */
import { hexEncode, sha256, utf8 } from "./encoding.js";
import { Malformed, Untrusted } from "./errors.js";
import { parseLink } from "./link.js";
import { leafHash, root } from "./merkle.js";

const LABEL = utf8("ballotcast/roll/1\n");
const HEADER = "tag,blinded_sha256\n";
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
 * The lines by tag, both as hex; the value is empty where nothing was issued. Throws LedgerError.
 *
 * @param {Uint8Array} data @returns {Map<string, string>} in ascending order
 */
export function parseLedger(data) {
  // A decoder for which every byte is a character: what is not ASCII is in no line below.
  const text = new TextDecoder("latin1").decode(data);
  const lines = text.slice(HEADER.length).split("\n");
  const ends = lines.pop() === "" && text.startsWith(HEADER);
  const spelled = lines.every((line) => /^[0-9a-f]{64},(?:[0-9a-f]{64})?$/.test(line));
  const rows = lines.map((line) => line.split(","));
  const ascending = rows.every(([tag], at) => at === 0 || rows[at - 1][0] < tag);
  if (!ends || !spelled || !ascending) throw new LedgerError("not-a-ledger");
  return new Map(rows);
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
  const found = parseLedger(ledger).get(hexEncode(tag));
  if (found === undefined) throw new Untrusted("not-on-the-roll");
  if (found !== hexEncode(blindedSha256)) throw new Untrusted(found ? "credential-not-theirs" : "credential-unknown");
}
