/** A vote that was interrupted while it was cast: the voter is asked once, then it goes on. */
import { t } from "../strings.js";
import { actions, notice, once, paragraph, show } from "./screen.js";

/** Returns once the voter agrees. @param {string} title of the election @param {Node} later the foot of the step */
export async function askToContinue(title, later) {
  /** @type {Promise<void>} */
  const agreed = new Promise((resolve) =>
    show(
      "cast",
      t("vote.unfinished_title"),
      notice(t("vote.unfinished", { title }), "warn"),
      paragraph(t("vote.unfinished_text")),
      actions(once(t("vote.unfinished_go"), resolve)),
      later,
    ),
  );
  await agreed;
}
