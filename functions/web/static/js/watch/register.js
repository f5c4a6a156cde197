/** The form that registers a channel: its schema is looked at while it is written. */

import { find } from "../dom.js";

const PAUSE = 500;
/** @type {HTMLFormElement} */
const form = find("#register");
/** @type {HTMLTextAreaElement} */
const schema = find("#schema");
/** @type {number | undefined} */
let timer;
/** @type {AbortController | undefined} */
let asking;

schema.addEventListener("input", () => {
  clearTimeout(timer);
  asking?.abort();
  timer = setTimeout(check, PAUSE);
});
document.getElementById("errors")?.focus();
if (schema.value !== schema.defaultValue) void check(); // typed before this script was here

/** By the server's own rules, which say it in the page's language. */
async function check() {
  asking = new AbortController();
  // Not as multipart, which API Gateway passes on as binary and emulators damage.
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  body.set("intent", "check");
  try {
    const response = await fetch(form.action, { method: "POST", body, signal: asking.signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const verdict = page.getElementById("verdict");
    if (verdict) find("#verdict").replaceChildren(...verdict.children);
  } catch {
    // Typed on, or no answer: the form itself will say what is wrong.
  }
}
