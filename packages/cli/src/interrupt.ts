import type { Output } from './output.ts';

/** Ctrl-C, a request to terminate, and a terminal that was closed. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A signal that Ctrl-C aborts, so that work can end in order; a second Ctrl-C ends the process at once. Call `release`
 * when the work is done.
 *
 * @param before is called before the line that says so
 */
export function interruptible(output: Output, before: () => void): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    before();
    output.line('stopping after this step and saving; press Ctrl-C again to stop at once');
    controller.abort();
  };
  for (const name of signals) process.on(name, stop);
  const release = (): void => {
    for (const name of signals) process.off(name, stop);
  };
  return { signal: controller.signal, release };
}
