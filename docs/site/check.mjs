// Whether the models of the site say in JavaScript what they say in Python.
//
//   node docs/site/check.mjs FOLDER [RECIPE ...]
//
// FOLDER is laid out as `_static/try/`, and has a file `cases/RECIPE.json` for each recipe, with
// the answers of `zoo.predict`. Prints a line of JSON for each recipe; exits 1 if one disagrees.
import { readFile, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { answers, plain } from "./static/try/answer.mjs";
import { InputError, encode } from "./static/try/encode.mjs";
import { openModel } from "./static/try/runtime.mjs";
import { continuation } from "./static/try/writer.mjs";

const CLOSE = 1e-4; // of numbers, and of two chances that may change places

/** The largest difference between two answers, texts or numbers or lists of them. */
function difference(found, wanted, place) {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found) || found.length !== wanted.length) {
      throw new Error(`${place}: a list of ${wanted.length} is expected, not ${found}`);
    }
    return Math.max(0, ...wanted.map((each, at) => difference(found[at], each, `${place}[${at}]`)));
  }
  if (typeof wanted === "string" || typeof found === "string") {
    if (found !== wanted) throw new Error(`${place}: ${found}, but Python says ${wanted}`);
    return 0;
  }
  return Math.abs(found - wanted);
}

/** The largest number of an answer, by which differences above 1 are measured. */
function largest(wanted) {
  const numbers = [wanted].flat(Infinity).filter((each) => typeof each === "number");
  return Math.max(1, ...numbers.map(Math.abs));
}

/** Fail where a class differs whose chance is well above the next one's. */
function checkClasses({ name, shape, data, value }, wanted) {
  const [found, expected] = [[value].flat(Infinity), [wanted].flat(Infinity)];
  const width = shape.at(-1);
  if (found.length !== expected.length) throw new Error(`${name}: ${found.length} classes`);
  for (const [at, each] of found.entries()) {
    const chances = data.slice(at * width, (at + 1) * width);
    const [first, second] = chances.sort((left, right) => right - left);
    if (first - second >= CLOSE) difference(each, expected[at], name);
  }
}

/** The largest difference of a case's answers, relative where they are above 1. */
function compared(found, wanted) {
  const all = Object.assign({}, ...found.map(plain));
  let most = 0;
  for (const [name, expected] of Object.entries(wanted)) {
    if (!(name in all)) throw new Error(`there is no answer ${name}`);
    const own = found.find((each) => each.name === name);
    if (own && ["classes", "steps"].includes(own.kind)) {
      checkClasses(own, expected);
      continue;
    }
    const relative = difference(all[name], expected, name) / largest(expected);
    if (!(relative <= CLOSE)) {
      throw new Error(`${name}: ${all[name]}, but Python says ${expected}`);
    }
    most = Math.max(most, relative);
  }
  return most;
}

/** The largest difference of the model's own outputs, relative where they are above 1. */
function apart(outputs, wanted) {
  const parts = Object.entries(wanted).map(([name, expected]) => {
    const found = difference([...outputs[name].data], expected, name) / largest(expected);
    if (!(found <= CLOSE)) throw new Error(`${name} is ${found} away from what Python gives`);
    return found;
  });
  return Math.max(...parts);
}

async function written(model, values) {
  const [{ name }] = model.panel.signature.inputs[0].columns;
  const { [name]: text, ...manner } = values;
  let whole = text;
  for await (const character of continuation(model, text, manner)) whole += character;
  return { [name]: whole };
}

async function checkCase(model, each, times) {
  const { values, answers: wanted, outputs: numbers, notes: expected } = each;
  if (model.panel.writes) {
    const begun = performance.now();
    const found = await written(model, values);
    times.push(performance.now() - begun);
    for (const name of Object.keys(wanted)) difference(found[name], wanted[name], name);
    return 0;
  }
  const { tensors, notes } = encode(model.panel, values);
  if (expected !== undefined && notes.length !== expected) {
    throw new Error(`${expected} notes are expected, not ${notes.length}: ${notes.join("; ")}`);
  }
  const { outputs, milliseconds } = await model.run(tensors);
  times.push(milliseconds);
  return Math.max(apart(outputs, numbers), compared(answers(model.panel, outputs), wanted));
}

async function checkError(model, { values, column, message }) {
  try {
    if (model.panel.writes) await written(model, values);
    else encode(model.panel, values);
  } catch (error) {
    const same = error instanceof InputError && error.column === column;
    if (same && error.message === message) return;
    throw new Error(`expected in ${column}: ${message}; found: ${error.message}`, { cause: error });
  }
  throw new Error(`expected in ${column}: ${message}; there is no error`);
}

async function checkRecipe(folder, recipe) {
  const read = (path) => readFile(join(folder, path));
  const base = pathToFileURL(`${folder}/`).href;
  const { cases, errors = [] } = JSON.parse(await read(`cases/${recipe}.json`));
  const model = await openModel(base, recipe, { read });
  const times = [];
  const problems = [];
  let most = 0;
  const attempt = async (what, at, work) => {
    try {
      most = Math.max(most, (await work()) ?? 0);
    } catch (error) {
      problems.push(`${recipe}, ${what} ${at}: ${error.message}`);
    }
  };
  for (const [at, each] of cases.entries()) {
    await attempt("case", at, () => checkCase(model, each, times));
  }
  for (const [at, each] of errors.entries()) {
    await attempt("error", at, () => checkError(model, each));
  }
  await model.close();
  const round = (value) => Number(value?.toPrecision(3) ?? NaN);
  const sorted = times.toSorted((left, right) => left - right);
  const line = {
    recipe,
    cases: cases.length,
    largest_difference: round(most),
    first_ms: round(times[0]),
    median_ms: round(sorted[Math.floor(sorted.length / 2)]),
  };
  console.log(JSON.stringify(line));
  return problems;
}

const [given, ...chosen] = process.argv.slice(2);
if (!given) {
  console.error("usage: node check.mjs FOLDER [RECIPE ...]");
  process.exit(2);
}
const folder = resolve(given);
const listed = async () =>
  (await readdir(join(folder, "cases"))).map((name) => name.replace(/\.json$/, "")).sort();
const problems = [];
for (const recipe of chosen.length ? chosen : await listed()) {
  try {
    problems.push(...(await checkRecipe(folder, recipe)));
  } catch (error) {
    problems.push(`${recipe}: ${error.message}`);
  }
}
for (const problem of problems) console.error(problem);
process.exit(problems.length ? 1 : 0);
