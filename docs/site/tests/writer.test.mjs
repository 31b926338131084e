import assert from "node:assert/strict";
import { test } from "node:test";

import { InputError } from "../static/try/encode.mjs";
import { Generator } from "../static/try/random.mjs";
import { continuation } from "../static/try/writer.mjs";

// Of NumPy: default_rng(seed).bit_generator.random_raw(), and the first draws of random().
const DRAWS = [
  [0, 0xa30febcfd9c2825fn, [0.6369616873214543, 0.2697867137638703, 0.04097352393619469]],
  [1, 0x8306bdf37922e4ffn, [0.5118216247002567, 0.9504636963259353, 0.14415961271963373]],
  [42, 0xc621fbcd16d92688n, [0.7739560485559633, 0.4388784397520523, 0.8585979199113825]],
  [4294967295, 0x407f5fa930d8fd9fn, [0.2519435680449965, 0.21906579628685663, 0.28728472043517017]],
];

for (const [seed, bits, numbers] of DRAWS) {
  test(`NumPy's draws with seed ${seed}`, () => {
    assert.equal(new Generator(seed).bits(), bits);
    const random = new Generator(seed);
    assert.deepEqual(numbers.map(() => random.random()), numbers);
  });
}

test("NumPy's choices", () => {
  const random = new Generator(7);
  const drawn = Array.from({ length: 12 }, () => random.choice([0.1, 0.2, 0.3, 0.4]));
  assert.deepEqual(drawn, [3, 3, 3, 1, 2, 3, 0, 3, 3, 2, 2, 1]);
});

/** A model of two letters, after each of which it expects the other one. */
function modelOf(seen) {
  const column = { name: "text", vocabulary: "letters", length: 3 };
  const inputs = [{ name: "ids", dtype: "int32", columns: [column] }];
  return {
    panel: {
      signature: { inputs, outputs: [{ name: "next" }] },
      words: { letters: ["<unknown>", "a", "b"] },
    },
    run: async ({ ids }) => {
      seen.push(Array.from(ids.data));
      const next = ids.data.at(-1) === 1 ? [0.8, 0.05, 0.15] : [0.8, 0.15, 0.05];
      return { outputs: { next: { data: Float32Array.from([...Array(6).fill(0), ...next]) } } };
    },
  };
}

async function written(text, manner, seen = []) {
  let whole = text;
  for await (const letter of continuation(modelOf(seen), text, manner)) whole += letter;
  return whole;
}

test("the likeliest character follows, never the unknown one", async () => {
  const seen = [];
  assert.equal(await written("a", { length: 4, temperature: 0 }, seen), "ababa");
  assert.deepEqual(seen, [[1], [1, 2], [1, 2, 1], [2, 1, 2]]); // the last ones that it can read
});

test("a seed fixes the text", async () => {
  const manner = { length: 50, temperature: 1, seed: 3 };
  const text = await written("b", manner);
  assert.equal(await written("b", manner), text);
  assert.notEqual(await written("b", { ...manner, seed: 4 }), text);
});

test("what cannot be written", async () => {
  const refused = async (text, manner, column) => {
    const error = await written(text, manner).catch((caught) => caught);
    assert.ok(error instanceof InputError, String(error));
    assert.equal(error.column, column);
  };
  await refused("", {}, "text");
  await refused("ax", {}, "text");
  await refused("a", { length: 0 }, "length");
  await refused("a", { temperature: -1 }, "temperature");
  await refused("a", { seed: 1.5 }, "seed");
});
