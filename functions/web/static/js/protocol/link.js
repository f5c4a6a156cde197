/** A voter's link: `1.<token>.<M>.<salt>` in the fragment of the voting page's URL, where no server sees it. */
import { b64uDecode, EncodingError } from "./encoding.js";
import { Malformed } from "./errors.js";

const LENGTHS = [32, 32, 16];

/** A text that is not a voter's link. The message never repeats it. */
export class LinkError extends Malformed {}

/**
 * Reads a link, bare or as the fragment of a URL. `text`: the link without its URL. Throws LinkError.
 *
 * @param {string} url
 * @returns {{text: string, token: Uint8Array, manifestHash: Uint8Array, salt: Uint8Array}} 32, 32 and 16 bytes
 */
export function parseLink(url) {
  const text = url.slice(url.lastIndexOf("#") + 1);
  const [version, ...encoded] = text.split(".");
  if (version !== "1" || encoded.length !== LENGTHS.length) throw new LinkError("not-a-link");
  const [token, manifestHash, salt] = encoded.map(part);
  return { text, token, manifestHash, salt };
}

/** @param {string} encoded @param {number} index */
function part(encoded, index) {
  let data;
  try {
    data = b64uDecode(encoded);
  } catch (error) {
    throw error instanceof EncodingError ? new LinkError("damaged-link") : error;
  }
  if (data.length !== LENGTHS[index]) throw new LinkError("damaged-link");
  return data;
}
