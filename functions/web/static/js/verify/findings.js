/**
 * What a verification found: one outcome for each named check, in order. docs/protocol.md, section 10, says what each
 * check is passed by.
 *
 * @typedef {"passed" | "failed" | "skipped"} Outcome  skipped: an earlier check left nothing to look at
 * @typedef {{name: string, outcome: Outcome, reason: string, values: Record<string, string | number>}} Check
 */

export const CHECKS = [
  "archive",
  "manifest",
  "checkpoint",
  "election-key",
  "log",
  "leaves",
  "order",
  "ballots",
  "credentials",
  "one-ballot-each",
  "ledger",
  "rolls",
  "endings",
  "turnout",
  "door",
  "spoilt",
  "result",
];

/** A check for each kind of what people can keep of an election, made only if there is anything of the kind. */
export const KEPT_CHECKS = {
  checkpoints: "kept-checkpoints",
  doors: "kept-doors",
  turnouts: "kept-turnouts",
  receipts: "kept-receipts",
  issuances: "kept-issuances",
};

/** A check failed, and what comes after it cannot be checked. */
export class Stopped extends Error {}

/** The first failure of each check, and what passed. `told` is called with each check that is done. */
export class Findings {
  #found = new Map();
  #names;
  #told;

  /** @param {(check: Check) => void} [told] @param {string[]} [names] of the checks that are made, in order */
  constructor(told = () => {}, names = CHECKS) {
    this.#told = told;
    this.#names = names;
  }

  /** Whether the check has failed. @param {string} name */
  failed(name) {
    return this.#found.get(name)?.outcome === "failed";
  }

  /** The first failure of a check is kept. */
  fail(name, reason, values = {}) {
    if (!this.failed(name)) this.#keep({ name, outcome: "failed", reason, values });
  }

  /** Fail, and be thrown. */
  stop(name, reason, values = {}) {
    this.fail(name, reason, values);
    return new Stopped(reason);
  }

  /** The check has looked at everything: it has passed, unless it failed. */
  complete(name, values = {}) {
    if (!this.#found.has(name)) this.#keep({ name, outcome: "passed", reason: "", values });
  }

  /** @returns {Check[]} all of them */
  get checks() {
    return this.#names.map((name) => this.#found.get(name) ?? { name, outcome: "skipped", reason: "", values: {} });
  }

  #keep(check) {
    this.#found.set(check.name, check);
    this.#told(check);
  }
}
