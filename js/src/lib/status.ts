// The line at the foot of a widget: what was done last, or what went wrong.

import { h } from "./dom";

export class Status {
  readonly element = h("div", { class: "fl-status", role: "status", "aria-live": "polite" });

  say(words: string): void {
    this.tell("", words);
  }

  /** The trouble, where there is one; else the words. */
  tell(trouble: string, words = ""): void {
    this.element.textContent = trouble || words;
    this.element.classList.toggle("trouble", trouble !== "");
  }
}
