// The controls of a panel: a widget for each column, or one for several that belong together.

import { el, mark } from "./dom.mjs";
import { cloth } from "./widgets/cloth.mjs";
import { label, teams } from "./widgets/label.mjs";
import { number } from "./widgets/number.mjs";
import { numbers } from "./widgets/numbers.mjs";
import { picture } from "./widgets/picture.mjs";
import { signal } from "./widgets/signal.mjs";
import { stereogram } from "./widgets/stereogram.mjs";
import { text, word } from "./widgets/text.mjs";
import { writing } from "./widgets/writing.mjs";

const KINDS = { label, number, numbers, picture, text, word };
const TOGETHER = {
  teams: { names: ["team_1", "team_2"], make: teams },
  stereogram: { names: ["left", "right"], make: stereogram },
  cloth: { names: ["gray", "color"], make: cloth },
};

/**
 * The widgets of a panel. Each has `element`, `columns`, `read()`, which gives the columns' values,
 * and `write(values)`; some also `said(answers)`, to show an answer where the input is, and
 * `remark(answer)`, a line to put below it.
 *
 * @param {object} panel With its vocabularies.
 * @param {object} page What the widgets may ask of the page: model, changed(), failed(error).
 */
export function controls(panel, page) {
  const columns = new Map();
  const together = new Map(); // first column of several that make up an input -> their meaning
  for (const input of panel.signature.inputs) {
    const several = input.columns.length > 1;
    if (several) together.set(input.columns[0].name, input.columns[0].meaning);
    for (const column of input.columns) {
      const own = several ? { ...column, meaning: "" } : column;
      if (!columns.has(column.name)) columns.set(column.name, own);
    }
  }
  const digits = panel.signature.outputs
    .flatMap((output) => output.answers)
    .some(({ classes }) => classes.length === 10 && classes.every((name, at) => name === `${at}`));
  const context = {
    ...page,
    get model() {
      return page.model;
    },
    panel,
    digits,
    listed: new Set(), // vocabularies whose words are shown
    range: (column) => panel.ranges?.[column.name] ?? null,
    examples: (column) => panel.examples.map((each) => each.values[column.name]).filter(Boolean),
    words: (column) => known(panel, column),
    values: () => read(),
    set(values) {
      write(values);
      page.changed();
    },
  };
  const widgets = [];
  const left = new Map(columns);
  const special = TOGETHER[panel.widget];
  if (special && special.names.every((name) => left.has(name))) {
    widgets.push(special.make(special.names.map((name) => left.get(name)), context));
    special.names.forEach((name) => left.delete(name));
  }
  for (const column of left.values()) widgets.push(kind(panel, column)(column, context));

  const read = () => Object.assign({}, ...widgets.map((widget) => widget.read()));
  const write = (values) => {
    for (const widget of widgets) {
      if (widget.columns.some((name) => name in values)) widget.write(values);
    }
  };
  const frame = (name) => {
    const widget = widgets.find((each) => each.columns.includes(name));
    const inside = widget?.element.querySelector(`[data-column="${CSS.escape(name)}"]`);
    return inside ?? widget?.element;
  };
  let wrong = null;
  return {
    elements: widgets.flatMap((widget) => {
      const meaning = together.get(widget.columns[0])?.replaceAll("`", "");
      return [meaning ? el("p", { class: "zoo-quiet" }, meaning) : "", widget.element];
    }),
    columns: [...columns.keys()],
    read,
    write,
    said: (answers) => widgets.forEach((widget) => widget.said?.(answers)),
    remark: (answer) =>
      widgets.map((widget) => widget.remark?.(answer)).filter(Boolean).join("; "),
    /** Say an error at the column's control; false if there is no such column. */
    mark(column, message) {
      const now = message ? frame(column) : null;
      if (wrong && wrong !== now) mark(wrong, "");
      if (now) mark(now, message);
      wrong = now ?? null;
      return Boolean(now);
    },
  };
}

/** The words of a column's vocabulary, without the marks for padding and unknown words. */
function known(panel, column) {
  const words = panel.words?.[column.vocabulary || column.name] ?? [];
  return words.filter((each) => each.trim() && !/^<\w+>$/.test(each));
}

function kind(panel, column) {
  if (panel.writes && column.kind === "text") return writing;
  const series = column.shape.length === 2 && column.shape[1] === 1;
  if (column.kind === "numbers" && series) return signal;
  return KINDS[column.kind];
}
