import { outlivesTerminal } from './hangups.ts';

/** Ctrl-C, a request to terminate, and a terminal that was closed. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What is done when somebody asks to stop. */
export interface Stops {
  /** The first time: work may end in order. */
  first(): void;
  /** Each time after that: the process should end at once. */
  again(): void;
}

/**
 * Hears requests to stop, and gives a function that ends this. Under `nohup` a terminal that was closed is none.
 */
export function hearStops({ first, again }: Stops): () => void {
  let isFirst = true;
  const stop = (): void => {
    if (!isFirst) return again();
    isFirst = false;
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
