// Where the keyboard is: it stays there when what is shown is made anew, and moves about in a table by arrow keys.

/** Makes something anew; what had the focus has it again, known by its hint or its name. */
export function keepFocus(part: HTMLElement, make: () => void): void {
  const active = (part.getRootNode() as Document | ShadowRoot).activeElement;
  const known = active && part.contains(active) ? nameOf(active) : null;
  make();
  if (known === null) return;
  const again = [...part.querySelectorAll<HTMLElement>("button, select, input")].find((one) => nameOf(one) === known);
  again?.focus({ preventScroll: true });
}

function nameOf(element: Element): string {
  return element.getAttribute("title") ?? element.getAttribute("aria-label") ?? "";
}

/** The buttons in the body of a table are one stop of the Tab key; the arrow keys, Home and End go on from there. */
export function roveTable(part: HTMLElement): () => void {
  const stops = () => [...part.querySelectorAll<HTMLElement>("tbody tr")].map((row) => [...row.querySelectorAll<HTMLElement>("button")]);
  const moves: Record<string, [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -Infinity], End: [0, Infinity] };
  part.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    const rows = stops();
    const at = rows.findIndex((row) => row.includes(event.target as HTMLElement));
    if (!move || at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const across = (rows[at] ?? []).indexOf(event.target as HTMLElement) + move[1];
    const row = rows[Math.min(Math.max(at + move[0], 0), rows.length - 1)] ?? [];
    row[Math.min(Math.max(across, 0), row.length - 1)]?.focus();
  });
  const tabTo = (stop: HTMLElement | undefined) => stops().flat().forEach((one) => (one.tabIndex = one === stop ? 0 : -1));
  part.addEventListener("focusin", (event) => {
    if (stops().flat().includes(event.target as HTMLElement)) tabTo(event.target as HTMLElement);
  });
  return () => tabTo(stops().flat()[0]);
}
