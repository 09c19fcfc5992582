import { ops, type AttributesOf } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import { defineKernel, hasNaN, maskByOutput, outputShapeOf, type Kernel } from '@striate/backend-wasm/extend';
import type { OneDnnContext } from '../context.ts';
import { long, type Workshop } from '../workshop.ts';
import type { Pointer } from '../library/bindings.ts';
import { dnnl } from '../library/constants.ts';
import { planned, type Planned, type Recipe } from '../planned.ts';
import { channelsLast } from './convolution-plan.ts';
import { wasmKernel } from './wasm-kernel.ts';

/** The lowest float32 that is finite: oneDNN's maximum of nothing. */
const LOWEST = -3.4028234663852886e38;

/** Max and average pooling, both passes. */
export function poolingKernels({ engine, workspaces }: OneDnnContext): Kernel[] {
  const planOf = (pass: Pass, shape: readonly number[], window: ops.PoolGeometry, kind: Kind): Planned | undefined => {
    const output = outputShapeOf(shape, window);
    if (sizeOf(shape) === 0 || output.some((size) => size < 1)) return undefined;
    const { poolSize, strides, padding } = window;
    const key = `pool,${pass},${shape.join()},${poolSize.join()},${strides.join()},${padding.join()},${kind.algorithm},${kind.relu}`;
    return planned(engine, key, (workshop) => recipeOf(workshop, pass, { shape, output, window, kind }));
  };

  const maxKind = ({ activation }: AttributesOf<typeof ops.maxPool2d>): Kind => ({
    algorithm: dnnl.algorithm.poolingMax,
    relu: activation === 'relu',
  });
  const maxPool = defineKernel(ops.maxPool2d, {
    accepts: ({ inputs: { x }, attributes }) =>
      planOf('forward', x.shape, attributes, maxKind(attributes)) !== undefined,
    run(call) {
      const { inputs, attributes, backend } = call;
      const { x } = inputs;
      // oneDNN passes over NaN, and over -Infinity.
      if (hasNaN(backend, x, LOWEST)) return wasmKernel(ops.maxPool2d, call);
      const { primitive, workspaceBytes } = planOf('forward', x.shape, attributes, maxKind(attributes))!;
      const y = backend.output(outputShapeOf(x.shape, attributes));
      primitive.run(backend.address(x), backend.address(y), workspaces.allocate('maxPool', y.dataId, workspaceBytes));
      return y;
    },
  });

  const maxPoolGradient = defineKernel(ops.maxPool2dGradient, {
    // Which pixel was the largest is known only of what oneDNN has pooled.
    accepts: ({ inputs: { x, y }, attributes }) =>
      workspaces.of('maxPool', y.dataId) !== undefined &&
      planOf('backward', x.shape, attributes, { ...maxKind(attributes), relu: false }) !== undefined,
    run({ inputs: { dy, x, y }, attributes, backend }) {
      const { relu, ...kind } = maxKind(attributes);
      const dx = backend.output(x.shape);
      const dz = maskByOutput(backend, dy, relu ? y : undefined);
      const { primitive } = planOf('backward', x.shape, attributes, { ...kind, relu: false })!;
      primitive.run(dz, backend.address(dx), workspaces.of('maxPool', y.dataId)!);
      return dx;
    },
  });

  const averageKind = ({ countPadding }: AttributesOf<typeof ops.averagePool2d>): Kind => ({
    algorithm: countPadding
      ? dnnl.algorithm.poolingAverageIncludingPadding
      : dnnl.algorithm.poolingAverageExcludingPadding,
    relu: false,
  });
  const isPlain = ({ overhang = [0, 0], divisor = 0 }: AttributesOf<typeof ops.averagePool2d>): boolean =>
    divisor === 0 && overhang.every((size) => size === 0);
  const averagePool = defineKernel(ops.averagePool2d, {
    accepts: ({ inputs: { x }, attributes }) =>
      isPlain(attributes) && planOf('forward', x.shape, attributes, averageKind(attributes)) !== undefined,
    run({ inputs: { x }, attributes, backend }) {
      const y = backend.output(outputShapeOf(x.shape, attributes));
      const { primitive } = planOf('forward', x.shape, attributes, averageKind(attributes))!;
      primitive.run(backend.address(x), backend.address(y));
      return y;
    },
  });

  const averagePoolGradient = defineKernel(ops.averagePool2dGradient, {
    accepts: ({ attributes }) =>
      isPlain(attributes) &&
      planOf('backward', attributes.inputShape, attributes, averageKind(attributes)) !== undefined,
    run({ inputs: { dy }, attributes, backend }) {
      const dx = backend.output(attributes.inputShape);
      const { primitive } = planOf('backward', attributes.inputShape, attributes, averageKind(attributes))!;
      primitive.run(backend.address(dy), backend.address(dx));
      return dx;
    },
  });

  return [maxPool, maxPoolGradient, averagePool, averagePoolGradient];
}

type Pass = 'forward' | 'backward';

interface Kind {
  algorithm: number;
  /** A rectifier behind the forward pass. */
  relu: boolean;
}

interface Sizes {
  shape: readonly number[];
  output: readonly number[];
  window: ops.PoolGeometry;
  kind: Kind;
}

function recipeOf(workshop: Workshop, pass: Pass, { shape, output, window, kind }: Sizes): Recipe {
  const { argument, propKind, algorithm } = dnnl;
  const describe = ([images, height, width, channels]: readonly number[]): Pointer => {
    const sizes = [images!, channels!, height!, width!];
    return workshop.describe(sizes, channelsLast(sizes));
  };
  const x = describe(shape);
  const y = describe(output);
  const [top, , left] = window.padding;
  // What a window reaches beyond the image, not what was asked for there: the last rows may be left out.
  const beyond = [0, 1].map(
    (axis) =>
      (output[axis + 1]! - 1) * window.strides[axis]! + window.poolSize[axis]! - shape[axis + 1]! - [top, left][axis]!,
  );
  const steps = [window.strides, window.poolSize, [0, 0], [top, left], beyond].map(long);
  const hasWorkspace = kind.algorithm === algorithm.poolingMax;
  const forward = workshop.plan(
    'dnnl_pooling_forward_primitive_desc_create',
    propKind.forwardTraining,
    kind.algorithm,
    x,
    y,
    ...steps,
    workshop.attributes(kind),
  );
  if (pass === 'forward' || forward === undefined) {
    const args: [number, Pointer][] = [
      [argument.source, x],
      [argument.destination, y],
    ];
    return { plan: forward, args, hasWorkspace };
  }
  const backward = workshop.plan(
    'dnnl_pooling_backward_primitive_desc_create',
    kind.algorithm,
    x,
    y,
    ...steps,
    forward,
    null,
  );
  const args: [number, Pointer][] = [
    [argument.destinationGradient, y],
    [argument.sourceGradient, x],
  ];
  return { plan: backward, args, hasWorkspace };
}
