import assert from "node:assert/strict";
import { test } from "node:test";

import { InputError, encode } from "../static/try/encode.mjs";

const COLUMN = {
  name: "x", shape: [1], vocabulary: "", text: "", padding: "", length: null, default: null,
  missing: false, picture: null, takes: "what it takes",
};

/** A panel with one input of one column. */
function panelOf(column, dtype = "float32", words = []) {
  const own = { ...COLUMN, ...column };
  return {
    signature: { inputs: [{ name: "input", dtype, columns: [own] }], outputs: [] },
    words: { list: words },
    vectors: null,
  };
}

function encoded(panel, value) {
  const { tensors, notes } = encode(panel, { x: value });
  const { shape, data } = tensors.input;
  return { shape, data: Array.from(data), notes };
}

function refuses(panel, value, message) {
  assert.throws(() => encode(panel, { x: value }), (error) => {
    assert.ok(error instanceof InputError, error.stack);
    assert.equal(error.column, "x");
    assert.match(error.message, message);
    return true;
  });
}

test("labels by name and by number", () => {
  const names = ["2001 Duke", "Straße", "3"];
  const panel = panelOf({ kind: "label", vocabulary: "list" }, "int32", names);
  assert.deepEqual(encoded(panel, " 2001 DUKE "), { shape: [1, 1], data: [0], notes: [] });
  assert.deepEqual(encoded(panel, "STRASSE").data, [1]);
  assert.deepEqual(encoded(panel, "1").data, [1]);
  assert.deepEqual(encoded(panel, "3").data, [2]); // a name before a number
  refuses(panel, "4", /^x: unknown list '4'; known: 2001 Duke/);
  refuses(panel, "duk", /did you mean|known/);
  refuses(panel, undefined, /^x is missing$/);
});

test("numbers, left out or not", () => {
  const panel = panelOf({ kind: "number", default: 2.5 });
  assert.deepEqual(encoded(panel, "1.5e3"), { shape: [1, 1], data: [1500], notes: [] });
  assert.deepEqual(encoded(panel, [7]).data, [7]);
  assert.deepEqual(encoded(panel, undefined).data, [2.5]);
  refuses(panel, "1_000", /^x: '1_000' is not a number$/);
  refuses(panel, "", /^x: '' is not a number$/);
  refuses(panel, NaN, /^x: 'NaN' is not a finite number$/);
  refuses(panel, "1e39", /^x: '1e39' is too large for a 32-bit number$/);
  refuses(panel, [1, 2], /^x must be a text or a number, not a list$/);
  const optional = panelOf({ kind: "number", missing: true });
  for (const none of ["", "n/a", NaN, undefined]) {
    assert.ok(Number.isNaN(encoded(optional, none).data[0]));
  }
});

test("several numbers", () => {
  const panel = panelOf({ kind: "numbers", shape: [3, 1] });
  const wanted = { shape: [1, 3, 1], data: [1, 2, 3], notes: [] };
  for (const given of ["[1, 2; 3]", [1, 2, 3], [[1], [2], [3]], Float32Array.of(1, 2, 3)]) {
    assert.deepEqual(encoded(panel, given), wanted);
  }
  refuses(panel, [1, 2], /^x: 3 numbers are needed, not 2$/);
  refuses(panel, "1 2 x", /^x: 'x' is not a number$/);
  refuses(panel, [1, 2, "3"], /^x: numbers are needed, not string$/);
  refuses(panel, [1, 2, Infinity], /^x: every number must be finite/);
  refuses(panel, [[1, 2], [3]], /^x takes what it takes$/);
  const square = panelOf({ kind: "numbers", shape: [2, 2] });
  refuses(square, [[1, 2, 3], [4, 5, 6]], /^x: shape \(2, 2\) is needed, not \(2, 3\)$/);
  const varying = panelOf({ kind: "numbers", shape: [null, 1] });
  assert.deepEqual(encoded(varying, [5, 6]).shape, [1, 2, 1]);
});

test("pictures keep their levels, whole ones up to 255 are converted", () => {
  const picture = { height: 2, width: 2, channels: 1, black: -1, white: 1 };
  const panel = panelOf({ kind: "picture", shape: [4], picture });
  assert.deepEqual(encoded(panel, [-1, 0, 0.5, 1]).data, [-1, 0, 0.5, 1]);
  assert.deepEqual(encoded(panel, [[0, 255], [51, 0]]).data.map(Math.fround),
    [-1, 1, Math.fround(-0.6), -1]);
  assert.equal(encoded(panel, [0, 255, 0, 0]).notes.length, 1);
  assert.equal(encoded(panel, Uint8ClampedArray.of(0, 255, 0, 0)).notes.length, 0);
  refuses(panel, [0, 0, 0, 1.5], /^x: levels go from -1 to 1, or whole to 255, not 1.5$/);
});

test("columns side by side", () => {
  const columns = ["a", "b"].map((name) => ({ ...COLUMN, name, kind: "number", default: 0 }));
  const panel = { signature: { inputs: [{ name: "input", dtype: "float32", columns }] } };
  const { tensors } = encode(panel, { b: "4" });
  assert.deepEqual(tensors.input.shape, [1, 2]);
  assert.deepEqual(Array.from(tensors.input.data), [0, 4]);
  assert.throws(() => encode(panel, { c: 1 }), /unknown input 'c'; known: a, b/);
});

const KNOWN = ["<padding>", "<unknown>", "the", "dog", "."];

test("words, on the left or on the right", () => {
  const text = { kind: "text", text: "words", vocabulary: "list", shape: [4] };
  const left = panelOf({ ...text, padding: "left" }, "int32", KNOWN);
  assert.deepEqual(encoded(left, "The DOG"), { shape: [1, 4], data: [0, 0, 2, 3], notes: [] });
  const cut = encoded(left, "zebra the dog the dog");
  const notes = ["unknown words: zebra", "x: the first 4 words are read, of 5"];
  assert.deepEqual(cut, { shape: [1, 4], data: [1, 2, 3, 2], notes });
  refuses(left, " -- ", /^x: ' -- ' contains no words$/);
  refuses(left, 5, /^x takes text, not number$/);
  const right = panelOf({ ...text, padding: "right" }, "int32", ["", "the", "dog"]);
  assert.deepEqual(encoded(right, "a dog, the dog").data, [2, 1, 2, 0]);
  const varying = panelOf({ ...text, shape: [null], length: 3, padding: "left" }, "int32", KNOWN);
  assert.deepEqual(encoded(varying, "dog").data, [0, 0, 3]);
  refuses(varying, "the the the the", /^x: 4 words, but the run was trained on at most 3$/);
});

test("sentences", () => {
  const text = { kind: "text", text: "sentences", vocabulary: "list" };
  const story = panelOf({ ...text, shape: [2, 3] }, "int32", KNOWN);
  assert.deepEqual(encoded(story, "dog\nthe dog. the"), {
    shape: [1, 2, 3], data: [0, 2, 3, 0, 0, 2], notes: ["x: the last 2 sentences are read, of 3"],
  });
  assert.deepEqual(encoded(story, "dog").data, [0, 0, 0, 0, 0, 3]);
  refuses(story, "the the the the", /^x: a sentence of 4 words, but the run reads at most 3$/);
  refuses(story, " . ", /contains no words$/);
  const question = panelOf({ ...text, shape: [3] }, "int32", KNOWN);
  assert.deepEqual(encoded(question, "The dog?").data, [0, 2, 3]);
  refuses(question, "the? dog", /^x: 2 sentences, but the run reads one$/);
});

test("characters and vectors of words", () => {
  const letters = { kind: "text", text: "characters", vocabulary: "list", shape: [3, 2] };
  const panel = panelOf(letters, "float32", ["a", "😀"]);
  const { data, notes } = encoded(panel, "😀a-");
  assert.deepEqual(data, [0, 1, 1, 0, 0, 0]);
  assert.deepEqual(notes, ["unknown characters: '-'"]);
  const ids = panelOf({ kind: "text", vocabulary: "list", shape: [null], length: 2 }, "int32",
    ["<unknown>", "a", "b"]);
  assert.deepEqual(encoded(ids, "aab").data, [1, 2]);
  refuses(ids, "ac", /^x: the run does not know the character 'c'; it knows 'ab'$/);
  refuses(ids, "", /^x is missing: a text to continue$/);
  const words = panelOf({ kind: "text", text: "vectors", shape: [null, 2], length: 2 });
  words.vectors = { index: new Map([["dog", 1]]), table: Float32Array.of(0, 0, 3, 4), width: 2 };
  assert.deepEqual(encoded(words, "Dog"), { shape: [1, 2, 2], data: [0, 0, 3, 4], notes: [] });
  assert.equal(encoded(words, "dog cat").notes.length, 1);
});
