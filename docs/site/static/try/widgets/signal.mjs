// A series of measured values, drawn with the pointer or with the arrow keys.

import { brief, button, clamp, el, group, titled } from "../dom.mjs";
import { graph, legend } from "./graph.mjs";

const HINT =
  "Draw with the pointer. Arrow keys: left and right choose a step, up and down change it.";

export function signal(column, context) {
  const count = column.shape[0] ?? context.examples(column)[0]?.length ?? 100;
  const range = context.range(column);
  const low = range ? Math.min(...range.low) : -3;
  const high = range ? Math.max(...range.high) : 3;
  const values = new Float64Array(count);
  let step = Math.floor(count / 2);
  let answer = null;

  const drawn = (from, passed) => {
    values.set(passed, from);
    step = from;
    changed();
  };
  const plot = graph({ count, low, high, drawn });
  const box = el("div", {
    class: "zoo-signal",
    role: "slider",
    tabindex: 0,
    "aria-label": titled(column.name),
    "aria-valuemin": low,
    "aria-valuemax": high,
  });
  box.append(plot.element);
  const key = legend(["given", "answer"]);
  key.hidden = true;
  const show = () => {
    plot.show(values, answer);
    key.hidden = !answer;
    plot.point(document.activeElement === box ? step : null);
    box.setAttribute("aria-valuenow", values[step]);
    const text = `step ${step + 1} of ${count}: ${brief(values[step])}`;
    box.setAttribute("aria-valuetext", text);
    where.textContent = document.activeElement === box ? text : "";
  };
  const changed = () => {
    show();
    context.changed();
  };
  const where = el("span", { class: "zoo-where", "aria-hidden": "true" });

  box.addEventListener("keydown", (event) => {
    const across = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
    const up = { ArrowDown: -1, ArrowUp: 1 }[event.key];
    if (!across && !up && event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    if (up) {
      const one = ((high - low) / 40) * (event.shiftKey ? 4 : 1);
      values[step] = clamp(values[step] + up * one, low, high);
      changed();
      return;
    }
    step = clamp(step + (across ?? 0), 0, count - 1);
    if (event.key === "Home") step = 0;
    if (event.key === "End") step = count - 1;
    show();
  });
  box.addEventListener("focus", show);
  box.addEventListener("blur", show);

  const fill = (value) => {
    values.forEach((_, at) => (values[at] = value()));
    changed();
  };
  // A sum of 12 even numbers is close enough to a bell curve.
  const bell = () => Array.from({ length: 12 }, Math.random).reduce((all, each) => all + each) - 6;
  const buttons = el(
    "div",
    { class: "zoo-row" },
    button("Noise", () => fill(() => clamp(bell(), low, high))),
    button("Flat", () => fill(() => clamp(0, low, high))),
    where,
  );
  return {
    element: group(column, [box, key, buttons], { unit: column.unit, hint: HINT }),
    columns: [column.name],
    read: () => ({ [column.name]: [...values] }),
    write(given) {
      const wanted = given[column.name] ?? [];
      values.forEach((_, at) => (values[at] = wanted[at] ?? 0));
      show();
    },
    said(answers) {
      const same = answers.find((each) => each.kind === "numbers" && each.data?.length === count);
      answer = same ? Array.from(same.data) : null;
      show();
    },
  };
}
