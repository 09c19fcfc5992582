import { engine, setBackend } from '@tensorflow/tfjs-core';
import type { Backend } from './backend.ts';
import { readCarried, type Carried } from './carry.ts';
import { checkOptions, isRecord } from './check-options.ts';
import { checkRuntime } from './check-runtime.ts';
import { describe } from './describe.ts';
import { BackendError, OptionError } from './errors.ts';
import { backendOccupant } from './occupy-backend.ts';

/** Options of {@link use}. */
export interface UseOptions {
  /** Is told of each backend in the list that does not work here: its name, why not, and what would mend it. */
  onRefusal?(reason: string): void;
  /**
   * What to take along from the backend in use: tensors, and lists and plain objects of them, such as networks and
   * training states. They stay the same objects and hold the same bits, now on the new backend; leave them alone until
   * `use` has ended.
   */
  carry?: readonly unknown[];
}

let active: Backend | undefined;
let lastCall: Promise<unknown> = Promise.resolve();

/**
 * Starts a backend, or the first of a list that works here, and makes it the one that all tensors live on.
 *
 * The backend that was in use before is stopped, and its tensors are gone, but for those in `carry`. If none works, it
 * stays in use; where it is of the same kind as the one that failed, so that both cannot run at once, only the tensors
 * in `carry` survive.
 *
 * @returns the backend that was started
 * @throws {BackendError} if none works: why, and what would mend it, for each; if the tensors in `carry` cannot be read any
 * more; if Node is too old
 * @throws {OptionError} while `fit` runs; for anything but backends, for an unknown option, and if `carry` holds a tensor
 * that is disposed
 * @example
 * import { wasm } from '@striate/backend-wasm';
 * const backend = await use(wasm());
 * // the first that works; why others do not goes to the console:
 * await use([webgpu(), wasm()], { onRefusal: console.warn });
 * // move a training to another backend and go on:
 * await use(wasm({ threads: 1 }), { carry: [state] });
 */
export function use(choice: Backend | readonly Backend[], options: UseOptions = {}): Promise<Backend> {
  // Calls that overlap take turns: only one backend can be in use.
  const call = lastCall.then(() => {
    checkRuntime('use');
    checkUse(options);
    return useFirst(candidatesOf(choice), options);
  });
  lastCall = call.catch(() => undefined);
  return call;
}

/** The backend that `use` started, if any. */
export function activeBackend(): Backend | undefined {
  return active;
}

function checkUse(options: UseOptions): void {
  checkOptions('use', options, { onRefusal: true, carry: true }, 'use(wasm(), { onRefusal: console.warn })');
  const { onRefusal, carry } = options;
  if (onRefusal !== undefined && typeof onRefusal !== 'function')
    throw new OptionError(`use: onRefusal is ${describe(onRefusal)}, but must be a function, such as console.warn.`);
  if (carry !== undefined && !Array.isArray(carry))
    throw new OptionError(`use: carry is ${describe(carry)}, but must be a list. Write carry: [network].`);
}

function candidatesOf(choice: unknown): readonly Backend[] {
  const candidates: readonly unknown[] = Array.isArray(choice) ? choice : [choice];
  if (candidates.length === 0)
    throw new OptionError('use: the list has no backends, but at least one is needed. Write use([webgpu(), wasm()]).');
  for (const candidate of candidates) checkBackend(candidate);
  return candidates as readonly Backend[]; // checked
}

function checkBackend(candidate: unknown): void {
  const functions = ['probe', 'start', 'stop', 'stats'];
  const has = (name: string): boolean => isRecord(candidate) && typeof candidate[name] === 'function';
  if (functions.every(has)) return;
  const isUncalled = typeof candidate === 'function' && candidate.name !== '';
  const name = isUncalled ? candidate.name : typeof candidate === 'string' ? backendNamed(candidate) : 'wasm';
  const found = isUncalled ? `the function ${name}, which was not called` : describe(candidate);
  throw new OptionError(
    `use: got ${found}, but a backend is needed, such as wasm() of @striate/backend-wasm. Write: await use(${name}()).`,
  );
}

/** The factory that a name is meant for: letters alone, since it is told as code. */
function backendNamed(text: string): string {
  return /^[a-z]\w*$/i.test(text) ? text : 'wasm';
}

async function useFirst(candidates: readonly Backend[], { onRefusal, carry = [] }: UseOptions): Promise<Backend> {
  const refusals: string[] = [];
  let cause: unknown;
  for (const backend of candidates) {
    const found = await backend.probe();
    let refusal: string;
    if (found.available) {
      checkNotOccupied();
      const carried = await readFromActive(carry);
      try {
        await replaceActive(backend, carried);
        return backend;
      } catch (error) {
        cause = error;
        refusal = `${backend.name}: it failed to start: ${error instanceof Error ? error.message : String(error)}`;
      }
    } else {
      refusal = `${backend.name}: ${found.reason} ${found.remedy}`;
    }
    refusals.push(refusal);
    onRefusal?.(refusal);
  }
  throw new BackendError(
    `use: no backend works here.\n${refusals.map((line) => `  ${line}`).join('\n')}`,
    cause === undefined ? {} : { cause },
  );
}

function checkNotOccupied(): void {
  const occupant = backendOccupant();
  if (occupant === undefined) return;
  // Not the backend's fault: within a callback of `fit` it would be told as a backend that failed.
  throw new OptionError(
    `use: ${occupant} is running on ${active?.name ?? 'the backend in use'}, which cannot be replaced under it. ` +
      'Wait until it has ended, or abort it by its signal; then carry its state over.',
  );
}

async function readFromActive(carry: readonly unknown[]): Promise<Carried> {
  try {
    return await readCarried(carry);
  } catch (cause) {
    if (!(cause instanceof BackendError)) throw cause;
    throw new BackendError(
      `use: what to carry cannot be read from ${active?.name ?? 'its backend'} any more: ${cause.message} ` +
        'Leave carry out and go on from a checkpoint.',
      { cause },
    );
  }
}

/** Puts a backend in the place of the one in use, which is in use as before if that fails. */
async function replaceActive(backend: Backend, carried: Carried): Promise<void> {
  const previous = active;
  // The engine knows backends by name: two of one name cannot be there at once.
  if (previous?.engineName === backend.engineName) {
    active = undefined;
    carried.release();
    await previous.stop();
    try {
      await startWith(backend, carried);
    } catch (error) {
      await startWith(previous, carried);
      active = previous;
      throw error;
    }
  } else {
    try {
      await startWith(backend, carried);
    } catch (error) {
      if (previous) await setBackend(previous.engineName);
      throw error;
    }
    carried.release();
    await previous?.stop();
  }
  active = backend;
}

/** Starts a backend and moves tensors to it; if that fails, it is stopped again. */
async function startWith(backend: Backend, carried: Carried): Promise<void> {
  await backend.start();
  try {
    if (!(await setBackend(backend.engineName))) throw new BackendError('the engine refused it.');
    carried.moveTo(engine().backend);
  } catch (error) {
    await backend.stop();
    throw error;
  }
}
