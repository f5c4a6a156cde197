/** Dragging an item of a list onto another one, by mouse, pen or finger (pointer events). The list stays as it is. */

/** Pixels from the window's edge where it begins to scroll, and by how many. */
const EDGE = 48;
const STEP = 12;
/** Pixels that a finger may slip without dragging. */
const SLIP = 8;

/**
 * @param {HTMLElement} handle what is held; a press that does not move stays a click
 * @param {HTMLElement} item the list's item that it belongs to
 * @param {(other: HTMLElement) => void} dropped with the item that it was dropped onto
 */
export function makeDraggable(handle, item, dropped) {
  let from = 0;
  let dragging = false;
  let onto = /** @type {HTMLElement | null} */ (null);
  /** @param {number} y */
  const itemAt = (y) => {
    const others = /** @type {HTMLElement[]} */ ([...(item.parentElement?.children ?? [])]);
    return others.find((other) => {
      const { top, bottom } = other.getBoundingClientRect();
      return other !== item && top <= y && y < bottom;
    });
  };
  /** @param {HTMLElement | null} target */
  const mark = (target) => {
    onto?.classList.remove("onto");
    target?.classList.add("onto");
    onto = target;
  };
  const release = () => {
    const target = onto;
    item.classList.remove("dragged");
    mark(null);
    return target;
  };

  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    handle.setPointerCapture(event.pointerId);
    [from, dragging] = [event.clientY, false];
  });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const { clientY: y } = event;
    dragging ||= Math.abs(y - from) > SLIP;
    if (!dragging) return;
    item.classList.add("dragged");
    if (y < EDGE) scrollBy(0, -STEP);
    if (y > innerHeight - EDGE) scrollBy(0, STEP);
    mark(itemAt(y) ?? null);
  });
  handle.addEventListener("pointerup", () => {
    const target = release();
    if (dragging && target) dropped(target);
  });
  handle.addEventListener("pointercancel", () => {
    dragging = false;
    release();
  });
  // What was dragged was not tapped.
  handle.addEventListener("click", (event) => dragging && event.stopImmediatePropagation(), { capture: true });
}
