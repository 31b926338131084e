// From the values that a person gives to the tensors that a model reads, as `zoo predict` does it.

import { LARGEST, Problem, grouped, product, severalNumbers } from "./numbers.mjs";
import {
  MARKS, SPECIAL, asId, asNumber, fold, isMissing, quoted, sentences, strip, tokens,
} from "./text.mjs";

const SOME = 8; // unknown words that a note names
const ARRAYS = { float32: Float32Array, float64: Float64Array, int32: Int32Array };
const READERS = {
  label, number: one, numbers: several, picture: several, text: encodedText, word,
};

/** A value that is missing or cannot be read; `column` is its name. */
export class InputError extends Error {
  constructor(column, message) {
    super(message);
    this.name = "InputError";
    this.column = column;
  }
}

/**
 * The tensors of one case.
 *
 * @param panel What panel.json holds, with the lists of its vocabularies at `words`.
 * @param values Column -> what is given; a column that is null or undefined is left out.
 * @returns {{tensors: Object, notes: string[]}} Input -> dtype, shape and data, one row of it.
 * @throws {InputError} A value is missing, unknown or cannot be read.
 */
export function encode(panel, values) {
  const { inputs } = panel.signature;
  const names = inputs.flatMap(({ columns }) => columns.map(({ name }) => name));
  for (const name of Object.keys(values)) {
    if (!names.includes(name)) {
      throw new InputError(name, `unknown input ${quoted(name)}; known: ${names.join(", ")}`);
    }
  }
  const notes = [];
  const note = (line) => notes.push(line);
  const tensors = {};
  for (const input of inputs) {
    const rows = input.columns.map((column) => read(panel, column, values[column.name], note));
    tensors[input.name] = joined(rows, input.dtype);
  }
  return { tensors, notes };
}

/** One row of a column: its shape and its numbers. */
function read(panel, column, value, note) {
  if (value === undefined || value === null) return leftOut(column);
  try {
    return READERS[column.kind](column, value, note, panel);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const begins = /^(takes|must|is missing)\b/.test(error.message) ? " " : ": ";
    throw new InputError(column.name, column.name + begins + error.message);
  }
}

function leftOut(column) {
  let value = column.default;
  if (value === null || value === undefined) {
    if (!column.missing) throw new InputError(column.name, `${column.name} is missing`);
    value = column.kind === "word" ? "" : NaN;
  }
  const shape = fixed(column);
  return { shape, data: new Array(product(shape)).fill(value) };
}

/** The columns of an input side by side, along the last axis. */
function joined(rows, dtype) {
  const [first] = rows;
  const data = rows.length === 1 ? first.data : rows.flatMap((row) => Array.from(row.data));
  const shape = rows.length === 1 ? first.shape : [data.length];
  const typed = dtype === "string" ? Array.from(data, String) : ARRAYS[dtype].from(data);
  return { dtype, shape: [1, ...shape], data: typed };
}

function fixed(column) {
  return column.shape.map((size) => size ?? 1);
}

function several(column, value, note) {
  return severalNumbers(column, value, note);
}

function word(column, value) {
  const text = typeof value === "string" && isMissing(value) ? "" : strip(String(value));
  return { shape: fixed(column), data: [text] };
}

function one(column, value) {
  return { shape: fixed(column), data: [number(column, value)] };
}

function number(column, given) {
  let value = given;
  while ((Array.isArray(value) || ArrayBuffer.isView(value)) && value.length === 1) [value] = value;
  if (column.missing && typeof value === "string" && isMissing(value)) return NaN;
  checkType(value);
  const found = typeof value === "string" ? asNumber(strip(value)) : Number(value);
  const shown = quoted(strip(String(value)));
  if (found === null) throw new Problem(`${shown} is not a number`);
  if (Number.isNaN(found) && column.missing) return found;
  if (!Number.isFinite(found)) throw new Problem(`${shown} is not a finite number`);
  if (Math.abs(found) > LARGEST) throw new Problem(`${shown} is too large for a 32-bit number`);
  return found;
}

function checkType(value) {
  if (!["string", "number", "boolean"].includes(typeof value)) {
    throw new Problem(`must be a text or a number, not ${kindOf(value)}`);
  }
}

function kindOf(value) {
  return Array.isArray(value) || ArrayBuffer.isView(value) ? "a list" : typeof value;
}

/** The id of a label, or an id itself. */
function label(column, value, note, panel) {
  const names = panel.words?.[column.vocabulary] ?? [];
  if (!names.length) return one(column, value);
  checkType(value);
  const known = places(names, true);
  const text = strip(String(value));
  const id = known.get(fold(text)) ?? asId(text) ?? Infinity;
  if (id >= known.size && !known.has(fold(text))) {
    const hint = alike(text, names);
    throw new Problem(`unknown ${column.vocabulary} ${quoted(text)}; ${hint}`);
  }
  return { shape: fixed(column), data: [id] };
}

/** Which names a person may have meant: those that hold the text, or the most of its pairs. */
function alike(text, names) {
  const pairs = (each) => new Set(Array.from(each, (letter, at) => letter + (each[at + 1] ?? "")));
  const asked = pairs(fold(text));
  const score = (name) => {
    const own = pairs(fold(name));
    let common = 0;
    for (const pair of own) common += asked.has(pair);
    return (2 * common) / (own.size + asked.size);
  };
  const scored = names.map((name) => [score(name), name]).filter(([each]) => each >= 0.5);
  const near = scored.sort(([left], [right]) => right - left).slice(0, 3).map(([, name]) => name);
  if (near.length) return `did you mean ${near.join(" or ")}?`;
  if (names.length <= 12) return `known: ${names.join(", ")}`;
  return `there are ${grouped(names.length)}, such as ${names.slice(0, 3).join(", ")}`;
}

const PLACES = [new WeakMap(), new WeakMap()]; // list of names -> name -> place; as is, and folded

function places(names, folded = false) {
  const kept = PLACES[Number(folded)];
  if (!kept.has(names)) {
    kept.set(names, new Map(names.map((name, at) => [folded ? fold(name) : name, at])));
  }
  return kept.get(names);
}

function encodedText(column, text, note, panel) {
  if (typeof text !== "string") throw new Problem(`takes text, not ${kindOf(text)}`);
  if (!column.text) {
    const ids = characterIds(panel, column, text);
    return { shape: [ids.length], data: ids };
  }
  if (!tokens(text).length) throw new Problem(`${quoted(text)} contains no words`);
  const names = column.text === "vectors" ? null : panel.words[column.vocabulary];
  const known = names ? places(names) : panel.vectors.index;
  sayUnknown(column.text, text, known, note);
  if (column.text === "sentences") return inSentences(column, text, known, note);
  const steps = column.text === "characters" ? Array.from(text) : tokens(text);
  const length = column.shape[0] ?? column.length;
  if (column.shape[0] === null && steps.length > length) {
    const trained = `but the run was trained on at most ${grouped(length)}`;
    throw new Problem(`${grouped(steps.length)} words, ${trained}`);
  }
  if (column.text === "words" && column.padding === "right") {
    const ids = steps.map((step) => known.get(step)).filter(Number.isInteger).slice(0, length);
    const data = new Int32Array(length);
    data.set(ids);
    return { shape: [length], data };
  }
  const what = column.text === "characters" ? "characters" : "words";
  sayCut(column, steps.length, length, `the first ${grouped(length)} ${what}`, note);
  if (column.text === "characters") return oneHot(steps, known, length, names.length);
  if (column.text === "vectors") return vectors(steps, panel.vectors, length);
  const data = new Int32Array(length);
  onTheRight(data, 0, length, steps, known);
  return { shape: [length], data };
}

/** The ids of the first words at the end of `length` places; 1 is any unknown word. */
function onTheRight(data, begin, length, words, known) {
  const kept = words.slice(0, length);
  kept.forEach((each, at) => {
    data[begin + length - kept.length + at] = known.get(each) ?? 1;
  });
}

/** Note which words, or characters, the model does not know. */
function sayUnknown(kind, text, known, note) {
  const lines = kind === "sentences" ? text.replaceAll("\n", " . ") : text;
  const steps = kind === "characters" ? Array.from(text) : tokens(lines);
  const mark = (step) => kind !== "characters" && MARKS.includes(step);
  const unknown = new Set(steps.filter((step) => !known.has(step) && !mark(step)));
  if (!unknown.size) return;
  const shown = Array.from(unknown, (step) => (kind === "characters" ? quoted(step) : step));
  const more = shown.length > SOME ? ` and ${shown.length - SOME} more` : "";
  const what = kind === "characters" ? "characters" : "words";
  note(`unknown ${what}: ${shown.slice(0, SOME).join(", ")}${more}`);
}

/** Note that a text is longer than the model reads. */
function sayCut(column, count, most, read, note) {
  if (count > most) note(`${column.name}: ${read} are read, of ${grouped(count)}`);
}

/** Ids of sentences by words, or of one; of more sentences the last are kept. */
function inSentences(column, text, known, note) {
  const { shape } = column;
  const [most, length] = shape.length === 2 ? shape : [1, shape[0]];
  const told = sentences(tokens(text.replaceAll("\n", " . "))); // a line is a sentence
  const longest = Math.max(0, ...told.map((each) => each.length));
  if (!told.length) throw new Problem(`${quoted(text)} contains no words`);
  if (longest > length) {
    const reads = `but the run reads at most ${grouped(length)}`;
    throw new Problem(`a sentence of ${grouped(longest)} words, ${reads}`);
  }
  if (shape.length === 1 && told.length > 1) {
    throw new Problem(`${grouped(told.length)} sentences, but the run reads one`);
  }
  sayCut(column, told.length, most, `the last ${grouped(most)} sentences`, note);
  const data = new Int32Array(most * length);
  const kept = told.slice(-most);
  kept.forEach((words, at) => {
    onTheRight(data, (most - kept.length + at) * length, length, words, known);
  });
  return { shape: [...shape], data };
}

/** A row of zeros with a one for each character; of zeros alone where it is unknown. */
function oneHot(letters, known, length, alphabet) {
  const data = new Float32Array(length * alphabet);
  const kept = letters.slice(0, length);
  kept.forEach((letter, at) => {
    const place = known.get(letter);
    if (place !== undefined) data[(length - kept.length + at) * alphabet + place] = 1;
  });
  return { shape: [length, alphabet], data };
}

/** The vectors of the first words, after zeros; an unknown word is zeros, too. */
function vectors(words, { index, table, width }, length) {
  const data = new Float32Array(length * width);
  const kept = words.slice(0, length);
  kept.forEach((each, at) => {
    const row = index.get(each);
    if (row === undefined) return;
    data.set(table.subarray(row * width, (row + 1) * width), (length - kept.length + at) * width);
  });
  return { shape: [length, width], data };
}

/**
 * The ids of the last characters of a text that a model continues.
 *
 * @throws {InputError} There is no text, or it has a character that the model does not know.
 */
export function characterIds(panel, column, text) {
  if (typeof text !== "string" || !text) {
    throw new InputError(column.name, `${column.name} is missing: a text to continue`);
  }
  const alphabet = panel.words[column.vocabulary];
  const known = places(alphabet);
  const ids = Array.from(text, (letter) => {
    if (!known.has(letter)) {
      const letters = alphabet.filter((each) => !SPECIAL.includes(each)).sort().join("");
      const knows = `does not know the character ${quoted(letter)}; it knows ${quoted(letters)}`;
      throw new InputError(column.name, `${column.name}: the run ${knows}`);
    }
    return known.get(letter);
  });
  return column.length ? ids.slice(-column.length) : ids;
}
