import { h } from "./dom.js";

/** Save a text as a file. @param {string} name @param {string} type @param {string | Blob} text */
export function save(name, type, text) {
  const href = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
