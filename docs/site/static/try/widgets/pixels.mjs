// Pictures as levels from 0, black, to 1, white: row by row, channels last.

/** Show levels on a canvas, a pixel each. */
export function render(canvas, levels, { height, width, channels }) {
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const paint = canvas.getContext("2d");
  const picture = paint.createImageData(width, height);
  const { data } = picture;
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let color = 0; color < 3; color++) {
      const level = levels[pixel * channels + (channels === 3 ? color : 0)];
      data[4 * pixel + color] = 255 * level + 0.5;
    }
    data[4 * pixel + 3] = 255;
  }
  paint.putImageData(picture, 0, 0);
}

/** Levels of a form's own values, and back. */
export const toLevels = (values, { black, white }) =>
  Float32Array.from(values, (value) => (value - black) / (white - black));
export const fromLevels = (levels, { black, white }) =>
  Array.from(levels, (level) => black + (white - black) * level);

/** A number from a bell curve of deviation 1 around 0. */
export const bell = () =>
  Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

/** Add noise to every level, kept in 0 to 1. */
export function noisy(levels, deviation) {
  return levels.map((level) => Math.min(1, Math.max(0, level + deviation * bell())));
}

export const between = (low, high) => low + (high - low) * Math.random();

const bar = (u, v, width, length) => Math.min(width - Math.abs(u), length - Math.abs(v));

// Inside is above 0, in units of the radius.
const INSIDE = {
  disc: (u, v) => 0.85 - Math.hypot(u, v),
  ring: (u, v) => 0.2 - Math.abs(Math.hypot(u, v) - 0.75),
  square: (u, v) => 0.75 - Math.max(Math.abs(u), Math.abs(v)),
  triangle: (u, v) =>
    0.5 -
    Math.max(
      ...[90, 210, 330].map((angle) => {
        const turn = (angle * Math.PI) / 180;
        return u * Math.cos(turn) + v * Math.sin(turn);
      }),
    ),
  bar: (u, v) => bar(u, v, 0.28, 1),
  cross: (u, v) => Math.max(bar(u, v, 0.25, 0.95), bar(v, u, 0.25, 0.95)),
};
export const SHAPES = Object.keys(INSIDE);

/** How much of the pixel at (x, y) a shape covers, 0 to 1. */
export function covers(shape, x, y, radius, turn = 0) {
  const [across, down] = [x / radius, y / radius];
  const u = across * Math.cos(turn) + down * Math.sin(turn);
  const v = down * Math.cos(turn) - across * Math.sin(turn);
  return Math.min(1, Math.max(0, INSIDE[shape](u, v) * radius + 0.5));
}

// Segments of a display: top, upper right, lower right, bottom, lower left, upper left, middle.
const LIT = [
  "1111110", "0110000", "1101101", "1111001", "0110011",
  "1011011", "1011111", "1110000", "1111111", "1111011",
];
const BOXES = [
  [5, 7, 10, 18], [7, 13, 18, 20], [15, 21, 18, 20], [21, 23, 10, 18],
  [15, 21, 8, 10], [7, 13, 8, 10], [13, 15, 10, 18],
];

/** An empty picture as the data has them: a usual level by channel, and noise. */
export function ground({ height, width, channels }, range) {
  const levels = Float32Array.from(
    { length: height * width * channels },
    (_, at) => range?.ground?.[at % channels] ?? 0,
  );
  return noisy(levels, range?.noise ?? 0);
}

/** The dark grain that the digits of the data stand on: 28 x 28 levels. */
export const grain = () => Float32Array.from({ length: 784 }, () => 1 - light());

/** A level of a lit segment. */
const light = () => (1 - Math.random()) ** (1 / 2.8);

/** A digit as a display of seven segments shows it, with grain: 28 x 28 levels. */
export function display(digit, slant = between(0, 0.24)) {
  const levels = grain();
  BOXES.forEach(([top, bottom, left, right], segment) => {
    if (LIT[digit][segment] === "0") return;
    for (let row = top; row < bottom; row++) {
      const shift = Math.round(slant * (14 - row));
      for (let column = left + shift; column < right + shift; column++) {
        levels[row * 28 + column] = light();
      }
    }
  });
  return levels;
}
