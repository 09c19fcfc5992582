import { addExport, type Change, type Names } from './changes.ts';

const folder = 'packages/core/src/ops';

/** The op, out of stock ops, and its gradient. */
export const opFile = ({ name, type }: Names): string => `import { mul } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from '../check-tensors.ts';
import { defineOp, only, type Op } from '../define-op.ts';

export const ${name}Op: Op<{ x: Tensor }, { factor: number }> = defineOp({
  name: 'striate.${type}',
  shapes: ({ x }) => [x.shape],
  reference: ({ x }, { factor }) => mul(x, factor),
  gradient: {
    saves: [],
    of: ({ dys: [dy], attributes }) => ({ x: () => only(${name}GradientOp({ dy: dy! }, attributes)) }),
  },
});

/**
 * What it computes, as a formula; shapes, units and ranges.
 *
 * @throws {ShapeError} TODO
 * @example
 * const y = ops.${name}(x, { factor: 2 });
 */
export function ${name}(x: Tensor, attributes: { factor: number }): Tensor {
  checkTensor('${name}', 'x', x);
  return only(${name}Op({ x }, attributes));
}

export const ${name}GradientOp: Op<{ dy: Tensor }, { factor: number }> = defineOp({
  name: 'striate.${type}Gradient',
  shapes: ({ dy }) => [dy.shape],
  reference: ({ dy }, { factor }) => mul(dy, factor),
});
`;

/** Its gradient against finite differences. */
export const opTest = ({ name, file }: Names): string => `import { beforeAll, describe, it } from 'vitest';
import { checkGradients, type GradientCase } from '../testing/check-gradients.ts';
import { cpu } from '../testing.ts';
import { use } from '../use.ts';
import { ${name} } from './${file}.ts';

const cases: GradientCase[] = [
  { name: '${name}', inputs: { x: [3, 4] }, compute: ({ x }) => ${name}(x!, { factor: 2 }) },
];

describe('gradients against finite differences', () => {
  beforeAll(async () => {
    await use(cpu());
  });
  it.each(cases)('$name', (gradientCase) => checkGradients(gradientCase));
});
`;

/** The file that lists it. */
export const opLists = ({ name, file }: Names): readonly Change[] => [
  addExport(`${folder}/index.ts`, `export { ${name} } from './${file}.ts';`),
];
