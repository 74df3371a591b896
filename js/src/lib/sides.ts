// Channels side by side, as Python shows them, with what one can touch: marks, reasons, choices, turns.

import { button, h, ownKeys } from "./dom";
import { parsed, patch } from "./patch";

export interface Row {
  kind: "say" | "pick" | "wait_s" | "jump" | "fault";
  value: string;
  words: string;
}

/** `taps`: of each column in order its name where something can be tapped now, else nothing. */
export interface View {
  html: string;
  rows: Row[];
  taps: string[];
}

export interface SideActs {
  tap(column: string, number: number, turn: number): void;
  edit(turn: number, text: string): void;
  remove(turn: number): void;
}

const PARTS = ".fl-sides, .scroll, table, tbody, ol.why";
const MOST_READ_CHARS = 1500;
const ASKS = { say: "The customer writes", pick: "What is picked", wait_s: "Seconds of silence", jump: "Silent until", fault: "What befalls the next message" };

export class Sides {
  readonly element = h("div", { class: "fl-view" });
  private readonly host = h("div", { class: "fl-host" });
  private readonly newest = h("div", { class: "fl-unseen", "aria-live": "polite" });
  private shown: View = { html: "", rows: [], taps: [] };

  constructor(private readonly acts: SideActs) {
    this.element.append(this.host, this.newest);
    this.element.addEventListener("click", (event) => this.follow(event));
  }

  show(view: View): void {
    const next = parsed(view.html);
    if (!next) return;
    const [grows, at] = [view.rows.length > this.shown.rows.length, this.rows().findIndex((row) => row.contains(document.activeElement))];
    this.shown = view;
    patch(this.host, h("div", { class: "fl-host" }, next as HTMLElement), PARTS);
    this.element.classList.toggle("empty", !this.rows().length);
    for (const one of this.all("a.mark, .scroll")) ownKeys(one);
    this.rows().slice(0, view.rows.length).forEach((row, turn) => this.tools(row, turn));
    this.all(".why > li > small").forEach((place) => this.way(place));
    this.offer();
    if (at >= 0 && !this.element.contains(document.activeElement)) this.rows()[at]?.querySelector<HTMLElement>("th button")?.focus();
    if (grows) this.toNewest();
    this.read();
  }

  private all<E extends HTMLElement = HTMLElement>(what: string): E[] {
    return [...this.host.querySelectorAll<E>(what)];
  }

  private rows(): HTMLTableRowElement[] {
    return this.all<HTMLTableRowElement>("tbody > tr");
  }

  /** What can be done with a turn; made once for each row. */
  private tools(row: HTMLTableRowElement, at: number): void {
    const head = row.cells[0];
    if (!head || head.querySelector(".fl-turn-tools")) return;
    const [edit, remove] = [`Edit turn ${at + 1}`, `Take turn ${at + 1} out`];
    const pen = button("✎", edit, () => this.write(head, at, pen));
    head.append(h("span", { class: "fl-turn-tools" }, pen, button("✕", remove, () => this.acts.remove(at + 1))));
  }

  private write(head: HTMLElement, at: number, pen: HTMLElement): void {
    const turn = this.shown.rows[at];
    if (!turn || head.querySelector("input")) return;
    const box = h("input", { type: "text", "aria-label": `${ASKS[turn.kind]}, turn ${at + 1}` });
    box.value = turn.value;
    const close = () => {
      if (!box.isConnected) return;
      box.remove();
      head.classList.remove("written");
    };
    box.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
      event.preventDefault();
      const text = box.value;
      pen.focus();
      close();
      if (event.key === "Enter" && text !== turn.value) this.acts.edit(at + 1, text);
    });
    box.addEventListener("blur", close);
    head.classList.add("written");
    head.insertBefore(box, head.querySelector(".fl-turn-tools"));
    box.focus();
    box.select();
  }

  /** The choices that can be tapped now become buttons, all others are text again. */
  private offer(): void {
    const rows = this.rows().reverse();
    const open = new Map<Element, string>();
    this.shown.taps.forEach((column, at) => {
      const lists = rows.flatMap((row) => [...(row.cells[at + 1]?.querySelectorAll("ul.choices") ?? [])].slice(-1));
      if (column && lists[0]) open.set(lists[0], column);
    });
    for (const list of this.all("ul.choices")) {
      const column = open.get(list);
      if (column && !list.classList.contains("open")) this.wake(list, column);
      if (!column && list.classList.contains("open")) {
        list.classList.remove("open");
        for (const item of list.children) item.replaceChildren(item.textContent ?? "");
      }
    }
  }

  private wake(list: Element, column: string): void {
    list.classList.add("open");
    [...list.children].forEach((item, number) => {
      const words = item.textContent ?? "";
      const hint = `Pick ${words} on every channel`;
      item.replaceChildren(button(words, hint, () => this.acts.tap(column, number, this.shown.rows.length), { "aria-label": null }));
    });
  }

  /** A reason's turn leads to where it is marked. */
  private way(place: HTMLElement): void {
    const reason = place.parentElement as HTMLElement;
    const words = place.textContent ?? "";
    place.replaceWith(button(words, `Show where, in ${words}`, () => this.toMarks(reason), { class: "fl-link" }));
  }

  /** A mark leads to its reason, here and not in the page's address. */
  private follow(event: Event): void {
    const mark = (event.target as Element).closest("a.mark");
    if (!mark) return;
    event.preventDefault();
    event.stopPropagation();
    const reason = this.all(".why > li").find((one) => `#${one.id}` === mark.getAttribute("href"));
    if (!reason) return;
    this.light([reason]);
    reason.scrollIntoView({ block: "nearest" });
    reason.querySelector("button")?.focus({ preventScroll: true });
  }

  private toMarks(reason: HTMLElement): void {
    const marks = this.all("a.mark").filter((mark) => mark.getAttribute("href") === `#${reason.id}`);
    this.light([reason, ...marks.map((mark) => mark.closest("td")).filter((cell) => cell !== null)]);
    marks[0]?.scrollIntoView({ block: "nearest", inline: "nearest" });
    marks[0]?.focus({ preventScroll: true });
  }

  private light(found: Element[]): void {
    for (const one of this.all(".lit")) one.classList.remove("lit");
    for (const one of found) one.classList.add("lit");
  }

  /** The newest turn comes into sight, its beginning where it is too long, and the first of its reasons. */
  private toNewest(): void {
    const [scroll, row, head] = [this.all(".scroll")[0], this.rows().at(-1), this.all("thead")[0]];
    if (!scroll || !row || !head) return;
    const top = scroll.scrollTop + row.getBoundingClientRect().top - scroll.getBoundingClientRect().top - head.offsetHeight;
    scroll.scrollTop = Math.min(top, scroll.scrollHeight - scroll.clientHeight);
    const last = `turn ${this.shown.rows.length}`;
    const [list, reason] = [this.all(".why")[0], this.all(".why > li").find((one) => one.querySelector("button")?.textContent === last)];
    if (list) list.scrollTop = reason ? list.scrollTop + reason.getBoundingClientRect().top - list.getBoundingClientRect().top : list.scrollHeight;
  }

  /** Screen readers hear the newest turn alone. */
  private read(): void {
    const [row, turn] = [this.rows().at(-1), this.shown.rows.at(-1)];
    const names = this.all("thead th b").map((one) => one.textContent);
    const cells = row && turn ? [...row.cells].slice(1) : [];
    const said = cells.map((cell, at) => `${names[at]}: ${spoken(cell)}`);
    const words = turn ? [`Turn ${this.shown.rows.length}, ${turn.words}.`, ...said].join(" ").slice(0, MOST_READ_CHARS) : "";
    if (this.newest.textContent !== words) this.newest.textContent = words;
  }
}

/** What stands in a cell, without the small print. */
function spoken(cell: Element): string {
  const parts = [...cell.querySelectorAll(".m:not(.customer), .choices li")].map((one) => {
    const copy = one.cloneNode(true) as Element;
    copy.querySelector(".meta")?.remove();
    return copy.textContent?.trim();
  });
  return parts.length ? `${parts.join(", ")}.` : "nothing.";
}
