/** The page of an election without a result: it loads again when the election has reached another state. */

/** @type {Record<string, number>} */
const PAUSE = { scheduled: 60_000, open: 60_000, closed: 5000, "closed-logged": 5000, held: 60_000 };
/** Milliseconds between two looks, by state. Nobody looks from a page that is hidden. */
const STATE = "[data-state-of-election]";

/** @param {ParentNode} page */
const stateIn = (page) => page.querySelector(STATE)?.getAttribute("data-state-of-election") ?? "counted";
const shown = stateIn(document);
let looking = false;

async function look() {
  if (looking || document.visibilityState === "hidden") return;
  looking = true;
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(response.ok ? await response.text() : "", "text/html");
    if (response.ok && stateIn(page) !== shown) location.reload();
  } catch {
    // Offline: the next look may succeed.
  } finally {
    looking = false;
  }
}

setInterval(look, PAUSE[shown] ?? PAUSE.open);
document.addEventListener("visibilitychange", look);
