import { ops, type AttributesOf } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Kernel } from '@striate/backend-wasm/extend';
import type { OneDnnContext } from '../context.ts';
import type { Workshop } from '../workshop.ts';
import type { Pointer } from '../library/bindings.ts';
import { dnnl } from '../library/constants.ts';
import { planned, type Planned, type Recipe } from '../planned.ts';
import { worthwhileLength } from './activation.ts';

/** Group norm of samples that are one row each, normalised as a whole. */
export function layerNormKernels({ engine }: OneDnnContext): Kernel[] {
  const planOf = (
    pass: Pass,
    { shape }: TensorInfo,
    { groups, epsilon }: AttributesOf<typeof ops.groupNorm>,
  ): Planned | undefined => {
    if (groups !== 1 || sizeOf(shape.slice(1, -1)) !== 1 || sizeOf(shape) < worthwhileLength) return undefined;
    const [rows, size] = [shape[0]!, shape.at(-1)!];
    return planned(engine, `layerNorm,${pass},${rows},${size},${epsilon}`, (workshop) =>
      recipeOf(workshop, pass, { rows, size, epsilon }),
    );
  };

  const layerNorm = defineKernel(ops.groupNorm, {
    accepts: ({ inputs: { x }, attributes }) => planOf('forward', x, attributes) !== undefined,
    run({ inputs: { x, gamma, beta }, attributes, backend }) {
      const outputs = [backend.output(x.shape), backend.output([x.shape[0]!, 1]), backend.output([x.shape[0]!, 1])];
      const addresses = [x, gamma, beta, ...outputs].map((tensor) => backend.address(tensor));
      planOf('forward', x, attributes)!.primitive.run(...addresses);
      return outputs;
    },
  });

  const layerNormGradient = defineKernel(ops.groupNormGradient, {
    accepts: ({ inputs: { x }, attributes }) => planOf('backward', x, attributes) !== undefined,
    run({ inputs: { dy, x, gamma, mean, variance }, attributes, backend }) {
      const outputs = [x, gamma, gamma].map(({ shape }) => backend.output(shape));
      // oneDNN wants to be given beta as well, and does not look at it.
      const addresses = [x, gamma, gamma, dy, mean, variance, ...outputs].map((tensor) => backend.address(tensor));
      planOf('backward', x, attributes)!.primitive.run(...addresses);
      return outputs;
    },
  });

  return [layerNorm, layerNormGradient];
}

type Pass = 'forward' | 'backward';

function recipeOf(
  workshop: Workshop,
  pass: Pass,
  { rows, size, epsilon }: { rows: number; size: number; epsilon: number },
): Recipe {
  const { argument, normalizationFlags, propKind } = dnnl;
  const whole = workshop.describe([rows, size], [size, 1]);
  const moments = workshop.describe([rows], [1]);
  const row = workshop.describe([size], [1]);
  const flags = normalizationFlags.useScale | normalizationFlags.useShift;
  const forward = workshop.plan(
    'dnnl_layer_normalization_forward_primitive_desc_create',
    propKind.forwardTraining,
    whole,
    whole,
    moments,
    epsilon,
    flags,
    null,
  );
  if (pass === 'forward' || forward === undefined) {
    const args: [number, Pointer][] = [
      [argument.source, whole],
      [argument.scale, row],
      [argument.shift, row],
      [argument.destination, whole],
      [argument.mean, moments],
      [argument.variance, moments],
    ];
    return { plan: forward, args };
  }
  const backward = workshop.plan(
    'dnnl_layer_normalization_backward_primitive_desc_create',
    propKind.backward,
    whole,
    whole,
    whole,
    moments,
    epsilon,
    flags,
    forward,
    null,
  );
  const args: [number, Pointer][] = [
    [argument.source, whole],
    [argument.scale, row],
    [argument.shift, row],
    [argument.destinationGradient, whole],
    [argument.mean, moments],
    [argument.variance, moments],
    [argument.sourceGradient, whole],
    [argument.scaleGradient, row],
    [argument.shiftGradient, row],
  ];
  return { plan: backward, args };
}
