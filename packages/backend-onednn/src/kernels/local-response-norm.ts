import { ops, type AttributesOf } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Kernel } from '@striate/backend-wasm/extend';
import type { OneDnnContext } from '../context.ts';
import { dnnl } from '../library/constants.ts';
import { planned, type Planned } from '../planned.ts';
import { worthwhileLength } from './activation.ts';
import { channelsLast } from './convolution-plan.ts';

type Pass = 'forward' | 'backward';

/** Local response norm over the channels of images. */
export function localResponseNormKernels({ engine }: OneDnnContext): Kernel[] {
  const planOf = (
    pass: Pass,
    { shape }: TensorInfo,
    attributes: AttributesOf<typeof ops.localResponseNorm>,
  ): Planned | undefined => {
    const { size, alpha, beta, k } = attributes;
    // With an even size the middle is another one.
    if (shape.length !== 4 || size % 2 === 0 || sizeOf(shape) < worthwhileLength) return undefined;
    return planned(engine, `lrn,${pass},${shape.join()},${size},${alpha},${beta},${k}`, (workshop) => {
      const { algorithm, argument, propKind } = dnnl;
      const [images, height, width, channels] = shape as [number, number, number, number];
      const sizes = [images, channels, height, width];
      const x = workshop.describe(sizes, channelsLast(sizes));
      // oneDNN divides the sum by its size.
      const window = [size, alpha * size, beta, k];
      const forward = workshop.plan(
        'dnnl_lrn_forward_primitive_desc_create',
        propKind.forwardTraining,
        algorithm.acrossChannels,
        x,
        x,
        ...window,
        null,
      );
      if (pass === 'forward' || forward === undefined) {
        return {
          plan: forward,
          args: [
            [argument.source, x],
            [argument.destination, x],
          ],
          hasWorkspace: true,
        };
      }
      return {
        plan: workshop.plan(
          'dnnl_lrn_backward_primitive_desc_create',
          algorithm.acrossChannels,
          x,
          x,
          x,
          ...window,
          forward,
          null,
        ),
        args: [
          [argument.source, x],
          [argument.destinationGradient, x],
          [argument.sourceGradient, x],
        ],
        hasWorkspace: true,
      };
    });
  };

  const forward = defineKernel(ops.localResponseNorm, {
    accepts: ({ inputs: { x }, attributes }) => planOf('forward', x, attributes) !== undefined,
    run({ inputs: { x }, attributes, backend }) {
      const { primitive, workspaceBytes } = planOf('forward', x, attributes)!;
      const y = backend.output(x.shape);
      primitive.run(backend.address(x), backend.address(y), backend.temporary(workspaceBytes));
      return y;
    },
  });

  const backward = defineKernel(ops.localResponseNormGradient, {
    accepts: ({ inputs: { x }, attributes }) => planOf('backward', x, attributes) !== undefined,
    run({ inputs: { dy, x }, attributes, backend }) {
      const dx = backend.output(x.shape);
      // The forward pass once more, for its workspace: both together are still faster than ours.
      const { primitive, workspaceBytes } = planOf('forward', x, attributes)!;
      const workspace = backend.temporary(workspaceBytes);
      primitive.run(backend.address(x), backend.address(dx), workspace);
      const addresses = [x, dy, dx].map((tensor) => backend.address(tensor));
      planOf('backward', x, attributes)!.primitive.run(...addresses, workspace);
      return dx;
    },
  });

  return [forward, backward];
}
