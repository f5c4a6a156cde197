/** The order in which this device shows a contest's options, where that is shuffled. Numbers stay the manifest's. */

/** By what the contest is, as long as the page is kept. @type {Map<string, number[]>} */
const drawn = new Map();

/**
 * Option numbers in the order of the ballot paper. Shuffled: drawn once, from this device's own randomness, which nobody
 * else learns; none of the above and a default option stay the last.
 *
 * @param {import("../protocol/contest.js").Contest} contest @returns {number[]}
 */
export function shownOrder(contest) {
  const numbers = contest.options.map((_, index) => index + 1);
  if (contest.order !== "shuffled") return numbers;
  const key = JSON.stringify([contest.id, contest.title, contest.options]);
  const known = drawn.get(key) ?? shuffle(numbers, contest.none_of_the_above || contest.default_option ? numbers.length - 1 : numbers.length);
  drawn.set(key, known);
  return known;
}

/** The first `count` of them in an order in which each other one is as likely. @param {number[]} numbers @param {number} count */
function shuffle(numbers, count) {
  const order = [...numbers];
  for (let last = count - 1; last > 0; last -= 1) {
    const other = below(last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

/** A number below a bound of at most 255, each as likely. @param {number} bound */
function below(bound) {
  const fair = 256 - (256 % bound);
  for (;;) {
    const [byte] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < fair) return byte % bound;
  }
}
