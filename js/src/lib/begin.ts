// The form of what is so before the first message.

import { button, h } from "./dom";

export interface Setup {
  contact: string;
  start: string;
  timezone: string;
  language: string;
  context: string;
  business_first: boolean;
  reply: string;
  hours: string;
  calendars: string[];
  answers: Record<string, string>;
  moves: number;
}

export function beginForm(setup: Setup, apply: (form: Record<string, unknown>) => void): HTMLElement {
  const contact = text("Contact", setup.contact, "The customer’s address");
  const start = text("Begins", setup.start, `Such as 2026-03-02 10:00, or saturday 22:00; on the clock of ${setup.timezone}`);
  const language = text("Language", setup.language, "Known beforehand as “language”, as a form or an app would pass it");
  const reply = text("Answers take, s", setup.reply, "Seconds until the customer answers; empty: as usual on the channel");
  const context = h("textarea", { rows: 3, "aria-label": "Known before, as JSON", placeholder: '{"intent": "returns"}' });
  context.value = setup.context;
  const first = h("input", { type: "checkbox", "aria-label": "The business writes first" });
  first.checked = setup.business_first;
  const hours = h("select", { "aria-label": "Opening hours" });
  for (const [value, words] of [["", "as the calendars say"], ["open", "always open"], ["closed", "always closed"]] as const)
    hours.append(h("option", { value, selected: value === setup.hours }, words));
  const answers = Object.entries(setup.answers).map(([name, said]) => {
    const field = text(name, said, "JSON such as {\"open\": true}, or: fails. Empty: as the services say");
    field.input.placeholder = "as the services say";
    return { name, ...field };
  });
  const read = () => ({
    contact: contact.input.value,
    start: start.input.value,
    language: language.input.value,
    reply: reply.input.value,
    context: context.value,
    business_first: first.checked,
    hours: hours.value,
    answers: Object.fromEntries(answers.map(({ name, input }) => [name, input.value])),
  });
  const form = h(
    "div",
    { class: "fl-begin" },
    h("div", { class: "fl-fields" }, contact.element, start.element, language.element, reply.element),
    h("label", { class: "fl-wide" }, "Known before (form, app screen), as JSON", context),
    h("label", { class: "fl-check" }, first, "The business writes first"),
    setup.calendars.length ? h("label", {}, `Opening hours (${setup.calendars.join(", ")})`, hours) : null,
    answers.length ? h("fieldset", {}, h("legend", {}, "What the outside world answers"), ...answers.map((one) => one.element)) : null,
    button(setup.moves ? "Have the talk so" : "Begin so", "Have the same talk from the beginning, as the form says", () => apply(read()), { class: "fl-main" }),
  );
  form.addEventListener("keydown", (event) => event.stopPropagation());
  return form;
}

function text(label: string, value: string, hint: string): { element: HTMLElement; input: HTMLInputElement } {
  const input = h("input", { type: "text", title: hint, "aria-label": label, spellcheck: "false" });
  input.value = value;
  return { element: h("label", {}, label, input), input };
}
