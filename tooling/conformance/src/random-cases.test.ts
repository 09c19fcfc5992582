import { use } from '@striate/core';
import { cpu } from '@striate/core/testing';
import { wasm } from '@striate/backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { difference, runCase, type CaseResult } from './op-case.ts';
import { randomCases } from './random-cases.ts';

const seed = Number(process.env.STRIATE_SEED ?? Math.floor(Date.now() / 1000));
const cases = randomCases(seed, 12);

/** Every op's references run on tfjs' own CPU backend: the yardstick for the backends' kernels. */
describe(`random cases, seed ${seed} (STRIATE_SEED=${seed} repeats them)`, () => {
  const expected: CaseResult[] = [];
  beforeAll(async () => {
    await use(cpu());
    for (const opCase of cases) expected.push(await runCase(opCase));
  }, 300_000);

  describe.each([
    { label: 'wasm', options: { threads: 2 } },
    { label: 'wasm, plain SIMD, one thread', options: { threads: 1, simd: 'plain', memory: 'unshared' } },
    { label: 'wasm without Winograd', options: { threads: 2, winograd: false } },
  ] as const)('$label', ({ options }) => {
    beforeAll(() => use(wasm(options)));

    it.each(cases.map((opCase, index) => ({ name: opCase.name, opCase, index })))(
      '$name',
      async ({ opCase, index }) => {
        expect(difference(await runCase(opCase), expected[index]!, 1e-4)).toBeUndefined();
      },
    );
  });
});
