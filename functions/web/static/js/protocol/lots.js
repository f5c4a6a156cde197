/** The seed of an election's lots: nobody can compute it before the close, and anyone can from the export. */
import { sha256, utf8 } from "./encoding.js";

const LABEL = utf8("ballotcast/lots/2\n");

/**
 * What every lot of the election is drawn with. Signatures play no part, because the log's key can make many of one root.
 *
 * @param {Uint8Array} electionKey the private key's scalar, 32 bytes @param {Uint8Array} logRoot of the final checkpoint
 * @returns {Promise<Uint8Array>} 32 bytes
 */
export const lotsSeed = (electionKey, logRoot) => sha256(LABEL, electionKey, logRoot);
