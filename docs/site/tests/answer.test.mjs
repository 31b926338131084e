import assert from "node:assert/strict";
import { test } from "node:test";

import { answers, fixed, plain, significant } from "../static/try/answer.mjs";

function answersOf(asked, shape, data) {
  const list = [asked].flat().map((each) => ({ name: "y", at: null, classes: [], ...each }));
  const panel = { signature: { outputs: [{ name: "output", answers: list }] } };
  return answers(panel, { output: { shape, data: Float32Array.from(data) } });
}

test("numbers are written as in Python", () => {
  const written = [
    [0, "0"], [-0, "-0"], [1234.5, "1234"], [2501.5, "2502"], [0.00012345, "0.0001234"],
    [1e-13, "0.000000000000"], [999.96, "1000.0"], [-3.14159, "-3.142"], [NaN, "nan"],
    [1e22, "10000000000000000000000"], [Infinity, "inf"], [1000, "1000"],
  ];
  for (const [value, text] of written) assert.equal(significant(value), text);
  const decimals = [[0.125, "0.12"], [0.375, "0.38"], [0.005, "0.01"], [-0.001, "-0.00"]];
  for (const [value, text] of decimals) assert.equal(fixed(value, 2), text);
});

test("a number with its unit, scaled or not", () => {
  const [points] = answersOf({ unit: "points" }, [1, 1], [6.5]);
  assert.deepEqual([points.kind, points.value, points.text], ["number", 6.5, "6.500 points"]);
  const date = { unit: "decades", shown_unit: "", scale: 10, origin: 1900 };
  const [year] = answersOf(date, [1, 1], [3.25]);
  assert.deepEqual([year.value, year.text, year.unit], [1932.5, "1932", ""]);
  const [chance] = answersOf({ unit: "0-1", meaning: "how close" }, [1, 1], [0.5]);
  assert.deepEqual([chance.kind, chance.text], ["chance", "0.50 (how close)"]);
  assert.deepEqual(plain(chance), { y: 0.5 });
});

test("classes, the likeliest first in the text", () => {
  const classes = ["a", "b", "c", "d"];
  const [answer] = answersOf({ unit: "probability", classes }, [1, 4], [0.125, 0.5, 0.25, 0.125]);
  assert.equal(answer.kind, "classes");
  assert.equal(answer.text, "b 0.50, c 0.25, a 0.12");
  assert.deepEqual(answer.chances[2], { name: "c", value: 0.25 });
  assert.deepEqual(plain(answer), { y: "b", y_probability: 0.5 });
});

test("one chance of two classes gives both", () => {
  const [answer] = answersOf({ unit: "probability", classes: ["no", "yes"] }, [1, 1], [0.25]);
  assert.deepEqual(plain(answer), { y: "no", y_probability: 0.75 });
  assert.equal(answer.text, "no 0.75, yes 0.25");
});

test("columns of an output, series and steps", () => {
  const both = answersOf([{ name: "one", at: 0 }, { name: "two", at: 1 }], [1, 2], [1, 2]);
  assert.deepEqual(both.map(plain), [{ one: 1 }, { two: 2 }]);
  const [series] = answersOf({}, [1, 21, 1], Array(21).fill(1));
  assert.equal(series.kind, "numbers");
  assert.ok(series.text.endsWith("1.000, ... (21 values)"));
  const [map] = answersOf({}, [1, 2, 2], [1, 2, 3, 4]);
  assert.equal(map.text, "(2, 2): 1.000, 2.000, 3.000, 4.000");
  assert.deepEqual(plain(map), { y: [[1, 2], [3, 4]] });
  const [steps] = answersOf({ classes: ["a", "b"] }, [1, 2, 2], [0.25, 0.75, 1, 0]);
  assert.deepEqual([steps.kind, steps.value, steps.text], ["steps", ["b", "a"], "b, a"]);
  assert.deepEqual(steps.shape, [2, 2]);
});
