import { use, type Backend } from '@striate/core';
import { cpu } from '@striate/core/testing';
import { wasm } from '@striate/backend-wasm';
import { beforeAll, describe } from 'vitest';

const backends: readonly Backend[] = [cpu(), wasm({ threads: 2 })];

/**
 * Runs a suite on the engine's plain CPU backend, where every op is its reference, and on WebAssembly.
 *
 * @example
 * onEachBackend('layers', () => it('add up', () => {}));
 */
export function onEachBackend(name: string, suite: () => void): void {
  describe.each(backends.map((backend) => ({ label: backend.name, backend })))(`${name} on $label`, ({ backend }) => {
    beforeAll(async () => void (await use(backend)));
    suite();
  });
}
