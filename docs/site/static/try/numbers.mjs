// Several numbers of one input, such as a picture: their shape, their levels, what is wrong.

import { asNumber, listed, quoted } from "./text.mjs";

export const LARGEST = 3.4028234663852886e38; // of 32 bits

/** What is wrong with a value; the caller adds the name of its column. */
export class Problem extends Error {}

/**
 * One row of a column of kind `numbers` or `picture`.
 *
 * @param column As in panel.json.
 * @param value A list, nested or flat, a typed array, or a text that lists numbers.
 * @param note Called with a line that says how the value was read.
 * @returns {{shape: number[], data: number[]}}
 */
export function severalNumbers(column, value, note) {
  const given = typeof value === "string" ? fromText(value) : flat(column, value);
  const shape = shaped(column, given);
  let data = given.data;
  const fits = (each) => (Number.isNaN(each) ? column.missing : Math.abs(each) <= LARGEST);
  if (!data.every(fits)) {
    throw new Problem("every number must be finite and at most 3.4e+38");
  }
  if (column.picture) data = levels(column, data, given.bytes ? () => {} : note);
  return { shape, data };
}

function fromText(text) {
  const data = listed(text).map((word) => {
    const number = asNumber(word);
    if (number === null) throw new Problem(`${quoted(word)} is not a number`);
    return number;
  });
  return { shape: [data.length], data };
}

/** The numbers of a nested list in one line, with its shape. */
function flat(column, value) {
  const shape = [];
  const data = [];
  const bytes = value instanceof Uint8Array || value instanceof Uint8ClampedArray;
  const isList = (each) => Array.isArray(each) || ArrayBuffer.isView(each);
  for (let first = value; isList(first); first = first[0]) shape.push(first.length);
  const visit = (each, depth) => {
    if (isList(each)) {
      if (each.length !== shape[depth]) throw new Problem(`takes ${column.takes}`);
      for (const inner of each) visit(inner, depth + 1);
    } else if (depth !== shape.length) {
      throw new Problem(`takes ${column.takes}`);
    } else if (typeof each === "number" || typeof each === "boolean") {
      data.push(Number(each));
    } else {
      throw new Problem(`numbers are needed, not ${each === null ? "null" : typeof each}`);
    }
  };
  visit(value, 0);
  return { shape, data, bytes };
}

/** The shape that the numbers take: the column's, whose axes of 1 may have been left out. */
function shaped(column, { shape, data }) {
  const wanted = column.shape.filter((size) => size !== 1);
  const have = shape.filter((size) => size !== 1);
  const needed = `shape ${shapeText(column.shape)} is needed, not ${shapeText(shape)}`;
  if (column.shape.includes(null)) {
    const alike = (size, at) => size === null || size === have[at];
    if (wanted.length !== have.length || !wanted.every(alike)) throw new Problem(needed);
    const sizes = have.values();
    return column.shape.map((size) => (size === 1 ? 1 : sizes.next().value));
  }
  const size = product(column.shape);
  const line = have.length <= 1;
  if (!equal(have, wanted) && !(line && data.length === size) && !unrolled(column, have)) {
    if (line && wanted.length <= 1) {
      throw new Problem(`${grouped(size)} numbers are needed, not ${grouped(data.length)}`);
    }
    throw new Problem(needed);
  }
  return [...column.shape];
}

/** Whether they are pictures, of height and width, whose pixels the column takes in a row. */
function unrolled({ picture, shape }, have) {
  if (!picture) return false;
  const rows = [...shape.slice(0, -1), picture.height, picture.width];
  return equal(have, rows.filter((size) => size !== 1));
}

/** Levels of a picture, between black and white; whole numbers up to 255 are converted. */
function levels(column, data, note) {
  const { black, white } = column.picture;
  let low = Infinity;
  let high = -Infinity;
  for (const each of data) {
    low = Math.min(low, each);
    high = Math.max(high, each);
  }
  if (high > 1 && high <= 255 && low >= 0 && data.every(Number.isInteger)) {
    note(`${column.name}: levels 0 to 255 become ${black} to ${white}`);
    return data.map((each) => black + ((white - black) * each) / 255);
  }
  if (low < black - 1e-3 || high > white + 1e-3) {
    const bad = Number((low < black ? low : high).toPrecision(6));
    throw new Problem(`levels go from ${black} to ${white}, or whole to 255, not ${bad}`);
  }
  return data;
}

export function product(sizes) {
  return sizes.reduce((all, each) => all * each, 1);
}

export function shapeText(shape) {
  return `(${shape.map((size) => size ?? "None").join(", ")})`;
}

export function grouped(whole) {
  return whole.toLocaleString("en-US");
}

function equal(left, right) {
  return left.length === right.length && left.every((each, at) => each === right[at]);
}
