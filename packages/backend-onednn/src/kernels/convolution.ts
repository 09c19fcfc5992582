import { ops, outputPair, type AttributesOf, type KernelInputsOf } from '@striate/core/backend';
import { sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  columnSums,
  defineKernel,
  maskByOutput,
  type Kernel,
  type KernelBackend,
  type KernelFunctions,
} from '@striate/backend-wasm/extend';
import type { OneDnnContext } from '../context.ts';
import {
  convolutionPlan,
  type Conversion,
  type ConvolutionPlan,
  type Geometry,
  type Pass,
} from './convolution-plan.ts';

type Shape4 = readonly [number, number, number, number];

/** The convolutions of a context's engine; what oneDNN has no fast way for stays with the kernels before. */
export function convolutionKernels(context: OneDnnContext): Kernel[] {
  const { engine, precision } = context;

  /** The plan of a call, if oneDNN has a good one. */
  const planOf = (
    pass: Pass,
    geometry: Geometry,
    { bias = false, residual = false, relu = false } = {},
  ): ConvolutionPlan | undefined => convolutionPlan(engine, pass, geometry, { bias, residual, relu, precision });

  type Forward = KernelInputsOf<typeof ops.conv2d> & { residual?: TensorInfo | undefined };
  const forwardPlan = (
    { x, kernel, bias, residual }: Forward,
    attributes: AttributesOf<typeof ops.conv2d>,
  ): ConvolutionPlan | undefined =>
    planOf('forward', geometryOf(x.shape, kernel.shape, attributes), {
      bias: bias !== undefined,
      residual: residual !== undefined,
      relu: attributes.activation === 'relu',
    });
  const forward: KernelFunctions<Forward, AttributesOf<typeof ops.conv2d>> = {
    accepts: ({ inputs, attributes }) => forwardPlan(inputs, attributes) !== undefined,
    run: ({ inputs, attributes, backend }) => runForward(backend, inputs, attributes, forwardPlan(inputs, attributes)!),
  };
  const conv2d = defineKernel(ops.conv2d, forward);
  const residualConv2d = defineKernel(ops.residualConv2d, forward);
  function runForward(
    backend: KernelBackend,
    { x, kernel, bias, residual }: Forward,
    attributes: ops.ConvolutionGeometry,
    plan: ConvolutionPlan,
  ): TensorInfo {
    const { images, output, filters } = geometryOf(x.shape, kernel.shape, attributes);
    const y = backend.output([images, ...output, filters]);
    plan.primitive.run(
      converted(backend, plan.activations[0], backend.address(x)),
      context.packedKernel(backend, kernel, plan.kernel),
      ...[bias, residual].flatMap((operand) => (operand ? [backend.address(operand)] : [])),
      backend.address(y),
    );
    return y;
  }

  const inputGradientPlan = (
    { kernel }: KernelInputsOf<typeof ops.conv2dInputGradient>,
    attributes: AttributesOf<typeof ops.conv2dInputGradient>,
  ): ConvolutionPlan | undefined =>
    planOf('inputGradient', geometryOf(attributes.inputShape, kernel.shape, attributes));
  const inputGradient = defineKernel(ops.conv2dInputGradient, {
    accepts: ({ inputs, attributes }) => inputGradientPlan(inputs, attributes) !== undefined,
    run({ inputs, attributes, backend }) {
      const plan = inputGradientPlan(inputs, attributes)!;
      const dx = backend.output(attributes.inputShape);
      plan.primitive.run(
        converted(backend, plan.activations[0], maskByOutput(backend, inputs.dy, inputs.y)),
        context.packedKernel(backend, inputs.kernel, plan.kernel),
        backend.address(dx),
      );
      return dx;
    },
  });

  const kernelGradientPlan = (
    { x }: KernelInputsOf<typeof ops.conv2dKernelGradient>,
    attributes: AttributesOf<typeof ops.conv2dKernelGradient>,
  ): ConvolutionPlan | undefined => planOf('kernelGradient', geometryOf(x.shape, attributes.kernelShape, attributes));
  const kernelGradient = defineKernel(ops.conv2dKernelGradient, {
    accepts: ({ inputs, attributes }) => kernelGradientPlan(inputs, attributes) !== undefined,
    run({ inputs, attributes, backend }) {
      const plan = kernelGradientPlan(inputs, attributes)!;
      const dKernel = backend.output(attributes.kernelShape);
      const dz = maskByOutput(backend, inputs.dy, inputs.y);
      const own = plan.kernel && backend.temporary(plan.kernel.bytes);
      plan.primitive.run(
        converted(backend, plan.activations[0], backend.address(inputs.x)),
        converted(backend, plan.activations[1], dz),
        own ?? backend.address(dKernel),
      );
      if (plan.kernel) plan.kernel.primitive.run(own!, backend.address(dKernel));
      if (attributes.useBias === false) return [dKernel];
      // oneDNN's own gradient of the bias takes longer than this: up to twice as long as that of the kernel.
      const filters = attributes.kernelShape[3]!;
      return [dKernel, columnSums(backend, dz, sizeOf(inputs.dy.shape) / filters, filters)];
    },
  });

  const transposedGeometry = (
    { x, kernel }: KernelInputsOf<typeof ops.conv2dTranspose>,
    attributes: AttributesOf<typeof ops.conv2dTranspose>,
  ): Geometry =>
    geometryOf([x.shape[0]!, ...attributes.outputSize, kernel.shape[2]! * attributes.groups], kernel.shape, attributes);
  const transposedPlan = (
    inputs: KernelInputsOf<typeof ops.conv2dTranspose>,
    attributes: AttributesOf<typeof ops.conv2dTranspose>,
  ): ConvolutionPlan | undefined =>
    planOf('transposed', transposedGeometry(inputs, attributes), {
      bias: inputs.bias !== undefined,
      relu: attributes.activation === 'relu',
    });
  const conv2dTranspose = defineKernel(ops.conv2dTranspose, {
    accepts: ({ inputs, attributes }) => transposedPlan(inputs, attributes) !== undefined,
    run({ inputs, attributes, backend }) {
      const plan = transposedPlan(inputs, attributes)!;
      const { images, size, channels } = transposedGeometry(inputs, attributes);
      const y = backend.output([images, ...size, channels]);
      plan.primitive.run(
        converted(backend, plan.activations[0], backend.address(inputs.x)),
        context.packedKernel(backend, inputs.kernel, plan.kernel),
        ...(inputs.bias ? [backend.address(inputs.bias)] : []),
        backend.address(y),
      );
      return y;
    },
  });

  return [conv2d, residualConv2d, inputGradient, kernelGradient, conv2dTranspose];
}

/** The address of a tensor after its conversion, in working memory if there is one. */
function converted(backend: KernelBackend, conversion: Conversion | undefined, address: number): number {
  if (!conversion) return address;
  const target = backend.temporary(conversion.bytes);
  conversion.primitive.run(address, target);
  return target;
}

function geometryOf(
  xShape: readonly number[],
  kernelShape: readonly number[],
  { groups, ...window }: ops.ConvolutionGeometry,
): Geometry {
  const [images, height, width, channels] = xShape as Shape4;
  const [tapRows, tapColumns, , filters] = kernelShape as Shape4;
  return {
    images,
    size: [height, width],
    output: outputPair(xShape, [tapRows, tapColumns], window),
    channels,
    filters,
    taps: [tapRows, tapColumns],
    ...window,
    groups,
  };
}
