// A transport bar: play, pause, step, jump, speed, and a line of time with what is worth looking at marked on it.

import { button, choice, h } from "./dom";

export interface Mark {
  at: number;
  kind: "turn" | "difference";
  words: string;
}

const SPEEDS: [string, string][] = [["0.5", "½×"], ["1", "1×"], ["2", "2×"], ["5", "5×"]];
const BEAT_MS = { line: 900, step: 260 };

export class Transport {
  readonly element = h("div", { class: "fl-transport", role: "toolbar", "aria-label": "Playback" });
  private readonly line = h("input", { type: "range", min: 0, value: 0, "aria-label": "Beat" });
  private readonly marks = h("div", { class: "fl-marks" });
  private readonly clock = h("span", { class: "fl-clock", "aria-live": "off" });
  private readonly playing = button("▶", "Play (Space)", () => this.toggle(), { class: "fl-main" });
  private timer = 0;
  private speed = 1;
  private count = 0;
  private at = 0;
  private found: Mark[] = [];

  /** `slow`: whether something is said at a beat, so that one wants to read. */
  constructor(
    private readonly moved: (at: number, rest: boolean) => void,
    private readonly slow: (at: number) => boolean,
  ) {
    this.line.addEventListener("input", () => this.go(Number(this.line.value)));
    this.line.addEventListener("keydown", (event) => this.key(event) && (event.preventDefault(), event.stopPropagation()));
    const speed = choice("Speed", SPEEDS, "1", (value) => (this.speed = Number(value)));
    this.element.append(
      button("«", "To the beginning (Home)", () => this.go(0)),
      button("‹", "A beat back (←)", () => this.go(this.at - 1)),
      this.playing,
      button("›", "A beat on (→)", () => this.go(this.at + 1)),
      button("»", "To the end (End)", () => this.go(this.count - 1)),
      h("div", { class: "fl-line" }, this.line, this.marks),
      this.clock,
      button("≠", "To the next difference (D)", () => this.toMark("difference", 1)),
      speed,
    );
  }

  hold(count: number, marks: Mark[], at: number): void {
    this.pause();
    this.count = count;
    this.found = marks;
    this.line.max = String(Math.max(count - 1, 0));
    const place = (mark: Mark) => `left:${count > 1 ? (100 * mark.at) / (count - 1) : 0}%`;
    this.marks.replaceChildren(...marks.map((mark) => h("i", { class: mark.kind, style: place(mark), title: mark.words })));
    this.show(at);
  }

  show(at: number): void {
    this.at = Math.min(Math.max(at, 0), Math.max(this.count - 1, 0));
    this.line.value = String(this.at);
  }

  tell(clock: string, words: string): void {
    this.clock.textContent = clock;
    this.line.setAttribute("aria-valuetext", `${this.at + 1} of ${this.count}, ${clock}, ${words}`);
  }

  /** Acts on a key, and says whether it did. */
  key(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const acts: Record<string, () => void> = {
      " ": () => this.toggle(),
      ArrowRight: () => (event.shiftKey ? this.toMark("turn", 1) : this.go(this.at + 1)),
      ArrowLeft: () => (event.shiftKey ? this.toMark("turn", -1) : this.go(this.at - 1)),
      Home: () => this.go(0),
      End: () => this.go(this.count - 1),
      d: () => this.toMark("difference", 1),
      D: () => this.toMark("difference", -1),
    };
    const act = acts[event.key];
    act?.();
    return act !== undefined;
  }

  pause(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    this.playing.textContent = "▶";
    this.playing.setAttribute("aria-label", "Play (Space)");
  }

  private toggle(): void {
    if (this.timer) {
      this.pause();
      return this.moved(this.at, true);
    }
    if (this.at >= this.count - 1) this.step(0);
    this.playing.textContent = "❙❙";
    this.playing.setAttribute("aria-label", "Pause (Space)");
    this.next();
  }

  private next(): void {
    const wait = (this.slow(this.at) ? BEAT_MS.line : BEAT_MS.step) / this.speed;
    this.timer = window.setTimeout(() => {
      this.step(this.at + 1);
      if (this.at < this.count - 1) return this.next();
      this.pause();
      this.moved(this.at, true);
    }, wait);
  }

  private step(at: number): void {
    this.show(at);
    this.moved(this.at, false);
  }

  private go(at: number): void {
    this.pause();
    this.show(at);
    this.moved(this.at, true);
  }

  private toMark(kind: Mark["kind"], way: 1 | -1): void {
    const places = this.found.filter((mark) => mark.kind === kind).map((mark) => mark.at);
    const next = way > 0 ? places.find((at) => at > this.at) : places.reverse().find((at) => at < this.at);
    if (next !== undefined) this.go(next);
  }
}
