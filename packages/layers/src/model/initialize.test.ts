import { dispose, hashName, memory, randomBits, sizeOf, streams, use } from '@striate/core';
import { cpu } from '@striate/core/testing';
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { initialValues } from '../initial-values.ts';
import { dense } from '../layers/dense.ts';
import { input } from '../layers/input.ts';
import { initialize, type Network } from './initialize.ts';
import { sequential } from './sequential.ts';

const hashOf = (values: Float32Array): string =>
  createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex')
    .slice(0, 16);

it.each([
  ['constant', 'dcc691a2b184bbae'],
  ['glorotNormal', '7271a9a392f5ec08'],
  ['glorotUniform', '596d3deeb2d0371e'],
  ['heNormal', '393c2ba0150b3cee'],
  ['heUniform', 'a397adffb61873d5'],
  ['identity', '3f9e1f4975e10b52'],
  ['lecunNormal', '6ebf19e3f33ecd48'],
  ['lecunUniform', '9c145681ae2fddfc'],
  ['ones', '0d1ff072078cac16'],
  ['orthogonal', '3cae15ea22f9e9f5'],
  ['pytorchDefault', '4e74f94e6a8bb42b'],
  ['randomNormal', 'a2b3e06bba0422a2'],
  ['randomUniform', 'd7dec765522fb8b3'],
  ['truncatedNormal', '47403dee061921bc'],
  ['varianceScaling', '6ebf19e3f33ecd48'],
  ['zeros', 'dcc691a2b184bbae'],
])('%s gives the bits that it always gave', (type, hash) => {
  // 315 values: the last block of random words is cut.
  expect(hashOf(initialValues({ type }, [3, 3, 5, 7], { seed: 3, name: 'conv2d/kernel' }))).toBe(hash);
});

// `pnpm bench start` measures it on VGG-16; an iterator over the words took ten times as long as a loop.
it('takes no longer than a few plain loops over the random words', async () => {
  await use(cpu());
  const shape = [1000, 2000];
  const graph = sequential([input([1000]), dense({ units: 2000, useBias: false })]);
  const limit = Math.sqrt(6 / 3000);
  const plainLoop = (): Float32Array => {
    const key = { seed: 1, stream: streams.initializer, call: hashName('dense/kernel'), step: 0 };
    const words = randomBits(key, { length: sizeOf(shape) });
    const values = new Float32Array(words.length);
    const scale = (2 * limit) / 2 ** 24;
    for (let place = 0; place < words.length; place++) values[place] = (words[place]! >>> 8) * scale - limit;
    return values;
  };
  const made: Network[] = [];
  const [ours, plain] = [() => made.push(initialize(graph, { seed: 1 })), plainLoop].map((run) =>
    // The least of several: other programs may take the processor at any time.
    Math.min(
      ...Array.from({ length: 5 }, () => {
        const start = performance.now();
        run();
        return performance.now() - start;
      }),
    ),
  );
  const values = made[0]!.parameters['dense/kernel']!.dataSync();
  expect(Math.abs(values[12_345]! - plainLoop()[12_345]!)).toBeLessThan(1e-7);
  for (const { parameters } of made) dispose(parameters);
  expect(memory().numTensors).toBe(0);
  expect(ours! / plain!).toBeLessThan(3);
});

it('refuses a model that the backend may not hold before it draws a value', async () => {
  await use({ ...cpu(), stats: () => ({ ...cpu().stats(), bytesAllowed: 2 ** 20 }) });
  const graph = (units: number) => sequential([input([784]), dense({ units, kernelInitializer: drawn })]);
  let draws = 0;
  const drawn = (shape: readonly number[]): Float32Array => {
    draws++;
    return new Float32Array(sizeOf(shape));
  };
  const { parameters } = initialize(graph(300), { seed: 1 });
  expect(draws).toBe(1);
  expect(() => initialize(graph(300), { seed: 1 })).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: initialize: the model's values need 0.9 MiB, but cpu may hold 1.0 MiB, of which 0.9 MiB are in use. Make its layers smaller: the largest is 'dense/kernel' [784, 300].]`,
  );
  dispose(parameters);
  expect(() => initialize(graph(5e8), { seed: 1 })).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: initialize: the model's values need 1497268.7 MiB, but cpu may hold 1.0 MiB, of which 0.0 MiB are in use. Make its layers smaller: the largest is 'dense/kernel' [784, 500000000].]`,
  );
  expect(draws).toBe(1);
});
