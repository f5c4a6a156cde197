/** Finding an option among many. */
import { h } from "../dom.js";
import { t } from "../strings.js";

const MANY = 15;

/**
 * A field that hides what does not hold the words typed; null where there are few options.
 *
 * @param {{id: string, options: string[]}} contest
 * @param {() => Iterable<[string, HTMLElement]>} rows each option's name with its element, as they are now
 * @returns {HTMLElement | null}
 */
export function optionFilter({ id, options }, rows) {
  if (options.length <= MANY) return null;
  const field = h("input", { type: "search", id: `${id}-filter`, autocomplete: "off", spellcheck: "false" });
  const found = h("p", { class: "quiet", role: "status" });
  field.addEventListener("input", () => {
    const words = field.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const [name, element] of rows()) {
      const fits = words.every((word) => name.toLocaleLowerCase().includes(word));
      element.hidden = !fits;
      count += Number(fits);
    }
    found.textContent = words.length ? t("vote.filter_found", { count }) : "";
  });
  return h("div", { class: "field" }, h("label", { for: field.id }, t("vote.filter")), field, found);
}
