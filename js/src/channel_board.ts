// The channel board: one line to write in, and under it what each channel makes of it, side by side.

import { beginForm, type Setup } from "./lib/begin";
import { jumpField, spans } from "./lib/clock";
import { button, h } from "./lib/dom";
import { writer } from "./lib/phone";
import { sheet, textSheet } from "./lib/sheet";
import { Sides, type View } from "./lib/sides";
import { watch, type Model } from "./lib/widget";

interface Traits extends View {
  chips: [string, string, boolean][];
  setup: Setup;
  written: { name?: string; text?: string };
  said: string;
  trouble: string;
  height_px: number;
}

class BoardView {
  readonly root = h("div", { class: "fl-lab fl-channel-board", role: "group", "aria-label": "Channel board" });
  private readonly chips = h("div", { class: "fl-chips", role: "group", "aria-label": "Channels shown" });
  private readonly status = h("div", { class: "fl-status" });
  private readonly writer: HTMLElement;
  private readonly sides: Sides;
  private closeForm: (() => void) | null = null;

  constructor(private readonly model: Model<Traits>) {
    this.sides = new Sides({
      tap: (column, number, turn) => (this.send({ do: "tap", column, number, turn }), this.toWriter()),
      edit: (turn, text) => this.send({ do: "edit", turn, text }),
      remove: (turn) => (this.send({ do: "remove", turn }), this.toWriter()),
    });
    this.writer = writer((text) => this.send({ do: "say", text }), "Write as the customer, on every channel");
    const tools = h(
      "div",
      { class: "fl-tools" },
      this.chips,
      button("Back", "Take the last turn back", () => this.send({ do: "back" })),
      button("Restart", "Begin again", () => this.send({ do: "restart" })),
      button("Before…", "What is so before the first message", () => this.ask()),
      button("Code", "The call of fl.side_by_side that gives this", () => this.send({ do: "write" })),
    );
    const wait = (seconds: number) => this.send({ do: "wait", seconds });
    const times = h("div", { class: "fl-times", role: "group", "aria-label": "Time" }, ...spans(wait), jumpField((to) => this.send({ do: "jump", to })));
    this.root.append(tools, this.sides.element, h("div", { class: "fl-say" }, this.writer, times), this.status);
  }

  live(): () => void {
    const { model } = this;
    const watching = [
      watch(model, ["height_px"], () => this.root.style.setProperty("--height", `${model.get("height_px")}px`)),
      watch(model, ["chips"], () => this.choose()),
      watch(model, ["html", "rows", "taps"], () => this.show()),
      watch(model, ["setup"], () => this.closeForm?.()),
      watch(model, ["said", "trouble"], () => this.tell()),
    ];
    const written = () => this.written();
    model.on("change:written", written);
    return () => {
      model.off("change:written", written);
      watching.forEach((stop) => stop());
    };
  }

  private send(message: Record<string, unknown>): void {
    this.model.send(message);
  }

  private toWriter(): void {
    this.writer.querySelector("input")?.focus({ preventScroll: true });
  }

  private show(): void {
    const { model } = this;
    this.sides.show({ html: model.get("html"), rows: model.get("rows"), taps: model.get("taps") });
  }

  private choose(): void {
    const had = [...this.chips.children].indexOf(document.activeElement as Element);
    this.chips.replaceChildren(
      ...this.model.get("chips").map(([name, label, shown]) =>
        button(label, `Show or hide ${label}`, () => this.send({ do: "toggle", name }), { "aria-pressed": String(shown), "aria-label": null }),
      ),
    );
    if (had >= 0) (this.chips.children[had] as HTMLElement | undefined)?.focus();
  }

  private ask(): void {
    const form = beginForm(this.model.get("setup"), (given) => this.send({ do: "begin", form: given }));
    const close = sheet(this.root, "Before the first message", form);
    form.addEventListener("keydown", (event) => event.key === "Escape" && close()); // the form keeps its keys to itself
    this.closeForm = () => {
      this.closeForm = null;
      close();
    };
  }

  private written(): void {
    const { name = "", text = "" } = this.model.get("written");
    if (text) textSheet(this.root, "The board as code", name, text);
  }

  private tell(): void {
    const trouble = this.model.get("trouble");
    this.status.textContent = trouble || this.model.get("said");
    this.status.classList.toggle("trouble", trouble !== "");
    if (trouble) this.status.setAttribute("role", "alert");
    else this.status.removeAttribute("role");
  }
}

function render({ model, el }: { model: Model<Traits>; el: HTMLElement }): () => void {
  const board = new BoardView(model);
  el.append(board.root);
  return board.live();
}

export default { render };
