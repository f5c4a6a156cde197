/** On every page: moments in the reader's own time zone and way of writing; what was done is told once. */
import { moment } from "./moments.js";

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
