import type { Output } from './output.ts';

/**
 * A signal that Ctrl-C (and a request to terminate) aborts, so that work can end in order; a second Ctrl-C ends the
 * process at once. Call `release` when the work is done.
 */
export function interruptible(output: Output): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    output.line('stopping after this step and saving; press Ctrl-C again to stop at once');
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const release = (): void => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  return { signal: controller.signal, release };
}
