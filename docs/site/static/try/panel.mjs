// "Try it": a trained model that runs in the page, fed by the page's controls.

import { answers as read, plain } from "./answer.mjs";
import { onTheme } from "./colors.mjs";
import { controls } from "./controls.mjs";
import { brief, button, el, newId } from "./dom.mjs";
import { encode, InputError } from "./encode.mjs";
import * as flow from "./flow.mjs";
import { results, stepsOf } from "./results.mjs";
import { openModel, textOf } from "./runtime.mjs";

const BASE = new URL(".", import.meta.url).href;
const SHEETS = ["try.css", "answers.css", "widgets.css", "pictures.css"];
const mounted = new WeakMap();

/** Open the panel of an element `<div class="zoo-try" data-recipes="NAME NAME">`. */
export async function mount(element) {
  await Promise.all(SHEETS.map(styled));
  if (!mounted.has(element)) mounted.set(element, make(element));
  return mounted.get(element).open();
}

/** Wait for a stylesheet; without it the panel is plain, but works. */
function styled(name) {
  const href = new URL(name, BASE).href;
  if ([...document.styleSheets].some((sheet) => sheet.href?.split("?")[0] === href)) return null;
  return new Promise((done) => {
    document.head.append(el("link", { rel: "stylesheet", href, on: { load: done, error: done } }));
  });
}

function make(element) {
  const recipes = element.dataset.recipes.split(/\s+/).filter(Boolean);
  const live = element.closest(".zoo-live");
  const diagram = live?.querySelector(".zoo-diagram");
  const own = diagram?.querySelector("svg"); // the page's, of the architecture's default sizes
  const closed = [...element.children];
  const about = el("p", { class: "zoo-about" });
  const body = el("div", { class: "zoo-body" });
  const time = el("span", { class: "zoo-time" });
  const weights = el(
    "select",
    { id: newId(), on: { change: () => load(weights.value) } },
    recipes.map((name) => el("option", { value: name }, name)),
  );
  const pick = el("label", { for: weights.id, class: "zoo-weights" }, "Weights", weights);
  const title = el("h3", { class: "zoo-title", tabindex: -1 }, "Try it");
  const frame = el(
    "div",
    { class: "zoo-panel" },
    el(
      "div",
      { class: "zoo-head" },
      title,
      recipes.length > 1 ? pick : "",
      button("Close", () => close(), { class: "zoo-close" }),
    ),
    about,
    body,
    el(
      "p",
      { class: "zoo-foot" },
      el("span", {}, "Runs in this page: nothing you enter leaves it."),
      time,
    ),
  );
  const stage = el("div", { class: "zoo-stage" });
  const legend = flow.legend();
  let drawn = own; // the diagram that is shown
  let turn = 0; // a number for each load: what an earlier one still brings is dropped
  let show = null; // what is open now

  const state = (name) => (element.dataset.state = name);

  async function load(recipe) {
    const mine = ++turn;
    show?.end();
    show = null;
    legend.hidden = true;
    state("loading");
    delete element.dataset.answer;
    time.textContent = "";
    const bar = el("progress", { max: 1, "aria-label": "Loading" });
    const line = el("span", { "aria-hidden": "true" }); // too many numbers to be read out
    const says = el("p", { class: "zoo-status", role: "status" }, "Loading the model ", line);
    body.replaceChildren(says, bar);
    try {
      const told = progress(bar, line);
      const onProgress = (seen) => mine === turn && told(seen);
      const [model, svg] = await Promise.all([
        openModel(BASE, recipe, { onProgress }),
        diagram ? drawing(recipe) : null,
      ]);
      if (mine !== turn) {
        model.close();
        return;
      }
      draw(svg ?? own);
      legend.hidden = !model.panel.layers.length;
      describe(about, model.panel);
      show = session(model, { element, svg: drawn, body, time, state });
    } catch (error) {
      if (mine !== turn) return;
      const told = el("p", { class: "zoo-wrong", role: "alert" });
      told.textContent = `The model cannot run here: ${error.message}`;
      body.replaceChildren(told);
      state("error");
    }
  }

  function draw(svg) {
    drawn?.replaceWith(svg);
    drawn = svg;
  }

  function open() {
    if (frame.isConnected) return undefined;
    element.replaceChildren(frame);
    live?.classList.add("zoo-open");
    if (diagram) {
      diagram.before(stage);
      stage.append(diagram, legend);
    }
    title.focus({ preventScroll: true });
    element.scrollIntoView(); // or the answer would hide the controls that are half in view
    element.zooSet = (column, value) => show?.set({ [column]: value });
    return load(weights.value);
  }

  function close() {
    turn++;
    show?.end();
    show = null;
    if (diagram) {
      draw(own);
      stage.before(diagram);
      stage.replaceChildren();
      stage.remove();
    }
    live?.classList.remove("zoo-open");
    element.replaceChildren(...closed);
    for (const name of ["state", "answer", "count"]) delete element.dataset[name];
    delete element.zooSet;
    const first = element.querySelector("button");
    if (first) {
      first.disabled = false;
      first.focus();
    }
  }
  return { open };
}

/** What the model was trained on. */
function describe(line, panel) {
  const { data, parameters } = panel;
  const page = new URL(`../../${data.page}`, BASE).href;
  line.replaceChildren(
    `${parameters.toLocaleString("en-US")} parameters, trained on `,
    data.generated ? "generated data: " : "",
    el("a", { href: page }, data.summary),
    ".",
  );
}

/**
 * The diagram of a recipe's model, its boxes with what they say on hover and focus; null where it
 * is missing or damaged: the panel works without it, and the page's own stays.
 */
async function drawing(recipe) {
  const text = await textOf(BASE, `models/${recipe}/diagram.svg`).catch(() => "");
  const found = new DOMParser().parseFromString(text, "image/svg+xml");
  const svg = found.documentElement;
  const nodes = [...svg.querySelectorAll("g.node")];
  const whole = svg.localName === "svg" && !found.querySelector("parsererror");
  if (!whole || !nodes.length || !nodes.every((node) => node.querySelector("title"))) return null;
  for (const node of nodes) {
    const title = node.querySelector("title");
    node.dataset.text = title.textContent;
    title.remove(); // or the browser shows it as well
  }
  return document.importNode(svg, true);
}

/** Tell how much of the files has come so far; the total may be unknown. */
function progress(bar, line) {
  const files = new Map();
  return ({ file, bytes, total }) => {
    files.set(file, { bytes, total });
    const all = [...files.values()];
    const sum = (name) => all.reduce((so, each) => so + (each[name] ?? NaN), 0);
    const [come, whole] = [sum("bytes"), sum("total")];
    const of = whole ? ` of ${megabytes(whole)}` : "";
    line.textContent = `${megabytes(come)}${of} MB`;
    if (whole) bar.value = come / whole;
  };
}

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

/** A model with its controls and answers, until `end`. */
function session(model, { element, svg, body, time, state }) {
  const { panel } = model;
  let ended = false;
  let asked = false;
  let running = false;
  let shown = null;

  const page = {
    model,
    changed() {
      for (const chip of chips) chip.setAttribute("aria-pressed", "false");
      again();
    },
    failed,
  };
  const inputs = controls(panel, page);
  const out = results(panel);
  const problem = el("p", { class: "zoo-wrong", role: "alert", hidden: true });
  const set = (values) => {
    inputs.write(values);
    page.changed();
  };
  const example = (at) => {
    const { values } = panel.examples[at];
    set(Object.fromEntries(inputs.columns.map((name) => [name, values[name]])));
    chips[at]?.setAttribute("aria-pressed", "true");
  };
  const chips = panel.examples.map(({ name }, at) => {
    const inside = [el("span", { class: "zoo-quiet" }, "Example: "), name];
    return button(inside, () => example(at), { class: "zoo-chip", "aria-pressed": "false" });
  });
  const reset = () => (panel.examples.length ? example(0) : again());
  const top = el("div", { class: "zoo-examples" }, chips, button("Reset", reset));
  const form = el("form", { class: "zoo-form" }, inputs.elements);
  form.addEventListener("submit", (event) => event.preventDefault());
  body.replaceChildren(el("div", { class: "zoo-controls" }, top, form, problem), out.element);

  function again() {
    asked = true;
    if (!running) requestAnimationFrame(work);
  }

  // The newest input wins: what changes while the model runs is asked once, when it is done.
  async function work() {
    if (running) return;
    running = true;
    while (asked && !ended) {
      asked = false;
      try {
        await answer();
      } catch (error) {
        if (!ended) failed(error);
      }
      await new Promise(requestAnimationFrame);
    }
    running = false;
  }

  async function answer() {
    const values = inputs.read();
    const { tensors, notes } = encode(panel, values);
    const { outputs, layers, milliseconds } = await model.run(tensors);
    if (ended) return;
    const found = read(panel, outputs).map((each) => ({ ...each, steps: stepsOf(each, panel) }));
    inputs.mark("", "");
    problem.hidden = true;
    out.show(found, (each) => inputs.remark(each), notes);
    inputs.said(found);
    shown = layers;
    if (svg) flow.show(svg, panel, layers);
    time.textContent = `${brief(milliseconds, 2)} ms`;
    const answers = Object.assign({}, ...found.map((each) => plain(each)));
    element.dataset.answer = JSON.stringify(answers);
    element.dataset.count = Number(element.dataset.count ?? 0) + 1;
    state("ready");
    const detail = { recipe: panel.recipe, values, answers, milliseconds };
    element.dispatchEvent(new CustomEvent("zoo-answer", { bubbles: true, detail }));
  }

  function failed(error) {
    if (ended) return;
    const known = error instanceof InputError;
    const placed = inputs.mark(known ? error.column : "", known ? error.message : "");
    problem.hidden = placed;
    problem.textContent = placed ? "" : error.message;
    out.stale(error.message);
    state("error");
  }

  const stop = onTheme(() => svg && shown && flow.show(svg, panel, shown));
  reset();
  return {
    set,
    end() {
      ended = true;
      stop();
      if (svg) flow.clear(svg);
      model.close().catch(() => {}); // what it held is gone with the page at the latest
    },
  };
}
