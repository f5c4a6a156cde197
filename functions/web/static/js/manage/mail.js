/** The form of what mails say: the reader's own time zone, until another one is chosen. */
import { find } from "../dom.js";
import { chooseLogo } from "./logo.js";

/** @type {HTMLSelectElement} */
const zone = find("#zone");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const known = [...zone.options].some((option) => option.value === here);
if ("guess" in zone.dataset && known) zone.value = here;
chooseLogo();
