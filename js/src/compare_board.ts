// The compare board: a table whose cells are bars with their intervals, and what one chooses it by.

import { button, choice, h } from "./lib/dom";
import { later } from "./lib/later";
import { textSheet } from "./lib/sheet";
import { mount } from "./lib/stage";
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
  options: { metrics: [string, string][]; by: [string, string][]; groups: [string, string][]; versions: string[]; filters: Record<string, string[]> };
  view: { panels: Panel[]; rows: Row[]; notes: string[]; by: string };
  code: string;
  behind: { title?: string; count?: number; talks?: [string, string, string, string][] };
  sliders: [string, number, number, number, string][];
  busy: boolean;
  stage: string | null;
  trouble: string;
  height_px: number;
}

const ASK_MS = 250; // a slider asks for a new simulation once it rests
const REST = ["turns", "duration", "messages", "cost"];

class Board {
  readonly root = h("div", { class: "fl-lab fl-compare", role: "group", "aria-label": "Compare board" });
  private readonly tools = h("div", { class: "fl-tools", role: "toolbar", "aria-label": "What is compared" });
  private readonly chips = h("div", { class: "fl-chips" });
  private readonly sliders = h("div", { class: "fl-sliders" });
  private readonly table = h("div", { class: "fl-scroll", tabindex: 0, role: "region", "aria-label": "Comparison" });
  private readonly notes = h("ul", { class: "fl-notes", "aria-label": "What to know when reading it" });
  private readonly behind = h("aside", { class: "fl-behind", "aria-label": "Conversations behind a number", hidden: true });
  private readonly stage = h("div", { class: "fl-stagebox" });
  private readonly status = h("div", { class: "fl-status", role: "status", "aria-live": "polite" });
  private readonly ask = later(ASK_MS);

  constructor(private readonly model: Model<Traits>) {
    this.table.setAttribute("data-lm-suppress-shortcuts", "true");
    const body = h("div", { class: "fl-board" }, h("div", { class: "fl-main-part" }, this.table, this.notes), this.behind);
    this.root.append(this.tools, this.chips, this.sliders, body, this.status);
  }

  live(el: HTMLElement): () => void {
    const { model } = this;
    el.append(this.root, this.stage);
    const watching = [
      watch(model, ["options", "metric", "by", "where"], () => this.equip()),
      watch(model, ["options", "chosen", "versions"], () => this.press()),
      watch(model, ["sliders"], () => this.assume()),
      watch(model, ["view"], () => this.show()),
      watch(model, ["behind"], () => this.lookBehind()),
      watch(model, ["trouble", "busy"], () => this.tell()),
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

  private equip(): void {
    const { model } = this;
    const options = model.get("options");
    const where = model.get("where");
    const filters = Object.entries(options.filters).map(([name, values]) => {
      const words: [string, string][] = [["", `any ${name.replaceAll("_", " ")}`], ...values.map((value): [string, string] => [value, value])];
      return choice(`Only with this ${name.replaceAll("_", " ")}`, words, where[name] ?? "", (value) => this.set("where", { ...model.get("where"), [name]: value }));
    });
    const open = Object.values(where).some(Boolean);
    this.tools.replaceChildren(
      h("label", {}, "Measure ", choice("Measure", options.metrics, model.get("metric"), (value) => this.set("metric", value))),
      h("label", {}, "by ", choice("Groups by", options.by, model.get("by"), (value) => this.set("by", value))),
      h("details", { class: "fl-only", open }, h("summary", {}, open ? "Only some conversations" : "All conversations"), h("div", { class: "fl-row" }, ...filters)),
      button("Code", "The Python that makes this view", () => textSheet(this.root, "This view as code", "comparison.py", model.get("code"))),
    );
  }

  private press(): void {
    const { model } = this;
    const { groups, versions } = model.get("options");
    const names = groups.map(([name]) => name);
    const pressed = (name: "chosen" | "versions", all: string[], value: string) => {
      const now = model.get(name);
      this.set(name, all.filter((one) => (one === value ? !now.includes(one) : now.includes(one))));
    };
    const chip = (name: "chosen" | "versions", all: string[], value: string, words: string) =>
      button(words, `Show or hide ${words}`, () => pressed(name, all, value), { "aria-pressed": String(model.get(name).includes(value)), class: "fl-chip" });
    this.chips.replaceChildren(
      h("div", { class: "fl-row", role: "group", "aria-label": "Groups" },
        ...groups.map(([name, words]) => chip("chosen", names, name, words)),
        button("All", "Show all groups", () => this.set("chosen", names)),
        button("None", "Hide all but the row of everything", () => this.set("chosen", [])),
      ),
      ...(versions.length
        ? [h("div", { class: "fl-row", role: "group", "aria-label": "Versions" }, ...versions.map((name) => chip("versions", versions, name, name)))]
        : []),
    );
  }

  private assume(): void {
    if (this.sliders.contains(document.activeElement)) return; // the one that is held shows its value already
    const made = this.model.get("sliders").map(([name, low, high, value, unit]) => {
      const shown = h("output", {}, `${value} ${unit}`);
      const input = h("input", { type: "range", min: low, max: high, step: "any", "aria-label": name.replaceAll("_", " ") });
      input.value = String(value);
      input.addEventListener("keydown", (event) => event.stopPropagation());
      input.addEventListener("input", () => {
        const now = Number(Number(input.value).toPrecision(3));
        shown.textContent = `${now} ${unit}`;
        this.ask(() => {
          this.status.textContent = "computing…";
          this.model.send({ do: "assume", name, value: now });
        });
      });
      return h("label", {}, name.replaceAll("_", " "), input, shown);
    });
    this.sliders.replaceChildren(...made);
    this.sliders.hidden = made.length === 0;
  }

  private show(): void {
    const { panels, rows, notes, by } = this.model.get("view");
    const metric = this.model.get("metric");
    const heads = panels.map((panel, at) =>
      h("th", { scope: "col", class: at === 0 && panel.name === metric ? "measure" : "" }, button(panel.title, `Order by ${panel.title}`, () => this.set("metric", panel.name), { class: "fl-link" })),
    );
    const head = h("tr", {}, h("th", { scope: "col" }, by), h("th", { scope: "col" }, "n"), ...heads, ...REST.map((name) => h("th", { scope: "col" }, name)));
    const body = rows.map((row, at) => this.row(row, rows[at - 1], panels));
    const empty = rows.length ? null : h("p", { class: "fl-hint" }, "Nothing chosen.");
    this.table.replaceChildren(h("table", {}, h("thead", {}, head), h("tbody", {}, ...body)), ...(empty ? [empty] : []));
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
      h("li", {}, button(id, `Play ${id}`, () => this.model.send({ do: "play", conversation: id, flow }), { class: "fl-link" }), h("small", {}, ` ${channel} · ${outcome.replaceAll("_", " ")}`)),
    );
    this.behind.replaceChildren(
      h("header", {}, h("b", {}, title), button("✕", "Close", close)),
      h("p", { class: "fl-hint" }, count > talks.length ? `${count}, the first ${talks.length} here; a click plays one below` : `${count}; a click plays one below`),
      h("ul", {}, ...items),
    );
  }

  private tell(): void {
    const trouble = this.model.get("trouble");
    this.status.textContent = trouble || (this.model.get("busy") ? "computing…" : "");
    this.status.classList.toggle("trouble", trouble !== "");
  }
}

function render({ model, el }: { model: Model<Traits>; el: HTMLElement }): () => void {
  return new Board(model).live(el);
}

export default { render };
