/** Fetching an export in its parts, one after the other; what has arrived is kept when the connection breaks. */
import { member } from "../protocol/api.js";
import { hexEncode } from "../protocol/encoding.js";
import { ApiError, Unreachable, Untrusted } from "../protocol/errors.js";

/** Seconds before another attempt at a part. */
const WAITS = [0.5, 1.5];
/** @type {RequestInit} */
const BINARY = { headers: { Accept: "application/octet-stream" }, credentials: "omit", redirect: "error" };

export class Download {
  #address;
  /** @type {Blob[]} */
  #parts = [];

  /**
   * What there is to download. ApiError 403 `not-counted` before the count, 404 `no-election`.
   *
   * @param {ReturnType<typeof import("../protocol/api.js").connect>} api @param {string} election
   * @returns {Promise<Download>}
   */
  static async of({ address, anonymous }, election) {
    const path = `/elections/${encodeURIComponent(election)}/export/parts`;
    const told = await anonymous.get(path);
    const [size, partSize, parts] = ["size", "part_size", "parts"].map((name) => member(told, name, "number"));
    if (!(partSize > 0 && size > 0 && Math.ceil(size / partSize) === parts)) throw new Untrusted("unexpected-answer");
    return new Download(address + path, { size, partSize, parts, sha256: member(told, "sha256", "string") });
  }

  /** @param {string} address @param {{size: number, partSize: number, parts: number, sha256: string}} plan */
  constructor(address, plan) {
    this.#address = address;
    this.size = plan.size;
    this.partSize = plan.partSize;
    this.parts = plan.parts;
    this.sha256 = plan.sha256;
  }

  /**
   * Fetch what is missing. Unreachable if a part does not come after some attempts (call again to go on), ApiError;
   * AbortError once `signal` says so; Untrusted if the whole is not what was announced. To be hashed it is in memory as
   * a whole for a moment, which no browser does over 2 GB.
   *
   * @param {AbortSignal} signal @param {(bytes: number) => void} progress called with what is there
   * @returns {Promise<Blob>}
   */
  async run(signal, progress) {
    while (this.#parts.length < this.parts) {
      this.#parts.push(await this.#patiently(this.#parts.length, signal, progress));
    }
    const whole = new Blob(this.#parts);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await whole.arrayBuffer()));
    signal.throwIfAborted();
    if (hexEncode(digest) !== this.sha256) throw new Untrusted("came-damaged");
    return whole;
  }

  /**
   * @param {number} number @param {AbortSignal} signal @param {(bytes: number) => void} progress
   * @returns {Promise<Blob>}
   */
  async #patiently(number, signal, progress) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#part(number, signal, progress);
      } catch (error) {
        if (attempt === WAITS.length || !(error instanceof Unreachable)) throw error;
        await new Promise((resolve) => setTimeout(resolve, WAITS[attempt] * 1000));
      }
    }
  }

  /** @param {number} number @param {AbortSignal} signal @param {(bytes: number) => void} progress */
  async #part(number, signal, progress) {
    const before = number * this.partSize;
    const length = Math.min(this.partSize, this.size - before);
    const chunks = [];
    let arrived = 0;
    try {
      const answer = await fetch(`${this.#address}/${number}`, { ...BINARY, signal });
      if (answer.status >= 500) throw new Unreachable("unreachable");
      if (!answer.ok) throw new ApiError(answer.status, "", `part ${number}: ${answer.status}`);
      if (!answer.body) throw new Unreachable("cut-short");
      for (const reader = answer.body.getReader(); ; ) {
        const { done, value } = await reader.read();
        if (done) break;
        chunks.push(value);
        arrived += value.length;
        progress(before + Math.min(arrived, length));
      }
    } catch (error) {
      throw error instanceof TypeError ? new Unreachable("unreachable") : error;
    }
    if (arrived !== length) throw new Unreachable("cut-short");
    return new Blob(chunks);
  }
}
