import { dispose, memory, use } from '@striate/core';
import { wasm } from '@striate/backend-wasm';
import { activation, dense, initialize, input, sequential, type Network } from '@striate/layers';
import { beforeAll, expect, test } from 'vitest';
import { ensemble } from './ensemble.ts';
import { predict } from './predict.ts';

beforeAll(async () => void (await use(wasm({ threads: 2 }))));

const inputs = Float32Array.from({ length: 5 * 4 }, (_, place) => 2 * Math.sin(place * 1.7));
const network = (seed: number, units: number = 3): Network => ({
  ...initialize(sequential([input([4]), dense({ units: 8 + seed, activation: 'relu' }), dense({ units })]), { seed }),
  outputMeaning: 'classes',
});
const release = (networks: readonly Network[]): void => networks.forEach(({ parameters }) => dispose(parameters));

test('averages probabilities, or logits', async () => {
  const networks = [network(1), network(2), network(3)];
  const before = memory().numTensors;
  const mean = await ensemble(networks, inputs);
  const geometric = await ensemble(networks, inputs, { average: 'logits', batchSize: 2 });
  expect(memory().numTensors).toBe(before);
  const single = await Promise.all(networks.map((one) => predict(one, inputs)));
  for (const sample of mean.keys()) {
    const products = [0, 1, 2].map((k) => single.reduce((product, rows) => product * rows[sample]![k]!, 1) ** (1 / 3));
    const total = products.reduce((sum, value) => sum + value, 0);
    for (const k of [0, 1, 2]) {
      const average = single.reduce((sum, rows) => sum + rows[sample]![k]! / 3, 0);
      expect(mean[sample]![k]).toBeCloseTo(average, 6);
      expect(geometric[sample]![k]).toBeCloseTo(products[k]! / total, 5);
    }
  }
  expect(mean).not.toEqual(geometric);
  release(networks);
});

test('impossible ensembles are refused', async () => {
  const networks = [network(1), network(2, 4)];
  const chain = sequential([input([4]), dense({ units: 3 }), activation({ activation: 'softmax' })]);
  const soft: Network = { ...initialize(chain, { seed: 1 }), outputMeaning: 'classes' };
  await expect(ensemble([], inputs)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[OptionError: ensemble: there are no networks, but at least one is needed.]`,
  );
  await expect(ensemble(networks, inputs)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: ensemble: network 1 gives 3 numbers for a sample, but network 2 gives 4.]`,
  );
  await expect(
    ensemble([networks[0]!, soft], inputs, { average: 'logits' }),
  ).rejects.toThrowErrorMatchingInlineSnapshot(
    `[OptionError: ensemble: network 2 (counted from 1) ends in a softmax, so that it has no logits to average. Use average: 'probabilities'.]`,
  );
  await expect(ensemble(networks, inputs, { average: 'votes' as never })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[OptionError: ensemble: average is "votes". Known: probabilities, logits.]`,
  );
  release([...networks, soft]);
});
