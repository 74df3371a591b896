// Tabs as screen readers and keyboards know them: arrow keys go from one to the next.

import { button, h } from "./dom";

export class Tabs {
  readonly element = h("div", { class: "fl-tabs" });
  private readonly list = h("div", { role: "tablist", class: "fl-tablist" });
  private readonly pane = h("div", { role: "tabpanel", class: "fl-tabpane", tabindex: 0 });
  private readonly tabs = new Map<string, HTMLButtonElement>();
  private readonly contents = new Map<string, () => HTMLElement>();
  private at = "";
  private shown = "";

  constructor(names: string[]) {
    this.pane.setAttribute("data-lm-suppress-shortcuts", "true");
    for (const name of names) {
      const tab = button(name, name, () => this.choose(name), { role: "tab", title: null });
      this.tabs.set(name, tab);
      this.list.append(tab);
    }
    this.list.addEventListener("keydown", (event) => this.key(event, names));
    this.element.append(this.list, this.pane);
    this.choose(names[0] ?? "");
  }

  /** What a tab holds, made when it is shown. */
  hold(name: string, content: () => HTMLElement): void {
    this.contents.set(name, content);
    if (name === this.at) this.fill();
  }

  choose(name: string): void {
    this.at = name;
    for (const [each, tab] of this.tabs) {
      tab.setAttribute("aria-selected", String(each === name));
      tab.tabIndex = each === name ? 0 : -1;
    }
    this.pane.setAttribute("aria-label", name);
    this.fill();
  }

  private fill(): void {
    const [same, was] = [this.shown === this.at, this.pane.scrollTop];
    this.shown = this.at;
    const made = this.contents.get(this.at);
    this.pane.replaceChildren(...(made ? [made()] : []));
    this.pane.scrollTop = this.pane.querySelector(".fl-log") ? this.pane.scrollHeight : same ? was : 0;
  }

  private key(event: KeyboardEvent, names: string[]): void {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const next = names[(names.indexOf(this.at) + step + names.length) % names.length] ?? this.at;
    this.choose(next);
    this.tabs.get(next)?.focus();
  }
}
