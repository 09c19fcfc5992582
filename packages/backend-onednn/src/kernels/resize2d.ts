import { ops, type AttributesOf } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import { defineKernel, type Kernel } from '@striate/backend-wasm/extend';
import type { OneDnnContext } from '../context.ts';
import { dnnl } from '../library/constants.ts';
import { planned, type Planned } from '../planned.ts';
import { worthwhileLength } from './activation.ts';
import { channelsLast } from './convolution-plan.ts';

type Pass = 'forward' | 'backward';
type Shape4 = readonly [number, number, number, number];

/** Images of another size. The gradient of bilinear interpolation stays with the WebAssembly kernel, which is faster. */
export function resize2dKernels({ engine }: OneDnnContext): Kernel[] {
  const planOf = (
    pass: Pass,
    { size, interpolation, inputShape }: AttributesOf<typeof ops.resize2dGradient>,
  ): Planned | undefined => {
    const [images, height, width, channels] = inputShape as Shape4;
    if (sizeOf(inputShape) < worthwhileLength || sizeOf(size) === 0) return undefined;
    // Elsewhere a place may lie between two pixels, and the two libraries round it to different ones.
    const isNearest = interpolation === 'nearest' && size[0] % height === 0 && size[1] % width === 0;
    const isBilinear = interpolation === 'bilinear' && pass === 'forward';
    if (!isNearest && !isBilinear) return undefined;
    return planned(engine, `resize,${pass},${inputShape.join()},${size.join()},${interpolation}`, (workshop) => {
      const { algorithm, argument, propKind } = dnnl;
      const describe = (sizes: readonly number[]): bigint => workshop.describe(sizes, channelsLast(sizes));
      const x = describe([images, channels, height, width]);
      const y = describe([images, channels, ...size]);
      const kind = isNearest ? algorithm.resamplingNearest : algorithm.resamplingLinear;
      const forward = workshop.plan(
        'dnnl_resampling_forward_primitive_desc_create',
        propKind.forwardTraining,
        kind,
        null,
        x,
        y,
        null,
      );
      if (pass === 'forward' || forward === undefined) {
        return {
          plan: forward,
          args: [
            [argument.source, x],
            [argument.destination, y],
          ],
        };
      }
      return {
        plan: workshop.plan('dnnl_resampling_backward_primitive_desc_create', kind, null, x, y, forward, null),
        args: [
          [argument.destinationGradient, y],
          [argument.sourceGradient, x],
        ],
      };
    });
  };

  const forward = defineKernel(ops.resize2d, {
    accepts: ({ attributes }) => planOf('forward', attributes) !== undefined,
    run({ inputs: { x }, attributes, backend }) {
      const [images = 0, , , channels = 0] = x.shape;
      const y = backend.output([images, ...attributes.size, channels]);
      planOf('forward', attributes)!.primitive.run(backend.address(x), backend.address(y));
      return y;
    },
  });

  const backward = defineKernel(ops.resize2dGradient, {
    accepts: ({ attributes }) => planOf('backward', attributes) !== undefined,
    run({ inputs: { dy }, attributes, backend }) {
      const dx = backend.output(attributes.inputShape);
      planOf('backward', attributes)!.primitive.run(backend.address(dy), backend.address(dx));
      return dx;
    },
  });

  return [forward, backward];
}
