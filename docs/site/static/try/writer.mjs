// Text that a model writes: character by character, each drawn from what it predicts.

import { InputError, characterIds } from "./encode.mjs";
import { Generator } from "./random.mjs";
import { SPECIAL } from "./text.mjs";

export const MANNER = { length: 200, temperature: 0.8, seed: 0 };
export const RANGES = {
  length: { low: 1, high: 10_000, whole: true, words: "a whole number from 1 to 10,000" },
  temperature: { low: 0, high: 1e6, whole: false, words: "a number from 0 to 1,000,000" },
  seed: { low: 0, high: 2 ** 32 - 1, whole: true, words: "a whole number from 0 to 4,294,967,295" },
};

/**
 * The characters that follow a text, one at a time, as `zoo predict` writes them.
 *
 * @param model What openModel() of runtime.mjs returns.
 * @param {string} text One or more characters that the model knows.
 * @param manner `length`: characters to add; `temperature`: 1 draws by the model's own chances,
 *   0 always takes the likeliest; `seed`: fixes what is drawn.
 * @throws {InputError} The text has another character, or a number is out of its range.
 */
export async function* continuation(model, text, manner = {}) {
  const { length, temperature, seed } = checked({ ...MANNER, ...manner });
  const { inputs, outputs } = model.panel.signature;
  const [input] = inputs;
  const [column] = input.columns;
  const alphabet = model.panel.words[column.vocabulary];
  const random = new Generator(seed);
  let ids = characterIds(model.panel, column, text);
  for (let added = 0; added < length; added += 1) {
    const seen = { dtype: input.dtype, shape: [1, ids.length], data: Int32Array.from(ids) };
    const ran = await model.run({ [input.name]: seen }, { layers: false });
    const { data } = ran.outputs[outputs[0].name];
    const chances = Array.from(data.slice(-alphabet.length), (chance, at) =>
      SPECIAL.includes(alphabet[at]) ? 0 : chance,
    );
    const id = drawn(chances, temperature, random);
    ids = [...ids, id];
    if (column.length) ids = ids.slice(-column.length);
    yield alphabet[id];
  }
}

function checked(manner) {
  for (const [name, { low, high, whole, words }] of Object.entries(RANGES)) {
    const value = manner[name];
    const fits = typeof value === "number" && value >= low && value <= high;
    if (!fits || (whole && !Number.isInteger(value))) {
      throw new InputError(name, `${name} takes ${words}, not ${value}`);
    }
  }
  return manner;
}

/** The place of a character, by its chances to the power of 1 / temperature. */
function drawn(chances, temperature, random) {
  const most = Math.max(...chances);
  if (temperature === 0) return chances.indexOf(most);
  const raised = chances.map((chance) => Math.exp(Math.log(chance / most) / temperature));
  const sum = raised.reduce((all, each) => all + each, 0);
  return random.choice(raised.map((each) => each / sum));
}
