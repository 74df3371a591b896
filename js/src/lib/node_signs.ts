// Signs at the nodes of a picture: what became of each, told by more than colour.

import type { Fate } from "./routing";

const SVG = "http://www.w3.org/2000/svg";
const FATES: Fate[] = ["taken", "left", "refused", "wrong", "waits", "ahead", "offered"];
/** As colours of the picture's own, so that it keeps them when it is saved. */
const COLOURS: Partial<Record<Fate, string>> = { taken: "--path", refused: "--alarm", wrong: "--alarm", left: "--loop" };

/** Puts its sign at each node. `boxes`: where the nodes lie. */
export function sign(
  root: HTMLElement,
  found: Map<string, { state: Fate; sign: string; text: string }>,
  boxes: Map<string, [number, number, number, number]>,
): void {
  for (const node of root.querySelectorAll<SVGGElement>("g.node")) {
    const name = node.dataset["state"] ?? "";
    const [now, box] = [found.get(name), boxes.get(name)];
    node.querySelector("g.fl-mark")?.remove();
    for (const fate of FATES) node.classList.toggle(fate, fate === now?.state);
    if (now) node.setAttribute("aria-description", `${now.state}: ${now.text}`);
    else node.removeAttribute("aria-description");
    if (now && box && now.state !== "ahead") node.append(mark(now.sign, now.state, box[0] + 4, box[1] + 2));
  }
}

function mark(sign: string, fate: Fate, x: number, y: number): SVGGElement {
  const made = document.createElementNS(SVG, "g");
  made.setAttribute("class", "fl-mark");
  const colour = `var(${COLOURS[fate] ?? "--muted"})`;
  const disc = document.createElementNS(SVG, "circle");
  for (const [key, value] of Object.entries({ cx: x, cy: y, r: 9 })) disc.setAttribute(key, String(value));
  disc.setAttribute("style", `fill:var(--paper);stroke:${colour};stroke-width:1.6`);
  const words = document.createElementNS(SVG, "text");
  for (const [key, value] of Object.entries({ x, y })) words.setAttribute(key, String(value));
  words.setAttribute("style", `fill:${colour};font-size:12px;font-weight:700`);
  words.textContent = sign.slice(0, 3);
  made.append(disc, words);
  return made;
}
