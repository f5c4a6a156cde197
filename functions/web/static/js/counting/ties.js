/**
 * Deciding between options with equal votes: never by the order of listing.
 *
 * `lot`: the options are put in ascending order of
 *
 *     SHA-256("ballotcast/lot/1\n" ‖ seed ‖ contest id ‖ "\n" ‖ stage ‖ "\n" ‖ option)
 *
 * with stage and option in decimal ASCII. The seed is `lots_seed` of the result, which nobody knew while ballots were
 * cast. The lowest hash is the best.
 *
 * `previous-stages`: the higher at the latest earlier stage at which options differ is the better; those that are equal
 * at every stage go to lot. ERS97 looks at the earliest point first, and STAR at comparisons; their modules say so.
 */

/** @typedef {"seat" | "surplus" | "exclusion" | "election-order" | "majority" | "finalist"} Deciding */
/** @typedef {ReturnType<typeof tie>} Tie */

const text = new TextEncoder();

/**
 * What an option draws, in hex.
 * @param {Uint8Array} seed
 * @param {string} contestId
 * @param {number} stage  from 1, the one at whose end the options are equal
 * @param {number} option
 */
async function lot(seed, contestId, stage, option) {
  const parts = [text.encode("ballotcast/lot/1\n"), seed, text.encode(`${contestId}\n${stage}\n${option}`)];
  const preimage = new Uint8Array(parts.flatMap((part) => [...part]));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", preimage));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Options in the order of the lot at the end of a stage, best first.
 * @param {{id: string, seed: Uint8Array}} contest
 * @param {number} stage
 * @param {Iterable<number>} options
 * @returns {Promise<number[]>}
 */
export async function draw(contest, stage, options) {
  const drawing = [...options].map(async (option) => {
    const drawn = await lot(contest.seed, contest.id, stage, option);
    return { option, drawn };
  });
  const inOrder = (await Promise.all(drawing)).sort((one, other) => (one.drawn < other.drawn ? -1 : 1));
  return inOrder.map(({ option }) => option);
}

/**
 * Order two or more options that have equal votes at a stage.
 *
 * The tie is `by` lot only if a lot was needed for what had to be separated: the last of the `places` on the good side
 * from the next one, or every option from every other where all of them have places.
 * @param {import("./sheet.js").Contest} contest
 * @param {number} stage
 * @param {bigint[][]} before  the votes, by option number less one, that are looked at one after the other by
 *   "previous-stages"
 * @param {number[]} tied
 * @param {Deciding} decides
 * @param {number} places
 */
export async function decide(contest, stage, before, tied, decides, places) {
  const earlier = contest.tie === "previous-stages" ? before : [];
  /** @param {number} one @param {number} other */
  const compare = (one, other) => {
    const votes = earlier.find((figures) => figures[one - 1] !== figures[other - 1]);
    if (!votes) return 0;
    return votes[one - 1] > votes[other - 1] ? -1 : 1;
  };
  // The sort is stable: options that earlier stages leave equal stay in the order of the lot.
  const order = (await draw(contest, stage, tied)).sort(compare);
  const cuts = places === order.length ? order.slice(1).map((_, index) => index + 1) : [places];
  const drawn = cuts.some((cut) => compare(order[cut - 1], order[cut]) === 0);
  return tie(stage, decides, tied, drawn ? "lot" : "previous-stages", order);
}

/**
 * A tie as it stands in the account.
 * @param {number} stage
 * @param {Deciding} decides
 * @param {Iterable<number>} options  those tied
 * @param {"lot" | "previous-stages" | "head-to-head"} by
 * @param {number[]} order  best first
 */
export const tie = (stage, decides, options, by, order) => ({
  stage,
  decides,
  options: [...options].sort((one, other) => one - other),
  by,
  order,
});
