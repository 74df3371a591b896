// Moving a state by hand, where the map stands as Studio's canvas does.

import type { Picture } from "./picture";
import type { Box } from "./viewport";

export interface Canvas {
  scale: number;
  left: number;
  top: number;
}

export const STEP = 20; // of Studio's pixels, for a key

export function canvasOf([scale, left, top]: number[]): Canvas | null {
  return scale === undefined || left === undefined || top === undefined ? null : { scale, left, top };
}

/** Where a box of the picture lies on Studio's canvas. */
export function offset(canvas: Canvas, box: Box): { x: number; y: number } {
  return { x: Math.round((box.x + box.width / 2 - canvas.left) / canvas.scale), y: Math.round((box.y - canvas.top) / canvas.scale) };
}

/** Shows a state elsewhere while it is dragged; its exits step back until they are drawn anew. */
export function carry(picture: Picture, name: string, dx: number, dy: number): void {
  const node = picture.node(name);
  if (node) node.style.transform = `translate(${dx}px, ${dy}px)`;
  for (const edge of picture.svg.querySelectorAll<SVGGElement>("g.edge"))
    if (edge.dataset["from"] === name || edge.dataset["to"] === name) edge.style.opacity = "0.25";
}
