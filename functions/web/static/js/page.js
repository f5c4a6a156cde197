/** On every page: moments in the reader's own time zone, in the page's language. */

const shown = new Intl.DateTimeFormat(document.documentElement.lang, {
  dateStyle: "medium",
  timeStyle: "long",
});

/** A moment (RFC 3339) as readers here write it, with the name of their time zone. */
export function moment(rfc3339) {
  return shown.format(new Date(rfc3339));
}

for (const element of document.querySelectorAll("time[datetime]")) {
  element.title = element.textContent;
  element.textContent = moment(element.dateTime);
}
