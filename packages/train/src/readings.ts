import { dispose, ops, tidy, type Tensor } from '@striate/core';

/** Scalars of one batch: before they are read, tensors; afterwards, numbers. */
export interface Reading {
  /** Number of the step (or batch), counted from 1. */
  step: number;
  samples: number;
  numbers?: Float32Array;
}

/** Reads scalars of many steps at once, behind the steps, so that no step waits for the device. */
export interface Readings {
  /** Takes over the scalars of a step. */
  push(reading: Reading, scalars: readonly Tensor[]): void;
  /** How many steps have not been asked for yet. */
  pending(): number;
  /** Asks for all that is pending and waits for what was asked for before. */
  advance(): Promise<void>;
  /** Waits until everything pushed so far has been read. */
  settle(): Promise<void>;
  /** Gives back what has not been asked for, and waits for the rest, whose errors are no longer told. */
  dispose(): Promise<void>;
}

/**
 * Makes a reader of per-step scalars. `take` gets every reading, in order, with its numbers filled in; what it throws
 * comes out of the `advance` or `settle` that waits for it.
 */
export function createReadings(take: (reading: Reading) => void): Readings {
  let waiting: { reading: Reading; scalars: readonly Tensor[] }[] = [];
  let asked: Promise<void> = Promise.resolve();

  const ask = (): void => {
    if (waiting.length === 0) return;
    const window = waiting;
    waiting = [];
    const packed = pack(window.flatMap(({ scalars }) => scalars));
    const numbers = packed.data<'float32'>();
    const before = asked;
    asked = (async (): Promise<void> => {
      try {
        await before;
        distribute(window, await numbers);
      } finally {
        // A read that is under way, though nobody wants it any more, still needs its tensor.
        await numbers.catch(() => undefined);
        packed.dispose();
      }
    })();
    // Whoever waits next sees the error; until then it is not unhandled.
    asked.catch(() => undefined);
  };

  const distribute = (window: typeof waiting, numbers: Float32Array): void => {
    let start = 0;
    for (const { reading, scalars } of window) {
      reading.numbers = numbers.slice(start, start + scalars.length);
      start += scalars.length;
      take(reading);
    }
  };

  return {
    push: (reading, scalars) => void waiting.push({ reading, scalars }),
    pending: () => waiting.length,
    async advance() {
      const before = asked;
      ask();
      await before;
    },
    async settle() {
      ask();
      await asked;
    },
    async dispose() {
      for (const { scalars } of waiting) dispose(scalars);
      waiting = [];
      await asked.catch(() => undefined);
    },
  };
}

/** Scalars as one tensor [n]; the scalars are given back. */
function pack(scalars: readonly Tensor[]): Tensor {
  try {
    return tidy(() => ops.concat(scalars.map((scalar) => ops.reshape(scalar, [1]))));
  } finally {
    dispose(scalars);
  }
}
