// A picture, or a film of several, to paint on.

import { button, el, group, percent } from "../dom.mjs";
import { easel } from "./easel.mjs";
import { display, fromLevels, grain, ground, render, toLevels } from "./pixels.mjs";
import { tools } from "./tools.mjs";

const GLYPHS =
  "Digits as a calculator shows them, on grain: draw straight strokes, or press a digit.";

export function picture(column, context) {
  return column.picture.frames > 1 ? film(column, context) : single(column, context);
}

/** What there is beside the canvas: what to paint with, Clear, and digits where they are drawn. */
function bench(column, context, changed) {
  const form = column.picture;
  const range = context.range(column);
  const paints = tools(form, !context.digits, range?.ground);
  const canvas = easel(form, column.name.replaceAll("_", " "), paints.now, changed);
  const put = (levels) => {
    canvas.levels = levels;
    changed();
  };
  const glyphs = context.digits && form.height === 28 && form.width === 28;
  const empty = () => (glyphs ? grain() : ground(form, range));
  const clear = button("Clear", () => put(empty()));
  const more = [clear];
  if (glyphs) {
    const digit = (_, at) =>
      button(`${at}`, () => put(display(at)), { "aria-label": `Show ${at}`, class: "zoo-key-cap" });
    more.push(el("div", { class: "zoo-digits" }, Array.from({ length: 10 }, digit)));
  }
  const side = el("div", { class: "zoo-bench-tools" }, paints.element, more);
  return { canvas, element: el("div", { class: "zoo-bench" }, canvas.element, side) };
}

function single(column, context) {
  const form = column.picture;
  const { canvas, element } = bench(column, context, context.changed);
  return {
    element: group(column, element, context.digits ? { hint: GLYPHS } : {}),
    columns: [column.name],
    read: () => ({ [column.name]: fromLevels(canvas.levels, form) }),
    write(values) {
      if (values[column.name]) canvas.levels = toLevels(values[column.name], form);
    },
  };
}

function film(column, context) {
  const form = column.picture;
  const size = form.height * form.width * form.channels;
  const levels = Array.from({ length: form.frames }, () => new Float32Array(size));
  let chosen = 0;
  const frames = levels.map((_, at) => {
    const canvas = el("canvas", { class: "zoo-canvas", "aria-hidden": "true" });
    const answer = el("span", { class: "zoo-frame-answer" });
    const given = { role: "radio", class: "zoo-frame", "aria-label": `Frame ${at + 1}` };
    return { canvas, answer, element: button([canvas, answer], () => choose(at), given) };
  });
  const choose = (at, focus = false) => {
    chosen = at;
    for (const [place, frame] of frames.entries()) {
      frame.element.setAttribute("aria-checked", String(place === at));
      frame.element.tabIndex = place === at ? 0 : -1;
    }
    if (focus) frames[at].element.focus();
    painted.canvas.levels = levels[at];
  };
  const strip = el("div", { class: "zoo-film", role: "radiogroup", "aria-label": "Frames" });
  strip.append(...frames.map((frame) => frame.element));
  strip.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    choose((chosen + step + form.frames) % form.frames, true);
  });
  const painted = bench(column, context, () => {
    levels[chosen] = painted.canvas.levels.slice();
    render(frames[chosen].canvas, levels[chosen], form);
    context.changed();
  });
  choose(0);
  return {
    element: group(column, [strip, painted.element], context.digits ? { hint: GLYPHS } : {}),
    columns: [column.name],
    read: () => ({ [column.name]: levels.flatMap((frame) => fromLevels(frame, form)) }),
    write(values) {
      const all = toLevels(values[column.name] ?? [], form);
      for (const [at, frame] of frames.entries()) {
        if (all.length) levels[at] = all.slice(at * size, (at + 1) * size);
        render(frame.canvas, levels[at], form);
      }
      choose(chosen);
    },
    said(answers) {
      const found = answers.find((each) => each.steps?.length === form.frames);
      for (const [at, frame] of frames.entries()) {
        const best = found?.steps[at];
        frame.answer.textContent = best?.name ?? "";
        const told = best ? `: ${best.name}, ${percent(best.value)}` : "";
        frame.element.setAttribute("aria-label", `Frame ${at + 1}${told}`);
        frame.element.style.setProperty("--sure", best?.value ?? 0);
      }
    },
  };
}

