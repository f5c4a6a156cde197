/** How many records a channel has had, when the last one came, whether that is too long ago: told with the live window. */

import { h, prefix } from "../dom.js";
import { moment } from "../moments.js";
import { t } from "../strings.js";

const LEAST = 3000;
/** For a page that shows only whether the channel is silent: it has several of them. */
const RARELY = 10_000;
const MINUTE = 60;
/** @typedef {{records: number, last_record_at?: string | null}} Relay */

export class Facts {
  #asked = -RARELY;
  /** Seconds of silence that were told last. */
  #told = 0;

  /** @param {string} channel its name @param {ParentNode} place where elements have `data-fact` */
  constructor(channel, place) {
    this.url = `${prefix}/channels/${encodeURIComponent(channel)}`;
    this.records = place.querySelector("[data-fact=records]");
    this.last = place.querySelector("[data-fact=last]");
    /** @type {HTMLElement | null} */
    this.silent = place.querySelector("[data-fact=silent]");
  }

  /** Ask and show, where there is a place for it; not more often than every three seconds. */
  async renew() {
    if (!(this.records || this.silent) || performance.now() - this.#asked < (this.records ? LEAST : RARELY)) return;
    this.#asked = performance.now();
    try {
      const response = await fetch(this.url);
      if (response.ok) this.#show(await response.json());
    } catch {
      // No answer: the chart says so, and it is asked again.
    }
  }

  /** @param {{relay?: Relay, silent: boolean, quiet_for: number, config: {silence: number}}} channel */
  #show({ relay, silent, quiet_for: seconds, config: { silence } }) {
    if (this.silent) this.#warn(this.silent, silent, seconds, silence);
    if (!relay) return;
    if (this.records) this.records.textContent = String(relay.records);
    const at = relay.last_record_at;
    if (at) this.last?.replaceChildren(h("time", { datetime: at }, moment(at, true)));
  }

  /**
   * A screen reader says each change, so the seconds are told when the silence begins and once a minute.
   *
   * @param {HTMLElement} element @param {boolean} silent @param {number} seconds @param {number} silence
   */
  #warn(element, silent, seconds, silence) {
    if (silent && (element.hidden || seconds - this.#told >= MINUTE)) {
      element.textContent = t("chart.silent", { seconds, silence });
      this.#told = seconds;
    }
    element.hidden = !silent;
  }
}
