/** How far something is that takes long: a bar, and the same in words. */
import { h } from "../dom.js";
import { t } from "../strings.js";

const shown = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1, minimumFractionDigits: 1 });

/** @param {number} bytes */
export const megabytes = (bytes) => t("check.megabytes", { size: shown.format(bytes / 1e6) });

/**
 * @param {string} label @param {number} total @param {(amount: number) => string} words
 * @returns {{element: HTMLElement, show: (done: number, total?: number) => void}}
 */
export function meter(label, total, words) {
  const bar = h("progress", { "aria-label": label, max: total, value: 0 });
  const text = h("p", { class: "quiet" });
  /** @param {number} done @param {number} [all] */
  const show = (done, all = total) => {
    [bar.max, bar.value] = [all, done];
    text.textContent = t("check.of", { done: words(done), total: words(all) });
  };
  return { element: h("div", {}, bar, text), show };
}
