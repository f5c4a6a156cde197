/**
 * An option's photo: fetched when it comes into view, compared with the hash that the manifest has, drawn into a place that is
 * kept for it. It is a canvas, because what was compared is then what is shown.
 */
import { address, h } from "../dom.js";
import { connect } from "../protocol/api.js";
import { b64Decode, hexEncode, sha256, utf8Decode } from "../protocol/encoding.js";
import { t } from "../strings.js";

const SIDE = 96;
/** For screens with two points for each of a page's. */
const POINTS = 2 * SIDE;

/**
 * An option's name with its photo before it, small, where there is one. What it shows is said by the name.
 *
 * @param {import("../protocol/contest.js").Contest} contest @param {number} option @param {string} text
 * @returns {(Node | string)[]}
 */
export function withPhoto(contest, option, text) {
  const photo = contest.about?.[option - 1]?.photo;
  return photo ? [watched(photo, { class: "photo small", "aria-hidden": "true" }, () => {}), text] : [text];
}

/**
 * @param {string} photo its SHA-256 in hex, or what is not stored yet as `data:image/jpeg;base64,…`
 * @param {string} name whose it is
 * @returns {HTMLElement} which has its size from the start
 */
export function photoOf(photo, name) {
  const told = { class: "photo", role: "img", "aria-label": t("vote.photo_of", { option: name }) };
  return watched(photo, told, (canvas, why) => canvas.replaceWith(h("p", { class: "quiet" }, t(`vote.photo_${why}`, { option: name }))));
}

/**
 * @param {string} photo @param {Record<string, string>} attributes
 * @param {(canvas: HTMLCanvasElement, why: "wrong" | "missing") => void} failed without a photo the place stays empty
 */
function watched(photo, attributes, failed) {
  const canvas = h("canvas", { width: POINTS, height: POINTS, ...attributes });
  const watcher = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watcher.disconnect();
      void show(canvas, photo, failed);
    },
    { rootMargin: "200px" },
  );
  watcher.observe(canvas);
  return canvas;
}

/** @param {HTMLCanvasElement} canvas @param {string} photo @param {(canvas: HTMLCanvasElement, why: "wrong" | "missing") => void} failed */
async function show(canvas, photo, failed) {
  try {
    const bytes = photo.startsWith("data:") ? decoded(photo) : await fetched(photo);
    if (bytes === null) failed(canvas, "wrong");
    else cover(canvas, await createImageBitmap(new Blob([bytes], { type: "image/jpeg" })));
  } catch {
    failed(canvas, "missing");
  }
}

/**
 * The bytes with this hash; null if the service has others under it. The request names the photo and nobody who asks.
 *
 * @param {string} hash @returns {Promise<Uint8Array<ArrayBuffer> | null>}
 */
async function fetched(hash) {
  const { bytes } = await connect(address).anonymous.get(`/pictures/${hash}`);
  const picture = decoded(utf8Decode(bytes));
  return hexEncode(await sha256(picture)) === hash ? picture : null;
}

/** What follows `base64,` in a text, up to a quotation mark. @param {string} text @returns {Uint8Array<ArrayBuffer>} */
function decoded(text) {
  const [, encoded] = /base64,([A-Za-z0-9+/=]+)/.exec(text) ?? ["", ""];
  return new Uint8Array(b64Decode(encoded));
}

/** Fill the canvas with the picture, its longer side cut. @param {HTMLCanvasElement} canvas @param {ImageBitmap} picture */
function cover(canvas, picture) {
  const [side, { width, height }] = [Math.min(picture.width, picture.height), picture];
  const pen = canvas.getContext("2d");
  pen?.drawImage(picture, (width - side) / 2, (height - side) / 2, side, side, 0, 0, POINTS, POINTS);
}
