/** The result to pass on: as text that is copied or sent, and as a picture. */
import { find } from "../dom.js";

const SIZE = { width: 1200, height: 630 };
/** Pixels, as pages that show links ask for. */
const MARGIN = 80;
const actions = find("#share-actions");
/** @type {HTMLTextAreaElement} */
const area = find("#share-text");
const status = find("#share-status");
const title = actions.dataset.title ?? "";

actions.hidden = false;
/** @type {HTMLButtonElement} */
const send = find("[data-share=send]", actions);
send.hidden = !("share" in navigator);

find("[data-share=copy]", actions).addEventListener("click", async () => {
  area.select();
  await navigator.clipboard.writeText(area.value);
  status.textContent = actions.dataset.copied ?? "";
});
send.addEventListener("click", async () => {
  try {
    await navigator.share({ title, text: area.value });
  } catch {
    // Cancelled: nothing is to be said.
  }
});
find("[data-share=picture]", actions).addEventListener("click", () => {
  picture().toBlob((blob) => {
    if (blob === null) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = actions.dataset.file ?? "result.png";
    link.click();
    URL.revokeObjectURL(link.href);
  });
});

/** The text on the colours of the page; lines that do not fit are left out. */
function picture() {
  const canvas = Object.assign(document.createElement("canvas"), SIZE);
  const context = canvas.getContext("2d");
  if (context === null) return canvas;
  const style = getComputedStyle(document.documentElement);
  /** @param {string} name */
  const colour = (name) => style.getPropertyValue(name).trim();
  context.fillStyle = colour("--raised");
  context.fillRect(0, 0, SIZE.width, SIZE.height);
  context.fillStyle = colour("--accent");
  context.fillRect(0, 0, SIZE.width, 16);
  let top = MARGIN;
  const lines = area.value.split("\n").filter((line) => line !== "");
  for (const [index, line] of lines.entries()) {
    const size = index === 0 ? 56 : 34;
    context.font = `${index === 0 ? 700 : 400} ${size}px system-ui, sans-serif`;
    context.fillStyle = colour(index === 0 ? "--ink" : "--quiet");
    for (const part of wrapped(context, line)) {
      if (top + size > SIZE.height - MARGIN / 2) return canvas;
      context.fillText(part, MARGIN, top + size);
      top += size * 1.35;
    }
    top += 12;
  }
  return canvas;
}

/** A line in as many as fit the picture's width. @param {CanvasRenderingContext2D} context @param {string} line */
function wrapped(context, line) {
  /** @type {string[]} */
  const lines = [];
  let current = "";
  for (const word of line.split(" ")) {
    const longer = current === "" ? word : `${current} ${word}`;
    if (current !== "" && context.measureText(longer).width > SIZE.width - 2 * MARGIN) {
      lines.push(current);
      current = word;
    } else current = longer;
  }
  return [...lines, current];
}
