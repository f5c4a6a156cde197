/**
 * Requests to the API and their answers, tried again where that is safe.
 *
 * There are two sides. What carries a link goes on the identified one; what carries a ballot on the anonymous one, with
 * no cookie and no referrer. A browser keeps connections of requests without credentials apart from the others, so no
 * connection carries both. Tried again, with the same bytes, are requests that got no answer and those that were turned
 * away or broke off (502, 503, 504): all of a voter's requests are idempotent by content.
 */
import { utf8Decode } from "./encoding.js";
import { ApiError, Malformed, Unreachable, Untrusted } from "./errors.js";

/** Seconds before each further attempt, unless the server asks for more. */
const WAITS = [0.2, 0.5, 1, 2, 4];
const LONGEST_WAIT = 30;
/** Milliseconds: a little over what API Gateway waits for a function. */
const TIMEOUT = 35_000;
/** @satisfies {Record<string, RequestInit>} */
const SIDES = {
  identified: { credentials: "same-origin" },
  anonymous: { credentials: "omit", referrerPolicy: "no-referrer" },
};

/** @param {number} seconds @returns {Promise<void>} */
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/**
 * One side of the API. Answers of 400 and above are thrown as ApiError, no answer at all as Unreachable. No redirect is
 * followed: one is an answer of status 0.
 *
 * @typedef {{status: number, headers: Headers, bytes: Uint8Array}} Answer
 */
export class Side {
  #address;
  #credentials;
  #sleep;

  /** @param {string} address @param {RequestInit} credentials @param {(seconds: number) => Promise<void>} sleep */
  constructor(address, credentials, sleep) {
    this.#address = address;
    this.#credentials = credentials;
    this.#sleep = sleep;
  }

  /** @param {string} path below the API's address @param {RequestInit} [init] @returns {Promise<Answer>} */
  get(path, init = {}) {
    return this.#send(path, init);
  }

  /**
   * A POST that is idempotent by its content, which goes as JSON.
   *
   * @param {string} path @param {object} content @returns {Promise<Answer>}
   */
  post(path, content) {
    const headers = { "Content-Type": "application/json" };
    return this.#send(path, { method: "POST", headers, body: JSON.stringify(content) });
  }

  /**
   * The answer to a GET, or null where there is nothing (404).
   *
   * @param {string} path @param {RequestInit} [init] @returns {Promise<Answer | null>}
   */
  async find(path, init = {}) {
    try {
      return await this.get(path, init);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }

  /**
   * The answer to a GET that is sent ahead of its need, once; null if it is none that helps: the same is asked again then.
   *
   * @param {string} path @returns {Promise<Answer | null>}
   */
  async ahead(path) {
    const answer = await this.#once(path, {});
    return answer !== null && answer.status < 400 ? answer : null;
  }

  /**
   * What `look` answers, looking again with growing pauses of `patience` seconds in all while that is null.
   *
   * @template T
   * @param {() => Promise<T | null>} look @param {number} patience @returns {Promise<T | null>}
   */
  async waitFor(look, patience) {
    let [waited, wait, found] = [0, 0.25, await look()];
    while (found === null && waited < patience) {
      wait = Math.min(wait, patience - waited);
      await this.#sleep(wait);
      [waited, wait, found] = [waited + wait, Math.min(2 * wait, 5), await look()];
    }
    return found;
  }

  /** @param {string} path @param {RequestInit} init @returns {Promise<Answer>} */
  async #send(path, init) {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.#once(path, init);
      if (answer !== null && answer.status < 400) return answer;
      const error = answer === null ? new Unreachable("unreachable") : problem(answer);
      const refused = error instanceof ApiError ? error : null;
      const again = refused === null || refused.turnedAway || refused.slug === "in-progress";
      if (attempt === WAITS.length || !again) throw error;
      await this.#sleep(Math.min(Math.max(WAITS[attempt], refused?.retryAfter ?? 0), LONGEST_WAIT));
    }
  }

  /**
   * The answer, or null if there was none, or half of one.
   *
   * @param {string} path @param {RequestInit} init @returns {Promise<Answer | null>}
   */
  async #once(path, init) {
    try {
      /** @type {RequestInit} */
      const options = { redirect: "manual", ...init, ...this.#credentials, signal: AbortSignal.timeout(TIMEOUT) };
      const response = await fetch(this.#address + path, options);
      const bytes = new Uint8Array(await response.arrayBuffer());
      return { status: response.status, headers: response.headers, bytes };
    } catch (error) {
      if (error instanceof TypeError || error instanceof DOMException) return null;
      throw error;
    }
  }
}

/**
 * The API at this address (with or without a trailing slash).
 *
 * @param {string} address @param {{sleep?: (seconds: number) => Promise<void>}} [options]
 * @returns {{address: string, identified: Side, anonymous: Side}}
 */
export function connect(address, { sleep = pause } = {}) {
  const base = address.replace(/\/+$/, "");
  /** @param {keyof typeof SIDES} name */
  const side = (name) => new Side(base, SIDES[name], sleep);
  return Object.freeze({ address: base, identified: side("identified"), anonymous: side("anonymous") });
}

/** @typedef {{string: string, number: number, boolean: boolean}} Types of members, by what `typeof` answers */

/**
 * A member of a JSON answer. Throws Untrusted if there is none of this type.
 *
 * @template {keyof Types} K
 * @param {Answer} answer @param {string} name @param {K} type @returns {Types[K]}
 */
export function member(answer, name, type) {
  const value = json(answer)[name];
  if (typeof value !== type) throw new Untrusted("unexpected-answer");
  return /** @type {Types[K]} */ (value);
}

/**
 * A member of a JSON answer that is a list of texts. Throws Untrusted if there is none.
 *
 * @param {Answer} answer @param {string} name @returns {string[]}
 */
export function texts(answer, name) {
  const value = json(answer)[name];
  if (!Array.isArray(value) || !value.every((one) => typeof one === "string")) throw new Untrusted("unexpected-answer");
  return value;
}

/**
 * A member that may be null or left out, of no weight for what is verified; null then.
 *
 * @template {keyof Types} K
 * @param {Answer} answer @param {string} name @param {K} type @returns {Types[K] | null}
 */
export function optional(answer, name, type) {
  return (json(answer)[name] ?? null) === null ? null : member(answer, name, type);
}

/** The JSON object that an answer is; empty for any other answer. @param {Answer} answer @returns {Record<string, unknown>} */
function json(answer) {
  try {
    const value = JSON.parse(utf8Decode(answer.bytes));
    return typeof value === "object" && value !== null ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Malformed) return {};
    throw error;
  }
}

/** @param {Answer} answer @returns {ApiError} */
function problem(answer) {
  const { type = "", detail = "", errors = [] } = json(answer);
  const asked = answer.headers.get("Retry-After") ?? "";
  const retryAfter = /^\d+$/.test(asked) ? Number(asked) : null;
  const slug = String(type).split(":").at(-1) ?? "";
  return new ApiError(answer.status, slug, String(detail), Array.isArray(errors) ? errors : [], retryAfter);
}
