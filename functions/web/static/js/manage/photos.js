/**
 * Photos of options: whatever the browser can open, drawn small and square on a canvas and sent as a JPEG with nothing of the
 * file's own data. What the server takes is in docs/api.md.
 */
import { find, h } from "../dom.js";

const SIDE = 240;
/** Bytes: below the server's limit, which is of the file as it is written again. */
const MOST = 15_000;
const QUALITIES = [0.85, 0.7, 0.55, 0.4, 0.25];
/** Characters of all new photos of a form, so that it stays within what is taken at once. */
const MOST_NEW = 700_000;
const URL_START = "data:image/jpeg;base64,";

/** Square, from the middle; of an upright picture rather from above, where faces are. @param {ImageBitmap} picture */
function drawn(picture) {
  const side = Math.min(picture.width, picture.height);
  const canvas = h("canvas", { class: "photo", role: "img" });
  canvas.width = canvas.height = Math.min(SIDE, side);
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  pen.fillStyle = "white"; // where a PNG has nothing
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 4, side, side, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** The best JPEG of it that is small enough. @param {HTMLCanvasElement} canvas @returns {string} */
function jpeg(canvas) {
  for (const quality of QUALITIES) {
    const url = canvas.toDataURL("image/jpeg", quality);
    if (url.startsWith(URL_START) && ((url.length - URL_START.length) * 3) / 4 <= MOST) return url;
  }
  throw new Error("too large");
}

/** Let every field for a photo take one. */
export function choosePhotos() {
  /** @type {NodeListOf<HTMLElement>} */
  const fields = document.querySelectorAll("[data-photo]");
  /** @param {HTMLElement} field */
  const valueOf = (field) => /** @type {HTMLInputElement} */ (find("input[type=hidden]", field));
  /** Of all new photos but this one. @param {HTMLElement} field */
  const others = (field) =>
    [...fields].reduce((sum, one) => sum + (one !== field && valueOf(one).value.startsWith(URL_START) ? valueOf(one).value.length : 0), 0);

  for (const field of fields) {
    const value = valueOf(field);
    /** @type {HTMLInputElement} */
    const file = find("input[type=file]", field);
    /** @type {HTMLButtonElement} */
    const none = find("button", field);
    const [shown, failed, full] = [".shown", ".failed", ".full"].map((name) => find(name, field));
    const name = find("label", field).textContent;
    file.disabled = none.disabled = false;

    /** @param {Blob} blob */
    const show = async (blob) => {
      const canvas = drawn(await createImageBitmap(blob));
      canvas.setAttribute("aria-label", name);
      shown.replaceChildren(canvas);
      shown.hidden = false;
      return canvas;
    };
    // What came back with the form is not stored yet, and has no address.
    if (value.value.startsWith(URL_START)) void show(blobOf(value.value));

    file.addEventListener("change", async () => {
      const [chosen] = file.files ?? [];
      if (!chosen) return;
      failed.hidden = full.hidden = true;
      try {
        const url = jpeg(drawn(await createImageBitmap(chosen)));
        if (others(field) + url.length > MOST_NEW) {
          full.hidden = false;
          file.value = "";
          return;
        }
        await show(blobOf(url));
        value.value = url;
      } catch {
        failed.hidden = false;
      }
    });
    none.addEventListener("click", () => {
      value.value = file.value = "";
      shown.hidden = failed.hidden = full.hidden = true;
    });
  }
}

/** @param {string} url */
const blobOf = (url) =>
  new Blob([Uint8Array.from(atob(url.slice(URL_START.length)), (letter) => letter.charCodeAt(0))], { type: "image/jpeg" });
