// The flow map: the picture that Python laid out, to move about in, search, click, and edit. Other widgets hold one too.

import { button, choice, h } from "./dom";
import { Minimap } from "./minimap";
import { panel, type Desk, type Edit } from "./panel";
import { Picture } from "./picture";
import { neighbour, search, type Place } from "./places";
import { save } from "./save";
import { Viewport, type Box } from "./viewport";
import { watch, type Model } from "./widget";

export interface MapTraits {
  picture: string;
  places: Place[];
  title: string;
  active: string;
  walked: [string, string][];
  picked: string;
  layers: [string, string][];
  layer: string;
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

const CLICK_PX = 4;

export class FlowMapView {
  readonly root = h("div", { class: "fl-lab fl-map-widget", role: "application", "aria-label": "Flow map" });
  private readonly stage = h("div", { class: "fl-stage" });
  private readonly side = h("aside", { class: "fl-side", "aria-label": "State", hidden: true });
  private readonly status = h("div", { class: "fl-status", role: "status", "aria-live": "polite" });
  private readonly tools = h("div", { class: "fl-tools", role: "toolbar", "aria-label": "Flow map" });
  private readonly minimap = new Minimap(() => this.viewport);
  private readonly viewport = new Viewport(this.stage, (seen) => this.minimap.seen(seen));
  private picture: Picture | null = null;
  private places = new Map<string, Place>();
  private aiming: number | null = null;

  constructor(private readonly model: Model<MapTraits>) {
    this.root.append(this.tools, h("div", { class: "fl-body" }, this.stage, this.side), this.status);
    this.stage.append(this.minimap.element);
    this.mouse();
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.stage.addEventListener("focusin", (event) => {
      const name = (event.target as Element).closest<SVGGElement>("g.node")?.dataset["state"];
      const box = name && this.places.get(name)?.box;
      if (name) this.picture?.tabTo(name);
      if (box) this.viewport.reveal(asBox(box));
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
      watch(model, ["editable", "can_undo", "can_redo", "layers", "layer"], () => this.equip()),
      watch(model, ["said", "trouble"], () => this.tell()),
      watch(model, ["height_px"], () => this.root.style.setProperty("--height", `${model.get("height_px")}px`)),
    ];
    let shown = false;
    const size = new ResizeObserver(() => {
      this.viewport.resized();
      if (!shown && this.stage.clientWidth > 1) this.paint(); // before it had a size, nothing could be brought into sight
      shown ||= this.stage.clientWidth > 1;
    });
    size.observe(this.stage);
    return () => {
      size.disconnect();
      watching.forEach((stop) => stop());
    };
  }

  private hold(): void {
    this.places = new Map(this.model.get("places").map((place) => [place.name, place]));
  }

  private draw(): void {
    const labels = new Map([...this.places.values()].map((place) => [place.name, spoken(place)]));
    const picture = new Picture(this.model.get("picture"), labels);
    this.picture?.svg.remove();
    this.picture = picture;
    this.stage.prepend(picture.svg);
    const boxes = new Map([...this.places.values()].map((place) => [place.name, asBox(place.box)]));
    this.minimap.hold(picture, boxes, picture.svg.viewBox.baseVal as unknown as DOMRect);
    this.viewport.hold(picture.svg);
    picture.tabTo(this.model.get("picked") || this.model.get("initial") || (picture.names()[0] ?? ""));
    this.paint();
    this.pick();
  }

  private paint(): void {
    const active = this.model.get("active");
    this.picture?.walk(this.model.get("walked"));
    this.picture?.mark("active", active ? [active] : []);
    this.minimap.light(active || this.model.get("picked"));
    const box = this.places.get(active)?.box;
    if (box) this.viewport.reveal(asBox(box));
  }

  private pick(): void {
    const place = this.places.get(this.model.get("picked"));
    this.picture?.mark("picked", place ? [place.name] : []);
    this.side.hidden = !place;
    this.aiming = null;
    if (place) this.side.replaceChildren(this.closer(), panel(place, this.desk(place)));
    this.minimap.light(this.model.get("active") || (place?.name ?? ""));
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
        this.say(`Click the state that this exit of ${place.name} is to lead to, or press Escape.`);
      },
    };
  }

  private choose(name: string): void {
    if (this.aiming !== null && name) {
      this.send({ do: "connect", state: this.model.get("picked"), exit: this.aiming, to: name });
      return this.aimed();
    }
    this.model.set("picked", name);
    this.model.save_changes();
    this.pick();
  }

  private aimed(): void {
    this.aiming = null;
    this.root.classList.remove("aiming");
    this.say("");
  }

  /** Shows a place, picks it and gives it the focus. */
  goTo(name: string): void {
    const box = this.places.get(name)?.box;
    if (!box) return;
    this.choose(name);
    this.viewport.reveal(asBox(box));
    this.picture?.node(name)?.focus({ preventScroll: true });
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

  private say(words: string): void {
    this.status.textContent = words;
    this.status.classList.remove("trouble");
  }

  private tell(): void {
    const trouble = this.model.get("trouble");
    this.say(trouble || this.model.get("said"));
    this.status.classList.toggle("trouble", trouble !== "");
  }

  private equip(): void {
    const { model } = this;
    const layers = model.get("layers");
    const paint = (layer: string) => this.send({ do: "paint", layer });
    const list = layers.length > 1 ? choice("What is painted on the map", layers, model.get("layer"), paint) : null;
    const undo = button("↶", "Undo (Ctrl+Z)", () => this.send({ do: "undo" }), { disabled: !model.get("can_undo") });
    const redo = button("↷", "Redo (Ctrl+Shift+Z)", () => this.send({ do: "redo" }), { disabled: !model.get("can_redo") });
    const title = model.get("title");
    this.tools.replaceChildren(
      h("strong", { class: "fl-title", title }, title),
      this.searcher(),
      ...(list ? [list] : []),
      ...(model.get("editable") ? [undo, redo] : []),
      button("−", "Smaller (-)", () => this.viewport.zoom(1 / 1.25)),
      button("+", "Larger (+)", () => this.viewport.zoom(1.25)),
      button("Fit", "Show the whole flow (0)", () => this.viewport.fit()),
      button("SVG", "Save the picture as SVG", () => this.picture && save(this.picture.svg, title, "svg")),
      button("PNG", "Save the picture as PNG", () => this.picture && save(this.picture.svg, title, "png")),
    );
  }

  private searcher(): HTMLElement {
    const found = h("span", { class: "fl-found", "aria-live": "polite" });
    const input = h("input", { type: "search", placeholder: "Search (/)", "aria-label": "Search states by name or text" });
    let at = 0;
    const show = (step: number) => {
      const hits = search([...this.places.values()], input.value);
      this.picture?.mark("hit-place", hits.map((place) => place.name));
      at = hits.length ? (at + step + hits.length) % hits.length : 0;
      const hit = hits[at];
      found.textContent = input.value.trim() ? (hit ? `${at + 1}/${hits.length}` : "none") : "";
      if (hit) this.viewport.reveal(asBox(hit.box));
      return hit;
    };
    input.addEventListener("input", () => ((at = 0), show(0)));
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" || event.key === "ArrowDown") {
        event.preventDefault();
        const hit = show(this.model.get("picked") && event.key === "Enter" ? 1 : event.key === "ArrowDown" ? 1 : 0);
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

  /** Drag to move, wheel with Ctrl (or a pinch) to zoom, a plain wheel moves only where the map has the focus. */
  private mouse(): void {
    let from: { x: number; y: number; node: string | null; far: boolean } | null = null;
    const { stage } = this;
    stage.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      const node = (event.target as Element).closest<SVGGElement>("g.node")?.dataset["state"] ?? null;
      from = { x: event.clientX, y: event.clientY, node, far: false };
    });
    stage.addEventListener("pointermove", (event) => {
      if (!from || !event.buttons) return;
      const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
      if (!from.far && Math.hypot(dx, dy) < CLICK_PX) return;
      if (!from.far) stage.setPointerCapture(event.pointerId);
      from = { ...from, x: event.clientX, y: event.clientY, far: true };
      stage.classList.add("dragging");
      this.viewport.pan(dx, dy);
    });
    stage.addEventListener("pointerup", () => {
      stage.classList.remove("dragging");
      if (from?.node && !from.far) this.choose(from.node);
      from = null;
    });
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    stage.addEventListener("dblclick", (event) => this.viewport.zoom(1.6, this.at(event)));
  }

  private wheel(event: WheelEvent): void {
    const zooms = event.ctrlKey || event.metaKey;
    if (!zooms && !this.stage.contains(document.activeElement)) return;
    event.preventDefault();
    if (zooms) this.viewport.zoom(Math.exp(-event.deltaY / 300), this.at(event));
    else this.viewport.pan(-event.deltaX, -event.deltaY);
  }

  private at(event: MouseEvent): { x: number; y: number } {
    const box = this.stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
}

function asBox([x, y, width, height]: Place["box"]): Box {
  return { x, y, width, height };
}

/** What a screen reader says of a state. */
function spoken(place: Place): string {
  const found = place.findings.length ? `, ${place.findings.length} findings` : "";
  return `${place.title}, ${place.caption.toLowerCase()}${found}. ${place.text ?? ""}`.slice(0, 300);
}
