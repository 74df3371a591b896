// The flow map as a widget of its own.

import { FlowMapView, type MapTraits } from "./lib/flow_map_view";
import type { Model } from "./lib/widget";

function render({ model, el }: { model: Model<MapTraits>; el: HTMLElement }): () => void {
  const map = new FlowMapView(model);
  el.classList.add("fl-flowmap");
  el.append(map.root);
  return map.live();
}

export default { render };
