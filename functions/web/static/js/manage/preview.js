/** A draft's ballot as voters will see it: the voters' own form, which takes nothing here. */
import { find, h } from "../dom.js";
import { ballotForm } from "../vote/ballot.js";

/** @type {import("../protocol/contest.js").Contest[]} */
const drafted = JSON.parse(find("#contests-data").textContent);
const ready = drafted.filter((contest) => contest.options.length > 0);
if (ready.length > 0) {
  const contests = ready.map((contest, index) => ({ ...contest, id: `preview-${index}` }));
  const paper = h("fieldset", { disabled: true, class: "preview" }, ballotForm(contests).element);
  find("#ballot-preview").replaceChildren(paper);
}
