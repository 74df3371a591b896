// The account of a dry run: how it ends, its moments to step through, and every filter, target and worker with the reason.

import { button, h } from "./dom";
import { seconds, told, type Line, type RoutingTraits } from "./routing";
import { watch, type Model } from "./widget";

export class Account {
  readonly root = h("div", { class: "fl-account" });
  private readonly end = h("div", { class: "fl-end" });
  private readonly slider = h("input", { type: "range", min: 1, step: 1, "aria-label": "Step of the run" });
  private readonly when = h("span", { class: "fl-when" });
  private readonly filters = h("ol", { "aria-label": "Filters" });
  private readonly targets = h("ol", { "aria-label": "Targets and workers" });
  private readonly faults = h("ul", { class: "fl-faults", "aria-label": "What is wrong" });
  private readonly back: HTMLButtonElement[];
  private readonly on: HTMLButtonElement[];
  private lines: { line: Line; element: HTMLElement }[] = [];

  constructor(
    private readonly model: Model<RoutingTraits>,
    private readonly go: (node: string) => void,
  ) {
    const step = (by: number) => () => this.step(this.model.get("step") + by);
    this.back = [button("|◀", "First step", () => this.step(1)), button("◀", "Step back", step(-1))];
    this.on = [button("▶", "Step forward", step(1)), button("▶|", "Last step", () => this.step(Infinity))];
    this.slider.addEventListener("input", () => this.step(this.slider.valueAsNumber));
    this.slider.addEventListener("keydown", (event) => event.stopPropagation());
    const transport = h("div", { class: "fl-transport", role: "group", "aria-label": "Time" }, ...this.back, this.slider, ...this.on, this.when);
    const column = (words: string, list: HTMLElement) => h("section", {}, h("div", { class: "fl-caption" }, words), list);
    const parts = [column("Filters, in order", this.filters), column("Targets, and the workers looked at", this.targets)];
    this.root.append(h("div", { class: "fl-bar" }, this.end, transport), h("div", { class: "fl-lists" }, ...parts), this.faults);
  }

  /** Follows the model until it is taken away. */
  live(): () => void {
    const { model } = this;
    const watching = [
      watch(model, ["end"], () => this.conclude()),
      watch(model, ["lines"], () => this.write()),
      watch(model, ["step", "moments"], () => this.tell()),
      watch(model, ["picked"], () => this.mark()),
    ];
    const size = new ResizeObserver(() => this.find());
    size.observe(this.root);
    return () => {
      size.disconnect();
      watching.forEach((stop) => stop());
    };
  }

  private step(to: number): void {
    const last = this.model.get("moments").length;
    this.model.set("step", Math.min(Math.max(to, 1), last));
    this.model.save_changes();
  }

  private conclude(): void {
    const { sign, status, words, faults } = this.model.get("end");
    this.end.replaceChildren(h("b", { class: status ?? "" }, `${sign} ${status}`), ` ${words}`);
    this.faults.replaceChildren(...(faults ?? []).map((fault) => h("li", {}, "! ", fault)));
    this.faults.hidden = !faults?.length;
  }

  private write(): void {
    this.lines = this.model.get("lines").map((line) => ({ line, element: this.element(line) }));
    const of = (kind: (level: number) => boolean) => this.lines.filter(({ line }) => kind(line.level)).map(({ element }) => h("li", {}, element));
    const none = (words: string) => [h("li", {}, h("i", {}, words))];
    const [filters, targets] = [of((level) => level === 0), of((level) => level > 0)];
    this.filters.replaceChildren(...(filters.length ? filters : none("The workflow has no filter.")));
    this.targets.replaceChildren(...(targets.length ? targets : none("No filter took the task, so no target was tried.")));
    this.tell();
    this.mark();
  }

  private element(line: Line): HTMLElement {
    const code = line.code ? h("code", {}, line.code) : null;
    const parts = [h("span", { class: "fl-sign" }), h("b", {}, line.head), code, h("span", { class: "fl-why" })];
    const attributes = { class: "fl-line", "data-level": line.level, "data-node": line.node };
    if (!line.node) return h("div", attributes, ...parts);
    return h("button", { ...attributes, type: "button", onclick: () => this.go(line.node) }, ...parts);
  }

  /** What is known at the moment that is shown. */
  private tell(): void {
    const [step, moments] = [this.model.get("step"), this.model.get("moments")];
    const now = moments[step - 1];
    for (const { line, element } of this.lines) {
      const { state, sign, text } = told(line, step);
      element.dataset["state"] = state;
      if (line.node) element.setAttribute("aria-label", [`${state}: ${line.head}`, line.code, text].filter(Boolean).join("; "));
      const is_now = line.at === step || line.done === step;
      if (is_now) element.setAttribute("aria-current", "step");
      else element.removeAttribute("aria-current");
      const [first, why] = [element.querySelector(".fl-sign"), element.querySelector(".fl-why")];
      if (first) first.textContent = sign;
      if (why) why.textContent = text;
    }
    const words = now ? `step ${step} of ${moments.length}, ${seconds(now.time_s)}` : "";
    this.when.textContent = words;
    this.slider.max = String(Math.max(moments.length, 1));
    this.slider.value = String(step);
    this.slider.setAttribute("aria-valuetext", now ? `${words}: ${now.text}` : "");
    this.find();
    this.back.forEach((one) => (one.disabled = step <= 1));
    this.on.forEach((one) => (one.disabled = step >= moments.length));
  }

  /** Brings the target or worker into sight that the moment is about. */
  private find(): void {
    const targets = this.lines.filter(({ line }) => line.level > 0);
    this.reveal((targets.find(({ element }) => element.hasAttribute("aria-current")) ?? targets[0])?.element);
  }

  /** Marks the lines of the node that is picked on the map, and brings the first into sight. */
  private mark(): void {
    const picked = this.model.get("picked");
    const mine = this.lines.filter(({ line, element }) => {
      const is_mine = picked !== "" && line.node === picked;
      element.classList.toggle("marked", is_mine);
      return is_mine;
    });
    this.reveal((mine.find(({ line }) => line.at > 0) ?? mine[0])?.element);
  }

  /** Scrolls the lists, and nothing around them, until a line is seen. */
  private reveal(element: HTMLElement | undefined): void {
    for (let box = element?.parentElement; element && box && box !== this.root; box = box.parentElement) {
      const [frame, here] = [box.getBoundingClientRect(), element.getBoundingClientRect()];
      if (box.scrollHeight > box.clientHeight && (here.top < frame.top || here.bottom > frame.bottom)) box.scrollTop += here.top - frame.top - 24;
    }
  }
}
