// A name out of a vocabulary: season and team, a select, or a field that suggests names.

import { brief, button, draw, el, field, group, newId, titled } from "../dom.mjs";

const MOST = 500; // names in one select
const SEASON = /^(\d{4}) (.+)$/;

export function label(column, context) {
  const names = context.words(column);
  if (names.length && names.every((name) => SEASON.test(name))) {
    return seasons(column, names, context);
  }
  return names.length > 0 && names.length <= MOST
    ? select(column, names, context)
    : suggested(column, names, context);
}

function select(column, names, context) {
  const input = el("select", {}, names.map((name) => el("option", { value: name }, name)));
  input.addEventListener("change", context.changed);
  return {
    element: field(column, input),
    columns: [column.name],
    read: () => ({ [column.name]: input.value }),
    write(values) {
      input.value = values[column.name] ?? names[0];
    },
  };
}

/** A text field with a list of the known names; anything may be typed. */
export function suggested(column, names, context) {
  const list = newId();
  const input = el("input", { type: "text", autocomplete: "off", spellcheck: "false", list });
  input.addEventListener("input", context.changed);
  const element = field(column, input, { unit: "" });
  element.append(el("datalist", { id: list }, names.map((value) => el("option", { value }))));
  return {
    element,
    columns: [column.name],
    read: () => ({ [column.name]: input.value }),
    write(values) {
      input.value = values[column.name] ?? "";
    },
  };
}

function seasons(column, names, context) {
  const teams = new Map();
  for (const name of names) {
    const [, season, team] = SEASON.exec(name);
    if (!teams.has(season)) teams.set(season, []);
    teams.get(season).push(team);
  }
  const years = [...teams.keys()].sort().reverse();
  const option = (value) => el("option", { value }, value);
  const title = titled(column.name);
  const season = el("select", { "aria-label": `${title}, season` }, years.map(option));
  const team = el("select", { "aria-label": `${title}, team` });
  const list = (year, wanted) => {
    const known = [...(teams.get(year) ?? [])].sort();
    team.replaceChildren(...known.map(option));
    if (known.includes(wanted)) team.value = wanted;
  };
  season.addEventListener("change", () => {
    list(season.value, team.value); // the same team in another season, where it played
    context.changed();
  });
  team.addEventListener("change", context.changed);
  list(years[0]);
  return {
    element: group(column, el("div", { class: "zoo-team" }, season, team)),
    columns: [column.name],
    read: () => ({ [column.name]: `${season.value} ${team.value}` }),
    write(values) {
      const found = SEASON.exec(values[column.name] ?? "");
      if (!found) return;
      season.value = found[1];
      list(found[1], found[2]);
    },
  };
}

const SWAPPED = ["home", "seed_diff"]; // turn their sign when the teams change places
const ARROWS = "M8 4 4 8l4 4M4 8h12M16 12l4 4-4 4M20 16H8";

/** The two teams of a game with a button that swaps them. */
export function teams(columns, context) {
  const [first, second] = columns.map((column) => label(column, context));
  const [one, two] = columns.map((column) => column.name);
  const swap = () => {
    const values = context.values();
    const turned = { [one]: values[two], [two]: values[one] };
    for (const name of SWAPPED) if (values[name]) turned[name] = -values[name];
    context.set(turned);
  };
  const arrows = draw("svg", { viewBox: "0 0 24 24", class: "zoo-icon", "aria-hidden": "true" });
  arrows.append(draw("path", { d: ARROWS }));
  const swapped = button([arrows, "Swap teams"], swap, { class: "zoo-swap" });
  return {
    element: el("div", { class: "zoo-teams" }, first.element, swapped, second.element),
    columns: [one, two],
    read: () => ({ ...first.read(), ...second.read() }),
    write(values) {
      for (const each of [first, second]) if (each.columns[0] in values) each.write(values);
    },
    remark(answer) {
      if (!["score_diff", "margin"].includes(answer.name)) return "";
      if (!Number.isFinite(answer.value)) return "";
      const winner = (answer.value < 0 ? second : first).read();
      const [name] = Object.values(winner);
      return `${name} by ${brief(Math.abs(answer.value))} points`;
    },
  };
}
