import { use } from '@striate/core';
import { cpu } from '@striate/core/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { backends, toleranceOf } from './backends.ts';
import { createDraw } from './draw.ts';
import { casesFor, howToRepeat } from './some-cases.ts';
import { expectSpot, runSpot, spotDifference, spotsOfEveryOp, type SpotExpectation } from './not-finite.ts';
import { usableBackends } from './usable-backends.ts';

const seed = Number(process.env.STRIATE_SEED ?? 7);
const spots = spotsOfEveryOp(createDraw(seed));

describe(`NaN and infinities in every input of every op (STRIATE_SEED=${seed}, ${howToRepeat})`, () => {
  const expected: SpotExpectation[] = [];
  beforeAll(async () => {
    await use(cpu());
    for (const spot of spots) expected.push(await expectSpot(spot));
  }, 300_000);

  // The references themselves are looked at too: they run on tfjs' stock kernels.
  describe.each(usableBackends)('%s', (name) => {
    beforeAll(() => use(backends[name]!()));

    const cases = spots.map((spot, index) => ({ name: `${spot.opCase.name}, ${spot.input}[${spot.place}]`, index }));
    const some = casesFor(name, cases, ({ index }) => `${spots[index]!.opCase.name} of ${spots[index]!.input}`);
    test.each(some)('$name', async ({ index }) => {
      const expectation = expected[index]!;
      for (const reference of expectation.references) {
        const actual = name === 'cpu' ? reference.result : await runSpot(expectation.spot, reference.value);
        const found = spotDifference(actual, expectation, reference, toleranceOf(name));
        expect(found, `${reference.value}`).toBeUndefined();
      }
    });
  });
});
