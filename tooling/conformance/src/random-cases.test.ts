import { fill, use } from '@striate/core';
import { cpu } from '@striate/core/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { backends, toleranceOf } from './backends.ts';
import { difference, runCase, runYardstick, type CaseResult } from './op-case.ts';
import { randomCases } from './random-cases.ts';
import { casesFor, howToRepeat } from './some-cases.ts';
import { usableBackends } from './usable-backends.ts';

const seed = Number(process.env.STRIATE_SEED ?? Math.floor(Date.now() / 1000));
const cases = randomCases(seed, 12);

/** Every op's references run on tfjs' own CPU backend: the yardstick for the backends' kernels. */
describe(`random cases, seed ${seed} (STRIATE_SEED=${seed} repeats them, ${howToRepeat})`, () => {
  const expected: CaseResult[] = [];
  beforeAll(async () => {
    await use(cpu());
    for (const opCase of cases) expected.push(await runYardstick(opCase));
  }, 300_000);

  describe.each(usableBackends.filter((name) => name !== 'cpu'))('%s', (name) => {
    beforeAll(() => use(backends[name]!()));

    const some = casesFor(
      name,
      cases.map((opCase, index) => ({ name: opCase.name, opCase, index })),
      (one) => one.name,
    );
    it.each(some)('$name', async ({ opCase, index }) => {
      // What a kernel reads without having written it must not reach a result: free memory holds NaN.
      fill([1 << 20], Number.NaN).dispose();
      expect(difference(await runCase(opCase), expected[index]!, toleranceOf(name))).toBeUndefined();
    });
  });
});
