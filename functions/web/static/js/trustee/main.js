/**
 * The page for trustees. It looks at the link only when the trustee says so: programs that scan mails open links. What
 * waits for others looks again by itself.
 */
import "../page.js";
import { find, h, present } from "../dom.js";
import { moment } from "../moments.js";
import { t } from "../strings.js";
import { paragraph, wordsFor } from "./forms.js";
import { Service } from "./service.js";
import { saveAgain } from "./save_again.js";
import { confirmStep, dealStep, joinStep, openStep } from "./steps.js";

/** Milliseconds between two looks while others are waited for. */
const PAUSE = 10_000;

/** In the tab's own store: the link. */
const TAB = "ballotcast-trustee";

const place = find("#trustee");
let timer = 0;
/** What is to be done at the next look, instead of looking. */
let pending = /** @type {(() => Promise<void>) | null} */ (null);

/** @param {Service} service */
async function look(service) {
  clearTimeout(timer);
  try {
    const act = pending;
    pending = null;
    if (act) await act();
    else await show(service, await service.visit());
  } catch (error) {
    const again = h("button", { type: "button", onclick: () => look(service) }, t("trustee.look_again"));
    place.replaceChildren(h("div", { class: "notice bad", role: "alert" }, paragraph(wordsFor(error))), again);
  }
}

/** @param {Service} service @param {import("./service.js").Visit} visit */
async function show(service, visit) {
  clearTimeout(timer);
  const heading = h("h2", { tabindex: -1, id: "step" }, t(`trustee.stage_${stepOf(visit)}`));
  const task = await taskOf(service, visit);
  place.replaceChildren(...present([paragraph(visit.shown.title, "lead"), heading, ...task, people(visit)]));
  heading.focus();
}

/** What there is to do: a form, or what is waited for. @param {Service} service @param {import("./service.js").Visit} visit @returns {Promise<import("../dom.js").Child[]>} */
async function taskOf(service, visit) {
  /** @param {import("./service.js").Visit} now */
  const next = (now) => show(service, now);
  switch (stepOf(visit)) {
    case "join":
      return [until(visit), ...joinStep(service, visit, next)];
    case "deal":
      return [until(visit), ...dealStep(service, visit, next)];
    case "confirm":
      return [until(visit), ...(await confirmStep(service, visit, next)), !visit.shown.manifest && waiting(service)];
    case "open":
      return openStep(service, visit, next, (again) => {
        pending = again;
      });
    case "over":
      return [paragraph(over(visit), "notice bad"), paragraph(t("trustee.over_next"))];
    case "released":
      return [paragraph(t("trustee.released"), "notice good")];
    case "confirmed":
      return [paragraph(t("trustee.confirmed"), "notice good"), paragraph(t("trustee.keep_file")), saveAgain(visit)];
    default: {
      const names = visit.shown.stage === "confirmed" ? missingAgreements(visit) : visit.waitsFor;
      return [paragraph(t("trustee.waiting_for", { names: names.join(", ") })), paragraph(t("trustee.may_close")), saveAgain(visit), waiting(service)];
    }
  }
}

/** @param {import("./service.js").Visit} visit */
function stepOf({ shown, me }) {
  switch (shown.stage) {
    case "over":
      return "over";
    case "joining":
      return me.joined ? "waiting" : "join";
    case "dealing":
      return me.dealt ? "waiting" : "deal";
    case "confirming":
      return me.confirmed ? "waiting" : "confirm";
    default:
      if (!shown.ended) return "confirmed";
      if (me.released) return "released";
      return pending ? "waiting" : "open";
  }
}

/** @param {import("./service.js").Visit} visit */
const missingAgreements = ({ shown }) => shown.trustees.filter(({ agreed }) => !agreed).map(({ name }) => name);

/** @param {Service} service */
function waiting(service) {
  timer = window.setTimeout(() => look(service), PAUSE);
  return h("div", { class: "actions" }, h("button", { type: "button", onclick: () => look(service) }, t("trustee.look_again")));
}

/** @param {import("./service.js").Visit} visit */
const until = ({ shown }) => paragraph(t("trustee.until", { time: moment(shown.deadline) }), "quiet");

/** @param {import("./service.js").Visit} visit */
function over({ shown, setup }) {
  const trustee = shown.blame?.trustee;
  return trustee ? t("trustee.over_by", { name: setup.trustees[trustee - 1] }) : t("trustee.over");
}

/** Who the trustees are, and how far each is. @param {import("./service.js").Visit} visit */
function people({ shown, index }) {
  const items = shown.trustees.map((one) => {
    const reached = ["released", "agreed", "confirmed", "dealt", "joined"].find((step) => one[/** @type {"joined"} */ (step)]) ?? "none";
    const badge = h("span", { class: reached === "none" ? "badge" : "badge good" }, t(`trustee.has_${reached}`));
    return h("li", {}, one.index === index ? t("trustee.you", { name: one.name }) : one.name, " ", badge);
  });
  return h("section", {}, h("h2", {}, t("trustee.people")), h("ol", {}, ...items));
}

/** The link that this address came with; in the tab's own store it outlives the choice of another language. */
function arrived() {
  const link = location.hash.slice(1);
  if (!link) return sessionStorage.getItem(TAB) ?? "";
  sessionStorage.setItem(TAB, link);
  return link;
}

function start() {
  const link = arrived();
  if (!link) {
    place.replaceChildren(paragraph(t("trustee.no_link"), "notice"));
    return;
  }
  const service = new Service(link);
  const open = h("button", { type: "button", class: "primary" }, t("trustee.open_link"));
  open.addEventListener("click", () => look(service), { once: true });
  place.replaceChildren(paragraph(t("trustee.lead"), "lead"), paragraph(t("trustee.lead_how")), h("div", { class: "actions" }, open));
}

addEventListener("hashchange", start);
start();
