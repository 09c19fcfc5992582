import { ops } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  defineKernel,
  hasNaN,
  maskByOutput,
  rectify,
  writeMasked,
  type Kernel,
  type KernelBackend,
} from '@striate/backend-wasm/extend';
import type { OneDnnContext } from '../context.ts';
import { dnnl } from '../library/constants.ts';
import { planned, type Planned, type Recipe } from '../planned.ts';
import type { Workshop } from '../workshop.ts';
import type { Pointer } from '../library/bindings.ts';
import { channelsLast } from './convolution-plan.ts';

/**
 * Batch norm in training. Its gradient writes past the caches, which WebAssembly cannot; forward with a residual the
 * WebAssembly kernel is as fast, since it adds in the same pass.
 */
export function batchNormKernels({ engine, workspaces }: OneDnnContext): Kernel[] {
  const planOf = (pass: Pass, { shape }: TensorInfo, epsilon: number, relu: boolean): Planned | undefined => {
    if (sizeOf(shape) === 0) return undefined;
    const key = `batchNorm,${pass},${shape.join()},${epsilon},${relu}`;
    return planned(engine, key, (workshop) => recipeOf(workshop, pass, shape, { epsilon, relu }));
  };

  const batchNorm = defineKernel(ops.batchNorm, {
    accepts: ({ inputs: { x, residual }, attributes: { epsilon, activation } }) =>
      !residual && planOf('forward', x, epsilon, activation === 'relu') !== undefined,
    run({ inputs: { x, gamma, beta }, attributes: { epsilon, activation }, backend }) {
      const { primitive, workspaceBytes } = planOf('forward', x, epsilon, activation === 'relu')!;
      const outputs = [backend.output(gamma.shape), backend.output(gamma.shape), backend.output(x.shape)] as const;
      const [mean, variance, y] = outputs;
      const addresses = [x, gamma, beta, ...outputs].map((tensor) => backend.address(tensor));
      if (workspaceBytes > 0) addresses.push(workspaces.allocate('batchNorm', y.dataId, workspaceBytes));
      primitive.run(...addresses);
      // oneDNN's rectifier makes 0 of NaN, which comes by these alone.
      if (activation === 'relu' && [mean, variance, gamma, beta].some((tensor) => hasNaN(backend, tensor))) {
        planOf('forward', x, epsilon, false)!.primitive.run(...addresses.slice(0, 6));
        rectify(backend, y);
      }
      return [y, mean, variance];
    },
  });

  const batchNormGradient = defineKernel(ops.batchNormGradient, {
    accepts: ({ inputs: { x }, attributes: { epsilon } }) => planOf('backward', x, epsilon, false) !== undefined,
    run({ inputs: { dy, x, gamma, mean, variance, y }, attributes: { epsilon, residual }, backend }) {
      // Which numbers the rectifier let pass: noted by oneDNN's forward pass, else seen from y.
      const workspace = y && !residual ? workspaces.of('batchNorm', y.dataId) : undefined;
      const dResidual = residual ? passed(backend, dy, y) : undefined;
      const dz = dResidual
        ? backend.address(dResidual)
        : maskByOutput(backend, dy, workspace === undefined ? y : undefined);
      const gradients = [x, gamma, gamma].map(({ shape }) => backend.output(shape));
      const addresses = [x, gamma, mean, variance].map((tensor) => backend.address(tensor));
      addresses.push(dz, ...gradients.map((tensor) => backend.address(tensor)));
      if (workspace !== undefined) addresses.push(workspace);
      planOf('backward', x, epsilon, workspace !== undefined)!.primitive.run(...addresses);
      return [...gradients, ...(dResidual ? [dResidual] : [])];
    },
  });

  return [batchNorm, batchNormGradient];
}

/** A tensor of dy where y > 0; without y the storage of dy itself. */
function passed(backend: KernelBackend, dy: TensorInfo, y: TensorInfo | undefined): TensorInfo {
  if (!y) return backend.alias(dy, dy.shape);
  const dz = backend.output(dy.shape);
  writeMasked(backend, { dy, y }, backend.address(dz));
  return dz;
}

type Pass = 'forward' | 'backward';

/** A pass over x [.., C], with a rectifier behind if `relu`. */
function recipeOf(
  workshop: Workshop,
  pass: Pass,
  shape: readonly number[],
  { epsilon, relu }: { epsilon: number; relu: boolean },
): Recipe {
  const { argument, normalizationFlags, propKind } = dnnl;
  const channels = shape.at(-1)!;
  const sizes = [shape[0]!, channels, sizeOf(shape.slice(1, -1)), 1];
  const whole = workshop.describe(sizes, channelsLast(sizes));
  const row = workshop.describe([channels], [1]);
  const flags = normalizationFlags.useScale | normalizationFlags.useShift | (relu ? normalizationFlags.fuseRelu : 0);
  const forward = workshop.plan(
    'dnnl_batch_normalization_forward_primitive_desc_create',
    propKind.forwardTraining,
    whole,
    whole,
    epsilon,
    flags,
    null,
  );
  if (pass === 'forward' || forward === undefined) {
    const args: [number, Pointer][] = [
      [argument.source, whole],
      [argument.scale, row],
      [argument.shift, row],
      [argument.mean, row],
      [argument.variance, row],
      [argument.destination, whole],
    ];
    return { plan: forward, args, hasWorkspace: relu };
  }
  const backward = workshop.plan(
    'dnnl_batch_normalization_backward_primitive_desc_create',
    propKind.backward,
    whole,
    whole,
    whole,
    epsilon,
    flags,
    forward,
    null,
  );
  const args: [number, Pointer][] = [
    [argument.source, whole],
    [argument.scale, row],
    [argument.mean, row],
    [argument.variance, row],
    [argument.destinationGradient, whole],
    [argument.sourceGradient, whole],
    [argument.scaleGradient, row],
    [argument.shiftGradient, row],
  ];
  return { plan: backward, args, hasWorkspace: relu };
}
