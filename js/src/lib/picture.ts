// The picture of a flow as it comes from Python (all text in it escaped there), made into something one can touch.

import { ownKeys } from "./dom";
import type { Box } from "./viewport";

export class Picture {
  readonly svg: SVGSVGElement;
  private readonly nodes = new Map<string, SVGGElement>();

  constructor(markup: string, private readonly labels: Map<string, string>) {
    const page = new DOMParser().parseFromString(markup, "text/html");
    const found = page.querySelector("svg");
    if (!found) throw new Error("no picture");
    this.svg = document.importNode(found, true);
    this.svg.setAttribute("role", "group");
    this.svg.removeAttribute("style");
    for (const node of this.svg.querySelectorAll<SVGGElement>("g.node")) this.addNode(node);
    for (const line of this.svg.querySelectorAll<SVGPathElement>("g.edge path.line")) this.addHit(line);
  }

  node(name: string): SVGGElement | undefined {
    return this.nodes.get(name);
  }

  box(name: string): Box | null {
    const box = this.nodes.get(name)?.querySelector<SVGPathElement>("path.box")?.getBBox();
    return box ? { x: box.x, y: box.y, width: box.width, height: box.height } : null;
  }

  names(): string[] {
    return [...this.nodes.keys()];
  }

  /** Gives the nodes of a class that class, and takes it from all others. */
  mark(name: string, nodes: Iterable<string>): void {
    const wanted = new Set(nodes);
    for (const [state, node] of this.nodes) node.classList.toggle(name, wanted.has(state));
  }

  /** One node can be reached with the Tab key; the arrow keys go on from there. */
  tabTo(name: string): void {
    for (const [state, node] of this.nodes) node.setAttribute("tabindex", state === name ? "0" : "-1");
  }

  /** Paints the edges of a walk. */
  walk(steps: [string, string][]): void {
    this.paint("walked", steps);
    this.mark("passed", steps.flat());
  }

  /** Paints the edges of another walk, beside the first. */
  ghost(steps: [string, string][]): void {
    this.paint("ghost", steps);
  }

  private paint(name: string, steps: [string, string][]): void {
    const walked = new Set(steps.map(([from, to]) => `${from}\n${to}`));
    for (const edge of this.svg.querySelectorAll<SVGGElement>("g.edge"))
      edge.classList.toggle(name, walked.has(`${edge.dataset["from"]}\n${edge.dataset["to"]}`));
  }

  private addNode(node: SVGGElement): void {
    const name = node.dataset["state"] ?? "";
    node.setAttribute("role", "button");
    node.setAttribute("tabindex", "-1");
    node.setAttribute("aria-label", this.labels.get(name) ?? name);
    ownKeys(node);
    this.nodes.set(name, node);
  }

  /** A line is thin; what one has to hit is not. */
  private addHit(line: SVGPathElement): void {
    const hit = line.cloneNode() as SVGPathElement;
    hit.setAttribute("class", "hit");
    hit.removeAttribute("style");
    line.after(hit);
  }
}
