// The routing board: the form of a task beside the map of its way, and below them the account of it.

import { Account } from "./lib/account";
import { copy } from "./lib/copy";
import { button, h } from "./lib/dom";
import { FlowMapView } from "./lib/flow_map_view";
import { sign } from "./lib/node_signs";
import { signs, type RoutingTraits } from "./lib/routing";
import { TaskForm } from "./lib/task_form";
import { watch, type Model } from "./lib/widget";

function render({ model, el }: { model: Model<RoutingTraits>; el: HTMLElement }): () => void {
  const map = new FlowMapView(model as unknown as ConstructorParameters<typeof FlowMapView>[0]);
  const form = new TaskForm(model);
  const account = new Account(model, (node) => map.goTo(node));
  const [call, copied] = [h("code", { tabindex: 0, "aria-label": "The call that gives this result" }), h("span", { role: "status" })];
  const tell = async () => (copied.textContent = (await copy(model.get("code"))) ? "copied" : "select it and copy");
  const code = h("div", { class: "fl-code" }, call, button("Copy", "Copy the call", () => void tell()), copied);
  const way = h("div", { class: "fl-way" }, map.root, account.root);
  const desk = h("div", { class: "fl-desk" }, form.root, way);
  const root = h("div", { class: "fl-lab fl-routing", role: "region", "aria-label": "Routing board" }, desk, code);
  el.append(root);

  const mark = () => {
    const boxes = new Map(model.get("places").map((place) => [place.name, place.box]));
    sign(map.root, signs(model.get("lines"), model.get("step")), boxes);
  };
  const stops = [
    map.live(),
    form.live(),
    account.live(),
    watch(model, ["lines", "step", "picture"], mark), // after the map itself, which draws the picture anew
    watch(model, ["code"], () => ((call.textContent = in_one_line(model.get("code"))), (copied.textContent = ""))),
    watch(model, ["height_px"], () => root.style.setProperty("--board", `${model.get("height_px")}px`)),
  ];
  return () => stops.forEach((stop) => stop());
}

function in_one_line(code: string): string {
  return code.replace(/\(\n\s+/g, "(").replace(/,\n\)$/, ")").replace(/\n\s+/g, " ");
}

export default { render };
