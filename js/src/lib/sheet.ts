// A sheet over the widget: a small form, or a text to copy or to save. Escape closes it.

import { copy } from "./copy";
import { button, h } from "./dom";
import { download } from "./save";

/** Opens a sheet in `host`; the focus comes back to where it was when it is closed. */
export function sheet(host: HTMLElement, title: string, ...parts: (HTMLElement | null)[]): () => void {
  host.querySelector(".fl-sheet")?.remove();
  const back = document.activeElement as HTMLElement | null;
  const close = () => {
    element.remove();
    back?.focus?.();
  };
  const head = h("header", {}, h("b", {}, title), button("✕", "Close", close));
  const element = h("div", { class: "fl-sheet", role: "dialog", "aria-label": title }, head, ...parts);
  element.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
  });
  host.append(element);
  element.querySelector<HTMLElement>("input, textarea, pre, select")?.focus();
  return close;
}

/** A text to read, copy, and save as a file. */
export function textSheet(host: HTMLElement, title: string, name: string, text: string): void {
  const page = h("pre", { tabindex: 0 }, text);
  page.setAttribute("data-lm-suppress-shortcuts", "true");
  const take = button("Copy", "Copy the text", async () => {
    take.textContent = (await copy(text)) ? "Copied" : "Select and copy by hand";
  }, { class: "fl-main" });
  const keep = button(`Save ${name}`, `Save as ${name}`, () => download(new Blob([text], { type: "text/plain" }), name));
  sheet(host, title, page, h("div", { class: "fl-row" }, take, keep));
}
