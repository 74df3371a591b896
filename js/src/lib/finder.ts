// Conversations to choose from: filters, a search, and a list that the arrow keys walk.

import { button, h } from "./dom";
import type { Model } from "./widget";

export interface Found {
  columns: [string, string, [string, number][]][];
  chosen: Record<string, string>;
  sought: string;
  found: [string, string, string, string, string][];
  count: number;
  conversation: string;
}

const ALWAYS = 4; // filters that stay in sight; the rest folds away
const SAME = "no difference";

export class Finder {
  readonly element = h("aside", { class: "fl-finder", "aria-label": "Conversations" });
  private readonly filters = h("div", { class: "fl-filters" });
  private readonly list = h("ul", { role: "listbox", "aria-label": "Conversations found", tabindex: 0 });
  private readonly counted = h("div", { class: "fl-caption", role: "status", "aria-live": "polite" });
  private readonly search = h("input", { type: "search", placeholder: "Search in texts", "aria-label": "Search in conversations" });
  private timer = 0;

  constructor(private readonly model: Model<Found>) {
    this.list.setAttribute("data-lm-suppress-shortcuts", "true");
    this.search.addEventListener("keydown", (event) => event.stopPropagation());
    this.search.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.set("sought", this.search.value), 200);
    });
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.element.append(this.search, this.filters, this.counted, this.list);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  showFilters(): void {
    const [columns, chosen] = [this.model.get("columns"), this.model.get("chosen")];
    const lists = columns.map(([name, label, values]) => this.filter(name, label, values, chosen[name] ?? ""));
    const [first, rest] = [lists.slice(0, ALWAYS), lists.slice(ALWAYS)];
    const open = rest.length > 0 && columns.slice(ALWAYS).some(([name]) => chosen[name]);
    const more = rest.length ? h("details", { open }, h("summary", {}, "More filters"), ...rest) : null;
    const clear = Object.values(chosen).some(Boolean) ? button("All", "Take all filters off", () => this.set("chosen", {})) : null;
    this.filters.replaceChildren(...first, ...(more ? [more] : []), ...(clear ? [clear] : []));
  }

  showFound(): void {
    const { model } = this;
    const [found, count, now] = [model.get("found"), model.get("count"), model.get("conversation")];
    this.counted.textContent = count > found.length ? `${count} found, the first ${found.length} shown` : `${count} found`;
    this.list.replaceChildren(...found.map((row) => this.item(row, row[0] === now)));
    this.list.querySelector("[aria-selected=true]")?.scrollIntoView?.({ block: "nearest" });
  }

  /** The next or the one before. */
  step(way: number): void {
    const found = this.model.get("found");
    const at = found.findIndex(([id]) => id === this.model.get("conversation"));
    const next = found[Math.min(Math.max(at + way, 0), found.length - 1)];
    if (next) this.set("conversation", next[0]);
  }

  private item([id, channel, outcome, recorded, differs]: Found["found"][number], selected: boolean): HTMLElement {
    const changed = outcome !== recorded ? `${outcome} (was ${recorded})` : outcome;
    const item = h(
      "li",
      { role: "option", "aria-selected": String(selected), "data-id": id, title: differs },
      h("b", {}, h("bdi", {}, id)),
      h("span", {}, ` ${channel} · ${changed.replaceAll("_", " ")}`),
      differs === SAME ? null : h("span", { class: "differs", "aria-label": differs }, " ≠"),
    );
    item.addEventListener("click", () => this.set("conversation", id));
    return item;
  }

  private filter(name: string, label: string, values: [string, number][], now: string): HTMLElement {
    const list = h("select", { "aria-label": `Only with this ${label}` });
    list.append(h("option", { value: "" }, `any ${label}`));
    for (const [value, count] of values) list.append(h("option", { value, selected: value === now }, `${value.replaceAll("_", " ")} (${count})`));
    list.addEventListener("change", () => this.set("chosen", { ...this.model.get("chosen"), [name]: list.value }));
    return list;
  }

  private key(event: KeyboardEvent): void {
    const way = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    this.step(way);
  }

  private set<K extends keyof Found & string>(name: K, value: Found[K]): void {
    this.model.set(name, value);
    this.model.save_changes();
  }
}
