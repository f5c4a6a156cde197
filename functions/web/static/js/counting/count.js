/**
 * Counting, a second time: from the ballots of a contest to the account in `result.json`, to the byte what the
 * server's program publishes. Each rule is one module with one function from the contest to a sheet; to add one,
 * write the module and enter it here. docs/counting.md tells the rules, docs/count.schema.json every member of an
 * account.
 *
 * Pure: the same ballots give the same account in whatever order they come. Nothing here knows of pages or networks.
 */
import { borda, modifiedBorda } from "./borda.js";
import { condorcet } from "./condorcet.js";
import { contingentVote } from "./contingent_vote.js";
import { cumulative } from "./cumulative.js";
import { dropUnbeaten } from "./default_option.js";
import { ers97 } from "./ers97.js";
import { irv } from "./irv.js";
import { majorityJudgment } from "./majority_judgment.js";
import { meekStv } from "./meek_stv.js";
import { minimax } from "./minimax.js";
import { conclude, isConcluded } from "./outcome.js";
import { gather, strike, weight } from "./papers.js";
import { plurality } from "./plurality.js";
import { proportionalApproval, sequentialProportionalApproval } from "./proportional_approval.js";
import { rankedPairs } from "./ranked_pairs.js";
import { satisfactionApproval } from "./satisfaction_approval.js";
import { schulze } from "./schulze.js";
import { score } from "./score.js";
import { scottishStv } from "./scottish_stv.js";
import { Sheet } from "./sheet.js";
import { star } from "./star.js";
import { tidemanAlternative } from "./tideman_alternative.js";
import { wigmStv } from "./wigm_stv.js";

// eslint-disable-next-line no-warning-comments -- which kind of ballots a method has, no type can tell
/**
 * Every rule by its method.
 * @type {Record<string, (contest: import("./sheet.js").Contest<any>) => Promise<Sheet>>}
 */
const RULES = {
  plurality,
  approval: plurality,
  "satisfaction-approval": satisfactionApproval,
  "proportional-approval": proportionalApproval,
  "sequential-proportional-approval": sequentialProportionalApproval,
  cumulative,
  score,
  star,
  "majority-judgment": majorityJudgment,
  borda,
  "modified-borda": modifiedBorda,
  condorcet,
  schulze,
  "ranked-pairs": rankedPairs,
  minimax,
  "tideman-alternative": tidemanAlternative,
  "contingent-vote": contingentVote,
  irv,
  "scottish-stv": scottishStv,
  "wigm-stv": wigmStv,
  ers97,
  "meek-stv": meekStv,
};

/** The methods whose ballots are pairs of option and number. */
const PAIRED = new Set(["cumulative", "score", "star", "majority-judgment"]);

/**
 * Count a contest.
 * @param {{id: string, method: string, tie: "lot" | "previous-stages", default_option?: true} &
 *   import("./outcome.js").Conditions} contest
 *   as in a valid manifest
 * @param {Iterable<import("./papers.js").Paper>} ballots  those not spoilt, as pairs of ballot and number
 * @param {Uint8Array} seed  of the lot: the 32 bytes of `lots_seed`
 * @param {ReadonlySet<number>} withdrawn  options that are struck from every ballot before the count
 * @param {import("./outcome.js").Turnout} [turnout]  where the contest has conditions
 * @returns {Promise<Account>} the contest's account, as in `result.json`
 *
 * @typedef {{id: string, method: string, seats: number, tie: "lot" | "previous-stages", withdrawn: number[],
 *   ballots: number, blank: number, valid: number, winners: number[], quota?: string, rounds: Sheet["stages"],
 *   ties: Sheet["ties"], against_default?: import("./default_option.js").AgainstDefault, outcome?: import("./outcome.js").Outcome}} Account
 */
export async function count(contest, ballots, seed, withdrawn, turnout = { cast: 0, voters: 0 }) {
  const { id, method, options, seats, tie, motion = false } = contest;
  const cast = gather(withdrawn.size ? strike(ballots, withdrawn, PAIRED.has(method)) : ballots);
  const papers = cast.filter(([ballot]) => ballot.length);
  const [all, valid] = [weight(cast), weight(papers)];
  const numbers = options.map((_, index) => index + 1);
  const standing = numbers.filter((option) => !withdrawn.has(option));
  const ready = { id, size: options.length, options: standing, seats, papers, valid, tie, seed, motion };
  const last = options.length;
  const beaten = contest.default_option && valid && standing.includes(last) ? dropUnbeaten(ready, last) : null;
  const left = beaten?.contest ?? ready;
  const sheet = valid ? await RULES[method](left) : new Sheet(left);
  return {
    id,
    method,
    seats,
    tie,
    withdrawn: numbers.filter((option) => withdrawn.has(option)),
    ballots: all,
    blank: all - valid,
    valid,
    winners: sheet.winners,
    ...(sheet.quota ? { quota: sheet.inVotes(sheet.quota) } : {}),
    rounds: sheet.stages,
    ties: sheet.ties,
    ...(beaten ? { against_default: beaten.told } : {}),
    ...(isConcluded(contest) ? { outcome: conclude(contest, sheet, valid, turnout) } : {}),
  };
}
