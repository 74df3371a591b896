// Chat: a phone, the map that follows it, and beside them what happened, the variables, and how the talk begins.

import { beginForm, type Setup } from "./lib/begin";
import { jumpField, spans } from "./lib/clock";
import { button, choice, h } from "./lib/dom";
import { FlowMapView, type MapTraits } from "./lib/flow_map_view";
import { log, variables, type Row } from "./lib/happened";
import { writer, type Line, type Shown } from "./lib/phone";
import { Phone } from "./lib/phone_frame";
import { sheet, textSheet } from "./lib/sheet";
import { Status } from "./lib/status";
import { Tabs } from "./lib/tabs";
import { watch, type Model } from "./lib/widget";

interface Traits extends MapTraits {
  phone: Shown;
  log: Row[];
  variables: [string, string, boolean][];
  channels: [string, string][];
  faults: [string, string][];
  setup: Setup;
  talks: string[];
  talk: number;
  written: { kind?: string; name?: string; text?: string; number?: number };
}

const [LOG, VARIABLES, BEGIN] = ["What happened", "Variables", "Before the first message"];
const WRITTEN: [string, string][] = [
  ["", "Save as…"],
  ["test", "a test"],
  ["conversation", "a conversation"],
  ["code", "code"],
];

class ChatView {
  readonly root = h("div", { class: "fl-lab fl-chat", role: "group", "aria-label": "Chat with a flow" });
  private readonly map: FlowMapView;
  private readonly tools = h("div", { class: "fl-tools", role: "toolbar", "aria-label": "Talk" });
  private readonly times = h("div", { class: "fl-times", role: "toolbar", "aria-label": "Time and mishaps" });
  private readonly phone: Phone;
  private readonly tabs = new Tabs([LOG, VARIABLES, BEGIN] as string[]);
  private readonly status = new Status();
  private talkShown = -1;
  private asked = false;

  constructor(private readonly model: Model<Traits>) {
    this.map = new FlowMapView(model as unknown as Model<MapTraits>);
    const acts = { pick: (what: string) => this.send({ do: "pick", what }), turn: (line: Line) => this.forkSheet(line) };
    this.phone = new Phone(acts, writer((text) => this.send({ do: "say", text })), this.times);
    const left = h("div", { class: "fl-left" }, this.phone.element);
    const right = h("div", { class: "fl-right" }, this.map.root, this.tabs.element);
    this.root.append(this.tools, h("div", { class: "fl-columns" }, left, right), this.status.element);
  }

  live(): () => void {
    const { model } = this;
    const watching = [
      watch(model, ["talks", "talk", "phone", "channels"], () => this.equip()),
      watch(model, ["faults"], () => this.clock()),
      watch(model, ["phone", "talk"], () => this.show()),
      watch(model, ["log"], () => this.tabs.hold(LOG as string, () => log(model.get("log"), (state) => this.pick(state)))),
      watch(model, ["variables"], () => this.tabs.hold(VARIABLES as string, () => variables(model.get("variables"), (words) => this.status.say(words)))),
      watch(model, ["setup"], () => this.tabs.hold(BEGIN as string, () => beginForm(model.get("setup"), (form) => this.send({ do: "begin", form })))),
      watch(model, ["said", "trouble"], () => this.status.tell(model.get("trouble"), model.get("said"))),
      watch(model, ["height_px"], () => this.root.style.setProperty("--height", `${model.get("height_px")}px`)),
    ];
    const written = () => this.written();
    model.on("change:written", written);
    const map = this.map.live();
    return () => {
      this.phone.talk.stop();
      model.off("change:written", written);
      watching.forEach((stop) => stop());
      map();
    };
  }

  private send(message: Record<string, unknown>): void {
    this.model.send(message);
  }

  private show(): void {
    const other = this.talkShown !== this.model.get("talk");
    this.talkShown = this.model.get("talk");
    this.phone.show(this.model.get("phone"), other);
  }

  private equip(): void {
    const { model } = this;
    const [talks, talk, shown] = [model.get("talks"), model.get("talk"), model.get("phone")];
    const tabs = talks.map((name, at) =>
      h(
        "span",
        { class: "fl-talk-tab" },
        button(name, `Show ${name}`, () => this.send({ do: "choose", talk: at }), { "aria-pressed": String(at === talk) }),
        talks.length > 1 ? button("✕", `Close ${name}`, () => this.send({ do: "close", talk: at }), { class: "fl-close-talk" }) : null,
      ),
    );
    const pickChannel = choice("Channel: the same talk on another one", model.get("channels"), shown.channel, (name) => this.send({ do: "channel", name }));
    const save = choice("Save the talk as", WRITTEN, "", (kind) => {
      save.value = "";
      if (!kind) return;
      this.asked = true; // another view of the same chat did not
      this.send({ do: "write", kind });
    });
    this.tools.replaceChildren(
      h("span", { class: "fl-talks", role: "group", "aria-label": "Talks" }, ...tabs),
      pickChannel,
      button("Back", "Take the last message or wait back", () => this.send({ do: "back" })),
      button("Restart", "Begin again with a new customer", () => this.send({ do: "restart" })),
      button("Fork here", "A second talk from this point on", () => this.send({ do: "fork", at: model.get("setup").moves })),
      save,
    );
  }

  private clock(): void {
    const faults: [string, string][] = [["", "Let something go wrong…"], ...this.model.get("faults")];
    const wrong = choice("What befalls the next message", faults, "", (kind) => {
      wrong.value = "";
      if (kind) this.send({ do: "fault", kind });
    });
    this.times.replaceChildren(
      ...spans((seconds) => this.send({ do: "wait", seconds })),
      button("Time out", "Nobody answers until the flow gives up waiting", () => this.send({ do: "run_out" })),
      button("Overnight", "Nobody writes until tomorrow, 09:05", () => this.send({ do: "jump", to: "tomorrow 09:05" })),
      jumpField((to) => this.send({ do: "jump", to })),
      wrong,
    );
  }

  /** What could have gone otherwise at a turn of the customer. */
  private forkSheet(line: Line): void {
    const { model } = this;
    const reply = labelled("The customer writes instead", h("input", { type: "text", "aria-label": "The customer writes instead" }));
    reply.input.value = line.text;
    const after = labelled("after, seconds", h("input", { type: "number", min: 0, "aria-label": "after, seconds", placeholder: "10" }));
    const channel = h("select", { "aria-label": "on" });
    for (const [name, words] of model.get("channels")) channel.append(h("option", { value: name, selected: name === model.get("phone").channel }, words));
    const answers = Object.entries(model.get("setup").answers).map(([name, said]) => {
      const field = labelled(`${name} answers`, h("input", { type: "text", "aria-label": `${name} answers`, placeholder: "as before" }));
      field.input.value = said;
      return { name, ...field };
    });
    const fork = () => {
      close();
      const given = Object.fromEntries(answers.map(({ name, input }) => [name, input.value]));
      this.send({ do: "fork", at: line.turn - 1, text: reply.input.value, after_s: after.input.value, channel: channel.value, answers: given });
    };
    const more = answers.length ? h("details", {}, h("summary", {}, "What the outside world answers from here on"), ...answers.map((one) => one.element)) : null;
    const close = sheet(
      this.root, `Fork at turn ${line.turn}`, reply.element, after.element, h("label", {}, "on", channel), more,
      h("div", { class: "fl-row" }, button("Fork", "Begin the second talk", fork, { class: "fl-main" })),
    );
    reply.input.addEventListener("keydown", (event) => event.key === "Enter" && !event.isComposing && fork());
  }

  private written(): void {
    const { kind = "", name = "", text = "" } = this.model.get("written");
    if (!this.asked || !text) return;
    this.asked = false;
    textSheet(this.root, `The talk as ${kind === "code" ? "code" : `a ${kind}`}`, name, text);
  }

  private pick(state: string): void {
    this.model.set("picked", state);
    this.model.save_changes();
    this.map.look(state);
  }

}

function labelled<E extends HTMLElement>(label: string, input: E): { element: HTMLElement; input: E } {
  return { element: h("label", {}, label, input), input };
}

function render({ model, el }: { model: Model<Traits>; el: HTMLElement }): () => void {
  const chat = new ChatView(model);
  el.append(chat.root);
  return chat.live();
}

export default { render };
