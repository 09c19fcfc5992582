import { ops, type AttributesOf } from '@striate/core/backend';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Gpu, type Kernel } from '../../kernel.ts';
import type { Values } from '../normalization/values.ts';
import { philoxCode, philoxUniforms } from '../training/philox.ts';
import { pool, type PoolWork } from './pool.ts';
import { pixelsLoop, pooledShape, windowsLoop } from './windows.ts';

export const stochasticPool2d: Kernel = defineKernel(ops.stochasticPool2d, {
  run({ inputs, attributes, gpu }) {
    const { x } = inputs;
    const y = gpu.output(pooledShape(x.shape, attributes));
    draw(gpu, x, attributes, {
      name: 'stochasticPool2d',
      pooled: y.shape,
      outputs: { y },
      // The value that was drawn; 0 where nothing is positive, NaN where nothing can be drawn since there is one.
      found: 'taken = select(taken, value, isDrawn);',
      store: 'y[index] = select(taken, whole, isNan(whole));',
    });
    return y;
  },
});

/** Two dispatches: what was drawn of each window, and then what each pixel receives of its windows. */
export const stochasticPool2dGradient: Kernel = defineKernel(ops.stochasticPool2dGradient, {
  run({ inputs, attributes, gpu }) {
    const { dy, x } = inputs;
    const drawn = gpu.scratch(dy.shape, 'int32');
    draw(gpu, x, attributes, {
      name: 'stochasticPool2dGradient.draw',
      pooled: dy.shape,
      outputs: { drawn },
      found: 'place = select(place, Integers(row * W + column), isDrawn);',
      store: 'drawn[index] = place;',
    });
    const dx = gpu.output(x.shape);
    pool(gpu, {
      name: 'stochasticPool2dGradient',
      image: x.shape,
      pooled: dy.shape,
      attributes: attributes,
      inputs: { dy, drawn },
      outputs: { dx },
      over: 'pixels',
      body: () => `
  let own = Integers(at.row * W + at.column);
  var sum = Value();
  ${windowsLoop('sum += select(Value(), dy[window], drawn[window] == own);')}
  dx[index] = sum;`,
    });
    return dx;
  },
});

type Drawing = Pick<PoolWork, 'name' | 'pooled' | 'outputs'> & {
  /** WGSL at each pixel, where `isDrawn` tells which of its channels it was drawn for. */
  found: string;
  /** WGSL at the end. */
  store: string;
};

/** Draws a pixel of each window: the first at which the running sum of max(0, x) exceeds u times the whole one. */
function draw(
  gpu: Gpu,
  x: TensorInfo,
  attributes: AttributesOf<typeof ops.stochasticPool2d>,
  { found, store, ...work }: Drawing,
): void {
  pool(gpu, {
    ...work,
    image: x.shape,
    attributes,
    inputs: { x },
    over: 'windows',
    uniforms: philoxUniforms(attributes),
    declarations: () => philoxCode,
    body: (values) => `
  let words = ${wordsCode(values)};
  var whole = Value();
  {${pixelsLoop('whole += rectified(x[pixel]);')}}
  let limit = Value(words >> Words(8u)) * (1.0 / 16777216.0) * whole;
  var sum = Value();
  var before = sum > limit;
  var taken = Value();
  var place = Integers(-1);
  ${pixelsLoop(`let value = rectified(x[pixel]);
      sum += value;
      let isReached = sum > limit;
      let isDrawn = isReached & !before;
      before = isReached;
      ${found}`)}
  ${store}`,
  });
}

/** WGSL: the random words of the window's value, by its place in the image's pooled form. */
const wordsCode = ({ vectors }: Values): string =>
  vectors
    ? 'randomBlock(u32(at.image), index % (OH * OW * DEPTH))'
    : 'randomWord(u32(at.image), index % (OH * OW * DEPTH))';
