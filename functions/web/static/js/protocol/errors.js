/**
 * What can go wrong on the voter's side.
 *
 *     ProtocolError
 *     ├── Malformed     bytes or text that no encoder here would have written; each decoder has its own kind
 *     ├── Spoilt        choices that would not be counted
 *     ├── Unreachable   no answer that was one, after several attempts; nothing is known of what the server did
 *     ├── ApiError      the server refused, and says why
 *     ├── Untrusted     what the server shows does not prove itself: do not go on
 *     │   └── PromiseBroken   it proves that a ballot is not where its receipt promises it
 *     ├── NotYet        it may come later
 *     └── BadState      a recovery file that cannot be read
 *
 * `reason` is a short name in kebab-case, for the pages to look up words by. No error repeats a link, a code, a key or
 * a ballot.
 */
export class ProtocolError extends Error {
  /** @param {string} reason @param {string} [message] for developers, in English */
  constructor(reason, message = reason) {
    super(message);
    this.name = new.target.name;
    this.reason = reason;
  }
}

export class Malformed extends ProtocolError {}
export class Unreachable extends ProtocolError {}
export class Untrusted extends ProtocolError {}

/** `proof`: a file that shows it to anyone (absence.js). */
export class PromiseBroken extends Untrusted {
  /** @param {string} proof */
  constructor(proof) {
    super("promise-broken");
    this.proof = proof;
  }
}

export class NotYet extends ProtocolError {}
export class BadState extends ProtocolError {}

/**
 * What `make` answers, where anything malformed means that the server is not to be trusted.
 *
 * @template T
 * @param {string} reason @param {() => T | Promise<T>} make @returns {Promise<T>}
 */
export async function orUntrusted(reason, make) {
  try {
    return await make();
  } catch (error) {
    throw error instanceof Malformed ? new Untrusted(reason, `${reason}: ${error.message}`) : error;
  }
}

/** `contest`: the id of the contest whose rule is broken, or empty. `reason`: as in docs/protocol.md, section 7. */
export class Spoilt extends ProtocolError {
  /** @param {string} reason @param {string} [contest] */
  constructor(reason, contest = "") {
    super(reason, contest ? `${contest}: ${reason}` : reason);
    this.contest = contest;
  }
}

/**
 * A problem document (RFC 9457). `reason` and `slug`: as in docs/problems.md; `refused` and empty where it was none.
 * `errors`: `{pointer, detail}` for each bad field. `retryAfter`: seconds, or null.
 */
export class ApiError extends ProtocolError {
  /**
   * @param {number} status @param {string} slug @param {string} detail
   * @param {{pointer?: string, detail?: string}[]} [errors] @param {number | null} [retryAfter]
   */
  constructor(status, slug, detail, errors = [], retryAfter = null) {
    super(slug || "refused", detail);
    this.status = status;
    this.slug = slug;
    this.detail = detail;
    this.errors = errors;
    this.retryAfter = retryAfter;
  }

  /**
   * Whether the request was turned away or broke off (throttled, too many from one address, no answer of AWS): try again.
   * Not while the votes are counted: that takes longer.
   */
  get turnedAway() {
    if (this.counting) return false;
    return [502, 503, 504].includes(this.status) || (!this.slug && [403, 429].includes(this.status));
  }

  /** Whether voting has ended, and only the count shows whether the ballot is in it. */
  get counting() {
    return this.slug === "count-under-way";
  }
}
