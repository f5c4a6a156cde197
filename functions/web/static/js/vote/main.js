/**
 * The voter's page. It looks at the link only when the voter says so: programs that scan mails open links, and none of
 * them should set anything going. Everything else is loaded at that moment.
 */
import "../page.js";
import { find, h, prefix, present } from "../dom.js";
import { t } from "../strings.js";
import { textOf } from "./chosen_file.js";
import { openDevice } from "./device.js";
import { missing } from "./support.js";

const place = find("#voting");
const heading = h("h1", { tabindex: -1 }, t("vote.title"));

/** In the tab's own store: the record and the step that were shown when another language was chosen. */
const LEFT = "ballotcast-left";

/** Milliseconds in sight after which somebody is reading. */
const READING = 2000;

let begun = false;

/** Once only, whatever else is clicked meanwhile. @param {import("./records.js").Start} start */
async function begin(start) {
  if (begun) return;
  begun = true;
  const vote = await loaded();
  if (!vote) return;
  // From here on the link stands neither in the address bar nor in the history.
  history.replaceState(null, "", `${prefix}/vote${location.search}`);
  await vote(start);
}

/** What does the rest; null where it cannot be loaded, and then it is said. */
async function loaded() {
  place.inert = true;
  try {
    return await journey();
  } catch {
    const again = h("button", { type: "button", onclick: () => location.reload() }, t("vote.reload"));
    place.replaceChildren(heading, h("p", { class: "notice bad", role: "alert" }, t("vote.not_loaded")), again);
    return null;
  } finally {
    place.inert = false;
  }
}

/** The element that loads it, from the template that keeps it from loading. @returns {HTMLScriptElement} */
function bundle() {
  /** @type {HTMLTemplateElement} */
  const { content } = find("#journey");
  return find("script", content);
}

/** What the bundle of the journey exports; the browser checks it against its hash before it runs. */
async function journey() {
  const script = bundle();
  await new Promise((resolve, reject) => {
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  });
  /** @type {typeof import("./journey.js")} */
  const { vote } = await import(script.src);
  return vote;
}

/**
 * Fetch the journey's bundle while the page is read: at the first sign of a person, or when it was in sight for a while.
 * Programs that scan mails give none and do not stay. A failure changes nothing: the click fetches it then.
 */
function loadAhead() {
  const { src, integrity } = bundle();
  const signs = ["pointermove", "pointerdown", "scroll", "keydown"];
  const load = () => {
    clearTimeout(timer);
    for (const sign of signs) removeEventListener(sign, load);
    if (begun) return;
    document.head.append(h("link", { rel: "preload", as: "script", href: src, integrity, crossorigin: "anonymous" }));
  };
  const timer = setTimeout(() => document.visibilityState === "visible" && load(), READING);
  for (const sign of signs) addEventListener(sign, load, { passive: true });
}

function invited() {
  const open = h("button", { type: "button", class: "primary" }, t("vote.open_link"));
  open.addEventListener("click", () => begin({ link: arrived() }), { once: true });
  return [h("p", { class: "lead" }, t("vote.invited")), h("p", {}, t("vote.invited_how")), h("p", {}, open)];
}

/** Without a link: what was begun here, or the ways to begin. @param {import("./device.js").Kept[]} kept */
function elsewhere(kept) {
  const link = h("input", { type: "text", id: "link", name: "link", autocomplete: "off", spellcheck: "false", required: true });
  /** @param {Event} event */
  const typed = (event) => {
    event.preventDefault();
    void begin({ link: link.value.trim() });
  };
  const file = h("input", { type: "file", id: "file", accept: ".json,application/json" });
  file.addEventListener("change", async () => {
    if (file.files?.length) await begin({ file: await textOf(file.files[0]) });
  });
  return [
    kept.length > 0 && h("section", {}, h("h2", {}, t("vote.kept_title")), h("ul", { class: "kept" }, ...kept.map(keptItem))),
    h("h2", {}, t("vote.by_link_title")),
    h("p", {}, t("vote.by_link_text")),
    h(
      "form",
      { onsubmit: typed, class: "field" },
      h("label", { for: "link" }, t("vote.link_field")),
      link,
      h("div", { class: "actions" }, h("button", { class: kept.length ? null : "primary" }, t("vote.open_link"))),
    ),
    h("h2", {}, t("vote.by_file_title")),
    h("div", { class: "field" }, h("label", { for: "file" }, t("vote.load_recovery")), hint("vote.load_recovery_hint"), file),
  ];
}

/** @param {string} key */
const hint = (key) => h("span", { class: "hint" }, t(key));

/**
 * The label says what one click does: a vote that was interrupted at the cast is cast, without another question.
 *
 * @param {import("./device.js").Kept} kept
 */
function keptItem({ id, title, state }) {
  const step = state ? JSON.parse(state).step : "opened";
  /** @type {Record<string, string>} */
  const labels = { sealed: "go_on_casting", signed: "go_on_casting", cast: "show_kept" };
  const label = labels[step] ?? "go_on";
  const open = () => begin({ id });
  const badge = h("span", { class: "badge" }, t(`vote.kept_${step}`));
  return h("li", {}, h("button", { type: "button", class: "primary", onclick: open }, t(`vote.${label}`, { title })), " ", badge);
}

/** Fragments that name a place on this page are no links of voters. @param {string} hash */
const isLink = (hash) => hash.length > 1 && !document.getElementById(hash.slice(1));

/** The link that this address came with: its fragment, or its path where a program has encoded the `#`; else empty. */
function arrived() {
  if (isLink(location.hash)) return location.hash;
  const [, link = ""] = location.pathname.match(/\/vote\/?%(?:25)?23(.+)$/i) ?? [];
  return link && `#${link}`;
}

async function start() {
  const lacking = await missing();
  if (lacking) {
    place.replaceChildren(heading, h("p", { class: "notice bad" }, t(`vote.browser_${lacking}`)));
    return;
  }
  const was = leftForAnotherLanguage();
  if (arrived()) {
    place.replaceChildren(heading, ...present(invited()));
    loadAhead();
  } else {
    const device = await openDevice();
    if (was && (await device.find(was.id))) {
      await begin({ id: was.id, was });
      return;
    }
    place.replaceChildren(heading, ...present(elsewhere(await device.all())));
  }
  // Another link opened in this tab: what it interrupts is kept.
  addEventListener("hashchange", () => isLink(location.hash) && location.reload());
}

/** The skip link would put its own fragment in the place of the voter's link, and that one into the history. */
find(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  find("#main").focus();
});

/** A change of language takes a link along that was not opened yet, and comes back to where the vote is. */
/** @type {NodeListOf<HTMLAnchorElement>} */
const languages = document.querySelectorAll("a[hreflang]");
for (const link of languages) {
  link.addEventListener("click", (event) => {
    const { record: id, step } = place.dataset;
    const target = link.href + arrived();
    if (!id && !arrived()) return;
    event.preventDefault();
    if (id && step) void leave({ id, step, scroll: scrollY }, target);
    else location.replace(target);
  });
}

/** Go once what was marked is written. @param {{id: string, step: string, scroll: number}} was @param {string} target */
async function leave(was, target) {
  keepPlace(was);
  await (await openDevice()).find(was.id); // waits for what is being written
  location.assign(target);
}

/** @param {{id: string, step: string, scroll: number}} was */
function keepPlace(was) {
  try {
    sessionStorage.setItem(LEFT, JSON.stringify(was));
  } catch {
    // This browser keeps nothing: the page lists what was begun.
  }
}

/** Where this tab was, told once. @returns {{id: string, step: string, scroll: number} | null} */
function leftForAnotherLanguage() {
  try {
    const was = sessionStorage.getItem(LEFT);
    sessionStorage.removeItem(LEFT);
    return was && JSON.parse(was);
  } catch {
    return null;
  }
}

void start();
