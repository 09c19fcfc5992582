// A layer around the op of op.ts.
import { option, type Kind } from '@striate/core';
import { defineLayerKind, type LayerFunction, type LayerOptions } from '@striate/layers';
import { shrink } from './op.ts';

/** Options of {@link shrinkage}. */
export interface ShrinkageOptions extends LayerOptions {
  threshold?: number;
}

/** y = sign(x) max(|x| - threshold, 0), of any shape. */
export const shrinkage: Kind<ShrinkageOptions, LayerFunction> = defineLayerKind({
  type: 'me/shrinkage',
  doc: 'What is near 0 becomes 0.',
  options: { threshold: option.number({ doc: 'How near.', default: 0.1, minimum: 0 }) },
  make: ({ threshold }) => ({
    outputShapes: ([shape]) => [shape!],
    apply: ([x]) => ({ outputs: [shrink(x!, threshold)] }),
  }),
});
