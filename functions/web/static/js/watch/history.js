/** All that a channel ever told, from its archive. */

import { prefix } from "../dom.js";

/**
 * Every record, with texts for values, oldest first; null if there are too many to come at once, or none to be had.
 * @param {string} channel
 * @returns {Promise<Record<string, string>[] | null>}
 */
export async function history(channel) {
  try {
    const address = `${prefix}/channels/${encodeURIComponent(channel)}/export?format=csv`;
    let response = await fetch(address);
    for (let left = 3; response.status === 503 && left > 0; left -= 1) {
      const seconds = Number(response.headers.get("Retry-After")) || 1;
      await new Promise((resolve) => {
        setTimeout(resolve, 1000 * seconds);
      });
      response = await fetch(address);
    }
    return response.ok ? records(await response.text()) : null;
  } catch {
    return null; // a redirect to where this page's policy does not let it go
  }
}

/**
 * CSV (RFC 4180) with a header.
 * @param {string} text
 * @returns {Record<string, string>[]}
 */
export function records(text) {
  const [header, ...rows] = lines(text);
  return rows.map((row) => Object.fromEntries(header.map((name, place) => [name, row[place] ?? ""])));
}

/** @param {string} text @returns {string[][]} */
function lines(text) {
  /** @type {string[][]} */
  const found = [];
  /** @type {string[]} */
  let row = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    if (end === "" && row.length === 0 && !quoted && !plain) break;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    found.push(row);
    row = [];
    if (end === "") break;
  }
  return found;
}
