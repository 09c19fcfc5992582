/** Something to wait for, again and again: `wait` ends at the next `open`. */
export interface Gate {
  wait(): Promise<void>;
  open(): void;
}

/** Makes a gate. */
export function createGate(): Gate {
  let waiting: (() => void)[] = [];
  return {
    wait: () => new Promise((resolve) => void waiting.push(resolve)),
    open() {
      const those = waiting;
      waiting = [];
      for (const resolve of those) resolve();
    },
  };
}
