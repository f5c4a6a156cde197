/** How an export that verified reads one ballot: by the leaf hash that its receipt names. */
import { Ballot } from "../protocol/ballot.js";
import { compare, hexDecode, utf8Decode } from "../protocol/encoding.js";
import { Spoilt } from "../protocol/errors.js";
import { HpkeError, openingKey } from "../protocol/hpke.js";
import { HASH_LENGTH } from "../protocol/merkle.js";
import { decodePlaintext } from "../protocol/plaintext.js";
import { decodeBundle, tilePath, WIDTH } from "../protocol/tiles.js";
import { ELECTION_KEY } from "./export_file.js";

const [MOST_KEY, MOST_BUNDLE] = [64, WIDTH * (2 + 0xffff)];

/**
 * null if there is no such ballot in the log.
 *
 * @param {import("./export_file.js").ExportFile} exported which has verified
 * @param {import("../protocol/manifest.js").Manifest} manifest its manifest
 * @param {{size: number, ballots: number}} log leaves, and how many of them are ballots: the last but the closing one
 * @param {Uint8Array} leaf
 * @returns {Promise<{index: number, choices: import("../protocol/plaintext.js").Choice[] | null, reason: string} | null>}
 *   `choices`: in each contest; null if the ballot is spoilt, for this `reason`
 */
export async function readBallot(exported, manifest, { size, ballots }, leaf) {
  /** @param {number} n */
  const row = (n) => Math.min(WIDTH, size - n * WIDTH);
  /** @param {number} index */
  const hashAt = async (index) => {
    const n = Math.floor(index / WIDTH);
    const tile = await exported.read(tilePath(0, n, row(n)), HASH_LENGTH * WIDTH);
    return tile.subarray((index % WIDTH) * HASH_LENGTH, ((index % WIDTH) + 1) * HASH_LENGTH);
  };
  let [low, high] = [size - 1 - ballots, size - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (compare(await hashAt(middle), leaf) < 0) low = middle + 1;
    else high = middle;
  }
  if (low >= size - 1 || compare(await hashAt(low), leaf) !== 0) return null;
  const n = Math.floor(low / WIDTH);
  const bundle = decodeBundle(await exported.read(tilePath("entries", n, row(n)), MOST_BUNDLE), row(n));
  const key = await openingKey(hexDecode(utf8Decode(await exported.read(ELECTION_KEY, MOST_KEY))));
  return { index: low, ...(await said(manifest, bundle[low % WIDTH].subarray(1), key)) };
}

/**
 * @param {import("../protocol/manifest.js").Manifest} manifest @param {Uint8Array} bytes
 * @param {import("../protocol/hpke.js").OpeningKey} key
 */
async function said(manifest, bytes, key) {
  try {
    return { choices: decodePlaintext(manifest, await Ballot.parse(bytes, manifest).open(key)), reason: "" };
  } catch (error) {
    if (error instanceof HpkeError) return { choices: null, reason: "unreadable" };
    if (error instanceof Spoilt) return { choices: null, reason: error.reason };
    throw error;
  }
}
