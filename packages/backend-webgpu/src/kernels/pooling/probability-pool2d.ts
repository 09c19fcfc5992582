import { ops } from '@striate/core/backend';
import { defineKernel, type Kernel } from '../../kernel.ts';
import { pool } from './pool.ts';
import { pixelsLoop, pooledShape, windowsLoop } from './windows.ts';

// Where all are 0, so is the sum of squares, and any other sum will do.
const meanCode = `
  var whole = Value();
  var squares = Value();
  ${pixelsLoop(`let value = rectified(x[pixel]);
      whole += value;
      squares += value * value;`)}
  whole = select(whole, Value(1e-30), (whole < Value(1e-30)) & !isNan(whole));`;

export const probabilityPool2d: Kernel = defineKernel(ops.probabilityPool2d, {
  run({ inputs, attributes, gpu }) {
    const { x } = inputs;
    const y = gpu.output(pooledShape(x.shape, attributes));
    pool(gpu, {
      name: 'probabilityPool2d',
      image: x.shape,
      pooled: y.shape,
      attributes: attributes,
      inputs: { x },
      outputs: { y },
      over: 'windows',
      body: () => `${meanCode}
  y[index] = squares / whole;`,
    });
    return y;
  },
});

/** Two dispatches: y and dy / sum of each window, and then what each pixel receives of its windows. */
export const probabilityPool2dGradient: Kernel = defineKernel(ops.probabilityPool2dGradient, {
  run({ inputs, attributes, gpu }) {
    const { dy, x } = inputs;
    const y = gpu.scratch(dy.shape);
    const factor = gpu.scratch(dy.shape);
    const dx = gpu.output(x.shape);
    const work = { image: x.shape, pooled: dy.shape, attributes: attributes };
    pool(gpu, {
      ...work,
      name: 'probabilityPool2dGradient.windows',
      inputs: { dy, x },
      outputs: { y, factor },
      over: 'windows',
      body: () => `${meanCode}
  y[index] = squares / whole;
  factor[index] = dy[index] / whole;`,
    });
    pool(gpu, {
      ...work,
      name: 'probabilityPool2dGradient',
      inputs: { x, y, factor },
      outputs: { dx },
      over: 'pixels',
      body: () => `
  let own = x[index];
  var sum = Value();
  ${windowsLoop('sum += (2.0 * own - y[window]) * factor[window];')}
  dx[index] = select(Value(), sum, own > Value());`,
    });
    return dx;
  },
});
