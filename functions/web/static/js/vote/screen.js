/** One step at a time: its heading takes the focus, so that whoever cannot see the page hears where they are. */
import { find, h, present } from "../dom.js";
import { t } from "../strings.js";

/** @typedef {import("../dom.js").Child} Child */

const place = find("#voting");
const STEPS = ["start", "election", "ballot", "review", "code", "cast", "receipt"];
let hasCode = false;

/** Whether this election asks for a code; the list of steps has one more then. @param {boolean} expected */
export function expectCode(expected) {
  hasCode = expected;
}

/**
 * Show a step in place of the one before.
 *
 * @param {string} step one of STEPS @param {string} heading @param {...(Child | Child[])} content
 */
export function show(step, heading, ...content) {
  const title = h("h1", { tabindex: -1 }, heading);
  document.title = `${heading} · Ballotcast`;
  place.replaceChildren(progress(step), title, ...present(content));
  title.focus();
  scrollTo(0, 0);
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
