import assert from "node:assert/strict";
import { test } from "node:test";

import {
  asId, asNumber, fold, isMissing, listed, quoted, sentences, strip, tokens,
} from "../static/try/text.mjs";

// What the Python package makes of them; tests/gallery/test_javascript.py compares many more.
const TOKENS = [
  ["John’s DOG isn't at 3.5 km/h_now!", "john's dog isn't at 3 . 5 km h now !"],
  ["ΟΔΟΣ Σ. İSTANBUL ½ x² ١٢ Ⅷ", "οδος σ . i stanbul ½ x² ١٢ ⅷ"],
  ["'a' b''c d'e'f ’g", "a b c d'e'f g"],
  ["café cafe\u0301 中文字 😀ok", "café cafe 中文字 ok"],
  ["", ""],
];

for (const [text, words] of TOKENS) {
  test(`tokens of ${quoted(text)}`, () => {
    assert.deepEqual(tokens(text), words ? words.split(" ") : []);
  });
}

test("marks end sentences", () => {
  const words = tokens("Mary went. . to the hall? She! sat");
  const told = [["mary", "went"], ["to", "the", "hall"], ["she"], ["sat"]];
  assert.deepEqual(sentences(words), told);
});

test("numbers are those that Python reads", () => {
  const numbers = {
    "1.5e3": 1500, " +.5 ": 0.5, "1.": 1, "-INF": -Infinity, "١٢": 12, "𝟙.𝟚": 1.2, "\x851": 1,
    "1e999": Infinity,
  };
  for (const [word, number] of Object.entries(numbers)) assert.equal(asNumber(word), number);
  assert.ok(Number.isNaN(asNumber("+nan")));
  const others = ["", "1_000", "0x10", "1e", ".", ".e5", "+ 1", "½", "①", "1,5", "\x1c1", "\ufeff"];
  for (const word of others) assert.equal(asNumber(word), null, word);
});

test("an id has up to nine digits, of any script", () => {
  assert.deepEqual(["17", "٣"].map(asId), [17, 3]);
  assert.ok(["1.0", "-1", "1234567890", ""].every((text) => asId(text) === null));
});

test("labels are told without regard to case", () => {
  const alike = [["STRASSE", "straße"], ["ΟΔΟΣ", "οδος"], ["ẞ", "ss"], ["ﬁ", "FI"]];
  for (const [left, right] of alike) assert.equal(fold(left), fold(right));
  assert.notEqual(fold("ı"), fold("i"));
});

test("what says that there is no value", () => {
  assert.ok(["", " ", "?", "N/A", "NaN", " None "].every(isMissing));
  assert.ok(!["0", "-", "no"].some(isMissing));
});

test("lists of numbers", () => {
  assert.deepEqual(listed(" [1, 2;3  4\n5] "), ["1", "2", "3", "4", "5"]);
  assert.deepEqual(listed("1,,2"), ["1", "", "2"]);
  assert.equal(strip("\x1c a\u3000"), "a");
});
