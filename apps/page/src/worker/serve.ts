import { BackendError, type Backend } from '@striate/core';
import type { Report, Request } from '../messages.ts';
import { createSession } from './session.ts';

/**
 * Makes this worker the one that computes for its page. Call it in the worker's first turn.
 *
 * @param createBackend which backend; it is started when the page opens the session
 * @example
 * serve(() => wasm());
 */
export function serve(createBackend: () => Backend): void {
  // A worker's postMessage takes no target origin; the rule takes it for a window's.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  const report = (report: Report): void => globalThis.postMessage(report);
  const fail = (during: Extract<Report, { type: 'failed' }>['during'], error: unknown): void => {
    // What `fit` adds to a backend's error is advice on checkpoints, which a page has none of.
    const cause = error instanceof BackendError && error.cause instanceof BackendError ? error.cause : error;
    const message = cause instanceof Error ? cause.message : String(cause);
    report({ type: 'failed', during, message, fatal: error instanceof BackendError && during !== 'load' });
  };
  const session = createSession(createBackend(), report);
  globalThis.addEventListener('message', ({ data }: MessageEvent<Request>) => {
    session.handle(data).catch((error: unknown) => fail(data.type, error));
  });
  globalThis.addEventListener('unhandledrejection', ({ reason }) => fail('worker', reason));
  globalThis.addEventListener('error', ({ error, message }) => fail('worker', error ?? message));
}
