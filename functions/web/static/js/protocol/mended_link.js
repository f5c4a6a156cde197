/**
 * A voter's link as mail programs and people leave it: found again in what is left, or refused. The same as
 * `ballotcast.ballots.mended_link`; both are held to tests/unit/mangled_links.json.
 */
import { LinkError, parseLink } from "./link.js";

const PARTS = "1\\.[\\w-]{43}\\.[\\w-]{43}\\.[\\w-]{22}";
const WHOLE = new RegExp(`(?<![\\w.-])${PARTS}`, "g");
/** Proofpoint writes `*` for the `#`. */
const AFTER_MARK = new RegExp(`(?<=^|[#*])${PARTS}`, "g");
/** What mail programs put where they break a line: nothing of it can be in a link. */
const BROKEN = /[\s>|=]+/g;

/**
 * The link in a text, without its address. Throws LinkError: there is no whole link in it, or there are two.
 *
 * @param {string} text
 * @returns {string}
 */
export function mendLink(text) {
  const plain = decoded(text.replace(/\p{Cf}/gu, ""));
  /** @type {[string, RegExp][]} */
  const places = [
    [plain, WHOLE],
    [plain.replace(BROKEN, ""), AFTER_MARK],
  ];
  for (const [where, pattern] of places) {
    const links = new Set(where.match(pattern));
    if (links.size > 1) throw new LinkError("two-links");
    const [link] = links;
    if (link !== undefined) return parseLink(link).text;
  }
  throw new LinkError("damaged-link");
}

/** Without percent-encoding, once or twice. @param {string} text */
function decoded(text) {
  let plain = text;
  for (let round = 0; round < 2 && /%(?:23|2e|25)/i.test(plain); round += 1) {
    try {
      plain = decodeURIComponent(plain);
    } catch {
      return plain.replace(/%23/g, "#").replace(/%2e/gi, ".");
    }
  }
  return plain;
}
