/** Moments in the reader's own time zone and way of writing, in the page's language. */

/** As the reader's own region writes it, if the page speaks the reader's language. */
const { lang } = document.documentElement;
const locale = navigator.languages.find((one) => one.split("-")[0] === lang) ?? lang;
/** @type {Intl.DateTimeFormatOptions} */
const PARTS = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" };
const shown = new Intl.DateTimeFormat(locale, { weekday: "short", ...PARTS });
const exact = new Intl.DateTimeFormat(locale, { ...PARTS, second: "2-digit" });
const announced = new Intl.DateTimeFormat(locale, { ...PARTS, weekday: "long", month: "long" });
const relative = new Intl.RelativeTimeFormat(lang);
/** Milliseconds, largest first. @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/**
 * A moment (RFC 3339) as readers here write it, with the name of their time zone.
 *
 * @param {string} rfc3339 @param {boolean} seconds for what happens more often than once a minute
 */
export function moment(rfc3339, seconds = false) {
  return (seconds ? exact : shown).format(new Date(rfc3339));
}

/** The same in full words, as an end that one plans for. @param {string} rfc3339 */
export function deadline(rfc3339) {
  return announced.format(new Date(rfc3339));
}

/** How long until then, as “in 3 days”: in the largest unit of which at least two are left. @param {string} rfc3339 */
export function timeLeft(rfc3339) {
  const left = Math.max(0, Date.parse(rfc3339) - Date.now());
  const [unit, size] = UNITS.find(([, length]) => left >= 2 * length) ?? UNITS[UNITS.length - 1];
  return relative.format(Math.floor(left / size), unit);
}
