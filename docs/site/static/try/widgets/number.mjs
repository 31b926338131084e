// A number: a slider with a field beside it, and the three courts of a game.

import { brief, clamp, el, field, newId, titled } from "../dom.mjs";

const COURTS = ["team 2 at home", "neutral court", "team 1 at home"];

export function number(column, context) {
  return column.unit === "-1, 0, 1" ? court(column, context) : slider(column, context);
}

function court(column, context) {
  const list = newId();
  const input = el("input", { type: "range", min: -1, max: 1, step: 1, value: 0, list });
  const marks = [-1, 0, 1].map((value) => el("option", { value }));
  const labels = COURTS.map((text, at) => el("span", { "data-value": at - 1 }, text));
  const show = () => {
    const value = Number(input.value);
    input.setAttribute("aria-valuetext", COURTS[value + 1]);
    for (const [at, label] of labels.entries()) label.classList.toggle("zoo-on", at - 1 === value);
  };
  input.addEventListener("input", () => {
    show();
    context.changed();
  });
  const below = el("div", { class: "zoo-courts", "aria-hidden": "true" }, labels);
  below.addEventListener("click", (event) => {
    const value = event.target.dataset.value;
    if (value === undefined) return;
    input.value = value;
    show();
    context.changed();
  });
  const element = field(column, input, { hint: "" });
  element.append(el("datalist", { id: list }, marks), below);
  show();
  return {
    element,
    columns: [column.name],
    read: () => ({ [column.name]: Number(input.value) }),
    write(values) {
      input.value = values[column.name] ?? column.default ?? 0;
      show();
    },
  };
}

function slider(column, context) {
  const range = context.range(column);
  const typed = el("input", { type: "number", step: "any", class: "zoo-number" });
  let slide = null;
  if (range) {
    const { low, high, step } = scale(range.low[0], range.high[0], range.whole);
    slide = el("input", { type: "range", min: low, max: high, step });
    typed.step = range.whole ? 1 : "any";
    typed.setAttribute("aria-label", `${titled(column.name)}, typed`);
    slide.addEventListener("input", () => {
      typed.value = slide.value;
      fill(slide);
      context.changed();
    });
  }
  const follow = () => {
    if (!slide) return;
    slide.value = Number(typed.value); // a slider keeps to its ends by itself
    fill(slide);
  };
  typed.addEventListener("input", () => {
    follow();
    context.changed();
  });
  const element = field(column, slide ?? typed, { unit: column.unit });
  element.append(el("div", { class: "zoo-slide" }, slide, typed));
  return {
    element,
    columns: [column.name],
    // A blank stays away, so that the default stands for it, or the message says what is missing.
    read: () => {
      if (typed.validity.badInput) return { [column.name]: NaN };
      return typed.value === "" ? {} : { [column.name]: Number(typed.value) };
    },
    write(values) {
      typed.value = values[column.name] ?? column.default ?? "";
      follow();
    },
  };
}

/** The ends and the step of a slider for values between two numbers. */
export function scale(low, high, whole) {
  if (whole) return { low, high: high > low ? high : low + 1, step: 1 };
  const wide = high - low || Math.abs(low) || 1;
  const step = 10 ** (Math.floor(Math.log10(wide)) - 2);
  const digits = Math.max(0, -Math.round(Math.log10(step)));
  return {
    low: Number((Math.floor(low / step) * step).toFixed(digits)),
    high: Number(((Math.floor(low / step) + Math.ceil(wide / step)) * step).toFixed(digits)),
    step: Number(step.toFixed(digits)),
  };
}

/** Color a slider's track between zero, or the end that is nearer to it, and the value. */
export function fill(slide) {
  const [low, high, value] = [slide.min, slide.max, slide.value].map(Number);
  const place = (at) => (clamp(at, low, high) - low) / (high - low || 1);
  const [zero, now] = [place(0), place(value)];
  slide.style.setProperty("--from", Math.min(zero, now));
  slide.style.setProperty("--to", Math.max(zero, now));
  slide.classList.toggle("zoo-below", value < 0);
}

/** Several numbers by name or place, each with a slider. */
export function sliders(column, names, range, changed) {
  const cells = names.map((name, at) => {
    const low = range ? (range.low[at] ?? range.low[0]) : -3;
    const high = range ? (range.high[at] ?? range.high[0]) : 3;
    const ends = scale(low, high, range?.whole);
    const input = el("input", { type: "range", min: ends.low, max: ends.high, step: ends.step });
    input.id = newId();
    const value = el("output", { for: input.id });
    const label = el("label", { for: input.id }, name);
    input.addEventListener("input", () => {
      show(at);
      changed();
    });
    return { input, value, element: el("div", { class: "zoo-cell" }, label, value, input) };
  });
  const exact = names.map(() => 0); // a slider's step may not hit what an example says
  const show = (at, value = Number(cells[at].input.value)) => {
    exact[at] = value;
    cells[at].value.textContent = brief(value);
    fill(cells[at].input);
  };
  const set = (values) => {
    values.forEach((value, at) => {
      if (!cells[at]) return;
      cells[at].input.value = value;
      show(at, Number(value));
    });
  };
  const element = el("div", { class: "zoo-cells" }, cells.map((cell) => cell.element));
  return { element, values: exact, set, inputs: cells.map((cell) => cell.input) };
}
