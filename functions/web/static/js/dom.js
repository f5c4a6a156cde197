/** Making and finding elements. Texts become text nodes, never markup. */

/**
 * `h("button", { type: "button", onclick: send }, "Send")`: functions become listeners, `true` an empty attribute,
 * `false`, `null` and `undefined` none.
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Node | string | number | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The one element that `selector` finds; an error if there is none. */
export function find(selector, within = document) {
  const found = within.querySelector(selector);
  if (!found) throw new Error(`no ${selector} on this page`);
  return found;
}

/** The deployment's address, without a trailing slash, and what stands before each of its paths. */
export const { address, prefix } = document.documentElement.dataset;
