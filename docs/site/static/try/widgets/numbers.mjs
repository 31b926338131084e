// Many numbers: a bar for each, to draw over, and a slider for each.

import { el, group, scrolls } from "../dom.mjs";
import { graph } from "./graph.mjs";
import { sliders } from "./number.mjs";

const FEW = 12; // numbers that need no overview

export function numbers(column, context) {
  const range = context.range(column);
  const count = column.shape.reduce((all, axis) => all * (axis ?? 1), 1);
  const named = column.names?.length === count;
  const names = Array.from({ length: count }, (_, at) => (named ? column.names[at] : `${at}`));
  const low = Math.min(0, ...(range?.low ?? [-3]));
  const high = Math.max(0, ...(range?.high ?? [3]));
  const cells = sliders(column, names, range, () => {
    show();
    context.changed();
  });
  const several = count > FEW;
  const drawn = (from, values) => {
    const all = [...cells.values];
    values.forEach((value, at) => (all[from + at] = value));
    cells.set(all);
    // As the sliders hold them: within their ends, on their steps.
    cells.set(cells.inputs.map((input, at) => (at - from in values ? input.value : all[at])));
    show();
    context.changed();
  };
  const bars = several ? graph({ count, low, high, bars: true, drawn }) : null;
  const show = () => bars?.show(cells.values);
  const box = el("div", { class: "zoo-cellbox" }, cells.element);
  scrolls(box, `${column.name}: a slider for each number`);
  return {
    element: group(column, [bars?.element, box], { unit: column.unit }),
    columns: [column.name],
    read: () => ({ [column.name]: [...cells.values] }),
    write(values) {
      cells.set(values[column.name] ?? names.map(() => 0));
      show();
    },
  };
}
