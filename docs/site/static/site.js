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
    const { document: source, concept, recipe, words } = form.elements;
    const asked = words.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const card of cards) {
      const text = card.dataset.name.toLowerCase();
      card.hidden = !(
        has(card.dataset.documents, source.value) &&
        has(card.dataset.concepts, concept.value) &&
        has(card.dataset.recipe, recipe.value) &&
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
  const open = (node) => {
    const box = node.getBoundingClientRect();
    tip.textContent = node.dataset.text;
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
  for (const node of diagram.querySelectorAll("g.node")) {
    const title = node.querySelector("title");
    node.dataset.text = title.textContent;
    title.remove(); // or the browser shows it as well
    node.addEventListener("mouseenter", () => open(node));
    node.addEventListener("focus", () => open(node));
    node.addEventListener("mouseleave", close);
    node.addEventListener("blur", close);
  }
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());
}

filterCards();
showArithmetic();
