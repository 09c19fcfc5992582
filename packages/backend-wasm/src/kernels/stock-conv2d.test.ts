import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { random, startTrials, type Data, type KernelTrials } from '../testing/kernel-trials.ts';
import {
  expectClose,
  naiveForward,
  naiveInputGradient,
  naiveKernelGradient,
  outputShape,
  type ConvolutionCase,
} from '../testing/naive-convolution.ts';
import { stockConv2dKernels } from './stock-conv2d.ts';

const named = (name: string) => stockConv2dKernels.find((kernel) => kernel.name === name)!; // prettier-ignore

describe('stock convolutions', () => {
  let trials: KernelTrials;
  beforeAll(async () => {
    trials = await startTrials();
  });
  afterAll(() => trials.stop());

  it.each([
    { depthwise: false, names: ['Conv2D', 'FusedConv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'] },
    {
      depthwise: true,
      names: [
        'DepthwiseConv2dNative',
        'FusedDepthwiseConv2D',
        'DepthwiseConv2dNativeBackpropInput',
        'DepthwiseConv2dNativeBackpropFilter',
      ],
    },
  ])('$names agree with the definition', ({ depthwise, names }) => {
    const geometry: ConvolutionCase = {
      x: [2, 8, 9, 6],
      kernel: depthwise ? [3, 2, 1, 12] : [3, 2, 6, 12],
      strides: [2, 1],
      // What 'same' means for these sizes: the odd zero comes last.
      padding: [0, 1, 0, 1],
      dilations: [1, 1],
      groups: depthwise ? 6 : 1,
    };
    const filterShape = depthwise ? [3, 2, 6, 2] : geometry.kernel;
    const x = random(geometry.x);
    const filter = random(filterShape);
    const bias = random([12]);
    const dy = random(outputShape(geometry));
    const attributes = { strides: [2, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] };
    const [forward, fused, inputGradient, kernelGradient] = names.map(named);

    const run = (kernel: typeof forward, inputs: Record<string, Data>, more: object): Data => {
      const [output, ...others] = trials.run(kernel!, inputs, { ...attributes, ...more });
      expect(others).toEqual([]);
      return output!;
    };
    expectClose(run(forward, { x, filter }, {}).values, naiveForward(geometry, x.values, filter.values));
    const rectified = naiveForward(geometry, x.values, filter.values, bias.values).map((value) => Math.max(0, value));
    expectClose(run(fused, { x, filter, bias }, { activation: 'relu' }).values, rectified);
    const dx = run(inputGradient, { dy, filter }, { inputShape: geometry.x });
    expect(dx.shape).toEqual(geometry.x);
    expectClose(dx.values, naiveInputGradient(geometry, dy.values, filter.values));
    const dFilter = run(kernelGradient, { x, dy }, { filterShape });
    expect(dFilter.shape).toEqual(filterShape);
    expectClose(dFilter.values, naiveKernelGradient(geometry, x.values, dy.values)[0]);
  });
});
