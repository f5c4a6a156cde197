/** Who asks for this vote, what it is about and until when, and the ways on: to the ballot, or to prepare this device first. */
import { h } from "../dom.js";
import { deadline, moment, timeLeft } from "../moments.js";
import { hexEncode, timeEncode } from "../protocol/encoding.js";
import { t } from "../strings.js";
import { actions, notice, once, paragraph, showUnder } from "./screen.js";

/** Letters of a description that is shown at once. */
const SHORT = 280;

/** @typedef {import("../protocol/manifest.js").Manifest} Manifest */
/** @typedef {import("../dom.js").Child} Child @typedef {import("../protocol/amendment.js").Amendment} Amendment */

/**
 * Returns once the voter wants to go on.
 *
 * @param {import("../protocol/voter.js").Paper} paper verified
 * @param {{step?: string, durable: boolean, notices: Node, later: Node}} known `step`: of the voter's state, if there is one;
 *   `durable`: whether this browser keeps records; `notices`: of the organiser; `later`: the foot of the step
 * @returns {Promise<boolean>} true: to the ballot; false: to prepare this device
 */
export function showElection(paper, { step, durable, notices, later }) {
  const { manifest, secondFactor, organisation, logo, contact, description, amendments } = paper;
  const picture = logo && h("img", { ...logo, alt: organisation, class: "logo" });
  const asks = organisation ? h("p", { class: "asks" }, picture, t("vote.asks", { organisation })) : picture;
  return new Promise((resolve) =>
    showUnder(
      asks,
      "election",
      manifest.title,
      manifest.rehearsal && notice(t("vote.rehearsal"), "warn"),
      contact && h("p", { class: "quiet" }, `${t("vote.contact")} `, h("a", { href: `mailto:${contact}` }, contact)),
      notYet(manifest),
      step && notice(t(`vote.device_${step}`), step === "credentialed" ? "good" : "warn"),
      !durable && notice(t("vote.keeps_nothing"), "warn"),
      ...amendments.filter(({ schedule }) => schedule).slice(-1).map(({ reason, schedule }) => schedule && moved(reason, schedule)),
      ...amendments.flatMap((amendment) => amendment.withdrawn ?? []).map((gone) => withdrew(manifest, gone)),
      until(paper),
      paragraph(t("vote.on_ballot", { contests: titles(manifest) })),
      manifest.release === "held" && paragraph(t("vote.held")),
      description && said(description),
      notices,
      actions(once(t("vote.continue"), () => resolve(true))),
      step !== "credentialed" && secondFactor !== "none" && paragraph(t(`vote.factor_${secondFactor}`), "quiet"),
      folded("vote.checks_title", checks(paper), facts(paper), ...fingerprint(manifest)),
      amendments.length > 0 && folded("vote.amendments_title", ...listed(manifest, amendments)),
      step !== "credentialed" && folded("vote.prepare_title", ...preparing(() => resolve(false))),
      later,
    ),
  );
}

/** @param {import("../protocol/voter.js").Paper} paper */
function until({ closesAt }) {
  const end = timeEncode(closesAt);
  return paragraph(t("vote.until", { moment: deadline(end), left: timeLeft(end) }), "lead");
}

/** @param {import("../protocol/manifest.js").Manifest} manifest */
function titles({ contests }) {
  return new Intl.ListFormat(document.documentElement.lang).format(contests.map(({ title }) => title));
}

/** @param {string} title @param {...Child} content */
const folded = (title, ...content) => h("details", {}, h("summary", {}, t(title)), ...content);

/**
 * The credential before the ballot, for voters who fear that the times of the two are compared.
 *
 * @param {() => void} prepare
 */
function preparing(prepare) {
  return [
    paragraph(t("vote.prepare_why")),
    paragraph(t("vote.prepare_cost")),
    once(t("vote.prepare"), prepare, null),
  ];
}

/** @param {import("../protocol/manifest.js").Manifest} manifest */
function notYet({ opens_at: opens }) {
  return Date.now() < opens.getTime() && notice(t("vote.not_yet", { moment: moment(timeEncode(opens)) }), "warn");
}

/** The organisers' own words, said to be theirs; folded where they are long. @param {string} description */
function said(description) {
  const words = paragraph(description, "typed");
  if (description.length > SHORT) return folded("vote.said_title", words, paragraph(t("vote.said_text"), "quiet"));
  return h("blockquote", {}, words);
}

/**
 * A later end, as long as it is the newest: the reason is the organisers' own words.
 *
 * @param {string} reason @param {import("../protocol/amendment.js").Schedule} schedule
 */
function moved(reason, { closes_at: closes }) {
  return notice(t("vote.extended", { moment: moment(timeEncode(closes)), reason }), "warn");
}

/** @param {Manifest} manifest @param {import("../protocol/amendment.js").Withdrawal} withdrawal */
const withdrew = (manifest, withdrawal) => notice(t("vote.amended_withdrawn", named(manifest, withdrawal)), "warn");

/** @param {Manifest} manifest @param {import("../protocol/amendment.js").Withdrawal} withdrawal */
function named({ contests }, { contest: id, option }) {
  const contest = contests.find((one) => one.id === id);
  return { contest: contest?.title ?? "", option: contest?.options[option - 1] ?? "" };
}

/**
 * All that was changed since the election was fixed, proved by the log.
 *
 * @param {Manifest} manifest @param {Amendment[]} amendments
 */
function listed(manifest, amendments) {
  /** @param {Amendment} amendment */
  const what = ({ roll, withdrawn }) => {
    if (withdrawn) return t("vote.amended_withdrawn", named(manifest, withdrawn));
    if (!roll) return t("vote.amended_schedule");
    return roll.ended.length ? t("vote.amended_ended", { count: roll.ended.length }) : t("vote.amended_grew");
  };
  /** @param {Amendment} amendment */
  const line = (amendment) => h("li", {}, `${moment(timeEncode(amendment.at))}: `, what(amendment), ` ${amendment.reason}`);
  return [paragraph(t("vote.amendments_text")), h("ul", {}, ...amendments.map(line))];
}

/** @param {import("../protocol/voter.js").Paper} paper */
function facts({ manifest, amendments }) {
  const roll = amendments.findLast(({ roll: stated }) => stated)?.roll?.roll_size ?? manifest.roll_size;
  /** @param {string} name @param {string} value */
  const fact = (name, value) => [h("dt", {}, t(`vote.${name}`)), h("dd", {}, value)];
  return h(
    "dl",
    { class: "facts" },
    ...fact("opens", moment(timeEncode(manifest.opens_at))),
    ...fact("roll", t("vote.voters", { count: roll })),
  );
}

/** What was checked before the election was shown, and what cannot be. @param {import("../protocol/voter.js").Paper} paper */
function checks({ checkpoint, description, organisation }) {
  const size = checkpoint.split("\n")[1];
  /** @param {string} state @param {string} text */
  const item = (state, text) => h("li", { "data-state": state }, text);
  const list = [t("vote.check_link"), t("vote.check_signed", { count: Number(size) }), t("vote.check_first")];
  const unchecked = (organisation || description) && item("skipped", t("vote.check_said"));
  return h("ul", { class: "checks" }, ...list.map((text) => item("passed", text)), unchecked);
}

/** The manifest's hash in groups, as people compare it. @param {import("../protocol/manifest.js").Manifest} manifest */
function fingerprint({ hash }) {
  const groups = hexEncode(hash).match(/.{4}/g) ?? [];
  return [
    paragraph(t("vote.fingerprint_text")),
    h("p", { class: "code fingerprint" }, ...groups.map((group) => h("span", {}, group, " "))),
  ];
}
