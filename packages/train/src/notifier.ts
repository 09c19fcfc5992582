import { awaitCallback } from './await-callback.ts';
import type { Callback, Moment, Run } from './callbacks/callback.ts';
import type { Clock } from './clock.ts';
import type { Keeper } from './keeper.ts';
import type { Reading } from './readings.ts';
import type { EpochRecord } from './history.ts';
import type { TrainingState } from './training-state.ts';

/** Tells callbacks what happens, and hears from them and from the signal when to stop. */
export interface Notifier {
  /** Why training is to end: 'aborted', or the reason that a callback gave first. */
  stopped(): string | undefined;
  stop(reason: string): void;
  begin(): Promise<void>;
  step(reading: Reading): Promise<void>;
  epochEnd(record: EpochRecord): Promise<void>;
  /** @returns why training ended: 'completed' if nobody stopped it */
  end(): Promise<string>;
}

/** What a notifier tells of. */
export interface Notified {
  run: Run;
  callbacks: readonly Callback[];
  signal: AbortSignal | undefined;
  /** Stands still while callbacks run. */
  clock: Clock;
  keeper: Keeper;
  /** The state to go on from, once all losses have been read. */
  state(): Promise<TrainingState>;
}

/** Makes the notifier of one call of `fit`. */
export function createNotifier({ run, callbacks, signal, clock, keeper, state }: Notified): Notifier {
  let stopped: string | undefined;
  const stop = (reason: string): void => {
    stopped ??= reason;
  };

  const givenUp = new Set<Callback>();
  const notify = async (call: (callback: Callback) => void | Promise<void>): Promise<void> => {
    clock.stop();
    for (const callback of callbacks) {
      if (givenUp.has(callback)) continue;
      const ending = call(callback);
      if (!ending || (await awaitCallback(ending, signal))) continue;
      givenUp.add(callback);
      stopped = `aborted; callbacks[${callbacks.indexOf(callback)}] did not end and was given up`;
    }
    if (signal?.aborted) stop('aborted');
  };
  /** @param epochs done when the moment's epoch began */
  const moment = (epochs: number, batch: number): Moment => ({
    run,
    step: keeper.current().step,
    epoch: epochs + 1,
    batch,
    async snapshot() {
      await keeper.settle();
      return state();
    },
    stop,
  });
  const now = (): Moment => moment(keeper.current().epoch, keeper.current().batch);

  return {
    stopped: () => stopped,
    stop,
    begin: () => notify((callback) => callback.onBegin?.(run)),
    step: (reading) =>
      notify((callback) =>
        callback.onStep?.({
          ...now(),
          samples: reading.samples,
          async loss() {
            await keeper.settle();
            return reading.numbers![0]!;
          },
        }),
      ),
    epochEnd: (record) =>
      notify((callback) => callback.onEpochEnd?.({ ...moment(record.epoch - 1, run.batchesPerEpoch), record })),
    async end() {
      const ended = stopped ?? 'completed';
      stop(ended);
      await notify((callback) => callback.onEnd?.({ ...now(), stopped: ended }));
      return stopped ?? ended;
    },
  };
}
