// What stays where it is on the screen when another picture comes: one state, or all of Studio's canvas.

import type { Place } from "./places";
import { stillness } from "./widget";
import type { Box } from "./viewport";

export interface Laid {
  places: Map<string, Place>;
  canvas: number[];
}

const GLIDE_MS = 220;

/** How far the new picture is to be moved so that what the reader looks at stays. `wanted`: the first that is in both. */
export function shift(before: Laid, after: Laid, wanted: string[], seen: Box): { dx: number; dy: number } {
  const [scale, left = 0, top = 0] = before.canvas;
  const [now, nowLeft = 0, nowTop = 0] = after.canvas;
  if (scale !== undefined && scale === now) return { dx: nowLeft - left, dy: nowTop - top };
  const name = kept(before, after, wanted, seen);
  const [was, is] = [before.places.get(name)?.box, after.places.get(renamed(before, after, name))?.box];
  return was && is ? { dx: is[0] + is[2] / 2 - was[0] - was[2] / 2, dy: is[1] - was[1] } : { dx: 0, dy: 0 };
}

/** What a state is called in the new picture: where one went and one came, it is the same. */
export function renamed(before: Laid, after: Laid, name: string): string {
  if (after.places.has(name)) return name;
  const gone = [...before.places.keys()].filter((one) => !after.places.has(one));
  const come = [...after.places.keys()].filter((one) => !before.places.has(one));
  return gone.length === 1 && come.length === 1 ? come[0] ?? "" : "";
}

function kept(before: Laid, after: Laid, wanted: string[], seen: Box): string {
  const stays = (name: string) => before.places.has(name) && after.places.has(renamed(before, after, name));
  const found = wanted.find(stays);
  if (found) return found;
  const [x, y] = [seen.x + seen.width / 2, seen.y + seen.height / 2];
  const far = ({ box }: Place) => Math.hypot(box[0] + box[2] / 2 - x, box[1] + box[3] / 2 - y);
  return [...before.places.values()].filter((place) => stays(place.name)).sort((a, b) => far(a) - far(b))[0]?.name ?? "";
}

/** Lets the states that stand elsewhere now glide there. `node`: a state's element in the new picture. */
export function glide(before: Laid, after: Laid, by: { dx: number; dy: number }, node: (name: string) => Element | undefined): void {
  if (stillness()) return;
  for (const [name, { box: was }] of before.places) {
    const here = renamed(before, after, name);
    const is = after.places.get(here)?.box;
    if (!is) continue;
    const [dx, dy] = [was[0] + was[2] / 2 + by.dx - is[0] - is[2] / 2, was[1] + by.dy - is[1]];
    if (Math.hypot(dx, dy) < 1) continue;
    const from = { transform: `translate(${dx}px, ${dy}px)` };
    node(here)?.animate([from, { transform: "none" }], { duration: GLIDE_MS, easing: "ease-out" });
  }
}
