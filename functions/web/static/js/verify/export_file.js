/** An export's files, read one at a time from a Blob. Every fault that a doctored zip can have is an ExportError. */
import { concat, equal } from "../protocol/encoding.js";
import { Malformed } from "../protocol/errors.js";
import { tilePath, WIDTH } from "../protocol/tiles.js";
import { crc32, directoryHeader, directoryPlace, endRecord, localHeader, readDirectory } from "./zip.js";

export const [MANIFEST, CHECKPOINT, DOOR, LEDGER, ELECTION_KEY, RESULT, CEREMONY, OPENING] = [
  "manifest.json",
  "checkpoint",
  "door",
  "issuance.csv",
  "election_key.hex",
  "result.json",
  "ceremony.json",
  "opening.json",
];
/** Bytes that the end of a zip can have, behind its directory. */
const TAIL = 22 + 20 + 56;
/** Bytes that a file can have: from one more on, a zip has other headers. */
const LARGEST = 2 ** 31 - 1;

/** A zip that is damaged or is no export. `file`: its name, if it is about one. */
export class ExportError extends Malformed {
  /** @param {string} reason @param {string} [file] */
  constructor(reason, file = "") {
    super(reason, `${reason} ${file}`.trim());
    this.file = file;
  }
}

/**
 * The paths of a row of tiles or entry bundles over `count` hashes or entries.
 *
 * @param {number | "entries"} level @param {number} count
 */
function* row(level, count) {
  for (let n = 0; n * WIDTH < count; n += 1) yield { n, width: Math.min(WIDTH, count - n * WIDTH), level };
}

/** Every entry bundle of a log of `size` leaves, in order. @param {number} size */
export const bundles = (size) => row("entries", size);

/**
 * The names of all files, in order, for a log of `size` leaves.
 *
 * @param {number} size @param {boolean} trustees whether the election has any @returns {string[]}
 */
export function names(size, trustees) {
  const paths = [...bundles(size)];
  for (let [level, count] = [0, size]; count; [level, count] = [level + 1, Math.floor(count / WIDTH)]) {
    paths.push(...row(level, count));
  }
  const tiles = paths.map(({ level, n, width }) => tilePath(level, n, width));
  const more = trustees ? [CEREMONY, OPENING] : [];
  return [MANIFEST, CHECKPOINT, DOOR, LEDGER, ELECTION_KEY, RESULT, ...more, ...tiles].sort();
}

export class ExportFile {
  #blob;
  #files;

  /** Throws ExportError unless the zip is to the byte as exports are. @param {Blob} blob @returns {Promise<ExportFile>} */
  static async open(blob) {
    const place = directoryPlace(await bytes(blob, blob.size - TAIL, blob.size));
    const files = place && place.start <= blob.size ? readDirectory(await bytes(blob, place.start, blob.size)) : [];
    if (!files.length) throw new ExportError("not-a-zip");
    /** @type {Map<string, import("./zip.js").Stored & {start: number}>} */
    const known = new Map();
    let end = 0;
    for (const file of files) {
      if (file.size > LARGEST) throw new ExportError("too-large", file.name);
      const header = localHeader(file);
      const plain = file.offset === end && equal(await bytes(blob, end, end + header.length), header);
      if (!plain || known.has(file.name)) throw new ExportError("not-plainly-stored", file.name);
      known.set(file.name, { ...file, start: end + header.length });
      end += header.length + file.size;
    }
    const directory = concat(...files.map(directoryHeader));
    const behind = concat(directory, endRecord(files.length, directory.length, end));
    if (!equal(await bytes(blob, end, blob.size), behind)) throw new ExportError("something-behind");
    return new ExportFile(blob, known);
  }

  /** @param {Blob} blob @param {Map<string, import("./zip.js").Stored & {start: number}>} files */
  constructor(blob, files) {
    this.#blob = blob;
    this.#files = files;
  }

  /** In the order in which they lie. @returns {string[]} */
  get names() {
    return [...this.#files.keys()];
  }

  get size() {
    return this.#blob.size;
  }

  /** A whole file of at most `most` bytes. @param {string} name @param {number} most @returns {Promise<Uint8Array>} */
  async read(name, most) {
    const file = this.#files.get(name);
    if (!file) throw new ExportError("missing", name);
    if (file.size > most) throw new ExportError("too-large", name);
    const content = await bytes(this.#blob, file.start, file.start + file.size);
    if (crc32(content) !== file.crc) throw new ExportError("damaged", name);
    return content;
  }
}

/** @param {Blob} blob @param {number} from @param {number} to */
const bytes = async (blob, from, to) => new Uint8Array(await blob.slice(Math.max(from, 0), to).arrayBuffer());
