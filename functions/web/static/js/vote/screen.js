/** One step at a time: its heading takes the focus, so that whoever cannot see the page hears where they are. */
import { find, h, present } from "../dom.js";
import { t } from "../strings.js";

/** @typedef {import("../dom.js").Child} Child */

const place = find("#voting");
const STEPS = ["start", "election", "ballot", "review", "code", "cast", "receipt"];
let hasCode = false;
let left = /** @type {{step: string, scroll: number} | null} */ (null);

/** Whether this election asks for a code; the list of steps has one more then. @param {boolean} expected */
export function expectCode(expected) {
  hasCode = expected;
}

/** Where the page was before it was loaded in another language: the first step is shown there, if it is that one. @param {typeof left} was */
export function returnTo(was) {
  left = was;
}

/**
 * Show a step in place of the one before.
 *
 * @param {string} step one of STEPS @param {string} heading @param {...(Child | Child[])} content
 */
export function show(step, heading, ...content) {
  showUnder(null, step, heading, ...content);
}

/**
 * The same with a line above the heading.
 *
 * @param {Child} above @param {string} step @param {string} heading @param {...(Child | Child[])} content
 */
export function showUnder(above, step, heading, ...content) {
  const title = h("h1", { tabindex: -1 }, heading);
  document.title = `${heading} · Ballotcast`;
  place.replaceChildren(...present([progress(step), above, title, ...content]));
  place.dataset.step = step;
  title.focus();
  scrollTo(0, left?.step === step ? left.scroll : 0);
  if (step !== "election" || left?.step === step) left = null; // what looks the election up comes first
}

/** @param {string} text @param {string} [kind] `good`, `bad`, `warn` or nothing */
export const notice = (text, kind = "") => h("p", { class: `notice ${kind}`.trim() }, text);

/** @param {string} text @param {string | null} [kind] */
export const paragraph = (text, kind = null) => h("p", { class: kind }, text);

/**
 * A button that acts once: further clicks do nothing.
 *
 * @param {string} label @param {() => void} act @param {string | null} [kind]
 */
export function once(label, act, kind = "primary") {
  const button = h("button", { type: "button", class: kind }, label);
  button.addEventListener("click", () => act(), { once: true });
  return button;
}

/** @param {...Child} buttons */
export const actions = (...buttons) => h("div", { class: "actions" }, ...buttons);

/** @param {string} current */
function progress(current) {
  const steps = STEPS.filter((step) => step !== "start" && (step !== "code" || hasCode || current === "code"));
  /** @param {string} step */
  const item = (step) => h("li", { "aria-current": step === current ? "step" : null }, t(`vote.step_${step}`));
  return h("ol", { class: "steps", "aria-label": t("vote.steps") }, ...steps.map(item));
}
