/** What scripts say: the sections of the catalogue that the page carries as data. */

const element = document.getElementById("strings");
/** @type {Record<string, Record<string, string | Record<string, string>>>} */
const sections = element ? JSON.parse(element.textContent) : {};

/**
 * The string `section.name`, with `{names}` filled in. Its form follows `values.count`: `one` is for 1 alone, on the server
 * as well, so that in every language it may do without the number. `zero` is there where 0 takes the singular.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  const [section, name] = key.split(".");
  const found = sections[section]?.[name];
  if (found === undefined) throw new Error(`no such string on this page: ${key}`);
  const form = Number(values.count) === 1 ? "one" : "other";
  const text = typeof found === "string" ? found : ((Number(values.count) === 0 ? found.zero : undefined) ?? found[form]);
  /** @param {string} whole @param {string} slot */
  const filled = (whole, slot) => (slot in values ? String(values[slot]) : whole);
  return text.replace(/\{(\w+)\}/g, filled);
}

/** Whether the page carries this string. @param {string} key */
export function has(key) {
  const [section, name] = key.split(".");
  return sections[section]?.[name] !== undefined;
}
