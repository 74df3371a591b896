// What happened, and what the templates can read: two tables beside the phone.

import { copy } from "./copy";
import { button, h } from "./dom";

export interface Row {
  turn: number;
  kind: "step" | "sub" | "warn";
  state: string;
  text: string;
  name?: string;
  exit?: string;
  to?: string;
}

/** The log, turn by turn; the latest in sight. `go`: shows a state on the map. */
export function log(rows: Row[], go: (state: string) => void): HTMLElement {
  if (!rows.length) return h("p", { class: "fl-hint" }, "Nothing yet.");
  const list = h("ol", { class: "fl-log" });
  let turn = -1;
  for (const row of rows) {
    if (row.turn !== turn) list.append(h("li", { class: "fl-turn" }, row.turn ? `Turn ${row.turn}` : "Before the first turn"));
    turn = row.turn;
    list.append(row.kind === "step" ? step(row, go) : h("li", { class: row.kind }, row.text));
  }
  return list;
}

function step(row: Row, go: (state: string) => void): HTMLElement {
  const to = row.to ?? "";
  return h(
    "li",
    { class: "step" },
    button(row.name ?? row.state, `Show ${row.state} on the map`, () => go(row.state), { class: "fl-link" }),
    h("span", { class: "exit" }, ` ${row.exit} → `),
    h("b", {}, to),
    row.text ? h("div", { class: "why" }, row.text) : null,
  );
}

/** Variables by the name a template reads them by; a click copies it in its braces. */
export function variables(rows: [string, string, boolean][], said: (words: string) => void): HTMLElement {
  if (!rows.length) return h("p", { class: "fl-hint" }, "None yet: they come with the first message.");
  const body = rows.map(([name, value, changed]) => {
    const written = `{{${name}}}`;
    const take = async () => said((await copy(written)) ? `Copied ${written}` : `Copy it by hand: ${written}`);
    return h(
      "tr",
      { class: changed ? "new" : "" },
      h("th", { scope: "row" }, button(name, `Copy ${written}`, () => void take(), { class: "fl-link" })),
      h("td", { dir: "auto" }, value),
    );
  });
  return h("table", { class: "fl-variables" }, h("tbody", {}, ...body));
}
