/** How many records a channel has had, and when the last one came: on its page these grow with the live window. */

import { h, prefix } from "../dom.js";
import { moment } from "../moments.js";

const LEAST = 3000;

export class Facts {
  #asked = -LEAST;

  /** @param {string} channel its name @param {ParentNode} place where elements have `data-fact` */
  constructor(channel, place) {
    this.url = `${prefix}/channels/${encodeURIComponent(channel)}`;
    this.records = place.querySelector("[data-fact=records]");
    this.last = place.querySelector("[data-fact=last]");
  }

  /** Ask and show, where there is a place for it; not more often than every three seconds. */
  async renew() {
    if (!this.records || performance.now() - this.#asked < LEAST) return;
    this.#asked = performance.now();
    try {
      const response = await fetch(this.url);
      if (response.ok) this.#show((await response.json()).relay);
    } catch {
      // No answer: the chart says so, and it is asked again.
    }
  }

  /** @param {{records: number, last_record_at?: string | null} | undefined} relay */
  #show(relay) {
    if (!relay) return;
    if (this.records) this.records.textContent = String(relay.records);
    const at = relay.last_record_at;
    if (at) this.last?.replaceChildren(h("time", { datetime: at }, moment(at, true)));
  }
}
