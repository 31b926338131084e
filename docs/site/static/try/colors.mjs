// One scale of colors for positive and negative numbers, on light and on dark pages.

const SCALES = {
  light: { below: [0, 114, 178], zero: [255, 255, 255], above: [213, 94, 0] },
  dark: { below: [86, 180, 233], zero: [20, 24, 30], above: [255, 157, 92] },
};

export const theme = () => (document.documentElement.dataset.theme === "dark" ? "dark" : "light");

/** Red, green and blue of a value between -1 and 1. */
export function shade(value, name = theme()) {
  const { below, zero, above } = SCALES[name];
  const end = value < 0 ? below : above;
  const share = Math.min(1, Math.abs(value) || 0);
  return zero.map((from, at) => Math.round(from + (end[at] - from) * share));
}

export const css = (value, name) => `rgb(${shade(value, name).join(" ")})`;

/** The largest absolute value, or 1 where all are 0: what the ends of the scale stand for. */
export function largest(data) {
  let most = 0;
  for (const each of data) if (Math.abs(each) > most) most = Math.abs(each);
  return most || 1;
}

/** Call a function when the page turns light or dark; returns how to stop that. */
export function onTheme(changed) {
  const seen = new MutationObserver(changed);
  seen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => seen.disconnect();
}

/** A canvas of numbers as colors, a pixel each: `at(row, column)` gives a value of -1 to 1. */
export function heat(height, width, at, canvas = document.createElement("canvas")) {
  canvas.width = width;
  canvas.height = height;
  const paint = canvas.getContext("2d");
  const picture = paint.createImageData(width, height);
  const name = theme();
  for (let row = 0, place = 0; row < height; row++) {
    for (let column = 0; column < width; column++, place += 4) {
      picture.data.set(shade(at(row, column), name), place);
      picture.data[place + 3] = 255;
    }
  }
  paint.putImageData(picture, 0, 0);
  return canvas;
}
