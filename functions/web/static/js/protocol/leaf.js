/**
 * The leaves of an election's log: what each entry says, in the bytes that are hashed.
 *
 *     0x00‖M, the first | 0x02‖JCS{at, reason, …} | 0x01‖ballot | 0x03‖JCS{closed_at, ballots, …}, the last
 *
 * Ballots enter the log at the close only, in ascending order of their hashes.
 * Receipts and the API name a leaf by `leafHash` (merkle.js) of these bytes.
 */
import { amendment } from "./amendment.js";
import { concat, hexEncode, timeEncode } from "./encoding.js";
import { Malformed } from "./errors.js";
import { hash, integer, record, time } from "./fields.js";
import { jcsDecode, jcsEncode, MAX_INTEGER } from "./jcs.js";

/** Bytes that are not a leaf of an election's log. */
export class LeafError extends Malformed {}

const count = integer(0, MAX_INTEGER);
const closing = record({
  v: integer(2, 2),
  closed_at: time,
  ballots: count,
  issued: count,
  ledger_sha256: hash,
  roll_revision: count,
});

/** @param {Uint8Array} manifestHash @returns {Uint8Array} 0x00‖M */
export const manifestLeaf = (manifestHash) => concat(Uint8Array.of(0), manifestHash);

/** @param {Uint8Array} ballot @returns {Uint8Array} 0x01‖ballot */
export const ballotLeaf = (ballot) => concat(Uint8Array.of(1), ballot);

/** 0x03‖JCS{…}. @param {Extract<Leaf, {kind: "closing"}>} leaf @returns {Uint8Array} */
export const encodeClosing = ({ closed_at: closedAt, ballots, issued, ledger_sha256: ledger, roll_revision: revision }) =>
  concat(
    Uint8Array.of(3),
    jcsEncode({
      v: 2,
      closed_at: timeEncode(closedAt),
      ballots,
      issued,
      ledger_sha256: hexEncode(ledger),
      roll_revision: revision,
    }),
  );

/**
 * @typedef {{kind: "manifest", manifestHash: Uint8Array} | {kind: "ballot", ballot: Uint8Array} |
 *   ({kind: "amendment"} & import("./amendment.js").Amendment) |
 *   {kind: "closing", closed_at: Date, ballots: number, issued: number, ledger_sha256: Uint8Array,
 *   roll_revision: number}} Leaf
 */

/** Throws LeafError. @param {Uint8Array} data @returns {Leaf} */
export function parseLeaf(data) {
  const body = data.subarray(1);
  try {
    switch (data[0]) {
      case 0:
        if (body.length !== 32) throw new LeafError("not-a-leaf");
        return { kind: "manifest", manifestHash: body };
      case 1:
        return { kind: "ballot", ballot: body };
      case 2:
        return { kind: "amendment", ...amendment(jcsDecode(body)) };
      case 3:
        return { kind: "closing", ...closing(jcsDecode(body)) };
    }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
  }
  throw new LeafError("not-a-leaf");
}
