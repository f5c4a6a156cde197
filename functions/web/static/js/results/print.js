/** The minutes of a result: a button that prints them. */
import { find } from "../dom.js";

/** @type {HTMLButtonElement} */
const button = find("[data-print]");
button.hidden = false;
button.addEventListener("click", () => print());
