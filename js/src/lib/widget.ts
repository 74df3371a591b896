// What a widget gets from the notebook: the part of anywidget's interface that is used here.

export interface Model<T> {
  get<K extends keyof T & string>(name: K): T[K];
  set<K extends keyof T & string>(name: K, value: T[K]): void;
  save_changes(): void;
  send(message: unknown): void;
  on(event: string, act: (...given: never[]) => void): void;
  off(event: string, act: (...given: never[]) => void): void;
}

/** Calls `act` now and whenever one of the traits changes; gives what takes that back. */
export function watch<T>(model: Model<T>, names: (keyof T & string)[], act: () => void): () => void {
  for (const name of names) model.on(`change:${name}`, act);
  act();
  return () => names.forEach((name) => model.off(`change:${name}`, act));
}

export const stillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Whether an element stands on a dark ground: not every notebook says so in words. */
export function isDark(element: Element): boolean {
  const parts = getComputedStyle(element).backgroundColor.match(/[\d.]+/g)?.map(Number) ?? [];
  const [red = 255, green = 255, blue = 255, solid = 1] = parts;
  return solid > 0.5 && 0.21 * red + 0.72 * green + 0.07 * blue < 100;
}
