// What Python says of each state: everything the side panel shows and the search looks through.

export interface Exit {
  event: string;
  label: string;
  to: string | null;
  silent: boolean;
  condition: { type: string; value: string } | null;
}

export interface Finding {
  severity: "error" | "warning" | "note";
  rule: string;
  message: string;
  fix: string;
}

/** `title`: what people call it, where that is not its name in the graph. */
export interface Place {
  name: string;
  title: string;
  caption: string;
  type: string;
  text: string | null;
  properties: { key: string; value: string; json: boolean }[];
  exits: Exit[];
  findings: Finding[];
  box: [number, number, number, number];
  hidden: number;
}

/** The states that a search finds: by name first, then by what they say or are led out by. */
export function search(places: Place[], words: string): Place[] {
  const sought = words.trim().toLocaleLowerCase();
  if (!sought) return [];
  const named = places.filter((place) => place.name.toLocaleLowerCase().includes(sought));
  const rest = places.filter((place) => !named.includes(place) && says(place).includes(sought));
  return [...named, ...rest];
}

function says(place: Place): string {
  const exits = place.exits.map((exit) => exit.label);
  const values = place.properties.map((property) => property.value);
  return [place.title, place.type, place.text ?? "", ...exits, ...values].join("\n").toLocaleLowerCase();
}

/** The state one comes to with an arrow key: on by the first exit, back to where one comes from, or beside it. */
export function neighbour(places: Map<string, Place>, from: string, key: string): string | null {
  const here = places.get(from);
  if (!here) return null;
  const [x, y, width, height] = here.box;
  const [cx, cy] = [x + width / 2, y + height / 2];
  const others = [...places.values()].filter((place) => place !== here);
  const ahead = (place: Place) => {
    const [dx, dy] = [place.box[0] + place.box[2] / 2 - cx, place.box[1] + place.box[3] / 2 - cy];
    const upright = key === "ArrowDown" || key === "ArrowUp";
    const along = (upright ? dy : dx) * (key === "ArrowUp" || key === "ArrowLeft" ? -1 : 1);
    return along <= 4 ? Infinity : along + 2.5 * Math.abs(upright ? dx : dy);
  };
  const linked = others.filter((place) =>
    key === "ArrowUp"
      ? place.exits.some((exit) => exit.to === from)
      : key === "ArrowDown" && here.exits.some((exit) => exit.to === place.name),
  );
  const nearest = (among: Place[]) => among.filter((place) => ahead(place) < Infinity).sort((a, b) => ahead(a) - ahead(b))[0];
  return (nearest(linked) ?? nearest(others))?.name ?? null;
}
