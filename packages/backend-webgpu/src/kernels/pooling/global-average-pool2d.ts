import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import { defineKernel, type Kernel } from '../../kernel.ts';
import { forEachPlace } from '../normalization/for-each-place.ts';
import { groupSlots, mainOfSlots, slotLoop } from '../normalization/group-slots.ts';
import { overLanesCode } from '../normalization/over-lanes.ts';
import { valueCode, valuesOf } from '../normalization/values.ts';

/** Each value of an image's mean is a group of its own. */
export const globalAveragePool2d: Kernel = defineKernel(ops.globalAveragePool2d, {
  run({ inputs, gpu }) {
    const { x } = inputs;
    const [batch, height, width, channels] = x.shape as [number, number, number, number];
    const y = gpu.output([batch, channels]);
    if (sizeOf(x.shape) === 0) return y;
    const groups = valuesOf(channels).columns;
    const cut = groupSlots({ samples: batch, places: height * width, channels, groups });
    gpu.dispatch({
      name: 'globalAveragePool2d',
      constants: cut.constants,
      inputs: { x: cut.bind(x) },
      outputs: { y: cut.bind(y) },
      uniforms: { count: { type: 'u32', value: cut.count } },
      workgroups: cut.workgroups,
      code: () => `${valueCode(cut)}
fn combined(a: Value, b: Value) -> Value { return a + b; }
${overLanesCode('Value', cut.lanes, cut.threads)}${mainOfSlots(
        cut,
        `
  var sum = Value();
  ${slotLoop(cut, 'sum += x[place];')}
  sum = overLanes(sum, first, 1u, lane);
  if (inside && lane == 0) { y[group] = sum / f32(PLACES); }`,
      )}`,
    });
    return y;
  },
});

export const globalAveragePool2dGradient: Kernel = defineKernel(ops.globalAveragePool2dGradient, {
  run({ inputs, attributes, gpu }) {
    const { dy } = inputs;
    const { inputShape } = attributes;
    const [, height, width, channels] = inputShape as [number, number, number, number];
    const dx = gpu.output(inputShape);
    const { columns, vectors, bind } = valuesOf(channels);
    forEachPlace(gpu, {
      name: 'globalAveragePool2dGradient',
      count: sizeOf(inputShape) / (vectors ? 4 : 1),
      constants: { PIXELS: height * width, COLUMNS: columns },
      inputs: { dy: bind(dy) },
      outputs: { dx: bind(dx) },
      declarations: () => '',
      body: () => 'dx[index] = dy[index / (PIXELS * COLUMNS) * COLUMNS + index % COLUMNS] / f32(PIXELS);',
    });
    return dx;
  },
});
