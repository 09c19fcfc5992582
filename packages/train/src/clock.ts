/** A stopwatch that counts on from some seconds. */
export interface Clock {
  start(): void;
  stop(): void;
  /** Back to 0, standing still. */
  reset(): void;
  seconds(): number;
}

/** Makes a stopwatch that stands still. */
export function createClock(seconds: number, now: () => number = () => performance.now()): Clock {
  let counted = seconds;
  let began: number | undefined;
  const running = (): number => (began === undefined ? 0 : (now() - began) / 1000);
  return {
    start() {
      began ??= now();
    },
    stop() {
      counted += running();
      began = undefined;
    },
    reset() {
      counted = 0;
      began = undefined;
    },
    seconds: () => counted + running(),
  };
}
