// The form of a task: its attributes, the whole of it as JSON, channel, priority, and who is there.

import { button, choice, h } from "./dom";
import { later } from "./later";
import type { Attribute, RoutingTraits } from "./routing";
import { watch, type Model } from "./widget";

const REST_MS = 120;
const [MOST_CHIPS, LONGEST_CHIP] = [3, 12];

export class TaskForm {
  readonly root = h("div", { class: "fl-task", role: "group", "aria-label": "The task" });
  private readonly typed = later(REST_MS);
  private readonly inputs = new Map<string, HTMLInputElement>();
  private readonly chips: { name: string; value: string; chip: HTMLButtonElement }[] = [];
  private readonly begin = h("div");
  private readonly attributes = h("div", { class: "fl-attributes" });
  private readonly json = h("textarea", { rows: 6, "aria-label": "The whole task as JSON", spellcheck: "false" });
  private readonly trouble = h("div", { class: "fl-trouble", role: "alert" });
  private readonly options = h("div", { class: "fl-options" });
  private readonly team = h("fieldset", { class: "fl-team" });

  constructor(private readonly model: Model<RoutingTraits>) {
    const whole = h("label", { class: "fl-caption" }, "The whole task as JSON", this.json);
    this.root.append(this.begin, this.attributes, whole, this.trouble, this.options, this.team);
    this.listen(this.json, () => this.edit({ do: "json", text: this.json.value }), true);
  }

  /** Follows the model until it is taken away. */
  live(): () => void {
    const { model } = this;
    const watching = [
      watch(model, ["presets"], () => this.offer()),
      watch(model, ["fields"], () => this.lay()),
      watch(model, ["texts"], () => this.fill()),
      watch(model, ["task_json"], () => this.fillJson()),
      watch(model, ["task_trouble"], () => this.complain()),
      watch(model, ["channels"], () => this.equip()),
      watch(model, ["channel", "priority", "step", "moments"], () => this.fillOptions()),
      watch(model, ["workers"], () => this.muster()),
    ];
    return () => {
      this.typed.stop();
      watching.forEach((stop) => stop());
    };
  }

  private send(message: Record<string, unknown>): void {
    this.model.send(message);
  }

  /** The task is no longer the one that was begun with. */
  private edit(message: Record<string, unknown>): void {
    const list = this.begin.querySelector("select");
    if (list) list.value = "";
    this.send(message);
  }

  /** Before anything else happens, what was typed last is sent. */
  private now(act: () => void): void {
    this.typed.flush();
    act();
  }

  /** Keys typed here are nobody else's; Enter sends at once. */
  private listen(input: HTMLInputElement | HTMLTextAreaElement, act: () => void, lines = false): void {
    input.addEventListener("input", () => this.typed(act));
    input.addEventListener("blur", () => this.typed.flush());
    input.addEventListener("keydown", (event) => {
      const pressed = event as KeyboardEvent;
      pressed.stopPropagation();
      if (pressed.key !== "Enter" || pressed.isComposing || (lines && !pressed.ctrlKey && !pressed.metaKey)) return;
      pressed.preventDefault();
      this.typed.flush();
    });
  }

  private offer(): void {
    const presets = this.model.get("presets");
    const options = presets.map(({ label }, at): [string, string] => [String(at), label]);
    const act = (at: string) => at && this.now(() => this.send({ do: "preset", at: Number(at) }));
    const list = choice("Begin with a task", [["", "Begin with a task…"], ...options], "", act);
    presets.forEach(({ note, found }, at) => {
      const option = list.options[at + 1];
      if (!option) return;
      option.title = note;
      option.disabled = !found;
      if (!found) option.textContent += ` (${note})`;
    });
    this.begin.replaceChildren(list);
  }

  private lay(): void {
    this.inputs.clear();
    this.chips.length = 0;
    const fields = this.model.get("fields").map((field) => this.attribute(field));
    this.attributes.replaceChildren(...(fields.length ? fields : [h("i", {}, "No filter reads an attribute.")]));
    this.fill();
  }

  private attribute(field: Attribute): HTMLElement {
    const id = `fl-${Math.random().toString(36).slice(2)}`;
    const why = field.read_by.join("\n");
    const input = h("input", { type: "text", id, list: `${id}-values`, "aria-description": why, placeholder: "missing" });
    input.autocomplete = "off";
    input.spellcheck = false;
    this.inputs.set(field.name, input);
    this.listen(input, () => this.type(field.name, input.value));
    const short = field.values.filter((value) => value.length <= LONGEST_CHIP);
    const chips = short.length <= MOST_CHIPS ? short.map((value) => this.chip(field.name, value)) : [];
    return h(
      "div",
      { class: "fl-attribute" },
      h("label", { for: id, title: why }, field.name, field.sent ? h("small", {}, ` ${field.sent}`) : null),
      h("span", { class: "fl-row" }, input, ...chips),
      h("datalist", { id: `${id}-values` }, ...field.values.map((value) => h("option", { value }))),
    );
  }

  private chip(name: string, value: string): HTMLElement {
    const pressed = () => chip.getAttribute("aria-pressed") === "true";
    const act = () => this.now(() => this.type(name, pressed() ? "" : value));
    const chip = button(value, `${name} is ${value}`, act, { class: "fl-chip", "aria-pressed": "false" });
    this.chips.push({ name, value, chip });
    return chip;
  }

  private type(name: string, text: string): void {
    this.edit({ do: "field", name, text });
  }

  private fill(): void {
    const texts = this.model.get("texts");
    for (const [name, input] of this.inputs) if (!input.matches(":focus")) input.value = texts[name] ?? "";
    for (const { name, value, chip } of this.chips) chip.setAttribute("aria-pressed", String(texts[name] === value));
  }

  private fillJson(): void {
    const text = this.model.get("task_json");
    if (!this.json.matches(":focus")) this.json.value = text;
  }

  private complain(): void {
    const trouble = this.model.get("task_trouble");
    this.trouble.textContent = trouble;
    this.json.setAttribute("aria-invalid", String(trouble !== ""));
  }

  private equip(): void {
    const { model } = this;
    const names = model.get("channels").map((name): [string, string] => [name, name]);
    const take = (channel: string) => this.now(() => this.set("channel", channel));
    const priority = this.number("Priority of the task", (value) => this.set("priority", Math.floor(value)));
    const waited = this.number("Seconds the task has waited", (value) => this.send({ do: "wait", seconds: value }));
    this.options.replaceChildren(
      h("label", { class: "fl-caption" }, "Task channel", choice("Task channel", names, model.get("channel"), take)),
      h("label", { class: "fl-caption" }, "Priority", priority),
      h("label", { class: "fl-caption" }, "Waited, s", waited),
    );
    this.fillOptions();
  }

  private number(label: string, act: (value: number) => void): HTMLInputElement {
    const input = h("input", { type: "number", min: 0, step: 1, "aria-label": label });
    this.listen(input, () => input.value !== "" && input.valueAsNumber >= 0 && act(input.valueAsNumber));
    return input;
  }

  private set<K extends "channel" | "priority">(name: K, value: RoutingTraits[K]): void {
    this.model.set(name, value);
    this.model.save_changes();
  }

  private fillOptions(): void {
    const { model } = this;
    const [priority, waited] = this.options.querySelectorAll("input");
    const list = this.options.querySelector("select");
    const time = model.get("moments")[model.get("step") - 1]?.time_s ?? 0;
    if (list) list.value = model.get("channel");
    if (priority && !priority.matches(":focus")) priority.value = String(model.get("priority"));
    if (waited && !waited.matches(":focus")) waited.value = String(time);
  }

  /** Who is there. Boxes that are there already stay, and with them the focus. */
  private muster(): void {
    const workers = this.model.get("workers");
    const boxes = [...this.team.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
    if (boxes.length !== workers.length || boxes.some((box, at) => box.value !== workers[at]?.name)) this.enlist();
    this.team.hidden = !workers.length;
    const ticks = [...this.team.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
    workers.forEach(({ activity, available }, at) => {
      const box = ticks[at];
      if (!box) return;
      box.checked = available;
      const said = box.parentElement?.querySelector("small");
      if (said) said.textContent = activity;
    });
  }

  private enlist(): void {
    const all = (words: string, hint: string, available: boolean | null) =>
      button(words, hint, () => this.now(() => this.send({ do: "everyone", available })));
    const boxes = this.model.get("workers").map(({ name }) => {
      const box = h("input", { type: "checkbox", value: name });
      box.addEventListener("change", () => this.now(() => this.send({ do: "worker", name, available: box.checked })));
      return h("label", { class: "fl-worker" }, box, h("span", {}, name), h("small", {}));
    });
    this.team.replaceChildren(
      h("legend", {}, "Who is there"),
      ...boxes,
      h("div", { class: "fl-row" }, all("All", "Everybody is there", true), all("None", "Nobody is there", false), all("As before", "Who was there at first", null)),
    );
  }
}
