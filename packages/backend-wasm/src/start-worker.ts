import { workerSource } from './worker-source.ts';

export interface WorkerEvents {
  message(): void;
  failed(reason: string): void;
  /** The runtime does not let workers be made. */
  refused(reason: string): void;
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

/**
 * Starts a thread from the inlined source.
 *
 * @returns nothing if the runtime refuses, as `events` are told
 */
export function startWorker(events: WorkerEvents): StartedWorker | undefined {
  // Asked for by name, which no polyfill of `process` answers; bundlers would try to resolve an import.
  const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  try {
    return threads ? startInNode(threads, events) : startInPage(events);
  } catch (error) {
    // Node's permission model, Trusted Types of a page.
    events.refused(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function startInNode(threads: typeof import('node:worker_threads'), events: WorkerEvents): StartedWorker {
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

function startInPage(events: WorkerEvents): StartedWorker {
  const address = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
  let started = false;
  try {
    const worker = new Worker(trusted(address));
    worker.addEventListener('message', () => {
      started = true;
      URL.revokeObjectURL(address);
      events.message();
    });
    worker.addEventListener('error', ({ message }) => {
      if (started || message) events.failed(message || 'without a reason');
      // What is blocked has no message.
      else events.refused("the page's content security policy lacks worker-src blob:");
    });
    return {
      post: (message) => worker.postMessage(message),
      unref: () => {},
      terminate: async () => worker.terminate(),
    };
  } catch (error) {
    URL.revokeObjectURL(address);
    throw error;
  }
}

/** What browsers with Trusted Types have; not among TypeScript's own types. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

// Kept, since a page may have a policy of a name only once.
let policy: ReturnType<TrustedTypes['createPolicy']> | undefined;

/** The address as a page takes it that asks for Trusted Types. */
function trusted(address: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (!trustedTypes) return address;
  try {
    policy ??= trustedTypes.createPolicy('striate', { createScriptURL: (url) => url });
    return policy.createScriptURL(address);
  } catch {
    // The page allows no policy of this name; whether it needs one shows when the worker is made.
    return address;
  }
}
