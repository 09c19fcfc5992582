import { use, type Backend } from '@striate/core';
import { cpu } from '@striate/core/testing';
import { beforeAll, describe } from 'vitest';

let backends: readonly Backend[] = [cpu()];

/** From here on, files that are imported run their suites on these: conformance runs those of layers on backends of ours. */
export function runOn(others: readonly Backend[]): void {
  backends = others;
}

/**
 * Runs a suite on the engine's plain CPU backend, where every op is its reference, or on those of {@link runOn}.
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
