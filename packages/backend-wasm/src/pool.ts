import { BackendError } from '@striate/core';
import { startWorker, type StartedWorker } from './start-worker.ts';

const startMilliseconds = 30_000;

export interface PoolOptions {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Address of the job. */
  job: number;
  /** Address of the word that takes the number of a thread whose kernel trapped. */
  failedThread: number;
  workers: number;
}

export interface Pool {
  readonly workers: number;
  /** Why the pool can no longer be used, if so. */
  failure(): string | undefined;
  /** Makes it one that can no longer be used. */
  fail(reason: string): void;
  stop(): Promise<void>;
}

/** Workers cannot be made here, so that more than one thread cannot be had. */
export class NoWorkersError extends BackendError {}

/**
 * Starts workers that share the module and the memory, and waits until all are there.
 *
 * @throws {NoWorkersError} if none can be made
 * @throws {BackendError} if one does not start.
 */
export async function startPool({ workers, ...shared }: PoolOptions): Promise<Pool> {
  let failure: string | undefined;
  let stopped = false;
  const started: StartedWorker[] = [];
  const stop = async (): Promise<void> => {
    stopped = true;
    await Promise.all(started.map((worker) => worker.terminate()));
  };
  const ready = Array.from({ length: workers }, (_, index) => {
    return new Promise<void>((resolve, reject) => {
      const worker = startWorker({
        message: resolve,
        failed(reason) {
          if (!stopped) failure ??= `worker ${index + 1} of ${workers} ended: ${reason}`;
          reject(new BackendError(`wasm: ${failure}. Use wasm({ threads: 1 }) if workers cannot run here.`));
        },
        refused: (reason) => reject(new NoWorkersError(reason)),
      });
      if (!worker) return;
      started.push(worker);
      worker.post({ ...shared, thread: index + 1 });
    });
  });
  try {
    await withTimeout(Promise.all(ready), workers);
  } catch (error) {
    await stop();
    throw error;
  }
  for (const worker of started) worker.unref();
  return { workers, failure: () => failure, fail: (reason) => (failure ??= reason), stop };
}

async function withTimeout(ready: Promise<unknown>, workers: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const seconds = startMilliseconds / 1000;
      reject(new BackendError(`wasm: ${workers} workers did not start within ${seconds} s. Use wasm({ threads: 1 }).`));
    }, startMilliseconds);
  });
  try {
    await Promise.race([ready, late]);
  } finally {
    clearTimeout(timer);
  }
}
