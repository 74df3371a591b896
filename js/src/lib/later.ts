// What is typed is sent once the typing rests.

export interface Later {
  /** Calls `act` when nothing else came for a while; an earlier one that still waits is dropped. */
  (act: () => void): void;
  /** Calls what still waits, now. */
  flush(): void;
  stop(): void;
  waits(): boolean;
}

export function later(rest_ms: number): Later {
  let timer = 0;
  let waiting: (() => void) | null = null;
  const run = () => {
    clearTimeout(timer);
    const act = waiting;
    waiting = null;
    act?.();
  };
  const wait = (act: () => void) => {
    clearTimeout(timer);
    waiting = act;
    timer = window.setTimeout(run, rest_ms);
  };
  const stop = () => {
    clearTimeout(timer);
    waiting = null;
  };
  return Object.assign(wait, { flush: run, stop, waits: () => waiting !== null });
}
