import { setBackend } from '@tensorflow/tfjs-core';
import type { Backend } from './backend.ts';
import { BackendError } from './errors.ts';

let active: Backend | undefined;

/**
 * Starts a backend, or the first of a list that works here, and makes it the one that all tensors live on.
 * The backend that was in use before is stopped, and its tensors are gone.
 *
 * @returns the backend that was started.
 * @throws {BackendError} if none works: why, and what would mend it, for each.
 * @example
 * import { wasm } from '@striate/backend-wasm';
 * const backend = await use(wasm());
 */
export async function use(choice: Backend | readonly Backend[]): Promise<Backend> {
  const candidates: readonly Backend[] = 'start' in choice ? [choice] : choice;
  const refusals: string[] = [];
  for (const backend of candidates) {
    const found = await backend.probe();
    if (!found.available) {
      refusals.push(`${backend.name}: ${found.reason} ${found.remedy}`);
      continue;
    }
    await stopActive();
    await backend.start();
    await setBackend(backend.engineName);
    active = backend;
    return backend;
  }
  throw new BackendError(`use: no backend works here.\n${refusals.map((line) => `  ${line}`).join('\n')}`);
}

/** The backend that `use` started, if any. */
export function activeBackend(): Backend | undefined {
  return active;
}

async function stopActive(): Promise<void> {
  const previous = active;
  active = undefined;
  await previous?.stop();
}
