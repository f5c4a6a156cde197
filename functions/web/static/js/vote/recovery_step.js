/** Where a browser keeps nothing, the recovery file is what makes the vote safe. */
import { h } from "../dom.js";
import { t } from "../strings.js";
import { saveRecovery } from "./files.js";
import { actions, once, paragraph, show } from "./screen.js";

/** Returns once the voter has saved the file. @param {string} json the state to save */
export async function insistOnRecovery(json) {
  /** @type {Promise<void>} */
  const done = new Promise((resolve) => {
    const saved = () => {
      saveRecovery(json);
      resolve();
    };
    show(
      "cast",
      t("vote.not_kept_title"),
      h("div", { class: "notice warn" }, paragraph(t("vote.not_kept")), paragraph(t("vote.recovery_secret"))),
      actions(once(t("vote.save_and_continue"), saved)),
    );
  });
  await done;
}
