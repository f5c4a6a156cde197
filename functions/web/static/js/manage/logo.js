/**
 * The organisation's picture: whatever the browser can open, drawn on a canvas and sent as a small PNG. What the server
 * takes is in docs/api.md.
 */
import { find } from "../dom.js";

const WIDTH = 480;
const HEIGHT = 160;
/** Bytes: below the server's limit, because it writes the picture again. */
const MOST = 11_500;
const STEP = 0.8;
/** How coarse colours are made, before the picture is made smaller: fewer of them take fewer bytes. */
const COARSE = [1, 8, 17];
const LEAST = 32;

/** @param {Blob} blob @returns {Promise<string>} */
function address(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(blob);
  });
}

/** @param {ImageBitmap} picture @param {number} scale @param {number} coarse */
function drawn(picture, scale, coarse) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const pixels = pen.getImageData(0, 0, canvas.width, canvas.height);
  pixels.data.forEach((value, at) => (pixels.data[at] = Math.round(value / coarse) * coarse));
  pen.putImageData(pixels, 0, 0);
  return canvas;
}

/** The largest PNG of it that is small enough. @param {File} file @returns {Promise<{url: string, canvas: HTMLCanvasElement}>} */
async function small(file) {
  const picture = await createImageBitmap(file);
  let scale = Math.min(1, WIDTH / picture.width, HEIGHT / picture.height);
  for (; picture.width * scale >= LEAST; scale *= STEP) {
    for (const coarse of COARSE) {
      const canvas = drawn(picture, scale, coarse);
      /** @type {Blob | null} */
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
      if (blob && blob.size <= MOST) return { url: await address(blob), canvas };
    }
  }
  throw new Error("too large");
}

export function chooseLogo() {
  /** @type {HTMLInputElement} */
  const value = find("#logo");
  /** @type {HTMLInputElement} */
  const file = find("#logo-file");
  /** @type {HTMLButtonElement} */
  const none = find("#logo-none");
  const shown = find("#logo-shown");
  const failed = find("#logo-failed");
  file.disabled = none.disabled = false;

  file.addEventListener("change", async () => {
    const [chosen] = file.files ?? [];
    if (!chosen) return;
    try {
      const { url, canvas } = await small(chosen);
      value.value = url;
      shown.replaceChildren(canvas);
      shown.hidden = false;
      failed.hidden = true;
    } catch {
      failed.hidden = false;
    }
  });
  none.addEventListener("click", () => {
    value.value = file.value = "";
    shown.hidden = failed.hidden = true;
  });
}
