// Buttons and a field that let simulated time pass.

import { button, h } from "./dom";

const SPANS: [string, string, number][] = [
  ["+1 min", "Nobody writes for a minute", 60],
  ["+1 h", "Nobody writes for an hour", 3600],
  ["+1 day", "Nobody writes for a day", 86400],
];

export function spans(wait: (seconds: number) => void): HTMLElement[] {
  return SPANS.map(([words, hint, seconds]) => button(words, hint, () => wait(seconds), { "aria-label": null }));
}

/** A field for a moment in words; Enter lets time pass until then. */
export function jumpField(jump: (to: string) => void): HTMLElement {
  const field = h("input", { type: "text", placeholder: "tomorrow 09:05", "aria-label": "Let time pass until", size: 13 });
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Enter" || event.isComposing || !field.value.trim()) return;
    event.preventDefault();
    jump(field.value);
    field.value = "";
  });
  return field;
}
