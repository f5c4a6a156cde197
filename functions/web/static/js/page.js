/** On every page: moments in the reader's own time zone, in the page's language; what was done is told once. */

const shown = new Intl.DateTimeFormat(document.documentElement.lang, {
  dateStyle: "medium",
  timeStyle: "long",
});

/** A moment (RFC 3339) as readers here write it, with the name of their time zone. */
export function moment(rfc3339) {
  return shown.format(new Date(rfc3339));
}

const { searchParams, pathname } = new URL(location.href);
if (pathname.includes("/manage") && searchParams.has("done")) {
  const kept = searchParams.has("cursor") ? `?${new URLSearchParams({ cursor: searchParams.get("cursor") })}` : "";
  history.replaceState(history.state, "", pathname + kept);
}

for (const element of document.querySelectorAll("time[datetime]")) {
  element.title = element.textContent;
  element.textContent = moment(element.dateTime);
}
