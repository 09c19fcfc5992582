import type { Names } from './changes.ts';

const folder = 'packages/backend-wasm';

/** The call of a kernel: shapes, output, items. */
const call = ({ name }: Names): string => `import { sizeOf } from '@striate/core';
import { ops } from '@striate/core/backend';
import { defineKernel, type Kernel } from '../kernel.ts';
import { elementsPerItem, itemsOf } from './split.ts';

export const ${name}: Kernel = defineKernel(ops.${name}, {
  run({ inputs: { x }, attributes: { factor }, backend }) {
    const y = backend.output(x.shape);
    const length = sizeOf(x.shape);
    backend.run('${name}', [backend.address(x), backend.address(y), length, elementsPerItem, factor], {
      items: itemsOf(length, elementsPerItem),
    });
    return y;
  },
});
`;

/** The arithmetic of one item, in AssemblyScript. */
const arithmetic = ({ name }: Names): string => `import { storeLanes } from './lanes';
import { floatArgument, intArgument, pointerArgument } from './simd';

/** y = x * factor. args: x, y, length, itemLength, factor */
export function ${name}(args: usize, item: i32, scratch: usize): void {
  const itemLength = <usize>intArgument(args, 3);
  const first = <usize>item * itemLength;
  const last = min(first + itemLength, <usize>intArgument(args, 2));
  const factor = f32x4.splat(floatArgument(args, 4));
  for (let i = first; i < last; i += 4) {
    const y = f32x4.mul(v128.load(pointerArgument(args, 0) + (i << 2)), factor);
    storeLanes(pointerArgument(args, 1) + (i << 2), y, last - i);
  }
}
`;

/** Its values, with 1, 2 and 4 threads. */
const test = ({ name, file }: Names): string => `import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectValues, random, startTrials, type KernelTrials } from '../testing/kernel-trials.ts';
import { ${name} } from './${file}.ts';

let trials: KernelTrials;
beforeAll(async () => {
  trials = await startTrials();
});
afterAll(() => trials.stop());

test.each([[[]], [[1]], [[7, 3]], [[3, 40_001]]])('shape %o', (shape) => {
  const x = random(shape);
  const [y] = trials.run(${name}, { x }, { factor: 2 });
  expect(y!.shape).toEqual(shape);
  expectValues(
    y!.values,
    Array.from(x.values, (value) => 2 * value),
    1e-7,
  );
});
`;

/** The files of a kernel in WebAssembly for an op; lists of kernels are made out of their folders. */
export const kernelFiles = (names: Names): { path: string; text: string }[] => [
  { path: `${folder}/assembly/${names.file}.ts`, text: arithmetic(names) },
  { path: `${folder}/src/kernels/${names.file}.ts`, text: call(names) },
  { path: `${folder}/src/kernels/${names.file}.test.ts`, text: test(names) },
];
