// The side panel: a state's text, properties, exits and findings; where the map may be edited, a form of them.

import { button, choice, field, h } from "./dom";
import type { Exit, Place } from "./places";

export type Edit = Record<string, unknown> & { do: string };

export interface Desk {
  editable: boolean;
  names: string[];
  title(name: string): string;
  types: [string, string][];
  comparisons: string[];
  initial: string;
  edit(edit: Edit): void;
  go(name: string): void;
  fold(name: string): void;
  aim(exit: number): void;
}

const NOWHERE = "";
const SIGNS = { error: "✖", warning: "▲", note: "●" };

export function panel(place: Place, desk: Desk): HTMLElement {
  const parts = desk.editable ? form(place, desk) : facts(place, desk);
  return h("div", { class: "fl-place" }, head(place, desk), findings(place), ...parts, folding(place, desk));
}

function head(place: Place, desk: Desk): HTMLElement {
  const title = desk.editable
    ? field("Name of the state", place.name, (to) => desk.edit({ do: "rename", state: place.name, to }))
    : h("div", { class: "fl-name" }, place.title);
  return h("div", {}, h("div", { class: "fl-caption" }, `${place.caption.toLowerCase()} · ${place.type}`), title);
}

function findings(place: Place): HTMLElement | null {
  if (!place.findings.length) return null;
  const lines = place.findings.map((one) =>
    h("li", { class: one.severity }, h("b", {}, `${SIGNS[one.severity]} `), one.message, " ", h("i", {}, one.fix)),
  );
  return h("ul", { class: "fl-findings", "aria-label": "Findings" }, ...lines);
}

function facts(place: Place, desk: Desk): (HTMLElement | null)[] {
  const rows = place.properties.map(({ key, value }) => [h("dt", {}, key), h("dd", {}, value)]).flat();
  const exits = place.exits.map((exit) =>
    h("li", {}, h("span", { class: exit.silent ? "silent" : "" }, exit.label, " → "), target(exit, desk)),
  );
  return [
    place.text ? h("blockquote", {}, place.text) : null,
    h("ul", { class: "fl-exits", "aria-label": "Exits" }, ...exits),
    rows.length ? h("details", {}, h("summary", {}, `Properties (${place.properties.length})`), h("dl", {}, ...rows)) : null,
  ];
}

function target(exit: Exit, desk: Desk): HTMLElement | string {
  const to = exit.to;
  return to === null ? "ends" : button(desk.title(to), `Go to ${desk.title(to)}`, () => desk.go(to), { class: "fl-link" });
}

function form(place: Place, desk: Desk): (HTMLElement | null)[] {
  const state = place.name;
  const text = place.text === null ? null : field("Text", place.text, (to) => desk.edit({ do: "text", state, text: to }), 5);
  const rows = place.properties.flatMap(({ key, value, json }) => {
    const change = (to: string) => desk.edit({ do: "property", state, key, value: to, json });
    return [h("dt", {}, key), h("dd", {}, field(`Property ${key}`, value, change, value.length > 40 ? 3 : 1))];
  });
  return [
    text,
    h("div", { class: "fl-caption" }, "Exits"),
    h("ul", { class: "fl-exits", "aria-label": "Exits" }, ...place.exits.map((exit, at) => exitForm(place, exit, at, desk))),
    more(place, desk),
    rows.length ? h("details", {}, h("summary", {}, `Properties (${place.properties.length})`), h("dl", {}, ...rows)) : null,
  ];
}

function exitForm(place: Place, exit: Exit, at: number, desk: Desk): HTMLElement {
  const state = place.name;
  const names: [string, string][] = desk.names.map((name) => [name, name]);
  const lead = (to: string) => desk.edit({ do: "connect", state, exit: at, to: to === NOWHERE ? null : to });
  const list = choice(`Where ${exit.label} leads`, [[NOWHERE, "ends here"], ...names], exit.to ?? NOWHERE, lead);
  const aim = button("◎", `Point at the state that ${exit.label} leads to`, () => desk.aim(at));
  return h("li", {}, h("span", { class: exit.silent ? "silent" : "" }, exit.condition ? "" : exit.label), condition(state, exit, at, desk), h("span", { class: "fl-row" }, "→ ", list, aim));
}

function condition(state: string, exit: Exit, at: number, desk: Desk): HTMLElement | null {
  const now = exit.condition;
  if (!now) return null;
  const change = (given: Partial<typeof now>) => desk.edit({ do: "condition", state, exit: at, ...now, ...given });
  const kinds: [string, string][] = desk.comparisons.map((name) => [name, name.replaceAll("_", " ")]);
  return h(
    "span",
    { class: "fl-row" },
    choice("Comparison", kinds, now.type, (type) => change({ type })),
    field("Value to compare with", now.value, (value) => change({ value })),
    button("✕", "Take this branch out", () => desk.edit({ do: "drop_branch", state, exit: at })),
  );
}

/** What can be added to a state, and how to take it out. */
function more(place: Place, desk: Desk): HTMLElement {
  const state = place.name;
  const kinds: [string, string][] = [["", "Add a state after this…"], ...desk.types];
  const add = choice("Add a state after this one", kinds, "", (type) => type && desk.edit({ do: "add", type, after: state }));
  const branch = place.type === "split-based-on" ? button("+ branch", "Add a branch", () => desk.edit({ do: "add_branch", state })) : null;
  const first = state === desk.initial ? null : button("Begin here", "Let the flow begin at this state", () => desk.edit({ do: "first", state }));
  const drop = button("Delete", "Take this state out of the flow", () => desk.edit({ do: "delete", state }), { class: "fl-danger" });
  return h("div", { class: "fl-row fl-more" }, add, branch, first, drop);
}

function folding(place: Place, desk: Desk): HTMLElement {
  const words = place.hidden ? `Unfold ${place.hidden} states` : "Fold what follows";
  return button(words, "Fold or unfold the states that can only be reached through this one", () => desk.fold(place.name));
}
