/** "Verify everything": the export is fetched, or chosen as a file, and checked and counted again in a worker. */
import { h } from "../dom.js";
import { ApiError, Unreachable } from "../protocol/errors.js";
import { t } from "../strings.js";
import { audit } from "./auditor.js";
import { sortKept } from "../verify/kept.js";
import { Download } from "./download.js";
import { Expectations } from "./expectations.js";
import { meter, megabytes } from "./meter.js";
import { Panel } from "./panel.js";
import { listChecks, markCheck, showReport, step } from "./report.js";
import { showNotCounted, showTrouble } from "./unfinished.js";

/**
 * What a check of a receipt has shown, for comparison.
 *
 * @typedef {{election: string, recorded: import("../protocol/receipts.js").Recorded | null, failed: boolean,
 *   blindedSha256: Uint8Array | null, receipt: string}} Seen
 */

/**
 * What an export was verified as: the election that was asked for, and what was held against it.
 *
 * @typedef {{report: import("../verify/verification.js").Report, blob: Blob, asked: string,
 *   kept: import("../verify/kept.js").Statement[]}} Found
 */

export class WholeCheck {
  #place;
  #api;
  #seen;
  #leaveOut;
  #kept;
  #run = new AbortController();
  #found = /** @type {Found | null} */ (null);

  /**
   * @param {HTMLElement} place @param {ReturnType<typeof import("../protocol/api.js").connect>} api
   * @param {() => Seen | null} seen @param {() => void} leaveOut what was seen is not to be compared with
   * @param {() => import("../verify/kept.js").Statement[]} kept what is to be held against the export
   */
  constructor(place, api, seen, leaveOut, kept) {
    this.#place = place;
    this.#api = api;
    this.#seen = seen;
    this.#leaveOut = leaveOut;
    this.#kept = kept;
  }

  /** @param {string} election */
  async byElection(election) {
    await this.#alone(() => this.byElection(election), async (panel, signal) => {
      panel.announce("", t("check.asking"));
      let download;
      try {
        download = await Download.of(this.#api, election);
      } catch (error) {
        if (!(error instanceof ApiError && ["not-counted", "held"].includes(error.slug))) throw error;
        await showNotCounted(panel, this.#api, election, error.slug === "held");
        return;
      }
      const blob = await this.#fetch(panel, download, signal);
      await this.#verify(panel, blob, signal, election);
    });
  }

  /** @param {File} file an export */
  async byFile(file) {
    await this.#alone(() => this.byFile(file), (panel, signal) => this.#verify(panel, file, signal, ""));
  }

  /** A receipt was checked: what was found before is judged anew with it. The focus stays where it is. */
  reconsider() {
    if (!this.#found) return;
    const focused = document.activeElement;
    this.#show(this.#found);
    if (focused instanceof HTMLElement) focused.focus();
  }

  /** Other statements are kept: an export that was verified is verified again with them. */
  again() {
    const found = this.#found;
    if (!found) return;
    void this.#alone(() => this.again(), (panel, signal) => this.#verify(panel, found.blob, signal, found.asked));
  }

  /**
   * One at a time: what was going on before is given up.
   *
   * @param {() => void} again @param {(panel: Panel, signal: AbortSignal) => Promise<void>} act
   */
  async #alone(again, act) {
    this.#run.abort();
    const run = (this.#run = new AbortController());
    this.#found = null;
    const panel = new Panel(this.#place);
    try {
      await act(panel, run.signal);
    } catch (error) {
      if (run === this.#run) showTrouble(panel, error, again);
    }
  }

  /** @param {Panel} panel @param {Download} download @param {AbortSignal} signal @returns {Promise<Blob>} */
  async #fetch(panel, download, signal) {
    for (let there = 0; ; ) {
      const bar = meter(t("check.downloading"), download.size, megabytes);
      panel.announce("", t("check.downloading"), t("check.downloading_text"), bar.element, this.#actions());
      bar.show(there);
      try {
        return await download.run(signal, (bytes) => bar.show((there = bytes)));
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        const sizes = { done: megabytes(there), size: megabytes(download.size) };
        await this.#resumed(panel, signal, t("check.broke_off_text", sizes));
      }
    }
  }

  /**
   * Resolves when it is to go on: by a click, or because the network is back.
   *
   * @param {Panel} panel @param {AbortSignal} signal @param {string} text @returns {Promise<void>}
   */
  #resumed(panel, signal, text) {
    return new Promise((resolve, reject) => {
      const go = h("button", { type: "button", class: "primary", onclick: () => resolve() }, t("check.resume"));
      addEventListener("online", () => resolve(), { once: true, signal });
      signal.addEventListener("abort", () => reject(signal.reason));
      panel.announce("warn", t("check.broke_off"), text, this.#actions(go));
    });
  }

  /** @param {Panel} panel @param {Blob} blob @param {AbortSignal} signal @param {string} asked */
  async #verify(panel, blob, signal, asked) {
    const bar = meter(t("check.verifying"), 1, (count) => t("check.entries", { count }));
    panel.announce("", t("check.verifying"), t("check.verifying_text"), bar.element, this.#actions());
    const kept = this.#kept();
    panel.list(listChecks(sortKept(kept)));
    /** @param {import("../verify/findings.js").Check} check */
    const told = (check) => markCheck(panel, check);
    this.#found = { report: await audit(blob, kept, signal, { progress: bar.show, told }), blob, asked, kept };
    this.#show(this.#found);
  }

  /** @param {Found} found */
  #show({ report, blob, asked, kept }) {
    const seen = this.#seen();
    const { receipts } = sortKept(kept);
    const mine = seen ? [{ name: t("check.your_receipt"), note: seen.receipt }] : [];
    const { outcomes } = new Expectations(report, asked, seen);
    const panel = new Panel(this.#place);
    panel.list([...outcomes.map(([name]) => step(name)), ...listChecks(sortKept(kept))]);
    report.checks.forEach((check) => markCheck(panel, check));
    for (const [name, outcome] of outcomes) {
      panel.mark(name, outcome, outcome === "passed" ? "" : t(`check.audit_${name}_${outcome}`));
    }
    const contradictions = outcomes.filter(([, outcome]) => outcome === "failed").map(([name]) => name);
    showReport(panel, report, blob, contradictions, seen, this.#leaveOut, [...mine, ...receipts]);
  }

  /** @param {...HTMLElement} buttons */
  #actions(...buttons) {
    const cancel = h("button", { type: "button", onclick: () => this.#run.abort() }, t("check.cancel"));
    return h("div", { class: "actions" }, ...buttons, cancel);
  }
}
