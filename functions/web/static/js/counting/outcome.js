/**
 * What must hold before winners take their seats: quorum, threshold, none of the above, and whether a motion is carried
 * (docs/counting.md, "Quorum, threshold, none of the above").
 */

/**
 * A contest's conditions, as in a valid manifest.
 * @typedef {{options: string[], seats: number, quorum?: string, threshold?: string,
 *   threshold_of?: "valid" | "ballots" | "voters", none_of_the_above?: true, motion?: true}} Conditions
 *
 * How many ballots were cast, blank and spoilt ones too, and how many people could have voted.
 * @typedef {{cast: number, voters: number}} Turnout
 *
 * @typedef {{elected: number[], vacant: number, unmet: string[], quorum?: Turnout,
 *   threshold?: {whole: number, short: number[]}, none_of_the_above?: string}} Outcome
 */

/** The option of a motion that votes for it. */
const FOR = 1;

/** Whether the outcome is more than the winners of the count. @param {Conditions} contest */
export const isConcluded = ({ quorum, threshold, none_of_the_above: none, motion }) =>
  Boolean(quorum ?? threshold ?? none ?? motion);

/** Whether the outcome depends on how many could have voted. @param {Conditions} contest */
export const needsVoters = ({ quorum, threshold_of: of }) => Boolean(quorum) || of === "voters";

/**
 * Apply the conditions to a count.
 *
 * @param {Conditions} contest @param {import("./sheet.js").Sheet} sheet @param {number} valid @param {Turnout} turnout
 * @returns {Outcome}
 */
export function conclude(contest, sheet, valid, { cast, voters }) {
  /** @type {string[]} */
  const unmet = [];
  let elected = sheet.winners;
  const none = contest.none_of_the_above ? contest.options.length : 0;
  if (elected.includes(none)) {
    elected = elected.slice(0, elected.indexOf(none));
    unmet.push("none-of-the-above");
  }
  const whole = { valid, ballots: cast, voters }[contest.threshold_of ?? "valid"];
  const { threshold } = contest;
  /** @param {number} option */
  const tooFew = (option) => threshold && !reaches(threshold, votesAtElection(sheet, option), BigInt(whole) * sheet.unit);
  const short = elected.filter((option) => (option === FOR || !contest.motion) && tooFew(option));
  if (short.length) unmet.push("threshold");
  elected = elected.filter((option) => !short.includes(option));
  if (contest.quorum && !reaches(contest.quorum, BigInt(cast), BigInt(voters))) {
    unmet.push("quorum");
    elected = [];
  }
  return {
    elected,
    vacant: contest.seats - elected.length,
    unmet,
    ...(contest.quorum ? { quorum: { cast, voters } } : {}),
    ...(threshold ? { threshold: { whole, short } } : {}),
    ...(none && sheet.stages.length ? { none_of_the_above: sheet.stages[0].votes[none - 1] } : {}),
  };
}

/** In units. @param {import("./sheet.js").Sheet} sheet @param {number} option */
function votesAtElection(sheet, option) {
  return sheet.figures[sheet.stages.findIndex(({ elected }) => elected.includes(option))][option - 1];
}

/**
 * Whether so much of a whole is the part that is asked for: `1/3` is at least, `>1/2` more than. Of nothing, no part is.
 *
 * @param {string} part @param {bigint} reached @param {bigint} whole
 */
function reaches(part, reached, whole) {
  const more = part.startsWith(">");
  const [above, below] = part.slice(Number(more)).split("/").map(BigInt);
  const [one, other] = [reached * below, whole * above];
  return whole > 0n && (more ? one > other : one >= other);
}
