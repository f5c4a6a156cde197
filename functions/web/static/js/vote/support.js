/** What the voter's side needs of a browser, and whether this one has it. */

/** Why this browser cannot be voted with, as the end of a string's name; null if it can. @returns {Promise<string | null>} */
export async function missing() {
  if (!isSecureContext) return "insecure";
  const has = [globalThis.crypto?.subtle, globalThis.BigInt, navigator.locks, AbortSignal.timeout, Array.prototype.at];
  if (!has.every(Boolean)) return "old";
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32), "Ed25519", false, ["verify"]);
    return null;
  } catch {
    return "old";
  }
}
