/** Where a check shows itself: an outcome that nobody overlooks, and each step with an outcome of its own. */
import { h, present } from "../dom.js";
import { t } from "../strings.js";

/** @typedef {import("../dom.js").Child} Child */
/** @typedef {"pending" | "passed" | "failed" | "skipped"} State */

/** @type {Partial<Record<State, string>>} */
const BADGES = { passed: "good", failed: "bad" };

export class Panel {
  #place;
  #notice = h("div");
  #below = h("div");
  #list = h("ul", { class: "checks" });
  /** By name. @type {Map<string, {item: HTMLElement, badge: HTMLElement, detail: HTMLElement}>} */
  #steps = new Map();

  /** @param {HTMLElement} place which is emptied */
  constructor(place) {
    this.#place = place;
    place.replaceChildren(this.#notice, this.#below);
  }

  /**
   * What is going on, or how it ended, in place of what was said before; its heading takes the focus.
   *
   * @param {"" | "good" | "bad" | "warn"} kind @param {string} heading @param {...Child} content
   */
  announce(kind, heading, ...content) {
    const title = h("h3", { tabindex: -1 }, heading);
    const notice = h("div", { class: `notice ${kind}`.trim(), "data-outcome": kind || "running" }, title);
    notice.append(...present(content).map((part) => (typeof part === "string" ? h("p", {}, part) : part)));
    this.#notice.replaceWith(notice);
    this.#notice = notice;
    title.focus();
  }

  /** The steps to come, none done yet, or more of them. @param {{name: string, title: string, meaning: string}[]} steps */
  list(steps) {
    for (const { name, title, meaning } of steps) {
      const badge = h("span", { class: "badge" });
      const detail = h("p", { class: "meaning" }, meaning);
      const item = h("li", { "data-check": name }, h("strong", {}, title), " ", badge, detail);
      this.#steps.set(name, { item, badge, detail });
      this.#list.append(item);
      this.mark(name, "pending");
    }
    if (!this.#list.isConnected) this.append(this.#list);
  }

  /** Whether it is one of the steps. @param {string} name */
  has(name) {
    return this.#steps.has(name);
  }

  /** @param {string} name @param {State} state @param {string} [said] in place of what the step means */
  mark(name, state, said = "") {
    const step = this.#steps.get(name);
    if (!step) throw new Error(`no step ${name}`);
    const { item, badge, detail } = step;
    item.dataset.state = state;
    badge.className = `badge ${BADGES[state] ?? ""}`.trim();
    badge.textContent = t(`check.state_${state}`);
    if (said) detail.textContent = said;
  }

  /** The first step that is not done; undefined if all are. */
  get current() {
    return [...this.#steps].find(([, { item }]) => item.dataset.state === "pending")?.[0];
  }

  /** What is not done will not be: it is said so. */
  skipRest() {
    while (this.current) this.mark(this.current, "skipped");
  }

  /** @param {...Child} content */
  append(...content) {
    this.#below.append(...present(content));
  }

  clear() {
    this.#place.replaceChildren();
  }
}
