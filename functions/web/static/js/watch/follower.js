/** Asking a channel for what is new: no sooner than it says, never unseen, ever more rarely while it fails. */

import { prefix } from "../dom.js";

const LONGEST = 60_000;

/**
 * @typedef {import("./points.js").Values} Values
 * @typedef {{records: Values[], next: string, poll_after_ms: number}} LiveWindow
 * @typedef {"live" | "paused" | "waiting" | "gone"} State `waiting`: it did not answer and is asked again later
 */

export class Follower {
  /** @type {number | undefined} */
  #timer;
  /** @type {AbortController | undefined} */
  #asking;
  #since = "";
  #failed = 0;
  #running = false;

  /**
   * @param {string} channel its name
   * @param {(records: Values[], anew: boolean) => void} onRecords anew: what came before is of another channel
   * @param {(state: State) => void} onState
   * @param {number} least milliseconds between two questions, if that is more than the channel asks for
   */
  constructor(channel, onRecords, onState, least = 0) {
    this.url = `${prefix}/channels/${encodeURIComponent(channel)}/live`;
    this.onRecords = onRecords;
    this.onState = onState;
    this.least = least;
    document.addEventListener("visibilitychange", () => this.#look());
  }

  get running() {
    return this.#running;
  }

  start() {
    this.#running = true;
    this.#look();
  }

  stop() {
    this.#running = false;
    this.#look();
    this.onState("paused");
  }

  /** The newest window, once, without going on. */
  async once() {
    await this.#ask();
  }

  #look() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    if (this.#running && !document.hidden) void this.#ask();
  }

  async #ask() {
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    try {
      const response = await fetch(this.url + (this.#since && `?since=${this.#since}`), { signal });
      if (response.status === 404) return this.#end();
      if (!response.ok) return this.#fail(Number(response.headers.get("Retry-After")) * 1000);
      this.#take(await response.json());
    } catch {
      if (!signal.aborted) this.#fail(0);
    }
  }

  /** @param {LiveWindow} answer */
  #take({ records, next, poll_after_ms: after }) {
    const anew = this.#since !== "" && born(next) !== born(this.#since);
    this.#since = next;
    this.#failed = 0;
    if (records.length || anew) this.onRecords(records, anew);
    if (!this.#running) return;
    this.onState("live");
    this.#later(after && Math.max(after, this.least));
  }

  /** @param {number} asked */
  #fail(asked) {
    if (!this.#running) return;
    this.#failed += 1;
    this.onState("waiting");
    const pause = Math.min(LONGEST, 1000 * 2 ** this.#failed);
    this.#later(Math.max(asked || 0, pause * (0.5 + Math.random() / 2)));
  }

  #end() {
    this.#running = false;
    this.onState("gone");
  }

  /** @param {number} pause */
  #later(pause) {
    this.#timer = setTimeout(() => this.#ask(), pause);
  }
}

/** What a place in the live window says of when its channel was registered. @param {string} place */
function born(place) {
  return place.split(".")[0];
}
