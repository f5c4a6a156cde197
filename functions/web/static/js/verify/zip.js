/**
 * What a zip of plainly stored files holds beside them, to the byte: so that nothing can be hidden in it.
 *
 * Headers as APPNOTE 6.3 has them (its sections are named below), without times, attributes told as a file of its
 * owner's, made on Unix. All numbers are little-endian.
 */
import { concat, utf8 } from "../protocol/encoding.js";

const [VERSION, VERSION_64, UNIX, OWNERS] = [20, 45, 3, 0o600 * 2 ** 16];
const NO_DATE = 0x21;
const [MOST_16, MOST_32] = [0xffff, 0xffffffff];
const FAR = 2 ** 31 - 1;

/** A file in the zip: its CRC-32, its size in bytes, and where its local header begins. */
/** @typedef {{name: string, crc: number, size: number, offset: number}} Stored */

/** Before the file (4.3.7). @param {Stored} file */
export const localHeader = ({ name, crc, size }) =>
  concat(signature("\x03\x04"), u16(VERSION, 0, 0, 0, NO_DATE), u32(crc, size, size), u16(name.length, 0), utf8(name));

/** For the file in the directory (4.3.12); with an extra field (4.5.3) where it lies far behind. @param {Stored} file */
export function directoryHeader({ name, crc, size, offset }) {
  const far = offset > FAR;
  const extra = far ? concat(u16(1, 8), u64(offset)) : new Uint8Array();
  const version = far ? VERSION_64 : VERSION;
  return concat(
    signature("\x01\x02"),
    Uint8Array.of(version, UNIX, version, 0),
    u16(0, 0, 0, NO_DATE),
    u32(crc, size, size),
    u16(name.length, extra.length, 0, 0, 0),
    u32(OWNERS, far ? MOST_32 : offset),
    utf8(name),
    extra,
  );
}

/**
 * Behind a directory of `count` files and `length` bytes that begins at `start` (4.3.14 to 4.3.16).
 *
 * @param {number} count @param {number} length @param {number} start
 */
export function endRecord(count, length, start) {
  const large = count > MOST_16 || Math.max(length, start) > FAR;
  const far = large
    ? [
        concat(signature("\x06\x06"), u64(44), Uint8Array.of(VERSION_64, 0, VERSION_64, 0), u32(0, 0)),
        concat(u64(count), u64(count), u64(length), u64(start)),
        concat(signature("\x06\x07"), u32(0), u64(start + length), u32(1)),
      ]
    : [];
  const few = Math.min(count, MOST_16);
  const told = [u16(0, 0, few, few), u32(Math.min(length, MOST_32), Math.min(start, MOST_32)), u16(0)];
  return concat(...far, signature("\x05\x06"), ...told);
}

/** Where the directory of a zip lies, as its last bytes tell; null if they do not. @param {Uint8Array} tail */
export function directoryPlace(tail) {
  const at = tail.length - 22;
  if (at < 0 || !startsWith(tail, at, "\x05\x06")) return null;
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const place = { count: view.getUint16(at + 10, true), start: view.getUint32(at + 16, true) };
  const record = at - 20 - 56;
  if (record < 0 || !startsWith(tail, record, "\x06\x06")) return place;
  return { count: Number(view.getBigUint64(record + 32, true)), start: Number(view.getBigUint64(record + 48, true)) };
}

/** The files that a directory names, as many as can be read. @param {Uint8Array} directory @returns {Stored[]} */
export function readDirectory(directory) {
  const view = new DataView(directory.buffer, directory.byteOffset, directory.byteLength);
  /** @type {Stored[]} */
  const files = [];
  for (let at = 0; at + 46 <= directory.length && startsWith(directory, at, "\x01\x02"); ) {
    const [named, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const end = at + 46 + named + extra + comment;
    if (end > directory.length) break;
    const name = String.fromCharCode(...directory.subarray(at + 46, at + 46 + named));
    const told = view.getUint32(at + 42, true);
    const offset = told === MOST_32 && extra === 12 ? Number(view.getBigUint64(end - comment - 8, true)) : told;
    files.push({ name, crc: view.getUint32(at + 16, true), size: view.getUint32(at + 24, true), offset });
    at = end;
  }
  return files;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** CRC-32 as in ISO 3309. @param {Uint8Array} data */
export function crc32(data) {
  let crc = MOST_32;
  for (const byte of data) crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ MOST_32) >>> 0;
}

/** @param {string} kind */
const signature = (kind) => utf8(`PK${kind}`);
/** @param {Uint8Array} data @param {number} at @param {string} kind */
const startsWith = (data, at, kind) => signature(kind).every((byte, index) => data[at + index] === byte);
/**
 * @param {number} bytes of each number @param {(view: DataView, at: number, value: number) => void} set
 * @returns {(...values: number[]) => Uint8Array}
 */
const numbers = (bytes, set) => (...values) => {
  const view = new DataView(new ArrayBuffer(values.length * bytes));
  values.forEach((value, index) => set(view, index * bytes, value));
  return new Uint8Array(view.buffer);
};
const u16 = numbers(2, (view, at, value) => view.setUint16(at, value, true));
const u32 = numbers(4, (view, at, value) => view.setUint32(at, value, true));
const u64 = numbers(8, (view, at, value) => view.setBigUint64(at, BigInt(value), true));
