// Which part of a picture is seen: moved, zoomed, fitted. The picture itself is never redrawn.

import { stillness } from "./widget";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const LARGEST = 2.5; // pixels of the page for one of the picture
const MARGIN = 24;
const CORNER = { width: 130, height: 160 }; // pixels of the page
const RIM = 0.5; // drawn beyond what is seen, on each side; the style sheet has the same
const WHOLE = 1 + 2 * RIM;
const REST_MS = 120;
const FAR = 2.6; // pixels of the picture for one of the page, from where on small print is left out

export class Viewport {
  private seen: Box = { x: 0, y: 0, width: 1, height: 1 };
  private page: Box = { x: 0, y: 0, width: 1, height: 1 };
  private svg: SVGSVGElement | null = null;
  private frame = 0;
  private rest = 0;
  private drawn: Box | null = null;
  private fitted = false; // a widget is drawn before it has a size
  private kept = 1; // the scale before the stage changed its size
  private size = { width: 0, height: 0 }; // of the stage, as it was reckoned with last

  constructor(
    private readonly stage: HTMLElement,
    private readonly moved: (seen: Box) => void,
  ) {}

  get view(): Box {
    return this.seen;
  }

  /** Shows another picture at the same scale, moved by so much; the first one is made to fit. */
  hold(svg: SVGSVGElement, { dx, dy } = { dx: 0, dy: 0 }): void {
    const page = svg.viewBox.baseVal;
    this.svg = svg;
    this.page = { x: page.x, y: page.y, width: page.width, height: page.height };
    if (this.fitted) this.show({ ...this.seen, x: this.seen.x + dx, y: this.seen.y + dy });
    else this.fit(false);
  }

  /** The whole picture; if that is too small to read, its whole width from the top. */
  fit(whole = true): void {
    const { width, height } = this.shape();
    if (width < 2 || height < 2) return;
    this.fitted = true;
    const page = { x: -MARGIN, y: -MARGIN, width: this.page.width + 2 * MARGIN, height: this.page.height + 2 * MARGIN };
    const all = Math.max(page.width / width, page.height / height, 0.5);
    const scale = whole || all < 2 ? all : Math.max(page.width / width, 0.5, Math.min(all, 1.4));
    const seen = { width: width * scale, height: height * scale };
    const x = page.x + (page.width - seen.width) / 2;
    const y = seen.height >= page.height ? page.y + (page.height - seen.height) / 2 : page.y;
    this.show({ x, y, ...seen });
  }

  /** Zooms by a factor around a point of the stage (its middle where none is given). */
  zoom(factor: number, at?: { x: number; y: number }): void {
    const { width, height } = this.shape();
    const largest = Math.max(this.page.width / width, this.page.height / height, 1) * 3;
    const scale = Math.min(Math.max(this.scale / factor, 1 / LARGEST), largest);
    const point = at ?? { x: width / 2, y: height / 2 };
    const x = this.seen.x + point.x * (this.scale - scale);
    const y = this.seen.y + point.y * (this.scale - scale);
    this.show({ x, y, width: width * scale, height: height * scale }, true);
  }

  /** Moves the picture by pixels of the page. */
  pan(dx: number, dy: number): void {
    this.show({ ...this.seen, x: this.seen.x - dx * this.scale, y: this.seen.y - dy * this.scale }, true);
  }

  /** Moves so that a point of the picture stands in the middle. */
  centre(x: number, y: number): void {
    this.glide({ ...this.seen, x: x - this.seen.width / 2, y: y - this.seen.height / 2 });
  }

  /** Moves as little as needed to bring a part of the picture into sight, large enough to read if it `zooms`. */
  reveal(box: Box, zooms = true): void {
    this.resized(); // what stands beside the stage may just have come or gone
    const { width, height } = this.shape();
    const scale = zooms ? Math.min(this.scale, 1.25) : this.scale;
    const seen = { width: width * scale, height: height * scale };
    const near = (start: number, size: number, from: number, to: number) =>
      from < start + MARGIN || to > start + size - MARGIN ? (from + to - size) / 2 : start;
    const same = scale === this.scale;
    const [right, bottom] = [this.seen.x + this.seen.width - CORNER.width * scale, this.seen.y + this.seen.height - CORNER.height * scale];
    const covered = box.x + box.width > right && box.y + box.height > bottom; // by the small map of the whole
    const x = near(same && !covered ? this.seen.x : Infinity, seen.width, box.x, box.x + box.width);
    const y = near(same && !covered ? this.seen.y : Infinity, seen.height, box.y, box.y + box.height);
    this.glide({ x, y, ...seen });
  }

  /** The stage has another size: the same scale, and nothing moves. */
  resized(): void {
    const [width, height] = [this.stage.clientWidth, this.stage.clientHeight];
    if (width < 2 || height < 2 || (width === this.size.width && height === this.size.height)) return;
    this.size = { width, height };
    if (!this.fitted) return this.fit(false);
    this.show({ ...this.seen, width: width * this.kept, height: height * this.kept });
  }

  /** Pixels of the picture for one of the page. */
  get scale(): number {
    return this.seen.width / this.shape().width;
  }

  /** The size of the stage; the one it had, while it is hidden. */
  private shape(): { width: number; height: number } {
    return this.size.width ? this.size : { width: this.stage.clientWidth || 1, height: this.stage.clientHeight || 1 };
  }

  private glide(to: Box): void {
    cancelAnimationFrame(this.frame);
    const from = this.seen;
    if (stillness()) return this.show(to);
    const begun = performance.now();
    const step = (now: number) => {
      const t = Math.min((now - begun) / 180, 1);
      const part = t * (2 - t);
      const between = (key: keyof Box) => from[key] + (to[key] - from[key]) * part;
      this.show({ x: between("x"), y: between("y"), width: between("width"), height: between("height") }, t < 1, t < 1);
      if (t < 1) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  /** A picture on the move is shifted as it is, which costs no drawing; drawn anew it is at rest, or past its rim. */
  private show(seen: Box, moves = false, glides = false): void {
    if (!glides) cancelAnimationFrame(this.frame);
    this.seen = seen;
    this.kept = this.scale;
    clearTimeout(this.rest);
    if (moves && this.drawn && inside(seen, this.drawn)) {
      this.shift(this.drawn);
      this.rest = window.setTimeout(() => this.draw(), REST_MS);
    } else this.draw();
    this.moved(seen);
  }

  private draw(): void {
    const { svg, seen } = this;
    if (!svg) return;
    const drawn = { x: seen.x - seen.width * RIM, y: seen.y - seen.height * RIM, width: seen.width * WHOLE, height: seen.height * WHOLE };
    this.drawn = drawn;
    svg.setAttribute("viewBox", `${drawn.x} ${drawn.y} ${drawn.width} ${drawn.height}`);
    svg.classList.toggle("far", this.scale > FAR);
    svg.style.transform = svg.style.willChange = "";
  }

  private shift(drawn: Box): void {
    const { svg, seen, scale } = this;
    if (!svg) return;
    const { width, height } = this.shape();
    const [x, y] = [width * RIM + (drawn.x - seen.x) / scale, height * RIM + (drawn.y - seen.y) / scale];
    svg.style.willChange = "transform";
    svg.style.transform = `translate(${x}px, ${y}px) scale(${drawn.width / WHOLE / width / scale})`;
  }
}

/** Whether a part of the picture is drawn, and about as large. */
function inside(seen: Box, drawn: Box): boolean {
  const larger = drawn.width / WHOLE / seen.width;
  const [right, bottom] = [seen.x + seen.width, seen.y + seen.height];
  const within = seen.x >= drawn.x && seen.y >= drawn.y && right <= drawn.x + drawn.width && bottom <= drawn.y + drawn.height;
  return within && larger > 0.6 && larger < 1.8;
}
