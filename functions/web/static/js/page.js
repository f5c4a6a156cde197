/** On every page: moments in the reader's own time zone and way of writing; what was done is told once. */

/** As the reader's own region writes it, if the page speaks the reader's language. */
const { lang } = document.documentElement;
const locale = navigator.languages.find((one) => one.split("-")[0] === lang) ?? lang;
/** @type {Intl.DateTimeFormatOptions} */
const PARTS = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" };
const shown = new Intl.DateTimeFormat(locale, { weekday: "short", ...PARTS });
const exact = new Intl.DateTimeFormat(locale, { ...PARTS, second: "2-digit" });

/**
 * A moment (RFC 3339) as readers here write it, with the name of their time zone.
 *
 * @param {string} rfc3339 @param {boolean} seconds for what happens more often than once a minute
 */
export function moment(rfc3339, seconds = false) {
  return (seconds ? exact : shown).format(new Date(rfc3339));
}

const { searchParams, pathname } = new URL(location.href);
if (pathname.includes("/manage") && searchParams.has("done")) {
  const cursor = searchParams.get("cursor");
  const kept = cursor === null ? "" : `?${new URLSearchParams({ cursor })}`;
  history.replaceState(history.state, "", pathname + kept);
}

/** @type {NodeListOf<HTMLTimeElement>} */
const times = document.querySelectorAll("time[datetime]");
for (const element of times) {
  element.title = element.textContent;
  element.textContent = moment(element.dateTime);
}
