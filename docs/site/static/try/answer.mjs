// What a model's outputs say, as a person reads it: classes by name, numbers with their units.

import { grouped, product, shapeText } from "./numbers.mjs";

const TOP = 3; // classes that a text names
const SHOWN = 20; // values of a long answer that a text lists
const CHANCES = ["probability", "0-1"]; // units that are told as a chance

/**
 * What the model says of its one row, an answer for each output or for each of its columns.
 *
 * `value` is a number, the name of the likeliest class, or a nested list of either; `data` the
 * numbers that were shown, in one line, and `shape` theirs, without the row. Of classes they are
 * the chances.
 *
 * @param panel What panel.json holds.
 * @param outputs Output -> shape and data, as a model of runtime.mjs returns them.
 */
export function answers(panel, outputs) {
  return panel.signature.outputs.flatMap((output) =>
    output.answers.map((asked) => answer(asked, output, outputs[output.name])),
  );
}

/** Texts and numbers by name, as `zoo.predict` returns them. */
export function plain(answer) {
  const found = { [answer.name]: answer.value };
  if (answer.kind === "classes") {
    found[`${answer.name}_probability`] = Math.max(...answer.chances.map(({ value }) => value));
  }
  return found;
}

function answer(asked, output, given) {
  const { shape, data } = chosen(given, asked.at ?? null);
  const { name, unit = "", meaning = "", classes = [] } = asked;
  const moved = Boolean(asked.origin); // such as years since 1900: its meaning is of the model's own
  const about = { name, unit: shownUnit(asked), meaning, moved, chances: [] };
  if (classes.length) return { ...about, ...ofClasses(classes, shape, data) };
  const { scale = 1, origin = 0 } = asked;
  const shown = data.map((each) => origin + scale * each);
  const sizes = shape.length && shape.at(-1) === 1 ? shape.slice(0, -1) : shape;
  const found = { ...about, shape: sizes, data: shown };
  if (sizes.length) {
    return { ...found, kind: "numbers", value: nested(shown, sizes), text: list(shown, sizes) };
  }
  const [value] = shown;
  if (CHANCES.includes(unit)) {
    return { ...found, kind: "chance", value, text: `${fixed(value, 2)} (${meaning || unit})` };
  }
  return { ...found, kind: "number", value, text: `${significant(value)} ${about.unit}`.trim() };
}

/** The row's shape and numbers, or those of one column of its last axis. */
function chosen({ shape, data }, at) {
  const sizes = shape.slice(1);
  const all = Array.from(data);
  if (at === null) return { shape: sizes, data: all };
  const width = sizes.at(-1);
  return {
    shape: [...sizes.slice(0, -1), 1],
    data: all.filter((_, place) => place % width === at),
  };
}

function shownUnit({ unit = "", shown_unit: shown = "", scale = 1, origin = 0 }) {
  return scale === 1 && origin === 0 ? unit : shown;
}

/** Of two classes the model may give the second one's chance alone. */
function ofClasses(classes, shape, data) {
  const both = shape.at(-1) === classes.length ? data : data.flatMap((each) => [1 - each, each]);
  const sizes = [...shape.slice(0, -1), classes.length];
  const steps = [];
  for (let at = 0; at < both.length; at += classes.length) {
    steps.push(both.slice(at, at + classes.length));
  }
  const best = steps.map((chances) => classes[chances.indexOf(Math.max(...chances))]);
  const found = { shape: sizes, data: both };
  if (sizes.length > 1) {
    const over = sizes.slice(0, -1);
    return { ...found, kind: "steps", value: nested(best, over), text: list(best, over) };
  }
  const chances = both.map((value, at) => ({ name: classes[at], value }));
  const top = [...chances].sort((left, right) => right.value - left.value).slice(0, TOP);
  const text = top.map(({ name, value }) => `${name} ${fixed(value, 2)}`).join(", ");
  return { ...found, kind: "classes", value: best[0], text, chances };
}

function nested(values, shape) {
  if (shape.length <= 1) return values;
  const size = product(shape.slice(1));
  return Array.from({ length: shape[0] }, (_, at) =>
    nested(values.slice(at * size, (at + 1) * size), shape.slice(1)),
  );
}

function list(values, shape) {
  const words = values.map((each) => (typeof each === "string" ? each : significant(each)));
  const more = words.length > SHOWN ? `, ... (${grouped(words.length)} values)` : "";
  const sizes = shape.length > 1 ? `${shapeText(shape)}: ` : "";
  return sizes + words.slice(0, SHOWN).join(", ") + more;
}

/** A number to four digits, or to the unit where it has more. */
export function significant(value) {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  return fixed(value, Math.min(Math.max(0, 3 - Math.floor(Math.log10(Math.abs(value)))), 12));
}

/** A number with so many decimals; a tie goes to the even digit, as in Python. */
export function fixed(value, digits) {
  if (!Number.isFinite(value)) return significant(value);
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}${digits ? `.${"0".repeat(digits)}` : ""}`;
  const exact = value.toFixed(digits + 30); // of a tie, all its decimals
  const cut = exact.slice(0, exact.length - 30);
  const tie = /^50+$/.test(exact.slice(-30));
  const even = /[02468]\.?$/.test(cut);
  return tie && even ? cut.replace(/\.$/, "") : value.toFixed(digits);
}
