// A piece of cloth in fine gray, which shows its weave, and in coarse color, which shows its dye.

import { button, el, newId } from "../dom.mjs";
import { view } from "./easel.mjs";
import { picture } from "./picture.mjs";
import { bell, between, covers, fromLevels, noisy, toLevels } from "./pixels.mjs";

const WEAVES = ["lengthwise", "crosswise", "checkered"];
const DYES = ["green", "red", "blue"];
const TINTS = [[-0.1, 0.2, -0.1], [0.2, -0.1, -0.1], [-0.1, -0.1, 0.2]];
const SHAPES = ["disc", "square", "triangle", "bar"];
const NOISE = 0.06;

export function cloth([gray, color], context) {
  const fine = picture(gray, context);
  const coarse = view(color.picture, "The cloth in coarse color");
  let colors = [];
  const own = el("option", { value: "", hidden: true }, "not known");
  const select = (name, values) => {
    const options = values.map((each, at) => el("option", { value: at }, each));
    const input = el("select", { id: newId() }, own.cloneNode(true), options);
    return { input, element: el("label", { for: input.id, class: "zoo-tool" }, name, input) };
  };
  const [weave, dye] = [select("Weave", WEAVES), select("Dye", DYES)];
  const picked = ({ input }) => {
    if (input.value === "") input.value = Math.floor(3 * Math.random());
    return Number(input.value);
  };
  const show = () => coarse.show(toLevels(colors, color.picture));
  const make = () => {
    const piece = drawn(picked(weave), picked(dye), color.picture.width);
    fine.write({ [gray.name]: fromLevels(piece.gray, gray.picture) });
    colors = fromLevels(piece.color, color.picture);
    show();
    context.changed();
  };
  for (const each of [weave, dye]) each.input.addEventListener("change", make);
  const figure = el("figure", {}, coarse.element, el("figcaption", {}, "Color"));
  const fresh = button("New piece", make);
  const row = el("div", { class: "zoo-row" }, weave.element, dye.element, fresh);
  return {
    element: el("div", { class: "zoo-cloth" }, row, figure, fine.element),
    columns: [gray.name, color.name],
    read: () => ({ ...fine.read(), [color.name]: [...colors] }),
    write(values) {
      fine.write(values);
      if (values[color.name]) colors = [...values[color.name]];
      for (const each of [weave, dye]) each.input.value = "";
      show();
    },
  };
}

/** Both views of a new piece, as levels. */
function drawn(weave, dye, side) {
  const radius = between(0.35, 0.5) * side;
  const [x, y] = [0, 0].map(() => between(0.8 * radius, side - 0.8 * radius));
  const shape = SHAPES[Math.floor(SHAPES.length * Math.random())];
  const turn = between(0, 2 * Math.PI);
  const [bright, ground, strength] = [between(0.35, 0.6), between(0.35, 0.6), between(0.6, 1.2)];
  const [tiltX, tiltY] = [between(-0.15, 0.15), between(-0.15, 0.15)];
  // A thread may begin light or dark, so no single pixel shows the weave.
  const contrast = between(0.08, 0.16) * (Math.random() < 0.5 ? -1 : 1);
  const [tint, other] = [shift(), shift()];
  const gray = new Float32Array(4 * side * side);
  const color = new Float32Array(3 * side * side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const piece = covers(shape, column - x, row - y, radius, turn);
      const slope = 1 + tiltX * place(column, side) + tiltY * place(row, side);
      const level = (ground + (bright - ground) * piece) * slope;
      for (let at = 0; at < 3; at++) {
        const dyed = TINTS[dye][at] * strength + tint[at];
        color[3 * (row * side + column) + at] = level + piece * dyed + (1 - piece) * other[at];
      }
      for (const [down, across] of [[0, 0], [0, 1], [1, 0], [1, 1]]) {
        const odd = [across, down, across + down][weave] % 2;
        const at = (2 * row + down) * 2 * side + 2 * column + across;
        gray[at] = level + piece * contrast * (2 * odd - 1);
      }
    }
  }
  return { gray: noisy(gray, NOISE), color: noisy(color, NOISE / 2) };
}

/** A pixel's place between -1 and 1. */
const place = (at, side) => (2 * at) / (side - 1) - 1;

/** A small shift of color whose channels add up to 0. */
function shift() {
  const parts = [0, 0, 0].map(() => 0.03 * bell());
  const mean = (parts[0] + parts[1] + parts[2]) / 3;
  return parts.map((part) => part - mean);
}
