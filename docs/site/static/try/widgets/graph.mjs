// A row of numbers as a line or as bars, to look at or to draw with the pointer.

import { clamp, draw, el } from "../dom.mjs";

/**
 * `drawn(from, values)` gets the values that the pointer passed, from one place on; without it the
 * graph is only to look at.
 *
 * @param {{count: number, low: number, high: number, bars?: boolean, label?: string,
 *   drawn?: (from: number, values: number[]) => void}} given
 */
export function graph({ count, low, high, bars = false, label = "", drawn = null }) {
  const wide = high - low || 1;
  const y = (value) => 100 - (100 * (clamp(value, low, high) - low)) / wide;
  const zero = y(clamp(0, low, high));
  const shape = draw("path", { class: bars ? "zoo-above" : "zoo-line" });
  const below = draw("path", { class: "zoo-under" });
  const over = draw("path", { class: "zoo-over" });
  const axis = draw("path", { class: "zoo-axis", d: `M0 ${zero}H${count}` });
  const cursor = draw("path", { class: "zoo-cursor" });
  const picture = draw("svg", {
    viewBox: `0 0 ${count} 100`,
    preserveAspectRatio: "none",
    class: "zoo-graph",
    ...(label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" }),
  });
  picture.append(axis, shape, below, over, cursor);
  const line = (values) =>
    [...values].map((value, at) => `${at ? "L" : "M"}${at + 0.5} ${y(value).toFixed(2)}`).join("");
  const bar = (values, wanted) =>
    [...values]
      .map((value, at) => (wanted(value) ? `M${at + 0.1} ${zero}h.8V${y(value)}h-.8Z` : ""))
      .join("");

  let last = null;
  const place = (event) => {
    const box = picture.getBoundingClientRect();
    const at = Math.floor(((event.clientX - box.left) / box.width) * count);
    const share = clamp((event.clientY - box.top) / box.height, 0, 1);
    return { at: clamp(at, 0, count - 1), value: high - share * wide };
  };
  const move = (event) => {
    const now = place(event);
    const from = last ?? now;
    const first = Math.min(from.at, now.at);
    const steps = Math.abs(now.at - from.at);
    const values = Array.from({ length: steps + 1 }, (_, at) => {
      const share = steps ? Math.abs(first + at - from.at) / steps : 1;
      return from.value + (now.value - from.value) * share;
    });
    last = now;
    drawn(first, values);
  };
  if (drawn) {
    picture.classList.add("zoo-drawable");
    picture.addEventListener("pointerdown", (event) => {
      if (event.button || !event.isPrimary) return;
      event.preventDefault();
      picture.setPointerCapture(event.pointerId);
      last = null;
      move(event);
    });
    picture.addEventListener("pointermove", (event) => {
      if (event.isPrimary && picture.hasPointerCapture(event.pointerId)) move(event);
    });
  }
  return {
    element: picture,
    show(values, overlay = null) {
      if (bars) {
        shape.setAttribute("d", bar(values, (value) => value > 0));
        below.setAttribute("d", bar(values, (value) => value < 0));
      } else {
        shape.setAttribute("d", line(values));
      }
      over.setAttribute("d", overlay ? line(overlay) : "");
    },
    point(at) {
      cursor.setAttribute("d", at === null ? "" : `M${at + 0.5} 0V100`);
    },
  };
}

/** What the lines of a graph are. */
export const legend = (names) =>
  el(
    "p",
    { class: "zoo-quiet zoo-key" },
    names.map((name, at) => el("span", { class: at ? "zoo-key-over" : "zoo-key-line" }, name)),
  );
