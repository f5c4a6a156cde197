/**
 * What a verification found: one outcome for each named check, in order. docs/protocol.md, section 10, says what each
 * check is passed by.
 *
 * @typedef {"passed" | "failed" | "skipped"} Outcome  skipped: an earlier check left nothing to look at
 * @typedef {typeof CHECKS[number] | typeof TRUSTEE_CHECKS[number] | typeof KEPT_CHECKS[keyof typeof KEPT_CHECKS]} CheckName
 * @typedef {{name: CheckName, outcome: Outcome, reason: string, values: Record<string, string | number>}} Check
 */

export const CHECKS = /** @type {const} */ ([
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
]);

/** Further checks of elections with trustees. */
export const TRUSTEE_CHECKS = /** @type {const} */ (["ceremony", "agreement", "shares"]);

/** A check for each kind of what people can keep of an election, made only if there is anything of the kind. */
export const KEPT_CHECKS = /** @type {const} */ ({
  checkpoints: "kept-checkpoints",
  doors: "kept-doors",
  turnouts: "kept-turnouts",
  receipts: "kept-receipts",
  issuances: "kept-issuances",
});

/** A check failed, and what comes after it cannot be checked. */
export class Stopped extends Error {}

/** The first failure of each check, and what passed. `told` is called with each check that is done. */
export class Findings {
  /** @type {Map<CheckName, Check>} */
  #found = new Map();
  /** @type {readonly CheckName[]} */
  #names;
  #told;

  /** @param {(check: Check) => void} [told] @param {readonly CheckName[]} [names] of the checks that are made, in order */
  constructor(told = () => {}, names = CHECKS) {
    this.#told = told;
    this.#names = names;
  }

  /** More checks, which are made after those that were known so far. @param {readonly CheckName[]} names */
  include(names) {
    this.#names = [...this.#names, ...names];
  }

  /** Whether the check has failed. @param {CheckName} name */
  failed(name) {
    return this.#found.get(name)?.outcome === "failed";
  }

  /**
   * The first failure of a check is kept.
   *
   * @param {CheckName} name @param {string} reason @param {Check["values"]} [values]
   */
  fail(name, reason, values = {}) {
    if (!this.failed(name)) this.#keep({ name, outcome: "failed", reason, values });
  }

  /** Fail, and be thrown. @param {CheckName} name @param {string} reason @param {Check["values"]} [values] */
  stop(name, reason, values = {}) {
    this.fail(name, reason, values);
    return new Stopped(reason);
  }

  /**
   * The check has looked at everything: it has passed, unless it failed.
   *
   * @param {CheckName} name @param {Check["values"]} [values]
   */
  complete(name, values = {}) {
    if (!this.#found.has(name)) this.#keep({ name, outcome: "passed", reason: "", values });
  }

  /** @returns {Check[]} all of them */
  get checks() {
    return this.#names.map((name) => this.#found.get(name) ?? { name, outcome: "skipped", reason: "", values: {} });
  }

  /** @param {Check} check */
  #keep(check) {
    this.#found.set(check.name, check);
    this.#told(check);
  }
}
