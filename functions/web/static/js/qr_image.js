/** A QR code as an image: dark on light whatever the page's colours, with its quiet zone. */
import { qrCode } from "./qr_code.js";

const SVG = "http://www.w3.org/2000/svg";
const QUIET = 4;

/** @param {string} text @param {string} label what the code is, for who does not see it @returns {SVGElement} */
export function qrImage(text, label) {
  const rows = qrCode(text);
  const size = rows.length + 2 * QUIET;
  /** @param {boolean[]} line @param {number} row */
  const dark = (line, row) => line.map((one, column) => (one ? `M${column + QUIET} ${row + QUIET}h1v1h-1z` : "")).join("");
  /** @param {"svg" | "path"} name @param {Record<string, string>} attributes */
  const element = (name, attributes) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const image = element("svg", { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label, class: "qr" });
  image.append(
    element("path", { d: `M0 0h${size}v${size}H0z`, fill: "#fff" }),
    element("path", { d: rows.map(dark).join(""), fill: "#000", "shape-rendering": "crispEdges" }),
  );
  return image;
}
