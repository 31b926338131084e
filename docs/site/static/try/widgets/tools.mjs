// What a picture is painted with: brush, eraser or a shape, its size and its color.

import { choices, draw, el, newId } from "../dom.mjs";
import { SHAPES } from "./pixels.mjs";

const ICONS = {
  brush: "M4 20c3 0 5-1 5-4l9-11 2 2-11 9M9 16l-2-2",
  eraser: "M8 19 3 14l9-10 8 7-8 8ZM8 9l7 6M8 19h12",
  disc: "M12 5a7 7 0 1 0 .01 0Z",
  ring: "M12 4a8 8 0 1 0 .01 0ZM12 8a4 4 0 1 0 .01 0Z",
  square: "M5 5h14v14H5Z",
  triangle: "M12 5 20 19H4Z",
  bar: "M9 3h6v18H9Z",
  cross: "M9 3h6v6h6v6h-6v6H9v-6H3V9h6Z",
};

function icon(name) {
  const kind = `zoo-icon ${SHAPES.includes(name) ? "zoo-solid" : ""}`;
  const given = { viewBox: "0 0 24 24", class: kind, "aria-hidden": "true" };
  return draw("svg", given, draw("path", { d: ICONS[name], "fill-rule": "evenodd" }));
}

/**
 * @param {object} form Of the picture.
 * @param {boolean} shapes Whether there are stamps as well as the brush.
 * @param {number[]} ground What the eraser leaves, by channel.
 */
export function tools(form, shapes, ground = [0, 0, 0]) {
  const names = ["brush", "eraser", ...(shapes ? SHAPES : [])];
  const side = Math.min(form.height, form.width);
  const sizes = { brush: shapes ? side / 20 : 1.3, eraser: side / 12, shape: side / 4 };
  let kind = "brush";
  const size = el("input", { type: "range", min: 0.7, max: side / 2.4, step: 0.1, id: newId() });
  const color =
    form.channels === 3
      ? el("input", { type: "color", value: "#e8590c", id: newId() })
      : el("input", { type: "range", min: 0, max: 1, step: 0.01, value: 1, id: newId() });
  const picked = choices("Paint with", names, (name) => {
    kind = SHAPES.includes(name) ? "shape" : name;
    size.value = sizes[kind];
  }, { content: icon });
  size.value = sizes.brush;
  size.addEventListener("input", () => (sizes[kind] = Number(size.value)));
  const row = (name, input) => el("label", { for: input.id, class: "zoo-tool" }, name, input);
  const ink = () => {
    if (picked.chosen() === "eraser") return ground;
    if (form.channels !== 3) return [Number(color.value)];
    return [1, 3, 5].map((at) => parseInt(color.value.slice(at, at + 2), 16) / 255);
  };
  const named = form.channels === 3 ? "Color" : "Level";
  return {
    element: el(
      "div",
      { class: "zoo-tools" },
      picked.element,
      row("Size", size),
      row(named, color),
    ),
    now: () => ({
      shape: SHAPES.includes(picked.chosen()) ? picked.chosen() : "dot",
      radius: Number(size.value),
      ink: ink(),
    }),
  };
}
