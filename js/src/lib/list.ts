// The map as a table of its states, for those who read rather than look, with or without a screen reader.

import { button, h } from "./dom";
import type { Exit, Place } from "./places";

const LONGEST = 400; // characters shown of what a state says; the side panel has all of it
const SIGNS = { error: "✖", warning: "▲", note: "●" };

export class List {
  readonly element = h("div", { class: "fl-list", hidden: true, role: "region", "aria-label": "States as a list" });
  private readonly rows = new Map<string, HTMLTableRowElement>();
  private titles = new Map<string, string>();

  constructor(
    private readonly choose: (name: string) => void,
    private readonly go: (name: string) => void,
  ) {
    this.element.addEventListener("keydown", (event) => this.key(event));
  }

  get shown(): boolean {
    return !this.element.hidden;
  }

  show(on: boolean): void {
    this.element.hidden = !on;
  }

  hold(places: Place[]): void {
    this.rows.clear();
    this.titles = new Map(places.map((place) => [place.name, place.title]));
    for (const place of places) this.rows.set(place.name, this.row(place));
    const heads = ["State", "Kind", "Says", "Exits"].map((words) => h("th", { scope: "col" }, words));
    const caption = h("caption", { class: "fl-unseen" }, "Every state, what it says, and where its exits lead");
    const body = h("tbody", {}, ...this.rows.values());
    this.element.replaceChildren(h("table", {}, caption, h("thead", {}, h("tr", {}, ...heads)), body));
  }

  /** Marks the picked state, and brings it into sight. */
  pick(name: string): void {
    for (const [state, row] of this.rows) {
      if (state === name) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
    const row = this.rows.get(name);
    if (row && this.shown) row.scrollIntoView({ block: "nearest" });
  }

  focus(name: string): void {
    this.rows.get(name)?.querySelector("button")?.focus();
  }

  private row(place: Place): HTMLTableRowElement {
    const found = place.findings.map((one) => h("span", { class: one.severity, title: one.message }, `${SIGNS[one.severity]} ${one.message}`));
    const name = button(place.title, `${place.title}: show it`, () => this.choose(place.name), { class: "fl-link", "data-state": place.name });
    const says = place.text ?? "";
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, name, ...found),
      h("td", {}, place.caption.toLowerCase()),
      h("td", { class: "fl-says" }, says.length > LONGEST ? `${says.slice(0, LONGEST)}…` : says),
      h("td", {}, h("ul", {}, ...place.exits.map((exit) => h("li", {}, `${exit.label} → `, this.target(exit))))),
    );
  }

  private target({ to, silent }: Exit): HTMLElement {
    if (to === null) return h("span", { class: silent ? "silent" : "" }, silent ? "ends without a word" : "ends");
    const title = this.titles.get(to) ?? to;
    return button(title, `Go to ${title}`, () => this.go(to), { class: "fl-link" });
  }

  private key(event: KeyboardEvent): void {
    const row = (event.target as Element).closest("tr");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!row || !step) return;
    const names = [...this.rows.keys()];
    const to = names[names.findIndex((name) => this.rows.get(name) === row) + step];
    event.preventDefault();
    event.stopPropagation();
    if (to !== undefined) this.focus(to);
  }
}
