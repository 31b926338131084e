// What the model says: numbers, chances as bars, series and maps as pictures, all of it as text.

import { css, heat, largest } from "./colors.mjs";
import { brief, el, percent, scrolls, titled } from "./dom.mjs";
import { graph } from "./widgets/graph.mjs";

const TOP = 5; // classes that are shown at once
const NEXT = 3; // characters that may come next
const LISTED = 200; // numbers of a long answer that are written out
const QUIET = 300; // milliseconds without a new answer before a screen reader says it

/** The likeliest class of every step, of an answer that gives chances for each; else none. */
export function stepsOf(answer, panel) {
  const listed = panel.signature.outputs.flatMap((output) => output.answers);
  const names = listed.find((each) => each.name === answer.name)?.classes ?? [];
  const width = names.length;
  if (answer.kind !== "steps" || !width || !answer.data) return [];
  return Array.from({ length: answer.data.length / width }, (_, step) => {
    const chances = Array.from(answer.data.slice(step * width, (step + 1) * width));
    const best = chances.indexOf(Math.max(...chances));
    return { name: names[best], value: chances[best], chances, names };
  });
}

/** Where the answers are shown; each answer has its `steps`. */
export function results(panel) {
  const blocks = el("div", { class: "zoo-blocks" });
  const notes = el("ul", { class: "zoo-notes", hidden: true });
  const spoken = el("p", { class: "zoo-spoken", "aria-live": "polite" });
  const none = el("p", { class: "zoo-none", "aria-hidden": "true", hidden: true });
  const box = el("div", { class: "zoo-answer" }, none, blocks, notes);
  const look = scrolls(box, "Answer");
  let shown = [];
  let timer = 0;
  return {
    element: el("div", { class: "zoo-answers" }, box, spoken),
    show(answers, remark, said) {
      const kinds = answers.map((each) => `${each.name} ${each.kind}`).join("\n");
      if (kinds !== shown.kinds) {
        shown = answers.map((answer) => block(answer, panel));
        shown.kinds = kinds;
        blocks.replaceChildren(...shown.map((each) => each.element));
      }
      const texts = answers.map((answer, at) => shown[at].show(answer, remark(answer)));
      notes.replaceChildren(...said.map((note) => el("li", {}, note)));
      notes.hidden = !said.length;
      blocks.classList.remove("zoo-stale");
      none.hidden = true;
      look();
      clearTimeout(timer);
      timer = setTimeout(() => {
        spoken.textContent = [...texts, ...said].join(". ");
      }, QUIET);
    },
    /** The answer is of an earlier input: why there is no new one is told beside the input, too. */
    stale(reason) {
      clearTimeout(timer);
      blocks.classList.add("zoo-stale");
      none.textContent = `No answer: ${reason}`;
      none.hidden = false;
      look();
    },
  };
}

function block(answer, panel) {
  const made = maker(answer, panel)(answer);
  const name = panel.writes ? "Next character" : titled(answer.name);
  const head = el("h4", { class: "zoo-answer-name" }, name);
  return {
    element: el("section", { class: `zoo-block zoo-block-${answer.kind}` }, head, made.element),
    show: (now, remark) => `${name}: ${made.show(now, remark)}`,
  };
}

function maker(answer, panel) {
  if (answer.kind === "steps") return panel.writes ? next : steps;
  if (answer.kind === "numbers") return several;
  if (answer.kind === "number") return single;
  return answer.chances?.length === 2 ? either : answer.chances?.length ? classes : chance;
}

function single(answer) {
  const value = el("b");
  const unit = el("span", { class: "zoo-unit" });
  const more = el("p", { class: "zoo-remark" });
  const element = el("div", {}, el("p", { class: "zoo-value" }, value, " ", unit), more);
  if (answer.meaning && !answer.moved) {
    element.append(el("p", { class: "zoo-quiet" }, answer.meaning));
  }
  return {
    element,
    show(now, remark) {
      value.textContent = brief(now.value);
      unit.textContent = now.unit ?? "";
      more.textContent = remark;
      more.hidden = !remark;
      return [`${value.textContent} ${unit.textContent}`.trim(), remark].filter(Boolean).join(", ");
    },
  };
}

function meter() {
  const bar = el("span", { class: "zoo-bar" });
  const element = el("span", { class: "zoo-meter", "aria-hidden": "true" }, bar);
  return { element, set: (share) => (bar.style.width = `${100 * share}%`) };
}

function chance(answer) {
  const value = el("b");
  const bar = meter();
  const ends = el("p", { class: "zoo-ends", "aria-hidden": "true" });
  ends.append(el("span", {}, "0%"), el("span", {}, "100%"));
  const more = el("p", { class: "zoo-remark" });
  const said = answer.meaning ? el("p", { class: "zoo-quiet" }, answer.meaning) : "";
  return {
    element: el("div", {}, el("p", { class: "zoo-value" }, value), bar.element, ends, more, said),
    show(now, remark) {
      value.textContent = percent(now.value);
      bar.set(now.value);
      more.textContent = remark;
      more.hidden = !remark;
      return [value.textContent, answer.meaning, remark].filter(Boolean).join(", ");
    },
  };
}

/** Two classes: one bar from both ends. */
function either(answer) {
  const bar = meter();
  bar.element.classList.add("zoo-both");
  const [left, right] = [el("span"), el("span")];
  return {
    element: el("div", {}, el("p", { class: "zoo-sides" }, left, right), bar.element),
    show(now) {
      const [first, second] = now.chances;
      bar.set(first.value);
      for (const [side, one, other] of [[left, first, second], [right, second, first]]) {
        side.textContent = `${one.name} ${percent(one.value)}`;
        side.classList.toggle("zoo-on", one.value >= other.value);
      }
      const best = first.value >= second.value ? first : second;
      return `${best.name}, ${percent(best.value)}`;
    },
  };
}

function bars(count) {
  const rows = Array.from({ length: count }, () => {
    const [name, value, bar] = [el("span"), el("span"), meter()];
    const element = el("li", { class: "zoo-class" }, name, bar.element, value);
    return { name, value, bar, element };
  });
  return {
    element: el("ul", { class: "zoo-classes" }, rows.map((row) => row.element)),
    show(chances) {
      rows.forEach((row, at) => {
        row.name.textContent = row.name.title = chances[at].name;
        row.value.textContent = percent(chances[at].value);
        row.bar.set(chances[at].value);
      });
    },
  };
}

const ranked = (chances) => [...chances].sort((one, other) => other.value - one.value);

function classes(answer) {
  const count = answer.chances.length;
  const top = bars(Math.min(TOP, count));
  const element = el("div", {}, top.element);
  const all = count > TOP ? bars(count) : null;
  if (all) element.append(el("details", {}, el("summary", {}, `All ${count}`), all.element));
  return {
    element,
    show(now) {
      const order = ranked(now.chances);
      top.show(order);
      all?.show(now.chances);
      return order.slice(0, NEXT).map((each) => `${each.name} ${percent(each.value)}`).join(", ");
    },
  };
}

const CHARACTERS = { " ": "space", "\n": "new line", "\t": "tab" };

/** The characters that may follow the text. */
function next() {
  const top = bars(NEXT);
  return {
    element: top.element,
    show(now) {
      const last = now.steps.at(-1);
      if (!last) return "";
      const named = last.names.map((name, at) => ({
        name: CHARACTERS[name] ?? name,
        value: last.chances[at],
      }));
      const order = ranked(named).slice(0, NEXT);
      top.show(order);
      return order.map((each) => `${each.name} ${percent(each.value)}`).join(", ");
    },
  };
}

/** A row for each step. */
function steps() {
  let rows = [];
  const element = el("ol", { class: "zoo-steps" });
  return {
    element,
    show(now) {
      const found = now.steps;
      if (rows.length !== found.length) {
        rows = found.map((_, at) => {
          const [name, value, bar] = [el("span"), el("span"), meter()];
          const number = el("span", { class: "zoo-quiet" }, `${at + 1}`);
          return { name, value, bar, element: el("li", {}, number, name, bar.element, value) };
        });
        element.replaceChildren(...rows.map((row) => row.element));
      }
      rows.forEach((row, at) => {
        row.name.textContent = found[at].name;
        row.value.textContent = percent(found[at].value);
        row.bar.set(found[at].value);
      });
      return found.map((each) => each.name).join(" ");
    },
  };
}

/** Several numbers: bars or a line; a map as colors. */
function several(answer) {
  const shape = (answer.shape ?? []).filter((axis) => axis !== 1);
  const count = answer.data.length;
  const list = el("p", { class: "zoo-listed" });
  const details = el("details", {}, el("summary", {}, `All ${count} numbers`), list);
  const picture = el("div", { class: "zoo-drawn", "aria-hidden": "true" });
  const map = shape.length === 2 ? el("canvas", { class: "zoo-canvas" }) : null;
  if (map) picture.append(map);
  return {
    element: el("div", {}, picture, details),
    show(now) {
      const data = Array.from(now.data);
      const most = largest(data);
      const texts = data.slice(0, LISTED).map((value) => brief(value));
      list.textContent = `${texts.join(", ")}${count > LISTED ? ", ..." : ""}`;
      if (map) {
        const [height, width] = shape;
        heat(height, width, (row, column) => data[row * width + column] / most, map);
      } else if (count <= 4) {
        picture.replaceChildren(...data.map((value) => cell(value, most)));
      } else {
        const low = Math.min(0, ...data);
        const plot = graph({ count, low, high: Math.max(0, ...data), bars: count <= 64 });
        plot.show(data);
        picture.replaceChildren(plot.element);
      }
      return texts.slice(0, 8).join(", ");
    },
  };
}

const cell = (value, most) =>
  el("b", { class: "zoo-figure", style: `--shade: ${css(value / most)}` }, brief(value, 4));
