import { engine, type Tensor } from '@tensorflow/tfjs-core';
import { describe, isTensor } from './describe.ts';
import { BackendError, OptionError } from './errors.ts';

/** @throws {BackendError} if no backend is in use yet, with the lines to write */
export function requireBackend(where: string): void {
  if (engine().backendName) return;
  throw new BackendError(
    `${where}: no backend is in use yet. Write this first:\n` +
      `  import { wasm } from '@striate/backend-wasm';\n  await use(wasm());`,
  );
}

/**
 * Checks that a value is a tensor which can be computed with: of numbers, not disposed, and not lost with the backend it
 * was on.
 *
 * @param name what the error calls it: "parameter 'dense/kernel'"
 * @throws {OptionError} saying what it is instead, and what to do
 */
export function checkTensor(where: string, name: string, value: unknown): asserts value is Tensor {
  if (!isTensor(value))
    throw new OptionError(
      `${where}: ${name} is ${describe(value)}, but must be a tensor. Make one: tensor(values, shape).`,
    );
  if (value.isDisposed) {
    throw new OptionError(
      `${where}: ${name}, [${value.shape.join(', ')}], is disposed: its memory was given back before. Keep it until it is no longer used.`,
    );
  }
  if (value.dtype === 'complex64' || value.dtype === 'string')
    throw new OptionError(`${where}: ${name} is ${describe(value)}, but must be of float32, int32 or bool.`);
  const { state, registry } = engine();
  const home = state.tensorInfo.get((value as Tensor).dataId)?.backend;
  if (home) for (const backend in registry) if (registry[backend] === home) return;
  throw new OptionError(
    `${where}: ${name}, [${value.shape.join(', ')}], was on a backend that is no longer in use, and is gone with it. ` +
      'Take tensors along: await use(other, { carry: [network] }).',
  );
}
