import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Binding, type Gpu, type Kernel } from '../../kernel.ts';
import { groupSlots, mainOfSlots, slotLoop, type GroupSlots } from './group-slots.ts';
import { sumsCode } from './moments.ts';
import { overLanesCode } from './over-lanes.ts';
import { numbersCode, valueCode } from './values.ts';

// Shorter vectors are divided by 1e-6; NaN stays.
const lengthCode = `
fn lengthOf(square: f32) -> f32 {
  let isNumber = (bitcast<u32>(square) & 0x7fffffffu) <= 0x7f800000u;
  return select(square, max(sqrt(square), 1e-6), isNumber);
}
`;

export const unitNorm: Kernel = defineKernel(ops.unitNorm, {
  run({ inputs, gpu }) {
    const { x } = inputs;
    const y = gpu.output(x.shape);
    overVectors(gpu, 'unitNorm', { x }, y, (cut) => ({
      sums: 'Sums(x[place] * x[place], Value())',
      body: `let norm = lengthOf(total(sums.plain));${slotLoop(cut, 'result[place] = x[place] / norm;')}`,
    }));
    return y;
  },
});

export const unitNormGradient: Kernel = defineKernel(ops.unitNormGradient, {
  run({ inputs, gpu }) {
    const { dy, x } = inputs;
    const dx = gpu.output(x.shape);
    overVectors(gpu, 'unitNormGradient', { x, dy }, dx, (cut) => ({
      sums: 'Sums(x[place] * x[place], x[place] * dy[place])',
      // Only what is across a vector changes its direction.
      body: `
  let norm = lengthOf(total(sums.plain));
  let along = total(sums.along) / norm;
  ${slotLoop(cut, 'result[place] = (dy[place] - x[place] / norm * along) / norm;')}`,
    }));
    return dx;
  },
});

interface VectorCode {
  /** Two numbers to be summed over a vector's places. */
  sums: string;
  /** What is done with the sums. */
  body: string;
}

/** One dispatch, in which some threads go over the last axis of each vector twice. */
function overVectors(
  gpu: Gpu,
  name: string,
  inputs: Record<string, TensorInfo>,
  output: TensorInfo,
  codeOf: (cut: GroupSlots) => VectorCode,
): void {
  const { shape } = output;
  if (sizeOf(shape) === 0) return;
  const channels = shape.at(-1)!;
  const cut = groupSlots({ samples: sizeOf(shape) / channels, places: 1, channels, groups: 1 });
  const bound = (tensors: Record<string, TensorInfo>): Record<string, Binding> =>
    Object.fromEntries(Object.entries(tensors).map(([key, tensor]) => [key, cut.bind(tensor)]));
  gpu.dispatch({
    name,
    constants: cut.constants,
    inputs: bound(inputs),
    outputs: bound({ result: output }),
    uniforms: { count: { type: 'u32', value: cut.count } },
    workgroups: cut.workgroups,
    code: () => {
      const { sums, body } = codeOf(cut);
      return `${valueCode(cut)}${numbersCode(cut)}${sumsCode}${lengthCode}${overLanesCode('Sums', cut.lanes, cut.threads)}${mainOfSlots(
        cut,
        `
  var sums = Sums();
  ${slotLoop(cut, `sums = combined(sums, ${sums});`)}
  sums = overLanes(sums, first, 1u, lane);
  if (!inside) { return; }
  ${body}`,
      )}`;
    },
  });
}
