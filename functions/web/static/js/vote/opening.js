/** When the poll opens, by the service's clock: the one of the voter's device may be wrong. */
import { Unreachable } from "../protocol/errors.js";

/**
 * Milliseconds until an election opens; 0 if it has. The service is asked only if it seems not to have.
 *
 * @param {import("../protocol/api.js").Side} side @param {import("../protocol/manifest.js").Manifest} manifest
 * @returns {Promise<number>}
 */
export async function untilOpening(side, { election, opens_at: opens }) {
  if (Date.now() >= opens.getTime()) return 0;
  return Math.max(0, opens.getTime() - ((await serviceTime(side, election)) || Date.now()));
}

/** NaN if the service does not tell. @param {import("../protocol/api.js").Side} side @param {string} election */
async function serviceTime(side, election) {
  try {
    const answer = await side.find(`/elections/${election}/log/checkpoint`, { cache: "no-store" });
    return Date.parse(answer?.headers.get("Date") ?? "");
  } catch (error) {
    if (error instanceof Unreachable) return NaN;
    throw error;
  }
}
