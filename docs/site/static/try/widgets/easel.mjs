// A canvas to paint on, with the pointer or with the keys.

import { brief, clamp, el } from "../dom.mjs";
import { covers, render } from "./pixels.mjs";

const HINT = "Arrow keys move the cursor, Space or Enter paints, Shift with an arrow draws.";
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @param {object} form Of the picture: height, width, channels.
 * @param {string} label What the picture is, for a screen reader.
 * @param {() => {shape: string, radius: number, ink: number[]}} tool What is painted now.
 * @param {() => void} changed
 */
export function easel(form, label, tool, changed) {
  const { height, width, channels } = form;
  let levels = new Float32Array(height * width * channels);
  const canvas = el("canvas", { class: "zoo-canvas", width, height });
  const cursor = el("div", { class: "zoo-dot", hidden: true });
  const where = el("p", { class: "zoo-where", "aria-live": "polite" });
  const box = el(
    "div",
    {
      class: "zoo-easel",
      role: "application",
      "aria-roledescription": "drawing",
      "aria-label": `${label}, ${width} by ${height} pixels. ${HINT}`,
      tabindex: 0,
      style: `aspect-ratio: ${width} / ${height}`,
    },
    canvas,
    cursor,
  );
  const at = { x: Math.floor(width / 2), y: Math.floor(height / 2) };

  // What a stroke found, and how far it has covered that: dabs that overlap add nothing.
  let before = levels;
  let covered = new Float32Array(height * width);
  const begin = () => {
    before = levels.slice();
    covered = new Float32Array(height * width);
  };
  const dab = (x, y) => {
    const { shape, radius, ink } = tool();
    const reach = Math.ceil(radius + 1);
    const [top, bottom] = [Math.floor(y - reach), Math.ceil(y + reach)];
    const [left, right] = [Math.floor(x - reach), Math.ceil(x + reach)];
    for (let row = Math.max(0, top); row <= Math.min(height - 1, bottom); row++) {
      for (let column = Math.max(0, left); column <= Math.min(width - 1, right); column++) {
        const share =
          shape === "dot"
            ? clamp(radius + 0.5 - Math.hypot(column - x, row - y), 0, 1)
            : covers(shape, column - x, row - y, radius);
        const pixel = row * width + column;
        if (share <= covered[pixel]) continue;
        covered[pixel] = share;
        for (let color = 0; color < channels; color++) {
          const place = pixel * channels + color;
          levels[place] = before[place] + (ink[color] - before[place]) * share;
        }
      }
    }
  };
  const stroke = (from, to) => {
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(to.x - from.x, to.y - from.y)));
    for (let step = 1; step <= steps; step++) {
      const share = step / steps;
      dab(from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share);
    }
  };
  const painted = () => {
    render(canvas, levels, form);
    changed();
  };

  let last = null;
  const place = (event) => {
    const seen = canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - seen.left) / seen.width) * width - 0.5,
      y: ((event.clientY - seen.top) / seen.height) * height - 0.5,
    };
  };
  box.addEventListener("pointerdown", (event) => {
    if (event.button || !event.isPrimary) return;
    box.setPointerCapture(event.pointerId);
    begin();
    last = place(event);
    dab(last.x, last.y);
    painted();
  });
  box.addEventListener("pointermove", (event) => {
    if (!last || !event.isPrimary || !box.hasPointerCapture(event.pointerId)) return;
    const now = place(event);
    if (tool().shape === "dot") stroke(last, now);
    last = now;
    painted();
  });
  box.addEventListener("lostpointercapture", () => (last = null));

  const point = () => {
    cursor.style.left = `${(100 * (at.x + 0.5)) / width}%`;
    cursor.style.top = `${(100 * (at.y + 0.5)) / height}%`;
    cursor.style.width = `${100 / width}%`;
    const pixel = (at.y * width + at.x) * channels;
    const level = [...levels.slice(pixel, pixel + channels)].map((each) => brief(each, 2));
    where.textContent = `row ${at.y + 1}, column ${at.x + 1}: ${level.join(" ")}`;
    cursor.hidden = false;
  };
  box.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    const paints = event.key === " " || event.key === "Enter";
    if (!arrow && !paints) return;
    event.preventDefault();
    if (arrow) {
      at.x = clamp(at.x + arrow[0], 0, width - 1);
      at.y = clamp(at.y + arrow[1], 0, height - 1);
    }
    if (paints || event.shiftKey) {
      begin();
      dab(at.x, at.y);
      painted();
    }
    point();
  });
  box.addEventListener("blur", () => {
    cursor.hidden = true;
    where.textContent = "";
  });
  return {
    element: el("div", { class: "zoo-easelbox" }, box, where),
    get levels() {
      return levels;
    },
    set levels(given) {
      levels = Float32Array.from(given);
      render(canvas, levels, form);
    },
  };
}

/** A picture to look at. */
export function view(form, label) {
  const canvas = el("canvas", { class: "zoo-canvas", role: "img", "aria-label": label });
  const show = (levels) => render(canvas, levels, form);
  show(new Float32Array(form.height * form.width * form.channels));
  return { element: canvas, show };
}
