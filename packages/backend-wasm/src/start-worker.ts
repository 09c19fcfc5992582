import { workerSource } from './worker-source.ts';

export interface WorkerEvents {
  message(): void;
  failed(reason: string): void;
}

/** A worker of Node or of a browser. */
export interface StartedWorker {
  post(message: unknown): void;
  /** Lets the process end although the worker lives. */
  unref(): void;
  terminate(): Promise<unknown>;
}

// Workers take no target origin; the rule takes them for windows.
/* oxlint-disable unicorn/require-post-message-target-origin */

/** Starts a thread from the inlined source. */
export function startWorker(events: WorkerEvents): StartedWorker {
  // Not an import: bundlers for browsers would try to resolve it.
  const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  if (threads) {
    const worker = new threads.Worker(workerSource, { eval: true, execArgv: [] });
    worker.on('message', () => events.message());
    worker.on('error', (error: Error) => events.failed(error.message));
    worker.on('exit', (code) => events.failed(`exit code ${code}`));
    return {
      post: (message) => worker.postMessage(message),
      unref: () => worker.unref(),
      terminate: () => worker.terminate(),
    };
  }
  const address = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
  const worker = new Worker(address);
  worker.addEventListener('message', () => {
    URL.revokeObjectURL(address);
    events.message();
  });
  worker.addEventListener('error', ({ message }) =>
    events.failed(message || "the page's rules do not let workers start from a Blob URL"),
  );
  return {
    post: (message) => worker.postMessage(message),
    unref: () => {},
    terminate: async () => worker.terminate(),
  };
}
