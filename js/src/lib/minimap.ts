// The whole flow, small, with a frame around what is seen; press or drag in it to go there.

import type { Box, Viewport } from "./viewport";
import type { Picture } from "./picture";

const SVG = "http://www.w3.org/2000/svg";

export class Minimap {
  readonly element = document.createElementNS(SVG, "svg");
  private readonly frame = document.createElementNS(SVG, "rect");

  constructor(private readonly viewport: () => Viewport) {
    this.element.setAttribute("class", "fl-minimap");
    this.element.setAttribute("aria-hidden", "true");
    this.frame.setAttribute("class", "frame");
    const go = (event: PointerEvent) => {
      if (event.type === "pointermove" && !event.buttons) return;
      event.stopPropagation();
      this.element.setPointerCapture(event.pointerId);
      const to = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.element.getScreenCTM()?.inverse());
      this.viewport().centre(to.x, to.y);
    };
    this.element.addEventListener("pointerdown", go);
    this.element.addEventListener("pointermove", go);
  }

  hold(picture: Picture, boxes: Map<string, Box>, page: DOMRect): void {
    this.element.setAttribute("viewBox", `0 0 ${page.width} ${page.height}`);
    this.element.replaceChildren();
    for (const name of picture.names()) {
      const box = boxes.get(name);
      if (!box) continue;
      const part = rect(box, "part");
      part.dataset["state"] = name;
      this.element.append(part);
    }
    this.element.append(this.frame);
  }

  light(active: string): void {
    for (const part of this.element.querySelectorAll<SVGRectElement>("rect.part"))
      part.classList.toggle("here", part.dataset["state"] === active);
  }

  seen(box: Box): void {
    place(this.frame, box);
  }
}

function rect(box: Box, name: string): SVGRectElement {
  const made = document.createElementNS(SVG, "rect");
  made.setAttribute("class", name);
  place(made, box);
  return made;
}

function place(made: SVGRectElement, box: Box): void {
  for (const key of ["x", "y", "width", "height"] as const) made.setAttribute(key, String(box[key]));
}
