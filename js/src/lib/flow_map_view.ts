// The flow map: the picture that Python laid out, to move about in, search, click, and edit. Other widgets hold one too.

import { glide, shift, type Laid } from "./anchor";
import { button, choice, h } from "./dom";
import { List } from "./list";
import { Minimap } from "./minimap";
import { canvasOf, carry, offset, STEP } from "./mover";
import { panel, type Desk, type Edit } from "./panel";
import { Picture } from "./picture";
import { neighbour, search, type Place } from "./places";
import { focused, pointing } from "./pointer";
import { save } from "./save";
import { Status } from "./status";
import { Viewport, type Box } from "./viewport";
import { isDark, watch, type Model } from "./widget";

export interface MapTraits {
  picture: string;
  places: Place[];
  title: string;
  active: string;
  walked: [string, string][];
  picked: string;
  layers: [string, string][];
  layer: string;
  legend?: string;
  layouts?: [string, string][];
  positions?: string;
  canvas?: number[];
  editable: boolean;
  types: [string, string][];
  comparisons: string[];
  initial: string;
  can_undo: boolean;
  can_redo: boolean;
  said: string;
  trouble: string;
  height_px: number;
}

const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class FlowMapView {
  readonly root = h("div", { class: "fl-lab fl-map-widget", role: "application", "aria-label": "Flow map" });
  private readonly stage = h("div", { class: "fl-stage" });
  private readonly side = h("aside", { class: "fl-side", "aria-label": "State", hidden: true });
  private readonly status = new Status();
  private readonly tools = h("div", { class: "fl-tools", role: "toolbar", "aria-label": "Flow map" });
  private readonly legend = h("div", { class: "fl-legend", role: "note", "aria-live": "polite" });
  private readonly list = new List((name) => this.choose(name), (name) => this.goTo(name));
  private readonly minimap = new Minimap(() => this.viewport);
  private readonly viewport = new Viewport(this.stage, (seen) => this.minimap.seen(seen));
  private picture: Picture | null = null;
  private places = new Map<string, Place>();
  private readonly search = this.searcher();
  private told: Place[] | null = null;
  private before: (Laid & { wanted: string[] }) | null = null;
  private canvas: number[] = [];
  private shown = "";
  private aiming: number | null = null;

  constructor(private readonly model: Model<MapTraits>) {
    const body = h("div", { class: "fl-body" }, this.stage, this.list.element, this.side);
    this.root.append(this.tools, this.legend, body, this.status.element);
    this.stage.append(this.minimap.element);
    this.pointer();
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.stage.addEventListener("focusin", (event) => {
      const name = (event.target as Element).closest<SVGGElement>("g.node")?.dataset["state"];
      const box = name && this.places.get(name)?.box;
      if (name) this.picture?.tabTo(name);
      if (box && !this.quiet) this.viewport.reveal(asBox(box), false);
    });
  }

  /** Follows the model until it is taken away. */
  live(): () => void {
    const { model } = this;
    const watching = [
      watch(model, ["places"], () => this.hold()),
      watch(model, ["picture"], () => this.draw()),
      watch(model, ["walked", "active"], () => this.paint()),
      watch(model, ["picked", "places"], () => this.pick()),
      watch(model, ["editable", "can_undo", "can_redo", "layers", "layer", "layouts", "positions"], () => this.equip()),
      watch(model, ["legend"], () => this.explain()),
      watch(model, ["said", "trouble"], () => this.status.tell(model.get("trouble"), model.get("said"))),
      watch(model, ["height_px"], () => this.root.style.setProperty("--height", `${model.get("height_px")}px`)),
    ];
    let shown = false;
    const size = new ResizeObserver(() => {
      this.resized();
      if (!shown && this.stage.clientWidth > 1) this.paint(); // before it had a size, nothing could be brought into sight
      shown ||= this.stage.clientWidth > 1;
    });
    size.observe(this.stage);
    return () => {
      size.disconnect();
      watching.forEach((stop) => stop());
    };
  }

  /** The side panel may have come to stand on what was picked. */
  private resized(): void {
    this.viewport.resized();
    if (!document.body.dataset["jpThemeLight"]) this.root.classList.toggle("fl-dark", isDark(this.root)); // JupyterLab says itself
    const box = this.places.get(this.model.get("picked"))?.box;
    if (box && this.stage.clientWidth > 0) this.viewport.reveal(asBox(box), false);
  }

  private hold(): void {
    const told = this.model.get("places");
    if (told === this.told) return;
    if (this.told) this.before = { places: this.places, canvas: this.canvas, wanted: [this.shown, this.model.get("active")] };
    this.told = told;
    this.places = new Map(told.map((place) => [place.name, place]));
    if (this.list.shown) this.list.hold(told);
  }

  private draw(): void {
    this.hold();
    const there = focused(this.stage);
    const had = this.stage.contains(there) ? (there?.closest<SVGGElement>("g.node")?.dataset["state"] ?? "") : null;
    const after: Laid = { places: this.places, canvas: this.model.get("canvas") ?? [] };
    const { before } = this;
    const by = before ? shift(before, after, before.wanted, this.viewport.view) : { dx: 0, dy: 0 };
    [this.before, this.canvas] = [null, after.canvas];
    const labels = new Map([...this.places.values()].map((place) => [place.name, spoken(place)]));
    const picture = new Picture(this.model.get("picture"), labels);
    this.picture?.svg.remove();
    this.picture = picture;
    this.stage.prepend(picture.svg);
    const boxes = new Map([...this.places.values()].map((place) => [place.name, asBox(place.box)]));
    this.minimap.hold(picture, boxes, picture.svg.viewBox.baseVal as unknown as DOMRect);
    this.viewport.hold(picture.svg, by);
    if (before) glide(before, after, by, (name) => picture.node(name));
    picture.tabTo(this.model.get("picked") || this.model.get("initial") || (picture.names()[0] ?? ""));
    this.light();
    this.pick();
    const again = had !== null ? picture.node(this.places.has(had) ? had : this.model.get("picked")) : null;
    if (again) this.quietly(() => again.focus({ preventScroll: true }));
  }

  private paint(): void {
    this.light();
    const box = this.places.get(this.model.get("active"))?.box;
    if (box) this.viewport.reveal(asBox(box));
  }

  private light(): void {
    const active = this.model.get("active");
    this.picture?.walk(this.model.get("walked"));
    this.picture?.mark("active", active ? [active] : []);
    this.minimap.light(active || this.model.get("picked"));
  }

  private explain(): void {
    const legend = this.model.get("legend") ?? "";
    this.legend.textContent = legend;
    this.legend.hidden = !legend;
  }

  private quiet = false;

  /** Gives the focus without moving the picture. */
  private quietly(act: () => void): void {
    this.quiet = true;
    act();
    this.quiet = false;
  }

  private pick(): void {
    const place = this.places.get(this.model.get("picked"));
    this.picture?.mark("picked", place ? [place.name] : []);
    this.side.hidden = !place;
    this.aiming = null;
    if (place) this.side.replaceChildren(this.closer(), panel(place, this.desk(place)));
    this.minimap.light(this.model.get("active") || (place?.name ?? ""));
    this.list.pick(place?.name ?? "");
    if (this.before) return; // it is about to be drawn
    if (place && place.name !== this.shown) this.viewport.reveal(asBox(place.box), false);
    this.shown = place?.name ?? "";
  }

  private closer(): HTMLElement {
    return button("✕", "Close", () => this.choose(""), { class: "fl-close" });
  }

  private desk(place: Place): Desk {
    const { model } = this;
    return {
      editable: model.get("editable"),
      names: [...this.places.keys()],
      title: (name) => this.places.get(name)?.title ?? name,
      types: model.get("types"),
      comparisons: model.get("comparisons"),
      initial: model.get("initial"),
      edit: (edit) => this.send(edit),
      go: (name) => this.goTo(name),
      fold: (name) => this.send({ do: "fold", state: name }),
      aim: (exit) => {
        this.aiming = exit;
        this.root.classList.add("aiming");
        this.status.say(`Click the state that this exit of ${place.name} is to lead to, or press Escape.`);
      },
    };
  }

  private choose(name: string): void {
    if (this.aiming !== null && name) {
      this.send({ do: "connect", state: this.model.get("picked"), exit: this.aiming, to: name });
      return this.aimed();
    }
    this.shown = name;
    this.model.set("picked", name);
    this.model.save_changes();
    this.pick();
  }

  private aimed(): void {
    this.aiming = null;
    this.root.classList.remove("aiming");
    this.status.say("");
  }

  /** Shows a place, picks it and gives it the focus. */
  goTo(name: string): void {
    const box = this.places.get(name)?.box;
    if (!box) return;
    this.choose(name);
    this.viewport.reveal(asBox(box));
    if (this.list.shown) this.list.focus(name);
    else this.picture?.node(name)?.focus({ preventScroll: true });
  }

  private showList(on: boolean): void {
    if (on) this.list.hold([...this.places.values()]);
    this.list.show(on);
    this.stage.hidden = on;
    this.list.pick(this.model.get("picked"));
    this.equip();
  }

  private move(name: string, dx: number, dy: number): void {
    const [canvas, box] = [this.movable(), this.places.get(name)?.box];
    if (!canvas || !box) return;
    const { x, y } = offset(canvas, asBox(box));
    this.send({ do: "move", state: name, x: x + Math.round(dx), y: y + Math.round(dy) });
  }

  private movable() {
    return this.model.get("editable") ? canvasOf(this.model.get("canvas") ?? []) : null;
  }

  /** Brings a state into sight. */
  look(name: string): void {
    const box = this.places.get(name)?.box;
    if (box) this.viewport.reveal(asBox(box));
  }

  /** Paints the edges of another walk, beside the one that is shown. */
  ghost(steps: [string, string][]): void {
    this.picture?.ghost(steps);
  }

  private send(edit: Edit): void {
    this.model.send(edit);
  }

  private equip(): void {
    const { model } = this;
    const layers = model.get("layers");
    const paint = (layer: string) => this.send({ do: "paint", layer });
    const list = layers.length > 1 ? choice("What is painted on the map", layers, model.get("layer"), paint) : null;
    const arrange = (positions: string) => this.send({ do: "arrange", positions });
    const layouts = model.get("layouts") ?? [];
    const layout = layouts.length ? choice("Layout", layouts.map(([key, words]) => [key, `Layout: ${words}`]), model.get("positions") ?? "", arrange) : null;
    if (layout && this.movable()) layout.title = "Alt and drag (or Alt and an arrow key) moves a state on Studio's canvas";
    const on = this.list.shown;
    const asList = button("List", "Show the states as a list", () => this.showList(!on), { "aria-pressed": String(on) });
    const undo = button("↶", "Undo (Ctrl+Z)", () => this.send({ do: "undo" }), { disabled: !model.get("can_undo") });
    const redo = button("↷", "Redo (Ctrl+Shift+Z)", () => this.send({ do: "redo" }), { disabled: !model.get("can_redo") });
    const title = model.get("title");
    const there = focused(this.tools);
    const had = this.tools.contains(there) && there instanceof HTMLElement ? named(there) : "";
    this.tools.replaceChildren(
      h("strong", { class: "fl-title", title }, title),
      this.search,
      ...(list ? [list] : []),
      ...(layout ? [layout] : []),
      ...(model.get("editable") ? [undo, redo] : []),
      button("−", "Smaller (-)", () => this.viewport.zoom(1 / 1.25)),
      button("+", "Larger (+)", () => this.viewport.zoom(1.25)),
      button("Fit", "Show the whole flow (0)", () => this.viewport.fit()),
      asList,
      button("SVG", "Save the picture as SVG", () => this.picture && save(this.picture.svg, title, "svg")),
      button("PNG", "Save the picture as PNG", () => this.picture && save(this.picture.svg, title, "png")),
    );
    if (had) [...this.tools.querySelectorAll<HTMLElement>("button, select, input")].find((one) => named(one) === had)?.focus();
  }

  private searcher(): HTMLElement {
    const found = h("span", { class: "fl-found", "aria-live": "polite" });
    const input = h("input", { type: "search", placeholder: "Search (/)", "aria-label": "Search states by name or text" });
    let at = 0;
    let now: string | undefined;
    const show = (step: number) => {
      const hits = search([...this.places.values()], input.value);
      this.picture?.mark("hit-place", hits.map((place) => place.name));
      at = hits.length ? (at + step + hits.length) % hits.length : 0;
      const hit = hits[at];
      found.textContent = input.value.trim() ? (hit ? `${at + 1}/${hits.length}` : "none") : "";
      now = hit?.name;
      if (hit) this.viewport.reveal(asBox(hit.box));
      return hit;
    };
    input.addEventListener("input", () => ((at = 0), show(0)));
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" || event.key === "ArrowDown") {
        event.preventDefault();
        const onward = event.key === "ArrowDown" || (now !== undefined && this.model.get("picked") === now);
        const hit = show(onward ? 1 : 0);
        if (hit && event.key === "Enter") this.choose(hit.name);
      } else if (event.key === "ArrowUp") show(-1);
      else if (event.key === "Escape") ((input.value = ""), show(0), this.stage.querySelector<SVGGElement>("[tabindex='0']")?.focus());
    });
    return h("span", { class: "fl-search" }, input, found);
  }

  private key(event: KeyboardEvent): void {
    const target = event.target as Element;
    if (target.matches("input, textarea, select")) return;
    const name = target.closest<SVGGElement>("g.node")?.dataset["state"];
    const act = this.keyAct(event, name);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  private keyAct(event: KeyboardEvent, name: string | undefined): (() => void) | null {
    const { key } = event;
    if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "z")
      return this.model.get("editable") ? () => this.send({ do: event.shiftKey ? "redo" : "undo" }) : null;
    const way = name && event.altKey && this.movable() ? ARROWS[key] : undefined;
    if (way && name) return () => this.move(name, way[0] * STEP, way[1] * STEP);
    if (event.ctrlKey || event.metaKey || event.altKey) return null;
    if (key.startsWith("Arrow") && name) return () => this.picture?.node(neighbour(this.places, name, key) ?? name)?.focus({ preventScroll: true });
    if ((key === "Enter" || key === " ") && name) return () => this.choose(name);
    if (key === "Delete" && name && this.model.get("editable")) return () => this.send({ do: "delete", state: name });
    const acts: Record<string, () => void> = {
      "+": () => this.viewport.zoom(1.25),
      "=": () => this.viewport.zoom(1.25),
      "-": () => this.viewport.zoom(1 / 1.25),
      "0": () => this.viewport.fit(),
      "/": () => this.tools.querySelector<HTMLInputElement>("input[type=search]")?.focus(),
      Escape: () => (this.aiming === null ? this.choose("") : this.aimed()),
    };
    return acts[key] ?? null;
  }

  private pointer(): void {
    const each = () => this.viewport.scale; // pixels of the picture for one of the page
    pointing(this.stage, this.viewport, {
      click: (name) => this.choose(name),
      carries: (_, event) => event.altKey && this.movable() !== null,
      carry: (name, dx, dy) => this.picture && carry(this.picture, name, dx * each(), dy * each()),
      drop: (name, dx, dy) => {
        const scale = each() / (this.movable()?.scale ?? 1);
        this.move(name, dx * scale, dy * scale);
      },
    });
  }
}

const named = (control: HTMLElement) => control.getAttribute("aria-label") ?? control.title;

function asBox([x, y, width, height]: Place["box"]): Box {
  return { x, y, width, height };
}

/** What a screen reader says of a state. */
function spoken(place: Place): string {
  const found = place.findings.length ? `, ${place.findings.length} findings` : "";
  return `${place.title}, ${place.caption.toLowerCase()}${found}. ${place.text ?? ""}`.slice(0, 300);
}
