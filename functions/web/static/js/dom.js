/** Making and finding elements. Texts become text nodes, never markup. */

/**
 * What stands in an element; and what it is made with.
 *
 * @typedef {Node | string | number | null | undefined | false} Child
 * @typedef {{[event in keyof HTMLElementEventMap as `on${event}`]?: (event: HTMLElementEventMap[event]) => unknown}} Listeners
 */

/**
 * `h("button", { type: "button", onclick: send }, "Send")`: functions become listeners, `true` an empty attribute,
 * `false`, `null` and `undefined` none.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Listeners & Record<string, unknown>} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...present(children));
  return element;
}

/** What is there of what may stand in an element. @param {(Child | Child[])[]} children @returns {(Node | string)[]} */
export const present = (children) =>
  children
    .flat()
    .filter((child) => child !== null && child !== undefined && child !== false && child !== "")
    .map((child) => (child instanceof Node ? child : String(child)));

/**
 * The one element that `selector` finds; an error if there is none. Which kind of element it is, the page knows: here
 * that is as it is asked for.
 *
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} selector @param {ParentNode} [within] @returns {T}
 */
export function find(selector, within = document) {
  /** @type {T | null} */
  const found = within.querySelector(selector);
  if (!found) throw new Error(`no ${selector} on this page`);
  return found;
}

/** The deployment's address, without a trailing slash, and what stands before each of its paths. */
export const { address = "", prefix = "" } = document.documentElement.dataset;
