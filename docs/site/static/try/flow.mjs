// What flows out of each box of a diagram: a number, a strip of colors or small pictures.

import { css, heat, largest } from "./colors.mjs";
import { brief, draw, el } from "./dom.mjs";

const STRIP = 64; // values that are cells of their own
const RIBBON = 7; // height of a strip, in the diagram's units
const TILE = 9.6; // side of a feature map
const SIDE = 32; // most pixels of a feature map that are drawn
const GAP = 2; // around what is put beside a box
const OWN = 0.3; // how bad it is to hide something of the box's own, against something of another's
const HABIT = 8; // how bad another corner than the usual one is
const LISTED = 8; // values that the tip says
const PAUSE = 1000; // milliseconds between two labels for a screen reader

const known = new WeakMap(); // svg -> what was added to its boxes

/**
 * Write the values into the boxes.
 *
 * @param {SVGElement} svg The diagram; its boxes have `data-box`.
 * @param {object} panel Its `layers` say which output belongs to which box.
 * @param {object} layers Output -> tensor with `data` and `dims`.
 */
export function show(svg, panel, layers) {
  const state = known.get(svg) ?? { boxes: new Map() };
  known.set(svg, state);
  const calls = new Map();
  for (const layer of panel.layers) {
    const tensor = layers?.[layer.output ?? layer.input];
    if (!tensor) continue;
    const shape = [...(tensor.dims ?? tensor.shape ?? layer.shape)].slice(1).map(Number);
    if (!calls.has(layer.box)) calls.set(layer.box, []);
    calls.get(layer.box).push({ call: layer.call, of: layer.of, shape, data: tensor.data });
  }
  for (const node of svg.querySelectorAll("g.node[data-box]")) {
    const given = calls.get(node.dataset.box);
    if (given) boxOf(state, node).show(given.sort((one, other) => one.call - other.call));
  }
}

/** Take away all that `show` has added. */
export function clear(svg) {
  for (const box of known.get(svg)?.boxes.values() ?? []) box.remove();
  known.delete(svg);
}

/** A line that says what the colors mean. */
export function legend() {
  return el(
    "p",
    { class: "zoo-legend" },
    el("span", { class: "zoo-scale", "aria-hidden": "true" }),
    "In the boxes: blue is negative, orange positive, each box on its own scale.",
  );
}

function boxOf(state, node) {
  if (state.boxes.has(node)) return state.boxes.get(node);
  const frame = outline(node);
  const [text, label] = [node.dataset.text ?? "", node.getAttribute("aria-label") ?? ""];
  const layer = draw("g", { class: "zoo-flow", "aria-hidden": "true" });
  node.append(layer);
  let now = [];
  let paint = null;
  let timer = 0;

  const said = () => now.map((each) => line(each)).join("\n");
  const tip = () => {
    const shown = document.querySelector(".zoo-tip");
    if (!shown || shown.hidden || !node.matches(":hover, :focus")) return;
    shown.textContent = node.dataset.text;
    shown.append(...now.filter(isMaps).map((each) => maps(each, 4, 4)));
    place(shown, node);
  };
  const speak = () => {
    timer = 0;
    node.setAttribute("aria-label", `${label}; now ${said().replaceAll("\n", "; ")}`);
  };
  node.addEventListener("mouseenter", tip);
  node.addEventListener("focus", tip);
  const made = {
    show(given) {
      now = given;
      const kind = given.map((each) => `${kindOf(each)} ${each.shape}`).join("; ");
      if (paint?.kind !== kind) {
        layer.replaceChildren();
        paint = painter(given, frame, layer, (sizes) => free(node, frame, sizes));
        paint.kind = kind;
      }
      paint.show(given);
      node.dataset.text = `${text}\n${said()}`;
      tip();
      timer ||= setTimeout(speak, PAUSE);
    },
    remove() {
      clearTimeout(timer);
      layer.remove();
      node.dataset.text = text;
      node.setAttribute("aria-label", label);
      node.removeEventListener("mouseenter", tip);
      node.removeEventListener("focus", tip);
    },
  };
  state.boxes.set(node, made);
  return made;
}

/** The tip below its box, or above where there is no room. */
function place(tip, node) {
  const box = node.getBoundingClientRect();
  const room = window.innerHeight - box.bottom - 6;
  const top = tip.offsetHeight < room ? box.bottom + 6 : box.top - tip.offsetHeight - 6;
  tip.style.top = `${Math.max(8, top) + window.scrollY}px`;
}

function line({ call, of, shape, data }) {
  const first = Array.from(data.slice(0, LISTED), (value) => told(value, data));
  const more = data.length > LISTED ? ", ..." : "";
  const size = data.length === 1 ? "" : `(${shape.join(", ")}): `;
  return `${of > 1 ? `call ${call}: ` : ""}${size}${first.join(", ")}${more}`;
}

/** A number, or an id as it is. */
const told = (value, data) =>
  data instanceof Int32Array ? String(value) : brief(Number(value));

const isMaps = ({ shape }) => shape.length === 3 && shape[0] > 1 && shape[1] > 1;

function kindOf({ shape, data }) {
  if (data.length === 1) return "tag";
  if (shape.length >= 3) return isMaps({ shape }) ? "maps" : "ribbon";
  const long = shape.filter((axis) => axis > 1);
  return long.length <= 1 && data.length <= STRIP ? "strip" : "ribbon";
}

function painter(given, frame, layer, spot) {
  const kinds = { tag: tags, strip: strips, ribbon: ribbons, maps: tiles };
  return kinds[kindOf(given[0])](given, frame, layer, spot);
}

/** What a box takes up, its outer line included. */
function outline(node) {
  const boxes = [...node.querySelectorAll(":scope > path, :scope > polygon")].map((each) =>
    each.getBBox(),
  );
  if (!boxes.length) return node.getBBox();
  return boxes.reduce((one, other) => (other.width > one.width ? other : one));
}

/** Where on the edge of its box something of this size hides least; it must not stick out. */
function free(node, frame, { width, height }) {
  const svg = node.ownerSVGElement;
  const page = svg.viewBox.baseVal;
  const graph = svg.querySelector("g.graph").transform.baseVal.consolidate().matrix;
  const taken = [...svg.querySelectorAll("text, .zoo-flow > rect, g.node > path")]
    .filter((each) => !node.querySelector(".zoo-flow")?.contains(each))
    .map((each) => ({ box: each.getBBox(), weight: node.contains(each) ? OWN : 1 }));
  const [right, bottom] = [frame.x + frame.width, frame.y + frame.height];
  const across = [right - width / 2, right - 8, frame.x - width / 2, frame.x - width + 8];
  const down = [bottom - 6, frame.y + (frame.height - height) / 2, frame.y - height + 6];
  let best = null;
  for (const [column, x] of across.entries()) {
    for (const [row, y] of down.entries()) {
      const out =
        x + graph.e < 1 ||
        y + graph.f < 1 ||
        x + width + graph.e > page.width - 1 ||
        y + height + graph.f > page.height - 1;
      if (out) continue;
      const hidden = taken.reduce((all, { box, weight }) => {
        const wide = Math.min(x + width, box.x + box.width) - Math.max(x, box.x) + GAP;
        const high = Math.min(y + height, box.y + box.height) - Math.max(y, box.y) + GAP;
        return all + (wide > 0 && high > 0 ? weight * wide * high : 0);
      }, 0);
      const cost = hidden + HABIT * (2 * (column > 1) + row);
      if (!best || cost < best.cost) best = { x, y, cost };
    }
  }
  return best ?? { x: right - width, y: bottom - height };
}

/** A number at the corner; of several calls one below the other. */
function tags(given, frame, layer, spot) {
  const [width, height] = [44, 11 * given.length + 2];
  const { x, y } = spot({ width, height });
  const marks = given.map((_, at) =>
    draw("rect", { x: x + 3, y: y + 3 + 11 * at, width: 3, height: 7, rx: 1 }),
  );
  const texts = given.map((_, at) =>
    draw("text", { x: x + width - 4, y: y + 9.6 + 11 * at, class: "zoo-flow-text" }),
  );
  layer.append(draw("rect", { x, y, width, height, rx: 3, class: "zoo-flow-back" }));
  layer.append(...marks, ...texts);
  return {
    show(now) {
      const most = largest(now.map((each) => Number(each.data[0])));
      now.forEach(({ data: [value] }, at) => {
        texts[at].textContent = told(value, now[at].data);
        marks[at].style.fill = css(Number(value) / most);
      });
    },
  };
}

/** Where the strip of each call lies: across the bottom edge of the box. */
function rows(given, frame) {
  const inset = Math.min(10, frame.width / 8);
  const height = given.length > 1 ? 5 : RIBBON;
  const top = frame.y + frame.height - 2; // below the text
  return given.map((_, at) => ({
    x: frame.x + inset,
    y: top + at * (height + 1),
    width: frame.width - 2 * inset,
    height,
  }));
}

/** A cell for each value. */
function strips(given, frame, layer) {
  const cells = rows(given, frame).map((row, call) => {
    const count = given[call].data.length;
    const wide = row.width / count;
    const line = Array.from({ length: count }, (_, at) =>
      draw("rect", { ...row, x: row.x + at * wide, width: wide }),
    );
    layer.append(...line, draw("rect", { ...row, rx: 1, class: "zoo-flow-edge" }));
    return line;
  });
  return {
    show(now) {
      const most = Math.max(...now.map((each) => largest(each.data)));
      cells.forEach((line, call) =>
        line.forEach((cell, at) => {
          cell.style.fill = css(Number(now[call].data[at]) / most);
        }),
      );
    },
  };
}

/** Steps across, values of a step down. */
function ribbons(given, frame, layer) {
  const images = rows(given, frame).map((row) => {
    const image = draw("image", { ...row, preserveAspectRatio: "none", class: "zoo-flow-image" });
    layer.append(image, draw("rect", { ...row, rx: 1, class: "zoo-flow-edge" }));
    return image;
  });
  return {
    show(now) {
      const most = Math.max(...now.map((each) => largest(each.data)));
      images.forEach((image, call) => {
        const { shape, data } = now[call];
        const flat = shape.length < 2 || data.length === Math.max(...shape);
        const width = flat ? data.length : shape[0];
        const height = data.length / width;
        const [across, down] = [Math.min(width, 4 * SIDE), Math.min(height, SIDE)];
        const at = (row, column) =>
          data[Math.floor((column * width) / across) * height +
            Math.floor((row * height) / down)] / most;
        image.setAttribute("href", heat(down, across, at).toDataURL());
      });
    },
  };
}

/** The first channels as small pictures at the right edge; those of a second call below. */
function tiles(given, frame, layer, spot) {
  const high = Math.max(1, Math.floor((frame.height - 4) / TILE / given.length));
  const rows = Math.min(high, 3, Math.ceil(given[0].shape[2] / 2));
  const wide = given[0].shape[2] > 1 ? 2 : 1;
  const [width, height] = [wide * TILE, rows * TILE];
  const { x, y: top } = spot({ width, height: (height + 2) * given.length - 2 });
  const images = given.map((_, call) => {
    const box = { x, y: top + call * (height + 2), width, height };
    const image = draw("image", { ...box, preserveAspectRatio: "none", class: "zoo-flow-image" });
    layer.append(image, draw("rect", { ...box, class: "zoo-flow-edge" }));
    return image;
  });
  return {
    show(now) {
      images.forEach((image, call) =>
        image.setAttribute("href", maps(now[call], rows, wide).toDataURL()),
      );
    },
  };
}

/** The first channels side by side, on one scale, as a canvas. */
function maps({ shape: [height, width, channels], data }, rows, columns) {
  const most = largest(data);
  const [down, across] = [Math.min(height, SIDE), Math.min(width, SIDE)];
  const wide = Math.min(columns, channels);
  const high = Math.min(rows, Math.ceil(channels / wide));
  const at = (row, column) => {
    const channel = Math.floor(row / down) * wide + Math.floor(column / across);
    const y = Math.floor(((row % down) * height) / down);
    const x = Math.floor(((column % across) * width) / across);
    return channel < channels ? data[(y * width + x) * channels + channel] / most : 0;
  };
  const canvas = heat(high * down, wide * across, at);
  canvas.className = "zoo-tip-maps";
  return canvas;
}

function set(node, given) {
  for (const [name, value] of Object.entries(given)) node.setAttribute(name, value);
}
