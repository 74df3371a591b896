// A phone, a mail program or a chat window: what was said, as the channel shows it, and a line to write in.

import { button, h } from "./dom";
import { stillness } from "./widget";

export interface Line {
  who: "customer" | "flow" | "platform" | "world" | "end" | "note" | "agent";
  text: string;
  turn: number;
  seq?: number;
  time?: string;
  shape?: string;
  subject?: string;
  note?: string;
  state?: string;
  media?: string[];
  meta?: string;
  choices?: [string, string][];
  list_button?: string;
  outcome?: string;
  mark?: string;
}

export interface Shown {
  channel: string;
  label: string;
  skin: string;
  address: string;
  contact: string;
  types: boolean;
  lines: Line[];
  open: boolean;
  clock: string;
  counted: string;
  window: string;
  stands: string;
  planned: string[];
}

export interface Acts {
  pick?(label: string): void;
  turn?(line: Line, element: HTMLElement): void;
}

const WHO = { customer: "Customer", flow: "Flow", platform: "Platform", world: "Mishap", end: "", note: "", agent: "Agent" };
const TYPING_MS = { least: 250, most: 900, each: 9 };

/** Which class a channel's phone has; any channel beyond the known ones looks like its kind. */
export function skin(shown: { channel: string; skin: string }): string {
  return `${shown.skin} ch-${shown.channel.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
}

export class Transcript {
  readonly element = h("div", { class: "fl-talk", role: "log", tabindex: 0 });
  private seen: string[] = [];
  private readonly dots = h("div", { class: "fl-typing", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
  private coming: HTMLElement[] = [];
  private timer = 0;

  constructor(private readonly acts: Acts) {
    this.element.setAttribute("data-lm-suppress-shortcuts", "true");
  }

  /** Shows the lines; those that are new and the flow's come one after the other, as if somebody typed them. */
  show(shown: Shown, hurried = false): void {
    this.stop();
    this.element.setAttribute("aria-label", `Conversation on ${shown.label}`);
    const keys = shown.lines.map((line) => JSON.stringify(line));
    const kept = keys.findIndex((key, at) => key !== this.seen[at]);
    const from = kept < 0 ? keys.length : kept;
    const grows = from === this.seen.length && from > 0;
    this.seen = keys;
    const old = [...this.element.children].slice(0, from);
    this.element.replaceChildren(...old);
    for (const choices of this.element.querySelectorAll("ul.fl-choices")) choices.classList.remove("open");
    for (const list of this.element.querySelectorAll<HTMLDetailsElement>("details.fl-list")) list.open = false;
    if (!shown.lines.length) this.element.append(h("div", { class: "fl-note" }, this.acts.turn ? "Write the customer’s first message to begin." : "Nothing said yet."));
    const fresh = shown.lines.slice(from).map((line) => this.line(line));
    const last = shown.lines.reduce((at, line, n) => (line.who === "flow" && line.choices?.length ? n : at), -1);
    const offered = last >= from ? fresh[last - from] : this.element.children[last];
    if (shown.open) offered?.querySelector("ul.fl-choices")?.classList.add("open");
    if (grows && shown.types && !hurried && !stillness()) this.type(fresh);
    else this.element.append(...fresh);
    this.toEnd();
  }

  /** What is still being typed is there at once. */
  stop(): void {
    clearTimeout(this.timer);
    this.dots.remove();
    this.element.append(...this.coming.splice(0));
  }

  /** The lines one after the other: before each of the flow's somebody types, all others follow at once. */
  private type(fresh: HTMLElement[]): void {
    this.coming = fresh;
    const next = () => {
      while (this.coming[0] && !this.coming[0].matches(".flow, :has(> .flow)")) this.arrive();
      const text = this.coming[0]?.textContent;
      if (text == null) return this.dots.remove();
      this.element.append(this.dots);
      this.toEnd();
      this.timer = window.setTimeout(() => (this.arrive(), next()), Math.min(TYPING_MS.least + TYPING_MS.each * text.length, TYPING_MS.most));
    };
    next();
  }

  private arrive(): void {
    this.dots.remove();
    const line = this.coming.shift();
    if (line) this.element.append(line);
    this.toEnd();
  }

  private toEnd(): void {
    this.element.scrollTop = this.element.scrollHeight;
  }

  private line(line: Line): HTMLElement {
    if (line.who === "note") return h("div", { class: "fl-note" }, line.text);
    if (line.who === "end") return h("div", { class: "fl-end", "data-outcome": line.outcome }, h("b", {}, line.text), h("div", {}, line.note));
    const refused = line.who === "platform" && !line.shape ? " refused" : "";
    const bubble = h(
      "div",
      { class: `fl-bubble ${line.who}${refused}${line.mark ? " marked" : ""}`, "data-turn": line.turn, "data-seq": line.seq },
      h("span", { class: "fl-unseen" }, `${WHO[line.who]}: `),
      line.subject ? h("div", { class: "fl-subject" }, line.subject) : null,
      line.text ? h("div", { class: "fl-text", dir: "auto" }, line.text) : null,
      ...(line.media ?? []).map((name) => h("div", { class: "fl-media" }, `📎 ${name}`)),
      h("div", { class: "fl-meta" }, [line.time, line.meta].filter(Boolean).join(" · ")),
    );
    if (line.note) bubble.append(h("div", { class: "fl-remark" }, line.note));
    if (line.mark) bubble.append(h("div", { class: "fl-mark" }, line.mark));
    if (line.who === "customer" && this.acts.turn) {
      const open = () => this.acts.turn?.(line, bubble);
      bubble.append(button("fork", `Fork at turn ${line.turn}: another reply, time, channel or answer`, open, { class: "fl-fork" }));
    }
    return line.choices?.length ? h("div", { class: "fl-offer" }, bubble, this.choices(line)) : bubble;
  }

  private choices(line: Line): HTMLElement {
    const items = (line.choices ?? []).map(([label, more]) => {
      const pick = button(label, label, () => this.acts.pick?.(label), { title: null });
      if (more) pick.append(h("small", {}, more));
      return h("li", {}, pick);
    });
    const list = h("ul", { class: `fl-choices ${line.shape === "list" ? "list" : "buttons"}`, "aria-label": line.list_button || "Choices" }, ...items);
    if (line.shape !== "list" || !line.list_button) return list;
    return h("details", { class: "fl-list" }, h("summary", {}, line.list_button), list);
  }
}

/** The line one writes in. Enter sends; an output of JupyterLab would not submit a form. */
export function writer(send: (text: string) => void, label = "Write as the customer"): HTMLElement {
  const box = h("input", { type: "text", placeholder: `${label}…`, "aria-label": label, autocomplete: "off" });
  const go = () => {
    const text = box.value;
    box.value = "";
    box.focus();
    if (text.trim()) send(text);
  };
  box.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    go();
  });
  return h("div", { class: "fl-writer" }, box, button("Send", "Send the message (Enter)", go, { class: "fl-main" }));
}
