// Helpers that make the panel's elements.

const PROPERTIES = new Set(["checked", "disabled", "hidden", "selected", "textContent", "value"]);
let made = 0;

/** An id that no other element of the page has. */
export const newId = () => `zoo-id-${++made}`;

/** An element. `on` holds its listeners; an attribute that is false or null is left out. */
export function el(tag, given = {}, ...inside) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (PROPERTIES.has(name)) {
      node[name] = value;
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...inside.flat().filter((each) => each !== null && each !== undefined));
  return node;
}

/** An element of a drawing. */
export function draw(tag, given = {}, ...inside) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(given)) node.setAttribute(name, value);
  node.append(...inside);
  return node;
}

/** A button that does not submit anything. */
export function button(text, pressed, given = {}) {
  const { class: more = "", ...rest } = given;
  return el(
    "button",
    { type: "button", class: `zoo-button ${more}`.trim(), on: { click: pressed }, ...rest },
    text,
  );
}

/** A column's name as a heading: `team_1` as `Team 1`. */
export function titled(name) {
  const words = String(name).replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** A number in few characters, with a true minus sign. */
export function brief(value, digits = 3) {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  const text =
    size >= 1e6 || (size > 0 && size < 1e-3)
      ? value.toExponential(1)
      : value.toFixed(clamp(digits - 1 - Math.floor(Math.log10(size || 1)), 0, digits - 1));
  return text.replace(/^-(?=0*\.?0*$)/, "").replace("-", "\u2212");
}

/** A chance in percent; what is not quite sure is not said to be. */
export function percent(chance) {
  if (chance > 0.995 && chance < 1) return chance > 0.9995 ? ">99.9%" : `${brief(100 * chance)}%`;
  return `${(100 * chance).toFixed(0)}%`;
}

/** The frame of a control that is one element, with its label. */
export function field(column, control, { unit = "", hint = column.meaning } = {}) {
  control.id ||= newId();
  const named = el("label", { for: control.id, class: "zoo-name" }, titled(column.name));
  return framed("div", column, named, hint, unit, control, [control]);
}

/** The frame of a control that is made of several elements. */
export function group(column, inside, { unit = "", hint = column.meaning } = {}) {
  const named = el("legend", { class: "zoo-name" }, titled(column.name));
  return framed("fieldset", column, named, hint, unit, null, inside);
}

function framed(tag, column, named, hint, unit, control, inside) {
  if (unit) named.append(el("span", { class: "zoo-unit" }, ` ${unit}`));
  const said = hint ? el("p", { class: "zoo-quiet", id: newId() }, hint) : null;
  if (said && control) control.setAttribute("aria-describedby", said.id);
  return el(tag, { class: "zoo-field", "data-column": column.name }, named, said, inside);
}

/** Say what is wrong in a field, or that nothing is any more. */
export function mark(frame, message) {
  frame.querySelector(":scope > .zoo-wrong")?.remove();
  const id = `${(frame.id ||= newId())}-wrong`;
  for (const each of frame.querySelectorAll("input, select, textarea, [role=slider]")) {
    const ids = (each.getAttribute("aria-describedby") ?? "").split(" ");
    const others = ids.filter((one) => one && one !== id);
    const described = message ? [...others, id] : others;
    if (described.length) each.setAttribute("aria-describedby", described.join(" "));
    else each.removeAttribute("aria-describedby");
    if (message) each.setAttribute("aria-invalid", "true");
    else each.removeAttribute("aria-invalid");
  }
  if (!message) return;
  const line = el("p", { class: "zoo-wrong", id }, message);
  const name = frame.querySelector(":scope > .zoo-name");
  if (name) name.after(line);
  else frame.prepend(line);
}

/** Let the keyboard reach a box while it scrolls. */
export function scrolls(box, label) {
  const look = () => {
    const more = box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1;
    if (more) box.setAttribute("tabindex", "0");
    else box.removeAttribute("tabindex");
  };
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", label);
  const seen = new ResizeObserver(look);
  seen.observe(box);
  for (const each of box.children) seen.observe(each);
  return look;
}

/** One choice of several, as a row of buttons; the arrow keys go from one to the next. */
export function choices(label, names, chosen, { content = (name) => name } = {}) {
  const box = el("div", { class: "zoo-choices", role: "radiogroup", "aria-label": label });
  const choose = (name, focus = false) => {
    for (const each of box.children) {
      const is = each.dataset.name === name;
      each.setAttribute("aria-checked", String(is));
      each.tabIndex = is ? 0 : -1;
      if (is && focus) each.focus();
    }
    box.dataset.chosen = name;
  };
  for (const name of names) {
    const pressed = () => {
      choose(name);
      chosen(name);
    };
    const given = { role: "radio", "data-name": name, "aria-label": titled(name) };
    box.append(button(content(name), pressed, given));
  }
  box.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = (names.indexOf(box.dataset.chosen) + step + names.length) % names.length;
    choose(names[next], true);
    chosen(names[next]);
  });
  choose(names[0]);
  return { element: box, chosen: () => box.dataset.chosen };
}
