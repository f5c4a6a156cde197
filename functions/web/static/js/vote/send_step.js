/** Sending the sealed ballot: always the same bytes, until the board acknowledges them. */
import { moment } from "../page.js";
import { timeEncode } from "../protocol/encoding.js";
import { ApiError } from "../protocol/errors.js";
import { t } from "../strings.js";
import { recoveryOffer } from "./files.js";
import { persistently } from "./patience.js";
import { notice, paragraph, show } from "./screen.js";

/** Milliseconds between two attempts before the service's clock says that the poll is open. */
const UNTIL_OPEN = 15_000;

/**
 * @param {import("../protocol/voter.js").Voter} voter @param {import("../protocol/state.js").State} sealed
 * @param {import("./device.js").Kept} kept
 * @returns {Promise<import("../protocol/state.js").State>} cast
 */
export async function send(voter, sealed, kept) {
  const tell = (content) => show("review", t("vote.sending"), content, recoveryOffer(kept));
  tell(paragraph(t("vote.sending_text")));
  for (;;) {
    try {
      return await persistently(t("vote.known_cast"), () => voter.cast(sealed));
    } catch (error) {
      if (!(error instanceof ApiError) || error.slug !== "not-open") throw error;
      const { opens_at: opens } = await voter.manifest(sealed);
      tell(notice(t("vote.sent_early", { moment: moment(timeEncode(opens)) }), "warn"));
      await new Promise((resolve) => setTimeout(resolve, UNTIL_OPEN));
    }
  }
}
