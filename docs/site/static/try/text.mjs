// Words, labels and numbers in what a person types, read exactly as the Python package reads them.

export const SPECIAL = ["<padding>", "<unknown>"];
export const STOPS = [".", "!", "?"]; // marks that end a sentence
export const MARKS = [...STOPS, ",", ";", ":"]; // steps of a text that are no words
const WORD = "[\\p{L}\\p{N}]+";
const TOKEN = new RegExp(`${WORD}(?:'${WORD})*|[.,!?;:]`, "gu");
// What Python calls a blank; JavaScript's \s knows U+FEFF, too, and not U+0085.
const BLANK =
  "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const AROUND = new RegExp(`^[${BLANK}]+|[${BLANK}]+$`, "g");
const ASCII_AROUND = /^[\t-\r ]+|[\t-\r ]+$/g;
const BETWEEN = new RegExp(`[${BLANK}]*[,;][${BLANK}]*|[${BLANK}]+`);
const DECIMAL = /\p{Nd}/u;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const NAMED = /^([+-]?)(?:(inf(?:inity)?)|nan)$/i;
const MISSING = new Set(
  ["", "?", "na", "n/a", "#n/a", "nan", "-nan", "null", "none", "<na>", "#na", "nat"],
);

/** The words and marks of a text, in lower case, with straight apostrophes. */
export function tokens(text) {
  return text.toLowerCase().replaceAll("’", "'").match(TOKEN) ?? [];
}

/** The sentences of a text in words, without the marks that end them. */
export function sentences(words) {
  const found = [[]];
  for (const word of words) {
    if (STOPS.includes(word)) found.push([]);
    else found.at(-1).push(word);
  }
  return found.filter((sentence) => sentence.length);
}

/** A text without the blanks around it. */
export function strip(text) {
  return text.replace(AROUND, "");
}

/**
 * The same for all texts that differ in case alone: what Python's casefold() tells alike.
 *
 * Letter by letter, so that a sigma at the end of a word is like any other; the dotless i is the
 * one letter that capitals would mix up with another.
 */
export function fold(text) {
  const one = (letter) =>
    letter === "ı" ? letter : letter.toLowerCase().toUpperCase().toLowerCase();
  return Array.from(text, one).join("");
}

/** A text in quotes, as messages show it. */
export function quoted(text) {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escapes = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", "'": "\\'" };
  const pattern = mark === "'" ? /[\n\r\t\\']/g : /[\n\r\t\\]/g;
  return mark + text.replace(pattern, (found) => escapes[found]) + mark;
}

/** Whether a text says that there is no value. */
export function isMissing(text) {
  return MISSING.has(strip(text).toLowerCase());
}

/** The number that a word writes, null for another word; `1_000` is one. */
export function asNumber(word) {
  const ascii = /^[\x00-\x7f]*$/.test(word);
  const text = ascii ? word.replace(ASCII_AROUND, "") : plainDigits(strip(word));
  const named = NAMED.exec(text);
  if (named) return named[2] ? (named[1] === "-" ? -Infinity : Infinity) : NaN;
  return NUMBER.test(text) ? Number(text) : null;
}

/** The whole number that a text of digits writes, of any script; null for another text. */
export function asId(text) {
  const digits = plainDigits(text);
  return /^\d{1,9}$/.test(digits) ? Number(digits) : null;
}

/** The words of a list of numbers, with commas, semicolons or blanks between them. */
export function listed(text) {
  return strip(strip(text).replace(/^[[\]()]+|[[\]()]+$/g, "")).split(BETWEEN);
}

/** Digits of all scripts as 0 to 9: Unicode has them in rows of ten. */
function plainDigits(text) {
  return Array.from(text, (each) => {
    if (each <= "\x7f" || !DECIMAL.test(each)) return each;
    const code = each.codePointAt(0);
    let first = code;
    while (DECIMAL.test(String.fromCodePoint(first - 1))) first -= 1;
    return String((code - first) % 10);
  }).join("");
}
