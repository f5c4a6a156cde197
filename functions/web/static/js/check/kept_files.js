/** What somebody kept while voting was open: files, each with one signed statement or more, for the next verification. */
import { find, h } from "../dom.js";
import { AbsenceError, isAbsence, parseAbsence, verifyAbsence } from "../protocol/absence.js";
import { BadState, Malformed } from "../protocol/errors.js";
import { stateFromJson } from "../protocol/state.js";
import { t } from "../strings.js";
import { kindOf } from "../verify/kept.js";
import { complain } from "./complaint.js";
import { Panel } from "./panel.js";
import { fingerprint } from "./pieces.js";
import { noteOf } from "./source.js";

export class KeptFiles {
  /** @type {HTMLInputElement} */
  #field = find("#kept-file");
  #list = find("#kept-list");
  #outcome = find("#kept-outcome");
  #changed;
  /** @type {import("../verify/kept.js").Statement[]} */
  statements = [];

  /** @param {() => void} changed called when there are others than before */
  constructor(changed) {
    this.#changed = changed;
  }

  /** @param {string} name of the file @param {string} text */
  async take(name, text) {
    complain(this.#field, "");
    if (isAbsence(text.trim())) return this.#showAbsence(text.trim());
    try {
      const found = statementsOf(name, text);
      found.forEach(kindOf);
      this.statements.push(...found);
    } catch (error) {
      if (!(error instanceof Malformed || error instanceof BadState)) throw error;
      complain(this.#field, t("check.not_kept", { name }));
      return;
    }
    this.#show();
  }

  #show() {
    /** @param {import("../verify/kept.js").Statement} statement */
    const item = (statement) => {
      const remove = () => {
        this.statements = this.statements.filter((one) => one !== statement);
        this.#show();
      };
      const label = t("check.kept_remove", { name: statement.name });
      const button = h("button", { type: "button", "aria-label": label, onclick: remove }, t("check.remove"));
      return h("li", {}, `${statement.name}: ${t(`check.kind_${kindOf(statement)}`)} `, button);
    };
    this.#list.replaceChildren(...this.statements.map(item));
    this.#changed();
  }

  /** @param {string} text */
  async #showAbsence(text) {
    const panel = new Panel(this.#outcome);
    try {
      const { manifest, size, ballots } = await verifyAbsence(parseAbsence(text));
      const told = t("check.absence_holds_text", { title: manifest.title, size, ballots });
      panel.announce("bad", t("check.absence_holds"), told, t("check.fingerprint_text"), fingerprint(manifest.hash));
    } catch (error) {
      if (!(error instanceof AbsenceError)) throw error;
      const { reason } = error;
      panel.announce("warn", t("check.absence_fails"), t("check.absence_fails_text"), t("check.reason", { reason }));
    }
  }
}

/** Of a recovery file what it has, or the text itself. Throws BadState. @param {string} name @param {string} text */
function statementsOf(name, text) {
  if (!text.trimStart().startsWith("{")) return [{ name, note: noteOf(text) }];
  const state = stateFromJson(text);
  const notes = [state.checkpoint, "issuance" in state ? state.issuance : "", "receipt" in state ? state.receipt : ""];
  return notes.filter(Boolean).map((note) => ({ name, note }));
}
