// What Python says of a dry run: the traits of the routing board.

import type { MapTraits } from "./flow_map_view";

export interface Attribute {
  name: string;
  values: string[];
  read_by: string[];
  sent: string;
}

export type Fate = "taken" | "left" | "refused" | "wrong" | "waits" | "ahead" | "offered";

/** `at`: the moment (from 1) from which the line tells something, `done`: from which all of it; 0 for never. */
export interface Line {
  node: string;
  level: number;
  state: Fate;
  sign: string;
  head: string;
  text: string;
  code: string;
  at: number;
  done: number;
}

export interface RoutingTraits extends MapTraits {
  fields: Attribute[];
  texts: Record<string, string>;
  task_json: string;
  task_trouble: string;
  presets: { label: string; note: string; found: boolean }[];
  channels: string[];
  channel: string;
  priority: number;
  workers: { name: string; activity: string; available: boolean }[];
  lines: Line[];
  moments: { time_s: number; text: string }[];
  step: number;
  end: { sign: string; status: string; words: string; faults: string[] };
  code: string;
}

/** A line as it stands at a moment: what is to come is not told yet. */
export function told(line: Line, step: number): Pick<Line, "state" | "sign" | "text"> {
  if (line.at === 0) return line;
  if (step < line.at) return { state: "ahead", sign: "·", text: "not yet" };
  if (step < line.done) return { state: "waits", sign: "…", text: "waits here" };
  return line;
}

/** The sign of each node at a moment: what is known last counts. */
export function signs(lines: Line[], step: number): Map<string, Pick<Line, "state" | "sign" | "text">> {
  const found = new Map<string, Pick<Line, "state" | "sign" | "text">>();
  for (const line of lines) {
    const now = told(line, step);
    if (line.node && (now.state !== "ahead" || !found.has(line.node))) found.set(line.node, now);
  }
  return found;
}

export function seconds(time: number): string {
  return time ? `after ${time.toLocaleString("en")} s` : "at once";
}
