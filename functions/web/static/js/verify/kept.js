/**
 * What people kept of an election while it lasted, told apart by kind, to hold it against the export.
 *
 * Every kind is a signed note whose first line names it; that of a checkpoint is the log's name.
 *
 * @typedef {{name: string, note: string}} Statement  `name`: where it comes from, for people to find it by
 * @typedef {Record<keyof typeof KEPT_CHECKS, Statement[]>} Kept
 */
import { Malformed } from "../protocol/errors.js";
import { KEPT_CHECKS } from "./findings.js";

/** @type {Record<string, keyof typeof KEPT_CHECKS>} */
const KINDS = {
  "ballotcast/door/1": "doors",
  "ballotcast/turnout/1": "turnouts",
  "ballotcast/receipt/1": "receipts",
  "ballotcast/issuance/1": "issuances",
};

const KINDS_IN_ORDER = /** @type {(keyof typeof KEPT_CHECKS)[]} */ (Object.keys(KEPT_CHECKS));

/** Something that is not a signed statement of any kind. `statement`: its name. */
export class NotKept extends Malformed {
  /** @param {string} statement */
  constructor(statement) {
    super("not-a-statement");
    this.statement = statement;
  }
}

/** Each under its kind; whether it is true is seen later. Throws NotKept. @param {Statement[]} statements @returns {Kept} */
export function sortKept(statements) {
  /** @type {Kept} */
  const kept = { checkpoints: [], doors: [], turnouts: [], receipts: [], issuances: [] };
  for (const statement of statements) kept[kindOf(statement)].push(statement);
  return kept;
}

/** Throws NotKept. @param {Statement} statement @returns {keyof typeof KEPT_CHECKS} */
export function kindOf({ name, note }) {
  const [first] = note.split("\n", 1);
  if (Object.hasOwn(KINDS, first)) return KINDS[first];
  if (first.startsWith("ballotcast/") || !note.includes("\n\n— ")) throw new NotKept(name);
  return "checkpoints";
}

/**
 * The names of the checks that there is anything for, in order.
 *
 * @param {Kept} kept @returns {import("./findings.js").CheckName[]}
 */
export const keptChecks = (kept) => KINDS_IN_ORDER.flatMap((kind) => (kept[kind].length ? [KEPT_CHECKS[kind]] : []));
