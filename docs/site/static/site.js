"use strict";

// The gallery's filter. Without this script every card is shown, and the form is not.
function filterCards() {
  const form = document.querySelector(".zoo-filter");
  if (!form) return;
  const cards = [...document.querySelectorAll(".zoo-card")];
  const count = form.querySelector("output");
  const wanted = new URLSearchParams(location.search);
  for (const field of form.elements) {
    if (field.name && wanted.has(field.name)) field.value = wanted.get(field.name);
  }
  const has = (list, name) => !name || list.split(" ").includes(name);
  const show = () => {
    const { document: source, concept, recipe, panel, words } = form.elements;
    const asked = words.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const card of cards) {
      const text = card.dataset.name.toLowerCase();
      card.hidden = !(
        has(card.dataset.documents, source.value) &&
        has(card.dataset.concepts, concept.value) &&
        has(card.dataset.recipe, recipe.value) &&
        has(card.dataset.panel, panel?.value) &&
        asked.every((word) => text.includes(word))
      );
      shown += card.hidden ? 0 : 1;
    }
    for (const section of document.querySelectorAll("section section")) {
      const inside = [...section.querySelectorAll(".zoo-card")];
      section.hidden = inside.length > 0 && inside.every((card) => card.hidden);
    }
    count.textContent = `${shown} of ${cards.length} models`;
  };
  form.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
}

// The arithmetic of a diagram's box, beside the pointer or below the box that has the focus.
// Without this script the browser shows the same text as the box's title.
function showArithmetic() {
  const diagram = document.querySelector(".zoo-diagram");
  if (!diagram) return;
  const tip = document.createElement("div");
  tip.className = "zoo-tip";
  tip.hidden = true;
  document.body.append(tip);
  const said = (node) => {
    const title = node.querySelector("title");
    if (title) {
      node.dataset.text = title.textContent;
      title.remove(); // or the browser shows it as well
    }
    return node.dataset.text;
  };
  const open = (node) => {
    const box = node.getBoundingClientRect();
    tip.textContent = said(node);
    tip.hidden = false;
    const left = Math.min(box.left, document.documentElement.clientWidth - tip.offsetWidth - 8);
    const below = box.bottom + 6;
    const fits = below + tip.offsetHeight < window.innerHeight;
    const top = fits ? below : box.top - tip.offsetHeight - 6;
    tip.style.left = `${Math.max(8, left) + window.scrollX}px`;
    tip.style.top = `${Math.max(8, top) + window.scrollY}px`;
  };
  const close = () => {
    tip.hidden = true;
  };
  // Heard around the diagram, as a panel puts that of its recipe in place of the page's, and on the
  // way down, as the panel adds its own to the tip that is open then.
  for (const [into, out] of [["mouseover", "mouseout"], ["focus", "blur"]]) {
    const seen = (event) => {
      const node = event.target.closest("g.node");
      if (node) open(node);
    };
    diagram.addEventListener(into, seen, true);
    diagram.addEventListener(out, close, true);
  }
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());
}

// A panel runs its model in the page. Its script, the runtime and the model are loaded when the
// button is pressed, and not before.
function offerPanel() {
  const panel = document.querySelector(".zoo-try");
  if (!panel) return;
  const button = panel.querySelector(".zoo-start");
  const script = document.querySelector('script[src*="site.js"]').src;
  button.hidden = false;
  const asked = () => location.hash === "#try" && button.isConnected && button.click();
  addEventListener("hashchange", asked);
  setTimeout(asked); // once the button is heard
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      if (location.protocol === "file:") {
        throw new Error("a browser runs no model in a page opened as a file; use `zoo site`");
      }
      const { mount } = await import(new URL("try/panel.mjs", script));
      await mount(panel);
      button.remove();
    } catch (error) {
      button.disabled = false;
      let line = panel.querySelector(".zoo-problem");
      if (!line) {
        line = document.createElement("p");
        line.className = "zoo-problem";
        line.setAttribute("role", "alert");
        panel.append(line);
      }
      const reason = navigator.onLine ? error.message : "there is no connection";
      line.textContent = `The model cannot run here: ${reason}`;
    }
  });
}

offerPanel();
filterCards();
showArithmetic();
