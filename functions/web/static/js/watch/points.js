/** The newest points of a channel as columns that a chart draws: times in seconds, and a column for each signal. */

/** @typedef {Record<string, unknown>} Values  a record: its fields by name */

const PER_SECOND = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 };
/** Seconds from 1970 within which there are dates (ECMA-262: 8.64e12), less what a chart needs at its sides. */
const FARTHEST = 8.6e12;

/**
 * Whether a calendar has this time; charts wait for ever for the grid of one that it has not.
 *
 * @param {number} seconds
 */
export function dated(seconds) {
  return Math.abs(seconds) < FARTHEST;
}

export class Points {
  /**
   * @param {string} axis field of the time
   * @param {"s" | "ms" | "us" | "ns"} unit of the time
   * @param {string[]} fields
   * @param {number} most points that are kept
   */
  constructor(axis, unit, fields, most) {
    this.axis = axis;
    this.unit = unit;
    this.most = most;
    /** @type {number[]} */
    this.times = [];
    /** @type {Map<string, (number | null)[]>} */
    this.columns = new Map(fields.map((field) => [field, []]));
  }

  /** Seconds since 1970 of a record. @param {Values} record */
  time(record) {
    return Number(record[this.axis]) / PER_SECOND[this.unit];
  }

  clear() {
    this.times.length = 0;
    for (const column of this.columns.values()) column.length = 0;
  }

  /**
   * Records in the order in which they came; one that is older than the last is drawn where that one is, one without a
   * date nowhere.
   *
   * @param {Values[]} records
   */
  add(records) {
    for (const record of records) {
      if (!dated(this.time(record))) continue;
      const last = this.times.at(-1) ?? -Infinity;
      this.times.push(Math.max(this.time(record), last));
      for (const [field, column] of this.columns) {
        const value = record[field];
        column.push(value === null || value === undefined || value === "" ? null : Number(value));
      }
    }
    const over = this.times.length - this.most;
    if (over <= 0) return;
    this.times.splice(0, over);
    for (const column of this.columns.values()) column.splice(0, over);
  }
}
