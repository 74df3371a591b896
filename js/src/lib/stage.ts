// Another widget of Python's, shown inside this one.

import { h } from "./dom";
import type { Model } from "./widget";

interface Manager {
  get_model(id: string): Promise<unknown>;
  create_view(model: unknown): Promise<{ el: HTMLElement; remove(): void }>;
}

const REFERENCE = "IPY_MODEL_";
const shown = new WeakMap<HTMLElement, { remove(): void }>();

/** Shows the widget that a trait refers to in `host`, instead of what it showed; nothing for none. */
export async function mount<T>(model: Model<T>, host: HTMLElement, reference: string | null): Promise<void> {
  shown.get(host)?.remove();
  shown.delete(host);
  host.replaceChildren();
  if (!reference) return;
  const manager = (model as unknown as { widget_manager?: Manager }).widget_manager;
  if (!manager?.create_view) {
    host.append(h("p", { class: "fl-hint" }, "This notebook shows no widget in another: show it in a cell of its own."));
    return;
  }
  const view = await manager.create_view(await manager.get_model(reference.replace(REFERENCE, "")));
  shown.set(host, view);
  host.replaceChildren(view.el);
  view.el.scrollIntoView?.({ block: "nearest" });
}
