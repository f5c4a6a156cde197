/** Casting in one go: what is done and what is to come; and sending, always the same bytes, until they are acknowledged. */
import { h } from "../dom.js";
import { moment } from "../moments.js";
import { timeEncode } from "../protocol/encoding.js";
import { ApiError } from "../protocol/errors.js";
import { t } from "../strings.js";
import { persistently } from "./patience.js";
import { notice, paragraph, show } from "./screen.js";

/** Milliseconds between two attempts before the service's clock says that the poll is open. */
const UNTIL_OPEN = 15_000;
const PARTS = ["seal", "credential", "send"];

export class CastingStep {
  #later;
  #items = PARTS.map((part) => h("li", {}, t(`vote.casting_${part}`)));
  #said = h("div", { role: "status" });
  #foot = h("div");

  /** @param {() => Node} later makes the foot of the step */
  constructor(later) {
    this.#later = later;
  }

  /** Show that `part` is under way and all before it is done. @param {"seal" | "credential" | "send"} part */
  reach(part) {
    const at = PARTS.indexOf(part);
    for (const [index, item] of this.#items.entries()) {
      item.dataset.state = index < at ? "passed" : index > at ? "waiting" : "running";
      if (index === at) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    }
    const text = paragraph(t(`vote.casting_${part}`), "visually-hidden");
    this.#said.replaceChildren(text);
    // Before the ballot is sealed there is nothing to go on with.
    if (part !== "seal" && !this.#foot.firstChild) this.#foot.append(this.#later());
    if (this.#said.isConnected) return;
    const list = h("ol", { class: "checks" }, ...this.#items);
    show("cast", t("vote.casting"), paragraph(t("vote.casting_text")), list, this.#said, this.#foot);
  }

  /**
   * @param {import("../protocol/voter.js").Voter} voter @param {import("../protocol/state.js").Signed} signed
   * @returns {Promise<import("../protocol/state.js").Cast>}
   */
  async send(voter, signed) {
    this.reach("send");
    for (;;) {
      try {
        return await persistently(t("vote.known_cast"), () => voter.cast(signed));
      } catch (error) {
        if (!(error instanceof ApiError) || error.slug !== "not-open") throw error;
        const { opens_at: opens } = await voter.manifest(signed);
        this.#said.replaceChildren(notice(t("vote.sent_early", { moment: moment(timeEncode(opens)) }), "warn"));
        await new Promise((resolve) => setTimeout(resolve, UNTIL_OPEN));
      }
    }
  }
}
