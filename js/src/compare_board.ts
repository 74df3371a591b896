// The compare board: a table whose cells are bars with their intervals, and what one chooses it by.

import { button, choice, h } from "./lib/dom";
import { keepFocus, roveTable } from "./lib/keys";
import { later } from "./lib/later";
import { textSheet } from "./lib/sheet";
import { mount } from "./lib/stage";
import { Status } from "./lib/status";
import { watch, type Model } from "./lib/widget";

type Words = [string, string, string];

interface Row {
  group: string;
  flow: string;
  labels: string[];
  all: boolean;
  n: string;
  bars: Record<string, [number | null, number | null, number | null]>;
  words: Record<string, Words>;
  rest: Words[];
}

interface Panel {
  name: string;
  title: string;
  colour: string;
  top: number;
}

interface Traits {
  metric: string;
  by: string;
  chosen: string[];
  versions: string[];
  where: Record<string, string>;
  options: { of: string; metrics: [string, string][]; by: [string, string][]; groups: [string, string][]; versions: string[]; filters: Record<string, string[]> };
  view: { metric: string; panels: Panel[]; rows: Row[]; rest: string[]; notes: string[]; by: string };
  code: string;
  behind: { title?: string; count?: number; talks?: [string, string, string, string][] };
  sliders: [string, number, number, number, string][];
  busy: boolean;
  stage: string | null;
  trouble: string;
  height_px: number;
}

const ASK_MS = 250; // a slider asks for a new simulation once it rests

class Board {
  readonly root = h("div", { class: "fl-lab fl-compare", role: "group", "aria-label": "Compare board" });
  private readonly tools = h("div", { class: "fl-tools", role: "toolbar", "aria-label": "What is compared" });
  private readonly chips = h("div", { class: "fl-chips" });
  private readonly sliders = h("div", { class: "fl-sliders" });
  private readonly table = h("div", { class: "fl-scroll", tabindex: 0, role: "region", "aria-label": "Comparison; Tab and the arrow keys go through its numbers" });
  private readonly notes = h("ul", { class: "fl-notes", "aria-label": "What to know when reading it" });
  private readonly behind = h("aside", { class: "fl-behind", "aria-label": "Conversations behind a number", hidden: true });
  private readonly stage = h("div", { class: "fl-stagebox" });
  private readonly status = new Status();
  private readonly ask = later(ASK_MS);
  private readonly tabStops = roveTable(this.table);
  private readonly lists = new Map<string, HTMLSelectElement>();
  private readonly slides = new Map<string, { input: HTMLInputElement; shown: HTMLElement }>();
  private equipped = "";
  private moved: Record<string, number> = {}; // sliders that were moved and not yet asked for
  private asking = false;

  constructor(private readonly model: Model<Traits>) {
    this.table.setAttribute("data-lm-suppress-shortcuts", "true");
    const body = h("div", { class: "fl-board" }, h("div", { class: "fl-main-part" }, this.table, this.notes), this.behind);
    this.root.append(this.tools, this.chips, this.sliders, body, this.status.element);
  }

  live(el: HTMLElement): () => void {
    const { model } = this;
    el.append(this.root, this.stage);
    const watching = [
      watch(model, ["options", "metric", "by", "where"], () => this.equip()),
      watch(model, ["options", "chosen", "versions", "by"], () => keepFocus(this.chips, () => this.press())),
      watch(model, ["sliders"], () => this.assume()),
      watch(model, ["view"], () => keepFocus(this.table, () => this.show())),
      watch(model, ["behind"], () => this.lookBehind()),
      watch(model, ["busy"], () => this.asked()),
      watch(model, ["trouble", "busy"], () => this.status.tell(model.get("trouble"), model.get("busy") ? "computing…" : "")),
      watch(model, ["height_px"], () => this.root.style.setProperty("--height", `${model.get("height_px")}px`)),
      watch(model, ["stage"], () => void mount(model, this.stage, model.get("stage"))),
    ];
    return () => {
      this.ask.stop();
      watching.forEach((stop) => stop());
    };
  }

  private set<K extends keyof Traits & string>(name: K, value: Traits[K]): void {
    this.model.set(name, value);
    this.model.save_changes();
  }

  /** The lists are made once for what they offer; a choice only sets them, so that an open one stays open. */
  private equip(): void {
    const { metrics, by, filters } = this.model.get("options");
    const where = this.model.get("where");
    const offered = JSON.stringify([metrics, by, filters, Object.keys(where)]);
    if (offered !== this.equipped) keepFocus(this.tools, () => this.offer());
    this.equipped = offered;
    const now: Record<string, string> = { ...where, Measure: this.model.get("metric"), "Groups by": this.model.get("by") };
    for (const [name, list] of this.lists) {
      list.value = now[name] ?? "";
      if (list.selectedIndex < 0) list.selectedIndex = 0;
    }
    const words = Object.entries(where).filter(([, value]) => value).map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`);
    const summary = this.tools.querySelector("summary");
    if (summary) summary.replaceChildren(words.length ? "Only " : "All conversations", ...words.flatMap((one, at) => [at ? ", " : "", h("bdi", {}, one)]));
  }

  private offer(): void {
    const { model, lists } = this;
    const { metrics, by, filters } = model.get("options");
    const where = model.get("where");
    lists.clear();
    const list = (name: string, label: string, options: [string, string][], act: (value: string) => void) => {
      const made = choice(label, options, "", act);
      lists.set(name, made);
      return made;
    };
    const chosen = Object.keys(where).filter((name) => where[name] && !(name in filters)); // of a column no longer offered
    const only = [...Object.entries(filters), ...chosen.map((name): [string, string[]] => [name, []])].map(([name, values]) => {
      const words = name.replaceAll("_", " ");
      const here = where[name];
      const all = here && !values.includes(here) ? [...values, here] : values;
      const options = all.map((value): [string, string] => [value, value]);
      return list(name, `Only with this ${words}`, [["", `any ${words}`], ...options], (value) => this.set("where", { ...model.get("where"), [name]: value }));
    });
    const open = this.tools.querySelector("details")?.open ?? Object.values(where).some(Boolean);
    const code = () => textSheet(this.root, "This view as code", "comparison.py", model.get("code"));
    this.tools.replaceChildren(
      h("label", {}, "Measure ", list("Measure", "Measure", metrics, (value) => this.set("metric", value))),
      h("label", {}, "by ", list("Groups by", "Groups by", by, (value) => this.set("by", value))),
      h("details", { class: "fl-only", open }, h("summary", {}), h("div", { class: "fl-row" }, ...only)),
      button("Code", "The Python that makes this view", code),
    );
  }

  private press(): void {
    const { model } = this;
    const { groups, versions, of } = model.get("options");
    const stale = of !== model.get("by"); // other groups are on their way: these cannot be chosen among any more
    const names = groups.map(([name]) => name);
    const pressed = (name: "chosen" | "versions", all: string[], value: string) => {
      const now = model.get(name);
      this.set(name, all.filter((one) => (one === value ? !now.includes(one) : now.includes(one))));
    };
    const chip = (name: "chosen" | "versions", all: string[], value: string, words: string) =>
      button(words, `Show or hide ${words}`, () => pressed(name, all, value), { "aria-pressed": String(model.get(name).includes(value)), class: "fl-chip", disabled: stale });
    this.chips.replaceChildren(
      h("div", { class: "fl-row", role: "group", "aria-label": "Groups" },
        ...groups.map(([name, words]) => chip("chosen", names, name, words)),
        button("All", "Show all groups", () => this.set("chosen", names), { disabled: stale }),
        button("None", "Hide all but the row of everything", () => this.set("chosen", []), { disabled: stale }),
      ),
      ...(versions.length
        ? [h("div", { class: "fl-row", role: "group", "aria-label": "Versions" }, ...versions.map((name) => chip("versions", versions, name, name)))]
        : []),
    );
  }

  private assume(): void {
    const sliders = this.model.get("sliders");
    for (const [name, low, high, , unit] of sliders) if (!this.slides.has(name)) this.addSlider(name, low, high, unit);
    for (const [name, , , value, unit] of sliders) {
      const slide = this.slides.get(name);
      if (!slide || name in this.moved) continue;
      slide.input.value = String(value);
      slide.shown.textContent = `${value} ${unit}`;
    }
    this.sliders.hidden = sliders.length === 0;
  }

  private addSlider(name: string, low: number, high: number, unit: string): void {
    const shown = h("output", {});
    const input = h("input", { type: "range", min: low, max: high, step: "any", "aria-label": name.replaceAll("_", " ") });
    input.addEventListener("keydown", (event) => event.stopPropagation());
    input.addEventListener("input", () => {
      const now = Math.min(Math.max(Number(Number(input.value).toPrecision(3)), low), high);
      shown.textContent = `${now} ${unit}`;
      this.moved[name] = now;
      this.ask(() => this.run());
    });
    this.slides.set(name, { input, shown });
    this.sliders.append(h("label", {}, name.replaceAll("_", " "), input, shown));
  }

  /** Asks for a simulation with what was moved; while one runs, the next waits, and only the last one counts. */
  private run(): void {
    if (this.asking || !Object.keys(this.moved).length) return;
    this.asking = true;
    this.status.say("computing…");
    this.model.send({ do: "assume", values: this.moved });
    this.moved = {};
  }

  private asked(): void {
    if (!this.asking || this.model.get("busy")) return;
    this.asking = false;
    this.assume(); // one that was refused stands where it stood
    this.run();
  }

  private show(): void {
    const { metric, panels, rows, rest, notes, by } = this.model.get("view");
    const heads = panels.map((panel, at) =>
      h("th", { scope: "col", class: at === 0 && panel.name === metric ? "measure" : "" }, button(panel.title, `Order by ${panel.title}`, () => this.set("metric", panel.name), { class: "fl-link" })),
    );
    const head = h("tr", {}, h("th", { scope: "col" }, by), h("th", { scope: "col" }, "n"), ...heads, ...rest.map((name) => h("th", { scope: "col" }, name)));
    const body = rows.map((row, at) => this.row(row, rows[at - 1], panels));
    const empty = rows.length ? null : h("p", { class: "fl-hint" }, "Nothing chosen.");
    this.table.replaceChildren(h("table", {}, h("thead", {}, head), h("tbody", {}, ...body)), ...(empty ? [empty] : []));
    this.tabStops();
    this.notes.replaceChildren(...notes.map((note) => h("li", {}, note)));
  }

  private row(row: Row, before: Row | undefined, panels: Panel[]): HTMLElement {
    const opens = before && before.group !== row.group && (row.flow !== "" || before.all);
    const name = before?.group === row.group ? "" : (row.labels[0] ?? "");
    const label = h("th", { scope: "row" }, name, row.flow ? h("small", {}, h("bdi", {}, row.labels[1] ?? row.flow)) : null);
    if (!name) label.prepend(h("span", { class: "fl-unseen" }, row.labels[0] ?? ""));
    const all = button(row.n, `The conversations of ${row.labels.join(", ")}`, () => this.ask_behind(row, ""), { class: "fl-link" });
    const cells = panels.map((panel) => this.cell(row, panel));
    const rest = row.rest.map(([value, count, range]) => h("td", {}, value, h("small", {}, [count, range].filter(Boolean).join(" "))));
    return h("tr", { class: `${row.all ? "all" : ""} ${opens ? "opens" : ""}` }, label, h("td", {}, all), ...cells, ...rest);
  }

  /** A share as a bar from nothing to all, its interval as a line on it; an amount as a bar up to the largest. */
  private cell(row: Row, panel: Panel): HTMLElement {
    const [value, count, range] = row.words[panel.name] ?? ["–", "", ""];
    const [share, low, high] = row.bars[panel.name] ?? [null, null, null];
    const part = (x: number) => `${(100 * Math.min(x / panel.top, 1)).toFixed(2)}%`;
    const bar = h("div", { class: "fl-bar", "aria-hidden": "true" });
    bar.style.setProperty("--colour", panel.colour);
    if (share !== null) bar.append(h("i", { style: `width:${part(share)}` }));
    if (low !== null && high !== null) bar.append(h("b", { style: `left:${part(low)};width:${part(high - low)}` }));
    const words = [h("span", {}, value), h("small", {}, [count, range].filter(Boolean).join(" · "))];
    if (!count) return h("td", { class: "bar" }, bar, ...words);
    const what = `${panel.title}, ${row.labels.join(", ")}: ${value}, ${count}. Show these conversations`;
    return h("td", { class: "bar" }, button("", what, () => this.ask_behind(row, panel.name), { class: "fl-cell" }), bar, ...words);
  }

  private ask_behind(row: Row, outcome: string): void {
    this.model.send({ do: "behind", group: row.group, flow: row.flow, outcome });
  }

  private lookBehind(): void {
    const { title, count = 0, talks = [] } = this.model.get("behind");
    this.behind.hidden = !title;
    if (!title) return;
    const close = () => ((this.behind.hidden = true), this.table.focus());
    const items = talks.map(([id, channel, outcome, flow]) =>
      h("li", {}, button(id, `Play ${id}${flow ? `, ${flow}` : ""}`, () => this.model.send({ do: "play", conversation: id, flow }), { class: "fl-link" }), h("small", {}, ` ${channel} · ${outcome.replaceAll("_", " ")}`)),
    );
    this.behind.replaceChildren(
      h("header", {}, h("b", {}, title), button("✕", "Close", close)),
      h("p", { class: "fl-hint" }, count > talks.length ? `The first ${talks.length} of them; a click plays one below` : "A click plays one below"),
      h("ul", {}, ...items),
    );
  }
}

function render({ model, el }: { model: Model<Traits>; el: HTMLElement }): () => void {
  return new Board(model).live(el);
}

export default { render };
