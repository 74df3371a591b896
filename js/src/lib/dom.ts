// Elements made from data. A string is always text, never markup.

type Attributes = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;

const FOCUSABLE = new Set(["button", "input", "textarea", "select", "a", "summary"]);

/** An element: what begins with "on" listens, true is a bare attribute, false and null leave it out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string | null | undefined)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value as unknown as EventListener);
    else if (value === true) made.setAttribute(name, "");
    else if (value != null && value !== false) made.setAttribute(name, String(value));
  }
  if (FOCUSABLE.has(tag)) ownKeys(made);
  made.append(...children.filter((child) => child != null));
  return made;
}

/** Keys pressed here are not the notebook's shortcuts. JupyterLab looks for this on the focused element itself. */
export function ownKeys(element: Element): void {
  element.setAttribute("data-lm-suppress-shortcuts", "true");
}

/** A button, named by its hint; where that lacks the words it shows, by those: who speaks to the page says what is read. */
export function button(words: string, hint: string, act: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const isRead = /[\p{L}\p{N}]/u.test(words) && !hint.toLowerCase().includes(words.toLowerCase());
  const name = isRead ? null : hint;
  return h("button", { type: "button", title: hint, "aria-label": name, onclick: act, ...attributes }, words);
}

/** A drop-down list. `options`: value and words; a change calls `act` with the value chosen. */
export function choice(
  label: string,
  options: [string, string][],
  value: string,
  act: (value: string) => void,
): HTMLSelectElement {
  const list = h("select", { "aria-label": label });
  for (const [key, words] of options) list.append(h("option", { value: key, selected: key === value }, words));
  list.addEventListener("change", () => act(list.value));
  return list;
}

/** A field of text that tells when its text was changed: when it loses the focus, and on Enter where it is one line. */
export function field(label: string, value: string, act: (value: string) => void, rows = 1): HTMLElement {
  const input = rows > 1 ? h("textarea", { rows, "aria-label": label }) : h("input", { type: "text", "aria-label": label });
  input.value = value;
  input.spellcheck = false;
  input.addEventListener("change", () => input.value !== value && act(input.value));
  input.addEventListener("keydown", (event) => {
    const pressed = event as KeyboardEvent;
    if (pressed.key === "Enter" && !pressed.isComposing && (rows === 1 || pressed.ctrlKey || pressed.metaKey)) input.blur();
    if (pressed.key === "Escape") input.value = value;
    event.stopPropagation();
  });
  return input;
}
