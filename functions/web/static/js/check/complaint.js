/** What is wrong with a field's content, said at the field. */
import { find } from "../dom.js";

/** @param {HTMLInputElement | HTMLTextAreaElement} field with an element `#<id>-error` @param {string} text or empty */
export function complain(field, text) {
  find(`#${field.id}-error`).textContent = text;
  if (!text) {
    field.removeAttribute("aria-invalid");
    return;
  }
  field.setAttribute("aria-invalid", "true");
  field.focus();
}
