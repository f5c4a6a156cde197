/** Which record a vote starts from: of a link, of the list on the first page, or of a recovery file. */
import { b64uEncode, concat, equal, randomBytes, sha256, utf8 } from "../protocol/encoding.js";
import { ProtocolError } from "../protocol/errors.js";
import { parseLink } from "../protocol/link.js";
import { progressOf, stateFromJson, stateToJson } from "../protocol/state.js";

/**
 * @typedef {Awaited<ReturnType<typeof import("./device.js").openDevice>>} Device
 * @typedef {import("./device.js").Kept} Kept
 * @typedef {{link?: string, id?: string, file?: string, instead?: Kept | null, was?: {step: string, scroll: number}}} Start
 *   `instead`: the record at which the voter chose the file; `was`: where the page was left for another language
 */

/** Null while nothing is bound. @param {Kept} kept @returns {import("../protocol/state.js").State | null} */
export const stateOf = ({ state }) => (state ? stateFromJson(state) : null);

/** The name of a record that is to be kept. */
export const newId = () => b64uEncode(randomBytes(9));

/**
 * Throws ProtocolError if another tab has removed the record meanwhile.
 *
 * @param {Device} device @param {Start} start
 * @returns {Promise<{election: string, find: () => Promise<Kept>}>} `election`: one name for each; `find`: to be called
 *   once no other tab works on this election
 */
export async function findStart(device, { link = "", id, file, instead = null }) {
  if (id) return { election: electionOf(await recordOf(device, id)), find: () => recordOf(device, id) };
  if (file) return fromFile(device, stateFromJson(file), instead);
  const fresh = await blank(link);
  const find = async () => furthest((await device.all()).filter(({ voter }) => voter === fresh.voter)) ?? fresh;
  return { election: b64uEncode(parseLink(link).manifestHash), find };
}

/** @param {Device} device @param {string} id @returns {Promise<Kept>} */
async function recordOf(device, id) {
  const kept = await device.find(id);
  if (!kept) throw new ProtocolError("no-longer-kept");
  return kept;
}

/** @param {Device} device @param {import("../protocol/state.js").State} state @param {Kept | null} instead */
async function fromFile(device, state, instead) {
  // A file of another election has nothing to do with the vote that it was chosen for.
  const same = instead && electionOf(instead) === b64uEncode(state.manifest_hash) ? instead : null;
  const fresh = { ...(await blank("link" in state ? state.link : "")), id: newId(), state: stateToJson(state) };
  const find = async () => {
    /** @param {Kept} kept */
    const ofCredential = (kept) => {
      const other = stateOf(kept);
      return other !== null && equal(other.blinded_sha256, state.blinded_sha256);
    };
    const known = (await device.all()).find(ofCredential);
    const voter = fresh.voter || known?.voter || same?.voter || "";
    const read = { ...fresh, id: known?.id ?? fresh.id, title: known?.title ?? "", voter };
    const kept = (known && furthest([known, read])) ?? read;
    await device.put(kept);
    if (same && same.id !== kept.id) await device.forget(same.id);
    return kept;
  };
  return { election: b64uEncode(state.manifest_hash), find };
}

/** @param {Kept[]} found @returns {Kept | undefined} */
const furthest = (found) => found.sort((one, other) => progressOf(stateOf(other)) - progressOf(stateOf(one)))[0];

/** @param {Kept} kept */
const electionOf = (kept) => b64uEncode(stateOf(kept)?.manifest_hash ?? parseLink(kept.link).manifestHash);

/**
 * A record with nothing in it yet. The salt is the voter's own, in whichever of their links.
 *
 * @param {string} [link] @returns {Promise<Kept>}
 */
async function blank(link) {
  const record = { id: "", voter: "", title: "", secondFactor: "", link: "", state: "", choices: null };
  if (!link) return record;
  const { manifestHash, salt } = parseLink(link);
  return { ...record, voter: b64uEncode(await sha256(concat(utf8("ballotcast/device/1\n"), manifestHash, salt))) };
}
