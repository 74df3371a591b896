// The player: conversations to choose from, record and replay side by side, the map that follows, a transport bar.

import { button, choice, h } from "./lib/dom";
import { Finder, type Found } from "./lib/finder";
import { FlowMapView, type MapTraits } from "./lib/flow_map_view";
import { writer, type Line, type Shown } from "./lib/phone";
import { Phone } from "./lib/phone_frame";
import { Status } from "./lib/status";
import { Transport, type Mark } from "./lib/transport";
import { watch, type Model } from "./lib/widget";

interface Beat {
  seq: number;
  turn: number;
  active: string;
  step: boolean;
  clock: string;
  words: string;
}

interface Film {
  beats?: Beat[];
  walk?: [number, string, string][];
  phone?: Shown;
  record?: Shown;
  differences?: { turn: number; what: string; words: string }[];
}

interface Other {
  phone?: Shown;
  walk?: [number, string, string][];
  words?: string;
  live?: boolean;
}

interface Traits extends MapTraits, Found {
  film: Film;
  position: number;
  besides: [string, string][];
  beside: string;
  other: Other;
}

const FORK = "fork";
const EMPTY: Film = { beats: [], walk: [], differences: [] };

class PlayerView {
  readonly root = h("div", { class: "fl-lab fl-player", role: "group", "aria-label": "Player" });
  private readonly map: FlowMapView;
  private readonly finder: Finder;
  private readonly left: Phone;
  private readonly right = new Phone({});
  private readonly besides = h("div", { class: "fl-beside" });
  private readonly live = h("div", { class: "fl-live", hidden: true });
  private readonly why = h("div", { class: "fl-explained", role: "status", "aria-live": "polite" });
  private readonly status = new Status();
  private readonly transport = new Transport((at, rest) => this.moved(at, rest), (at) => !this.film.beats?.[at]?.step);

  constructor(private readonly model: Model<Traits>) {
    this.map = new FlowMapView(model as unknown as Model<MapTraits>);
    this.finder = new Finder(model as unknown as Model<Found>);
    this.left = new Phone({ pick: (what) => this.send({ do: "pick", what }) }, this.live);
    this.live.append(
      writer((text) => this.send({ do: "say", text }), "Go on as the customer"),
      h(
        "div",
        { class: "fl-times" },
        button("+1 h", "Nobody writes for an hour", () => this.send({ do: "wait", seconds: 3600 })),
        button("Back", "Take the last move back", () => this.send({ do: "back" })),
      ),
    );
    const phones = h("div", { class: "fl-phones" }, h("div", { class: "fl-column" }, this.besides, this.left.element), h("div", { class: "fl-column" }, this.head(), this.right.element));
    this.root.append(
      h("div", { class: "fl-columns" }, this.finder.element, phones, h("div", { class: "fl-right" }, this.map.root)),
      this.why,
      this.transport.element,
      this.status.element,
    );
    this.root.addEventListener("keydown", (event) => this.key(event));
  }

  watch(): () => void {
    const { model } = this;
    const watching = [
      watch(model, ["columns", "chosen"], () => this.finder.showFilters()),
      watch(model, ["found", "count", "conversation"], () => this.finder.showFound()),
      watch(model, ["besides", "beside"], () => this.choose()),
      watch(model, ["film"], () => this.load()),
      watch(model, ["position"], () => (this.transport.show(model.get("position")), this.show())),
      watch(model, ["other"], () => this.show()),
      watch(model, ["trouble"], () => this.status.tell(model.get("trouble"))),
      watch(model, ["height_px"], () => this.root.style.setProperty("--height", `${model.get("height_px")}px`)),
    ];
    const map = this.map.live();
    return () => {
      this.transport.pause();
      this.finder.stop();
      watching.forEach((stop) => stop());
      map();
    };
  }

  private get film(): Film {
    return this.model.get("film").beats ? this.model.get("film") : EMPTY;
  }

  private get beats(): Beat[] {
    return this.film.beats ?? [];
  }

  private head(): HTMLElement {
    return h(
      "div",
      { class: "fl-beside" },
      h("b", {}, "as replayed"),
      button("Fork here", "Go on from this turn otherwise", () => this.send({ do: "fork_here" })),
    );
  }

  private choose(): void {
    const { model } = this;
    const options: [string, string][] = [...model.get("besides")];
    if (model.get("beside") === FORK) options.push([FORK, "the fork"]);
    const list = choice("What stands beside the replay", options, model.get("beside"), (value) => {
      model.set("beside", value);
      model.save_changes();
    });
    this.besides.replaceChildren(list);
  }

  private load(): void {
    const turns: Mark[] = [];
    this.beats.forEach((beat, at) => {
      if (beat.turn !== this.beats[at - 1]?.turn) turns.push({ at, kind: "turn", words: `Turn ${beat.turn}` });
    });
    const differences = (this.film.differences ?? []).map((one) => ({ at: this.lastOf(one.turn), kind: "difference" as const, words: one.words }));
    this.transport.hold(this.beats.length, [...turns, ...differences], this.model.get("position"));
    this.show();
  }

  /** The last beat of a turn: by then all of it has been said. */
  private lastOf(turn: number): number {
    const at = this.beats.map((beat) => beat.turn <= turn).lastIndexOf(true);
    return Math.max(at, 0);
  }

  private moved(at: number, rest: boolean): void {
    this.model.set("position", at);
    if (rest) this.model.save_changes();
  }

  private show(): void {
    const { model, film } = this;
    const beat = this.beats[Math.min(model.get("position"), this.beats.length - 1)];
    if (!film.phone || !film.record) return;
    if (!beat) return this.still(film.phone, film.record);
    const other = model.get("other");
    const upTo = (line: Line) => (line.seq === undefined ? line.turn < beat.turn || this.ended(beat) : line.seq <= beat.seq);
    this.right.show({ ...film.phone, lines: film.phone.lines.filter(upTo), clock: beat.clock.slice(0, -3) }, true);
    this.live.hidden = !other.live;
    if (!other.phone) this.left.show({ ...film.record, lines: film.record.lines.filter((line) => line.turn <= beat.turn) }, true);
    else this.left.show(other.live ? other.phone : { ...other.phone, lines: other.phone.lines.filter((line) => line.turn <= beat.turn) }, true);
    this.explain(beat, other);
    this.transport.tell(beat.clock, beat.words);
    this.paint(beat, other);
  }

  /** Nothing happened in the replay: all of the record, and why. */
  private still(replayed: Shown, recorded: Shown): void {
    this.right.show(replayed, true);
    this.left.show(recorded, true);
    this.why.replaceChildren("The replay did nothing with this conversation: no message of a customer reached the flow.");
    this.model.set("walked", []);
    this.model.set("active", "");
  }

  private ended(beat: Beat): boolean {
    return beat === this.beats[this.beats.length - 1];
  }

  private paint(beat: Beat, other: Other): void {
    const { model } = this;
    model.set("walked", (this.film.walk ?? []).filter(([seq]) => seq <= beat.seq).map(([, from, to]) => [from, to]));
    model.set("active", beat.active);
    this.map.ghost((other.walk ?? []).map(([, from, to]) => [from, to]));
  }

  private explain(beat: Beat, other: Other): void {
    const found = this.film.differences ?? [];
    const now = found.filter((one) => one.turn === beat.turn);
    const shown = now.length ? now : found.slice(0, 1);
    const first = now.length ? "" : found.length ? "First difference: " : "";
    const same = other.live ? "The fork goes the same way so far." : null;
    const words = other.words || same || (shown.map((one) => one.words).join(" ") || "Record and replay say the same.");
    this.why.replaceChildren(h("b", {}, other.words ? "" : first), words);
    this.why.classList.toggle("differs", found.length > 0 || (other.words ?? "").startsWith("They part"));
  }

  private key(event: KeyboardEvent): void {
    const target = event.target as Element;
    if (target.matches("input, textarea, select, summary, button, g.node")) return;
    if (!this.transport.key(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  private send(message: Record<string, unknown>): void {
    this.model.send(message);
  }
}

function render({ model, el }: { model: Model<Traits>; el: HTMLElement }): () => void {
  const player = new PlayerView(model);
  el.append(player.root);
  return player.watch();
}

export default { render };
