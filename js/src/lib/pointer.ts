// Mouse, pen and touch on the stage: click, drag, wheel.

import type { Viewport } from "./viewport";

export interface Pointing {
  click(node: string): void;
  /** Whether this press carries the state itself instead of moving the picture. */
  carries(node: string, event: PointerEvent): boolean;
  /** So far from where it was taken, in pixels of the page. */
  carry(node: string, dx: number, dy: number): void;
  drop(node: string, dx: number, dy: number): void;
}

interface Press {
  x: number;
  y: number;
  dx: number;
  dy: number;
  node: string | null;
  carried: string | null;
  far: boolean;
}

const CLICK_PX = 4;

/** Drag to move, wheel with Ctrl (or a pinch) to zoom, a plain wheel moves only where the map has the focus. */
export function pointing(stage: HTMLElement, viewport: Viewport, acts: Pointing): void {
  let press: Press | null = null;
  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const node = (event.target as Element).closest<SVGGElement>("g.node")?.dataset["state"] ?? null;
    const carried = node !== null && acts.carries(node, event) ? node : null;
    press = { x: event.clientX, y: event.clientY, dx: 0, dy: 0, node, carried, far: false };
  });
  stage.addEventListener("pointermove", (event) => {
    if (!press || !event.buttons) return;
    const [dx, dy] = [event.clientX - press.x - press.dx, event.clientY - press.y - press.dy];
    if (!press.far && Math.hypot(dx, dy) < CLICK_PX) return;
    if (!press.far) stage.setPointerCapture(event.pointerId);
    [press.far, press.dx, press.dy] = [true, press.dx + dx, press.dy + dy];
    stage.classList.add("dragging");
    if (press.carried === null) viewport.pan(dx, dy);
    else acts.carry(press.carried, press.dx, press.dy);
  });
  stage.addEventListener("pointerup", () => {
    stage.classList.remove("dragging");
    const done = press;
    press = null;
    if (done?.node && !done.far) acts.click(done.node);
    if (done?.carried && done.far) acts.drop(done.carried, done.dx, done.dy);
  });
  stage.addEventListener("wheel", (event) => wheel(event, stage, viewport), { passive: false });
  stage.addEventListener("dblclick", (event) => viewport.zoom(1.6, at(event, stage)));
}

/** What has the focus, also where the page keeps its widgets in a shadow root. */
export function focused(inside: HTMLElement): Element | null {
  return (inside.getRootNode() as Document | ShadowRoot).activeElement;
}

function wheel(event: WheelEvent, stage: HTMLElement, viewport: Viewport): void {
  const zooms = event.ctrlKey || event.metaKey;
  if (!zooms && !stage.contains(focused(stage))) return;
  event.preventDefault();
  if (zooms) viewport.zoom(Math.exp(-event.deltaY / 300), at(event, stage));
  else viewport.pan(-event.deltaX, -event.deltaY);
}

function at(event: MouseEvent, stage: HTMLElement): { x: number; y: number } {
  const box = stage.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}
