// A random-dot stereogram: the same dots as both eyes see them, apart by a known shift.

import { button, el, newId, titled } from "../dom.mjs";
import { view } from "./easel.mjs";
import { fill } from "./number.mjs";
import { between, fromLevels, noisy, toLevels } from "./pixels.mjs";

const DOTS = 12;
const MOST = 4; // pixels of shift
const NOISE = 0.03;

export function stereogram(columns, context) {
  const form = columns[0].picture;
  const side = form.width;
  const random = (length, make) => Array.from({ length }, make);
  const dots = () =>
    random(DOTS, () => ({
      across: between(-1, side + MOST),
      down: between(0, side - 1),
      color: random(form.channels, () => between(-0.2, 1)),
    }));
  const views = columns.map((column) => view(form, `What the ${column.name} eye sees`));
  const values = {};
  let seen = dots();
  let shift = 2;
  let given = false; // an example's shift is not known

  const slide = el("input", { type: "range", min: 0, max: MOST, step: 0.05, id: newId() });
  const told = el("output", { for: slide.id });
  const show = () => {
    slide.value = shift;
    fill(slide);
    slide.classList.toggle("zoo-unknown", given);
    told.textContent = given ? "not known" : `${shift.toFixed(2)} pixels`;
    columns.forEach((column, at) => views[at].show(toLevels(values[column.name], form)));
  };
  const make = () => {
    given = false;
    columns.forEach((column, at) => {
      const levels = noisy(splat(seen, at * shift, form), NOISE);
      values[column.name] = fromLevels(levels, form);
    });
    show();
  };
  slide.addEventListener("input", () => {
    shift = Number(slide.value);
    make();
    context.changed();
  });
  const fresh = () => {
    seen = dots();
    make();
    context.changed();
  };
  make();
  const pair = columns.map((column, at) =>
    el("figure", {}, views[at].element, el("figcaption", {}, titled(column.name))),
  );
  return {
    element: el(
      "fieldset",
      { class: "zoo-field", "data-column": columns[0].name },
      el("legend", { class: "zoo-name" }, "What both eyes see"),
      el("div", { class: "zoo-pair" }, pair),
      el("div", { class: "zoo-row" }, el("label", { for: slide.id }, "True shift"), slide, told),
      el("div", { class: "zoo-row" }, button("New dots", fresh)),
    ),
    columns: columns.map((column) => column.name),
    read: () => ({ ...values }),
    write(wanted) {
      for (const column of columns) {
        if (wanted[column.name]) values[column.name] = [...wanted[column.name]];
      }
      given = true;
      show();
    },
    remark(answer) {
      if (given || !Number.isFinite(answer.value)) return "";
      const off = Math.abs(answer.value - shift).toFixed(2);
      return `true shift ${shift.toFixed(2)} pixels: off by ${off}`;
    },
  };
}

/** Dots shared out among the four pixels around them, on black. */
function splat(dots, shift, { height, width, channels }) {
  const levels = new Float32Array(height * width * channels);
  for (const { across, down, color } of dots) {
    const [x, y] = [across - shift, down];
    for (const column of [Math.floor(x), Math.floor(x) + 1]) {
      for (const row of [Math.floor(y), Math.floor(y) + 1]) {
        if (column < 0 || column >= width || row < 0 || row >= height) continue;
        const share = (1 - Math.abs(x - column)) * (1 - Math.abs(y - row));
        for (let at = 0; at < channels; at++) {
          levels[(row * width + column) * channels + at] += color[at] * share;
        }
      }
    }
  }
  return levels;
}
