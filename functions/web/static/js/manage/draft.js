/** The form of a draft: the reader's time zone, and one sending at a time. */
import { find } from "../dom.js";
import { choosePhotos } from "./photos.js";

/** @type {HTMLSelectElement} */
const zone = find("#zone");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const known = [...zone.options].some((option) => option.value === here);
if ("guess" in zone.dataset && known) {
  /** @type {NodeListOf<HTMLInputElement>} */
  const moments = document.querySelectorAll("input[type=datetime-local]");
  for (const input of moments) {
    const untouched = input.value !== "" && input.value === input.defaultValue;
    if (untouched) input.value = onTheWall(new Date(`${input.value}Z`), input.value.length);
  }
  zone.value = here;
}

choosePhotos();

let sent = false;
find("#draft").addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = true;
});
window.addEventListener("pageshow", () => {
  sent = false;
});

/**
 * A moment as a field for local time has it (`2026-11-20T10:00`), to as many characters.
 *
 * @param {Date} moment @param {number} length
 */
function onTheWall(moment, length) {
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, length);
}
