// The phone around a transcript: whose it is, what time it is there, what it has cost.

import { h } from "./dom";
import { skin, Transcript, type Acts, type Shown } from "./phone";

export class Phone {
  readonly element = h("section", { class: "fl-phone", "aria-label": "Phone" });
  readonly talk: Transcript;
  private readonly name = h("b");
  private readonly to = h("span", { class: "to" });
  private readonly clock = h("time", { title: "Simulated time" });
  private readonly counted = h("div", { class: "fl-counted", "aria-label": "Counted so far" });

  constructor(acts: Acts, ...below: HTMLElement[]) {
    this.talk = new Transcript(acts);
    this.element.append(h("header", { class: "fl-phone-head" }, this.name, this.to, this.clock), this.talk.element, this.counted, ...below);
  }

  show(shown: Shown, hurried = false): void {
    this.element.className = `fl-phone ${skin(shown)}`;
    this.name.textContent = shown.label;
    this.to.textContent = this.to.title = `${shown.contact} → ${shown.address}`;
    this.clock.textContent = shown.clock;
    const planned = shown.planned.length ? h("b", {}, ` · next: ${shown.planned.join(", ")}`) : null;
    this.counted.replaceChildren([shown.counted, shown.window, shown.stands].filter(Boolean).join(" · "), ...(planned ? [planned] : []));
    this.talk.show(shown, hurried);
  }
}
