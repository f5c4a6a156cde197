/** Sending the sealed ballot: always the same bytes, until the board acknowledges them. */
import { moment } from "../page.js";
import { timeEncode } from "../protocol/encoding.js";
import { ApiError } from "../protocol/errors.js";
import { t } from "../strings.js";
import { persistently, sleep } from "./patience.js";
import { notice, paragraph, show } from "./screen.js";

/** Seconds between two attempts before the service's clock says that the poll is open. */
const UNTIL_OPEN = 15;

/**
 * @param {import("../protocol/voter.js").Voter} voter @param {import("../protocol/state.js").State} sealed
 * @returns {Promise<import("../protocol/state.js").State>} cast
 */
export async function send(voter, sealed) {
  show("review", t("vote.sending"), paragraph(t("vote.sending_text")));
  for (;;) {
    try {
      return await persistently(t("vote.known_cast"), () => voter.cast(sealed));
    } catch (error) {
      if (!(error instanceof ApiError) || error.slug !== "not-open") throw error;
      const { opens_at: opens } = await voter.manifest(sealed);
      show("review", t("vote.sending"), notice(t("vote.sent_early", { moment: moment(timeEncode(opens)) }), "warn"));
      await sleep(UNTIL_OPEN);
    }
  }
}
