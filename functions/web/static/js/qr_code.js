/**
 * QR codes (ISO/IEC 18004) of texts, in byte mode at error correction level M: up to 666 bytes of UTF-8, versions 1 to 20.
 */
import { utf8 } from "./protocol/encoding.js";

/** By version, from 1: check codewords of a block, and blocks (table 9 of the standard, level M). */
const CHECKS = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];
/** A module: dark or not; or null where data comes, and then what the data say. @typedef {boolean | null | {dark: boolean}} Module */
/** Which modules a mask inverts, by row and column (table 10). @type {((row: number, column: number) => boolean)[]} */
const MASKS = [
  (row, column) => (row + column) % 2 === 0,
  (row) => row % 2 === 0,
  (_, column) => column % 3 === 0,
  (row, column) => (row + column) % 3 === 0,
  (row, column) => (Math.floor(row / 2) + Math.floor(column / 3)) % 2 === 0,
  (row, column) => ((row * column) % 2) + ((row * column) % 3) === 0,
  (row, column) => (((row * column) % 2) + ((row * column) % 3)) % 2 === 0,
  (row, column) => (((row + column) % 2) + ((row * column) % 3)) % 2 === 0,
];
const LEVEL_M = 0;
const [FORMAT_GENERATOR, FORMAT_MASK, VERSION_GENERATOR] = [0x537, 0x5412, 0x1f25];
/** Of GF(256) modulo x^8 + x^4 + x^3 + x^2 + 1. */
const POWERS = [1];
for (let last = 1; POWERS.length < 256; POWERS.push(last)) last = (last << 1) ^ (last > 127 ? 0x11d : 0);
const LOGARITHMS = Object.fromEntries(POWERS.slice(0, 255).map((power, at) => [power, at]));
/** @param {number} one @param {number} other @returns {number} */
const times = (one, other) => (one && other ? POWERS[(LOGARITHMS[one] + LOGARITHMS[other]) % 255] : 0);

/**
 * Rows of modules, true where dark, without the quiet zone of four. RangeError for a text that is too long.
 *
 * @param {string} text @returns {boolean[][]}
 */
export function qrCode(text) {
  const bytes = utf8(text);
  const version = BLOCKS.findIndex((_, at) => 4 + countBits(at + 1) + 8 * bytes.length <= 8 * dataLength(at + 1)) + 1;
  if (!version) throw new RangeError("too long for a QR code");
  const blank = patterns(version);
  fill(blank, interleaved(codewords(bytes, version), version));
  const drawn = MASKS.map((_, mask) => masked(blank, mask));
  return drawn.reduce((best, one) => (penalty(one) < penalty(best) ? one : best));
}

/** @param {number} version */
const countBits = (version) => (version < 10 ? 8 : 16);
/** @param {number} version */
const sizeOf = (version) => 17 + 4 * version;
/** @param {number} version @returns {number} */
const dataLength = (version) => totalLength(version) - BLOCKS[version - 1] * CHECKS[version - 1];

/** Codewords of a symbol: its modules without those of patterns, format and version. @param {number} version */
function totalLength(version) {
  const size = sizeOf(version);
  const aligned = version > 1 ? Math.floor(version / 7) + 2 : 0;
  // Of the alignment patterns, three would lie on finders, and others share five modules with a timing pattern.
  const alignment = aligned ? (aligned * aligned - 3) * 25 - 2 * (aligned - 2) * 5 : 0;
  return Math.floor((size * size - 3 * 64 - 2 * (size - 16) - 31 - alignment - (version > 6 ? 36 : 0)) / 8);
}

/** Mode, length, content, padding. @param {Uint8Array} bytes @param {number} version @returns {number[]} */
function codewords(bytes, version) {
  /** @type {number[]} */
  const bits = [];
  /** @param {number} number @param {number} length */
  const put = (number, length) => {
    for (let at = length - 1; at >= 0; at--) bits.push((number >> at) & 1);
  };
  put(4, 4);
  put(bytes.length, countBits(version));
  bytes.forEach((byte) => put(byte, 8));
  const room = 8 * dataLength(version);
  put(0, Math.min(4, room - bits.length));
  put(0, -bits.length & 7);
  for (let pad = 0xec; bits.length < room; pad ^= 0xec ^ 0x11) put(pad, 8);
  return Array.from({ length: room / 8 }, (_, at) => bits.slice(8 * at, 8 * at + 8).reduce((sum, bit) => 2 * sum + bit));
}

/**
 * Blocks with their check codewords, a codeword of each in turn.
 *
 * @param {number[]} data @param {number} version @returns {number[]}
 */
function interleaved(data, version) {
  const [count, checks] = [BLOCKS[version - 1], CHECKS[version - 1]];
  const short = Math.floor(data.length / count);
  const longer = data.length % count;
  const blocks = Array.from({ length: count }, (_, at) => {
    const start = at * short + Math.max(0, at - (count - longer));
    return data.slice(start, start + short + (at >= count - longer ? 1 : 0));
  });
  const divisor = generator(checks);
  /** @param {number[][]} rows @param {number} length */
  const turns = (rows, length) => Array.from({ length }, (_, at) => rows.map((row) => row[at])).flat();
  const all = [...turns(blocks, short + 1), ...turns(blocks.map((block) => remainder(block, divisor)), checks)];
  return all.filter((codeword) => codeword !== undefined);
}

/**
 * Coefficients of (x − 2^0)(x − 2^1)…, the highest first and left out, as it is 1.
 *
 * @param {number} degree @returns {number[]}
 */
function generator(degree) {
  let found = [1];
  for (let at = 0; at < degree; at++) {
    const shifted = [...found, 0];
    found = shifted.map((one, place) => one ^ times(found[place - 1] ?? 0, POWERS[at]));
  }
  return found.slice(1);
}

/** @param {number[]} block @param {number[]} divisor @returns {number[]} */
function remainder(block, divisor) {
  /** @type {number[]} */
  let rest = Array(divisor.length).fill(0);
  for (const codeword of block) {
    const factor = codeword ^ rest[0];
    rest = [...rest.slice(1), 0].map((one, at) => one ^ times(divisor[at], factor));
  }
  return rest;
}

/**
 * What every symbol of the version has. A module is true, false, or null where data comes; format bits are still to
 * come.
 *
 * @param {number} version @returns {Module[][]}
 */
function patterns(version) {
  const size = sizeOf(version);
  const rows = Array.from({ length: size }, () => Array(size).fill(null));
  /** @param {number} row @param {number} column @param {number} radius @param {(ring: number) => boolean} dark */
  const square = (row, column, radius, dark) => {
    for (let down = -radius; down <= radius; down++) {
      for (let across = -radius; across <= radius; across++) {
        const line = rows[row + down];
        if (line && column + across in line) line[column + across] = dark(Math.max(Math.abs(down), Math.abs(across)));
      }
    }
  };
  for (let at = 8; at < size - 8; at++) rows[6][at] = rows[at][6] = at % 2 === 0;
  for (const row of centres(version)) {
    for (const column of centres(version)) {
      const atFinder = [[6, 6], [6, size - 7], [size - 7, 6]].some(([one, other]) => row === one && column === other);
      if (!atFinder) square(row, column, 2, (ring) => ring !== 1);
    }
  }
  for (const [row, column] of [[3, 3], [3, size - 4], [size - 4, 3]]) square(row, column, 4, (ring) => ring !== 2 && ring !== 4);
  for (const [row, column] of formatPlaces(size).flat()) rows[row][column] = false;
  rows[size - 8][8] = true;
  if (version > 6) {
    bitsOf(version, 6, 12, VERSION_GENERATOR).forEach((bit, at) => {
      const [long, short] = [Math.floor(at / 3), size - 11 + (at % 3)];
      rows[long][short] = rows[short][long] = bit;
    });
  }
  return rows;
}

/** Rows and columns of alignment patterns. @param {number} version @returns {number[]} */
function centres(version) {
  if (version === 1) return [];
  const [count, last] = [Math.floor(version / 7) + 2, sizeOf(version) - 7];
  const step = 2 * Math.ceil((last - 6) / (count - 1) / 2);
  return [6, ...Array.from({ length: count - 1 }, (_, at) => last - (count - 2 - at) * step)];
}

/**
 * Twice the places of the fifteen format bits, the lowest first.
 *
 * @param {number} size @returns {[number, number][][]}
 */
function formatPlaces(size) {
  const down = [0, 1, 2, 3, 4, 5, 7, 8].map((row) => [row, 8]);
  const across = [7, 5, 4, 3, 2, 1, 0].map((column) => [8, column]);
  const finder = /** @type {[number, number][]} */ ([...down, ...across]);
  /** @type {[number, number][]} */
  const apart = finder.map((_, at) => (at < 8 ? [8, size - 1 - at] : [size - 15 + at, 8]));
  return [finder, apart];
}

/**
 * A number with the remainder of its BCH code, the lowest bit first.
 *
 * @param {number} number @param {number} length @param {number} checks @param {number} divisor @param {number} [mask]
 * @returns {boolean[]}
 */
function bitsOf(number, length, checks, divisor, mask = 0) {
  let rest = number << checks;
  for (let at = length - 1; at >= 0; at--) if (rest >> (at + checks) & 1) rest ^= divisor << at;
  const code = ((number << checks) | rest) ^ mask;
  return Array.from({ length: length + checks }, (_, at) => Boolean((code >> at) & 1));
}

/**
 * Two columns at a time from the right, up and down by turns; what is left over is light.
 *
 * @param {Module[][]} rows @param {number[]} data
 */
function fill(rows, data) {
  const size = rows.length;
  let bit = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    const upward = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step++) {
      const row = upward ? size - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (rows[row][column] !== null) continue;
        rows[row][column] = { dark: Boolean((data[bit >> 3] >> (7 - (bit & 7))) & 1) };
        bit += 1;
      }
    }
  }
}

/** @param {Module[][]} rows @param {number} mask @returns {boolean[][]} */
function masked(rows, mask) {
  const inverts = MASKS[mask];
  const drawn = rows.map((line, row) =>
    line.map((one, column) => (typeof one === "boolean" ? one : (one?.dark ?? false) !== inverts(row, column))),
  );
  const format = bitsOf((LEVEL_M << 3) | mask, 5, 10, FORMAT_GENERATOR, FORMAT_MASK);
  for (const places of formatPlaces(rows.length)) {
    places.forEach(([row, column], at) => (drawn[row][column] = format[at]));
  }
  return drawn;
}

/** How hard a symbol is to read: the lower, the better (section 7.8.3). @param {boolean[][]} rows */
function penalty(rows) {
  const columns = rows.map((_, at) => rows.map((line) => line[at]));
  let [sum, dark] = [0, 0];
  for (const line of [...rows, ...columns]) {
    const text = line.map(Number).join("");
    for (const [{ length }] of text.matchAll(/0{5,}|1{5,}/g)) sum += length - 2;
    sum += 40 * [...text.matchAll(/(?=00001011101|10111010000)/g)].length;
  }
  for (const [row, line] of rows.entries()) {
    for (const [column, one] of line.entries()) {
      dark += Number(one);
      const square = [rows[row + 1]?.[column], line[column + 1], rows[row + 1]?.[column + 1]];
      if (square.every((other) => other === one)) sum += 3;
    }
  }
  return sum + 10 * Math.floor(Math.abs(dark * 20 - rows.length ** 2 * 10) / rows.length ** 2);
}
