/** The pieces of the page for trustees: a step with its words, fields, and what went wrong. */
import { h } from "../dom.js";
import { save } from "../save.js";
import { has, t } from "../strings.js";
import { ApiError, Malformed, ProtocolError, Unreachable } from "../protocol/errors.js";
import { utf8Decode } from "../protocol/encoding.js";

/** Characters of a passphrase at least. */
export const LEAST = 12;

/** @param {string} text @param {string | null} [kind] */
export const paragraph = (text, kind = null) => h("p", { class: kind }, text);

/** @param {string} id @param {string} label @param {string} [hint] */
export function passphraseField(id, label, hint = "") {
  const autocomplete = id.startsWith("new") ? "new-password" : "current-password";
  const described = `${hint ? `${id}-hint ` : ""}${id}-error`;
  const input = h("input", { type: "password", id, autocomplete, "aria-describedby": described });
  return { input, field: field(id, label, hint, input) };
}

/** @param {string} id @param {string} label @param {string} [hint] */
export function fileField(id, label, hint = "") {
  const input = h("input", { type: "file", id, accept: ".json,application/json", "aria-describedby": `${id}-error` });
  return { input, field: field(id, label, hint, input) };
}

/** @param {string} id @param {string} label @param {string} hint @param {HTMLElement} input */
const field = (id, label, hint, input) =>
  h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    hint && h("span", { class: "hint", id: `${id}-hint` }, hint),
    input,
    h("span", { class: "error", id: `${id}-error` }),
  );

/** Say what is wrong with a field, or nothing. @param {HTMLInputElement} input @param {string} text */
export function complain(input, text) {
  const place = document.getElementById(`${input.id}-error`);
  if (place) place.textContent = text;
  input.setAttribute("aria-invalid", String(text !== ""));
  if (text) input.focus();
  return text === "";
}

/**
 * A form with one button. While its act runs the button is off; what goes wrong is said in front of it.
 *
 * @param {string} label @param {(import("../dom.js").Child | import("../dom.js").Child[])[]} children
 * @param {() => Promise<unknown>} act
 */
export function form(label, children, act) {
  const button = h("button", { class: "primary" }, label);
  const trouble = h("div", { role: "alert" });
  /** @param {Event} event */
  const submitted = async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    trouble.replaceChildren();
    try {
      await act();
    } catch (error) {
      trouble.replaceChildren(paragraph(wordsFor(error), "notice bad"));
    } finally {
      button.disabled = false;
    }
  };
  return h("form", { novalidate: true, onsubmit: submitted }, ...children, trouble, h("div", { class: "actions" }, button));
}

/** What an error says to a trustee. @param {unknown} error */
export function wordsFor(error) {
  if (error instanceof Unreachable) return t("trustee.unreachable");
  if (error instanceof ApiError) {
    return has(`trustee.refused_${error.slug}`) ? t(`trustee.refused_${error.slug}`) : t("trustee.refused", { reason: error.message });
  }
  const known = error instanceof ProtocolError && has(`trustee.wrong_${error.reason}`);
  if (known) return t(`trustee.wrong_${error.reason}`);
  if (error instanceof Malformed) return t("trustee.wrong", { reason: error.message });
  throw error;
}

/** What a trustee's file is saved as. @param {import("./service.js").Visit} visit */
export const fileName = (visit) => `ballotcast-trustee-${visit.index}-${visit.hash.slice(0, 8)}.json`;

/** Save a trustee's file. @param {import("./service.js").Visit} visit @param {Uint8Array} file */
export const saveFile = (visit, file) =>
  save(fileName(visit), "application/json", utf8Decode(file));

/** In groups that can be read out. @param {string} hex */
export const grouped = (hex) => (hex.match(/.{8}/g) ?? []).join(" ");
