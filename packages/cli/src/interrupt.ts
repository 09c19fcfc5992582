import { outlivesTerminal } from './hangups.ts';

/** Ctrl-C, a request to terminate, and a terminal that was closed. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A terminal sends Ctrl-C to all its programs, and pnpm hands its own on: within this time they are the same one. */
const sameWithin = 500;

/** What is done when somebody asks to stop. */
export interface Stops {
  /** The first time: work may end in order. */
  first(): void;
  /** Each time half a second or more after that: the process should end at once. */
  again(): void;
}

/**
 * Hears requests to stop, and gives a function that ends this. Under `nohup` a terminal that was closed is none.
 */
export function hearStops({ first, again }: Stops): () => void {
  let heardBefore = false;
  let isOver = false;
  const stop = (): void => {
    if (isOver) return again();
    if (heardBefore) return;
    heardBefore = true;
    // Once what came within that time is heard, which a long step may have kept waiting: signals come before immediates.
    setTimeout(() => setImmediate(() => (isOver = true)), sameWithin).unref();
    first();
  };
  const ignore = (): void => undefined;
  const heard = signals.map((name) => [name, name === 'SIGHUP' && outlivesTerminal() ? ignore : stop] as const);
  for (const [name, listener] of heard) process.on(name, listener);
  return () => {
    // Whoever outlives the terminal does so to the end.
    for (const [name, listener] of heard) if (listener === stop) process.off(name, stop);
  };
}
