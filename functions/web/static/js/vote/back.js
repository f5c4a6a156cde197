/**
 * The browser's Back and Forward as ways between steps. What the history keeps of a step is its depth, a number: nothing
 * of a link or of a choice, and no other address.
 */
const depth = () => history.state?.depth ?? 0;

/**
 * Give a step its place in the history, and listen there until it is left.
 *
 * @param {number} at the step's depth, from 1 @param {{back: () => void, forward?: () => void}} ways
 * @returns {() => void} to be called when the step is left
 */
export function place(at, { back, forward = () => {} }) {
  if (depth() < at) history.pushState({ depth: at }, "");
  const moved = () => {
    if (depth() < at) back();
    if (depth() > at) forward();
  };
  addEventListener("popstate", moved);
  return () => removeEventListener("popstate", moved);
}
