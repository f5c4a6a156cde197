/** The verification's worker, for as long as one verification takes. */
import { find } from "../dom.js";

/**
 * AbortError once `signal` says so; any other error if the worker breaks down.
 *
 * @param {Blob} blob @param {import("../verify/kept.js").Statement[]} kept @param {AbortSignal} signal
 * @param {{progress: (done: number, total: number) => void,
 *   told: (check: import("../verify/findings.js").Check) => void}} ears
 * @returns {Promise<import("../verify/verification.js").Report>}
 */
export function audit(blob, kept, signal, { progress, told }) {
  const worker = new Worker(find("#checks").dataset.worker ?? "", { type: "module" });
  /** @type {Promise<import("../verify/verification.js").Report>} */
  const report = new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
    worker.addEventListener("error", ({ message }) => reject(new Error(message || "the worker did not start")));
    worker.addEventListener("message", ({ data }) => {
      if (data.progress) progress(data.progress.done, data.progress.total);
      if (data.check) told(data.check);
      if (data.report) resolve(data.report);
      if (data.failure) reject(new Error(data.failure));
    });
    worker.postMessage({ blob, kept });
  });
  return report.finally(() => worker.terminate());
}
