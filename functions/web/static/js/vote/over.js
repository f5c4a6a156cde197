/** Voting that is over when a link is opened, as the service says: by its clock, or by an early close. */
import { timeEncode } from "../protocol/encoding.js";

/** `election`: its id. `early`: whether it was closed before its time. `moment`: of the end, RFC 3339. */
export class Over extends Error {
  /** @param {string} election @param {boolean} early @param {string} moment */
  constructor(election, early, moment) {
    super("voting is over");
    this.name = new.target.name;
    this.election = election;
    this.early = early;
    this.moment = moment;
  }
}

/** @param {import("../protocol/voter.js").Paper} paper @returns {import("../protocol/voter.js").Paper} the same; else Over */
export function stillVoting(paper) {
  const { manifest, closesAt, closedAt, now } = paper;
  if (closedAt !== null) throw new Over(manifest.election, true, closedAt);
  if (now >= closesAt.getTime()) throw new Over(manifest.election, false, timeEncode(closesAt));
  return paper;
}
