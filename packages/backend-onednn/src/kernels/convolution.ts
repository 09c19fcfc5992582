import { outputSize, sizeOf } from '@striate/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { columnSums, kernel, maskByOutput, type Kernel, type KernelBackend } from '@striate/backend-wasm/extend';
import type { OneDnnContext } from '../context.ts';
import {
  convolutionPlan,
  type Conversion,
  type ConvolutionPlan,
  type Geometry,
  type Pass,
} from './convolution-plan.ts';

interface Attributes {
  strides: readonly [number, number];
  padding: readonly [number, number, number, number];
  dilations: readonly [number, number];
  groups: number;
}

type Activation = { activation: 'linear' | 'relu' };
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

  type Forward = { x: TensorInfo; kernel: TensorInfo; bias?: TensorInfo; residual?: TensorInfo };
  const forwardPlan = (
    { x, kernel, bias, residual }: Forward,
    attributes: Attributes & Activation,
  ): ConvolutionPlan | undefined =>
    planOf('forward', geometryOf(x.shape, kernel.shape, attributes), {
      bias: bias !== undefined,
      residual: residual !== undefined,
      relu: attributes.activation === 'relu',
    });
  const conv2d = kernel<Forward, Attributes & Activation>({
    name: 'striate.Conv2d',
    accepts: ({ inputs, attributes }) => forwardPlan(inputs, attributes) !== undefined,
    run: ({ inputs, attributes, backend }) => runForward(backend, inputs, attributes, forwardPlan(inputs, attributes)!),
  });
  const residualConv2d: Kernel = { ...conv2d, name: 'striate.ResidualConv2d' };
  function runForward(
    backend: KernelBackend,
    { x, kernel, bias, residual }: Forward,
    attributes: Attributes,
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

  type InputGradient = { dy: TensorInfo; kernel: TensorInfo; y?: TensorInfo };
  type InputShape = Attributes & { inputShape: readonly number[] };
  const inputGradientPlan = ({ kernel }: InputGradient, attributes: InputShape): ConvolutionPlan | undefined =>
    planOf('inputGradient', geometryOf(attributes.inputShape, kernel.shape, attributes));
  const inputGradient = kernel<InputGradient, InputShape>({
    name: 'striate.Conv2dInputGradient',
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

  type KernelGradient = { x: TensorInfo; dy: TensorInfo; y?: TensorInfo };
  type KernelShape = Attributes & { kernelShape: readonly number[]; useBias?: boolean };
  const kernelGradientPlan = ({ x }: KernelGradient, attributes: KernelShape): ConvolutionPlan | undefined =>
    planOf('kernelGradient', geometryOf(x.shape, attributes.kernelShape, attributes));
  const kernelGradient = kernel<KernelGradient, KernelShape>({
    name: 'striate.Conv2dKernelGradient',
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

  type Transposed = Attributes & Activation & { outputSize: readonly [number, number] };
  const transposedGeometry = ({ x, kernel }: Forward, attributes: Transposed): Geometry =>
    geometryOf([x.shape[0]!, ...attributes.outputSize, kernel.shape[2]! * attributes.groups], kernel.shape, attributes);
  const transposedPlan = (inputs: Forward, attributes: Transposed): ConvolutionPlan | undefined =>
    planOf('transposed', transposedGeometry(inputs, attributes), {
      bias: inputs.bias !== undefined,
      relu: attributes.activation === 'relu',
    });
  const conv2dTranspose = kernel<Forward, Transposed>({
    name: 'striate.Conv2dTranspose',
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
  { strides, padding, dilations, groups }: Attributes,
): Geometry {
  const [images, height, width, channels] = xShape as Shape4;
  const [tapRows, tapColumns, , filters] = kernelShape as Shape4;
  const along = (axis: 0 | 1, input: number, kernel: number): number =>
    outputSize({
      input,
      kernel,
      stride: strides[axis],
      dilation: dilations[axis],
      padding: padding[2 * axis]! + padding[2 * axis + 1]!,
    });
  return {
    images,
    size: [height, width],
    output: [along(0, height, tapRows), along(1, width, tapColumns)],
    channels,
    filters,
    taps: [tapRows, tapColumns],
    strides,
    padding,
    dilations,
    groups,
  };
}
