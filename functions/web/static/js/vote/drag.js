/** Moving an item of a list by mouse, pen or finger (pointer events). */

/** Pixels from the window's edge where it begins to scroll, and by how many. */
const EDGE = 48;
const STEP = 12;

/**
 * @param {HTMLElement} handle what is held
 * @param {HTMLElement} item the list's item that it moves
 * @param {(place: number) => void} dropped with how many of the other items stand above
 */
export function makeDraggable(handle, item, dropped) {
  const others = () => [...(item.parentElement?.children ?? [])].filter((other) => other !== item);
  /** @param {number} y */
  const placeAt = (y) =>
    others().filter((other) => {
      const { top, height } = other.getBoundingClientRect();
      return y > top + height / 2;
    }).length;
  /** @param {number | null} place */
  const mark = (place) => {
    for (const [index, other] of others().entries()) {
      other.classList.toggle("drop-above", index === place);
      other.classList.toggle("drop-below", place !== null && index === place - 1);
    }
  };
  const release = () => {
    item.classList.remove("dragged");
    mark(null);
  };

  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    handle.setPointerCapture(event.pointerId);
    item.classList.add("dragged");
  });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const { clientY: y } = event;
    if (y < EDGE) scrollBy(0, -STEP);
    if (y > innerHeight - EDGE) scrollBy(0, STEP);
    mark(placeAt(y));
  });
  handle.addEventListener("pointerup", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const marked = others().some(({ classList }) => classList.contains("drop-above") || classList.contains("drop-below"));
    release();
    if (marked) dropped(placeAt(event.clientY));
  });
  handle.addEventListener("pointercancel", release);
}
