/** On every page: moments in the reader's own time zone, in the page's language; what was done is told once. */

const shown = new Intl.DateTimeFormat(document.documentElement.lang, {
  dateStyle: "medium",
  timeStyle: "long",
});

/** A moment (RFC 3339) as readers here write it, with the name of their time zone. @param {string} rfc3339 */
export function moment(rfc3339) {
  return shown.format(new Date(rfc3339));
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
