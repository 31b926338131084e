// A text that the model continues, character by character.

import { button, el, field, newId } from "../dom.mjs";
import { continuation } from "../writer.mjs";
import { textarea } from "./text.mjs";

const SHOWN = 300; // milliseconds between two looks at what comes next, while it writes
const FRAME = 12; // milliseconds of work before the page is drawn again

export function writing(column, context) {
  const area = textarea(column, context, 8);
  const option = (name, given) => {
    const input = el("input", { id: newId(), ...given });
    return { input, element: el("label", { for: input.id, class: "zoo-tool" }, name, input) };
  };
  const length = option("Characters", { type: "number", min: 1, max: 10000, step: 1, value: 200 });
  const heat = option("Temperature", { type: "range", min: 0, max: 2, step: 0.05, value: 0.8 });
  const told = el("output", { for: heat.input.id });
  const seed = option("Seed", { type: "number", min: 0, max: 4294967295, step: 1, value: 0 });
  const tell = () => (told.textContent = Number(heat.input.value).toFixed(2));
  heat.input.addEventListener("input", tell);
  heat.element.append(told);
  tell();

  let stopped = true;
  const start = button("Write", () => write(), { class: "zoo-first" });
  const stop = button("Stop", () => (stopped = true), { disabled: true });
  const busy = (is) => {
    stopped = !is;
    start.disabled = is;
    stop.disabled = !is;
    area.readOnly = is;
  };
  const manner = () => {
    const given = { length: length.input, temperature: heat.input, seed: seed.input };
    const filled = Object.entries(given).filter(([, { value }]) => value !== "");
    return Object.fromEntries(filled.map(([name, { value }]) => [name, Number(value)]));
  };

  async function write() {
    busy(true);
    stop.focus(); // the button that had the focus is now disabled
    let [drawn, looked] = [performance.now(), performance.now()];
    try {
      for await (const character of continuation(context.model, area.value, manner())) {
        if (stopped || !area.isConnected) break;
        area.value += character;
        area.scrollTop = area.scrollHeight;
        const now = performance.now();
        if (now - drawn < FRAME) continue;
        if (now - looked > SHOWN) {
          looked = now;
          context.changed();
        }
        await new Promise(requestAnimationFrame);
        drawn = performance.now();
      }
    } catch (error) {
      if (area.isConnected) context.failed(error);
      busy(false);
      return;
    }
    const first = document.activeElement === stop;
    busy(false);
    if (first) start.focus();
    context.changed();
  }

  const element = field(column, area, { hint: column.takes });
  element.append(
    el("div", { class: "zoo-row" }, length.element, heat.element, seed.element),
    el("div", { class: "zoo-row" }, start, stop),
  );
  return {
    element,
    columns: [column.name],
    read: () => ({ [column.name]: area.value }),
    write(values) {
      stopped = true;
      area.value = values[column.name] ?? "";
      area.scrollTop = area.scrollHeight;
    },
  };
}
