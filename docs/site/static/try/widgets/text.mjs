// A text, with the known words where they are few.

import { button, el, field, titled } from "../dom.mjs";
import { suggested } from "./label.mjs";

const FEW = 200; // known words that are listed
const OPEN = 40; // that are shown from the start, once
const STOPS = [".", ",", "!", "?", ";", ":"];

export function word(column, context) {
  return suggested(column, context.words(column), context);
}

export function text(column, context) {
  const longest = Math.max(0, ...context.examples(column).map((each) => each.length));
  const area = textarea(column, context, Math.min(5, Math.max(2, Math.ceil(longest / 40))));
  const element = field(column, area, { hint: column.takes });
  const words = column.text === "characters" ? [] : context.words(column);
  if (words.length > 0 && words.length < FEW && words.some((each) => each.length > 1)) {
    const list = known(words, area, titled(column.name), context.changed);
    list.open = words.length <= OPEN && !context.listed.has(column.vocabulary);
    context.listed.add(column.vocabulary);
    element.append(list);
  }
  return {
    element,
    columns: [column.name],
    read: () => ({ [column.name]: area.value }),
    write(values) {
      area.value = values[column.name] ?? "";
    },
  };
}

export function textarea(column, context, rows = 4) {
  const given = { rows, spellcheck: "false", autocapitalize: "off" };
  const area = el("textarea", given);
  area.addEventListener("input", context.changed);
  return area;
}

/** The words that the model knows: a press appends one. The arrow keys go from word to word. */
function known(words, area, title, changed) {
  const sorted = [...words].sort((a, b) => a.localeCompare(b));
  const append = (one) => {
    const before = area.value.trimEnd();
    const gap = before && !STOPS.includes(one) ? " " : "";
    area.value = `${before}${gap}${one}`;
    area.scrollTop = area.scrollHeight;
    changed();
  };
  const box = el("div", { class: "zoo-words", role: "toolbar", "aria-label": `Add to ${title}` });
  for (const [at, one] of sorted.entries()) {
    box.append(button(one, () => append(one), { tabindex: at ? -1 : 0, class: "zoo-word" }));
  }
  box.addEventListener("keydown", (event) => {
    const all = [...box.children];
    const now = all.indexOf(document.activeElement);
    const ends = { Home: 0, End: all.length - 1 };
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (now < 0 || (!step && !(event.key in ends))) return;
    event.preventDefault();
    const next = step ? (now + step + all.length) % all.length : ends[event.key];
    all[now].tabIndex = -1;
    all[next].tabIndex = 0;
    all[next].focus();
  });
  const summary = el("summary", { class: "zoo-summary" }, `${words.length} known words`);
  return el("details", { class: "zoo-known" }, summary, box);
}
