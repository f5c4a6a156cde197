/** What this election is, and by what it proved to be the one that everybody sees. */
import { h } from "../dom.js";
import { moment } from "../page.js";
import { hexEncode } from "../protocol/encoding.js";
import { timeEncode } from "../protocol/encoding.js";
import { t } from "../strings.js";
import { recoveryOffer, saveRecovery } from "./files.js";
import { actions, notice, once, paragraph, show } from "./screen.js";

/**
 * Returns once the voter wants to go on.
 *
 * @param {import("../protocol/voter.js").Paper} paper verified @param {import("./device.js").Kept} kept
 * @param {boolean} durable whether this browser keeps records
 */
export async function showElection({ manifest, secondFactor, checkpoint, description }, kept, durable) {
  await new Promise((resolve) => {
    const go = once(t("vote.continue"), resolve);
    show(
      "election",
      manifest.title,
      notYet(manifest),
      facts(manifest),
      description && said(description),
      secondFactor !== "none" && paragraph(t(`vote.factor_${secondFactor}`)),
      h("h2", {}, t("vote.checks_title")),
      checks(checkpoint),
      fingerprint(manifest),
      durable ? null : insist(kept, go),
      paragraph(t("vote.continue_text")),
      actions(go),
      durable && recoveryOffer(kept),
    );
  });
}

function notYet({ opens_at: opens }) {
  return Date.now() < opens && notice(t("vote.not_yet", { moment: moment(timeEncode(opens)) }), "warn");
}

/** The organisers' own words: below the facts that are proved, and said to be theirs. */
function said(description) {
  return [h("h2", {}, t("vote.said_title")), paragraph(t("vote.said_text"), "quiet"), paragraph(description, "typed")];
}

function facts({ contests, opens_at: opens, closes_at: closes, roll_size: roll }) {
  const fact = (name, ...value) => [h("dt", {}, t(`vote.${name}`)), h("dd", {}, ...value)];
  const titles = contests.map(({ title }) => h("li", {}, title));
  return h(
    "dl",
    { class: "facts" },
    ...fact("opens", moment(timeEncode(opens))),
    ...fact("closes", moment(timeEncode(closes))),
    ...fact("roll", t("vote.voters", { count: roll })),
    ...fact("contests", h("ul", { class: "plain" }, ...titles)),
  );
}

function checks(checkpoint) {
  const size = checkpoint.split("\n")[1];
  const passed = (text) => h("li", { "data-state": "passed" }, text);
  const list = [t("vote.check_link"), t("vote.check_signed", { count: Number(size) }), t("vote.check_first")];
  return h("ul", { class: "checks" }, ...list.map(passed));
}

/** The manifest's hash in groups, as people compare it. */
function fingerprint({ hash }) {
  const groups = hexEncode(hash).match(/.{4}/g);
  return h(
    "div",
    {},
    paragraph(t("vote.fingerprint_text")),
    h("p", { class: "code fingerprint" }, ...groups.map((group) => h("span", {}, group, " "))),
  );
}

/** Without a browser that keeps anything, the file is what makes the vote safe: it comes first. */
function insist(kept, go) {
  const save = () => {
    saveRecovery(kept.state);
    go.disabled = false;
  };
  go.disabled = true;
  return h(
    "div",
    { class: "notice bad" },
    paragraph(t("vote.not_kept")),
    paragraph(t("vote.recovery_secret")),
    h("button", { type: "button", onclick: save }, t("vote.save_recovery")),
  );
}
