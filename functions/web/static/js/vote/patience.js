/** Waiting for an answer: it is said what is known, tried again by itself, and at once when the network is back. */
import { find, h } from "../dom.js";
import { ApiError, Unreachable } from "../protocol/errors.js";
import { t } from "../strings.js";

/** Seconds: shorter waits need no words. */
const NOTICEABLE = 1;
/** Seconds between rounds of attempts. */
const ROUND = 10;

const region = find("#waiting");
const said = h("div", { role: "status" });
const again = h("button", { type: "button" }, t("vote.try_now"));
const shown = h("div", { class: "notice warn" }, said, again);
let known = "";
let wake = () => {};
again.addEventListener("click", () => wake());
addEventListener("online", () => wake());
region.append(said);

/**
 * For `connect`: each wait of it means that an attempt got no answer.
 *
 * @param {number} seconds @param {string} [words] @returns {Promise<void>}
 */
export function sleep(seconds, words = t(navigator.onLine ? "vote.no_answer" : "vote.offline")) {
  if (seconds >= NOTICEABLE) tell(words);
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

/**
 * What `act` answers, however long it takes until there is an answer; the same is asked each time.
 *
 * @template T @param {string} meanwhile what the voter should know while there is none @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
export async function persistently(meanwhile, act) {
  known = meanwhile;
  try {
    for (;;) {
      try {
        return await act();
      } catch (error) {
        const passing = error instanceof Unreachable || (error instanceof ApiError && (error.status >= 500 || error.turnedAway));
        if (!passing) throw error;
        const refused = error instanceof ApiError ? error : null;
        await sleep(refused?.retryAfter ?? ROUND, refused?.counting ? t("vote.counting") : undefined);
      }
    }
  } finally {
    region.replaceChildren(said);
    said.replaceChildren();
  }
}

/** @param {string} text */
function tell(text) {
  if (!shown.isConnected) region.replaceChildren(shown);
  if (!said.isConnected) shown.prepend(said);
  said.replaceChildren(h("p", {}, text), h("p", {}, known));
}
