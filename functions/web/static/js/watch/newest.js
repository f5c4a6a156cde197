/** The newest records as a table. */

import { h } from "../dom.js";
import { dated } from "./points.js";

const MOST = 10;
const LONGEST = 200;
const moments = new Intl.DateTimeFormat(document.documentElement.lang, {
  dateStyle: "short",
  timeStyle: "medium",
});

export class Newest {
  /** @type {import("./points.js").Values[]} */
  #records = [];

  /** @param {HTMLTableSectionElement} body @param {string[]} fields @param {import("./points.js").Points} points */
  constructor(body, fields, points) {
    this.body = body;
    this.fields = fields;
    this.points = points;
  }

  clear() {
    this.#records = [];
  }

  /** @param {import("./points.js").Values[]} records */
  add(records) {
    this.#records = [...this.#records, ...records].slice(-MOST);
    this.body.replaceChildren(...this.#records.toReversed().map((record) => this.#row(record)));
  }

  /** @param {import("./points.js").Values} record */
  #row(record) {
    const cells = this.fields.map((field) => {
      if (field === this.points.axis) return h("th", { scope: "row" }, this.#moment(record));
      return h("td", { class: this.points.columns.has(field) && "number" }, said(record[field]));
    });
    return h("tr", {}, ...cells);
  }

  /** @param {import("./points.js").Values} record */
  #moment(record) {
    const seconds = this.points.time(record);
    return dated(seconds) ? moments.format(seconds * 1000) : said(record[this.points.axis]);
  }
}

/** A value as text, whatever it is. @param {unknown} value */
function said(value) {
  if (value === null || value === undefined) return "–";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
