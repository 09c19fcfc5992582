import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ops } from '@striate/core';
import { byName, integers } from '../attributes.ts';
import { kernel, type Kernel } from '../kernel.ts';
import { windowAttributes, type Operations } from '../operations.ts';
import { withFallback } from '../with-fallback.ts';
import { sampled, spread } from './dilation.ts';

type Geometry = ops.ConvolutionGeometry;
type Convolved = { x: TensorInfo; kernel: TensorInfo; bias?: TensorInfo | undefined };

const attributesOf = ({ dilations, ...window }: Geometry): ReturnType<typeof windowAttributes> =>
  windowAttributes(window, dilations.every((rate) => rate === 1) ? [] : [integers('dilations', [1, ...dilations, 1])]);

/** Whether each channel has filters of its own: TensorFlow has operations for that, with equal strides. */
function isDepthwise({ groups, strides }: Geometry, kernelShape: readonly number[]): boolean {
  return groups > 1 && kernelShape[2] === 1 && strides[0] === strides[1];
}

/** Our [kh, kw, 1, C m] in TensorFlow's form, which lies in memory alike. */
const depthwiseShape = ([kh, kw, , filters]: readonly number[], channels: number): number[] => [
  kh!,
  kw!,
  channels,
  filters! / channels,
];

/** Convolution and bias, by one operation of oneDNN's where that can be. */
function convolved(
  run: Operations,
  { x, kernel: filters, bias }: Convolved,
  geometry: Geometry,
  isGpu: boolean,
): number {
  const both = [run.of(x), run.of(filters)];
  const attributes = attributesOf(geometry);
  const plain = (): number => run.finish(run.one('Conv2D', both, attributes), bias, 'linear');
  if (!bias || isGpu) return plain();
  const operation = '_MklNativeConv2DWithBias';
  return withFallback(operation, () => run.one(operation, [...both, run.of(bias)], [...attributes, byName]), plain);
}

export const conv2d: Kernel = kernel<Convolved, ops.Conv2dAttributes>({
  name: 'striate.Conv2d',
  run({ inputs: { x, kernel: filters, bias }, attributes: { activation, ...geometry }, isGpu, run }) {
    if (!isDepthwise(geometry, filters.shape)) {
      return [run.finish(convolved(run, { x, kernel: filters, bias }, geometry, isGpu), undefined, activation)];
    }
    const dilated = spread(run, run.of(filters), filters.shape, geometry.dilations);
    const reshaped = run.reshape(dilated.handle, depthwiseShape(dilated.shape, geometry.groups));
    const y = run.one('DepthwiseConv2dNative', [run.of(x), reshaped], attributesOf(plain(geometry)));
    return [run.finish(y, bias, activation)];
  },
});

export const conv2dInputGradient: Kernel = kernel<
  { dy: TensorInfo; kernel: TensorInfo; y?: TensorInfo },
  ops.Conv2dInputGradientAttributes
>({
  name: 'striate.Conv2dInputGradient',
  run({ inputs: { dy, kernel: filters, y }, attributes: { inputShape, ...geometry }, isGpu, run }) {
    const dz = run.masked(dy, y);
    const size = run.constants.integers(inputShape);
    if (isGpu && !isDepthwise(geometry, filters.shape)) {
      return [run.one('Conv2DBackpropInput', [size, run.of(filters), dz], attributesOf(geometry))];
    }
    // TensorFlow's CPU gradients know neither dilation nor groups.
    const dilated = spread(run, run.of(filters), filters.shape, geometry.dilations);
    const attributes = attributesOf(plain(geometry));
    if (isDepthwise(geometry, filters.shape)) {
      const reshaped = run.reshape(dilated.handle, depthwiseShape(dilated.shape, geometry.groups));
      return [run.one('DepthwiseConv2dNativeBackpropInput', [size, reshaped, dz], attributes)];
    }
    const { groups } = geometry;
    const part = run.constants.integers(inputShape.with(3, inputShape[3]! / groups));
    const dys = partsOf(run, dz, groups);
    const parts = partsOf(run, dilated.handle, groups).map((kernelPart, group) =>
      run.one('Conv2DBackpropInput', [part, kernelPart, dys[group]!], attributes),
    );
    return [joined(run, parts)];
  },
});

export const conv2dKernelGradient: Kernel = kernel<
  { x: TensorInfo; dy: TensorInfo; y?: TensorInfo },
  ops.Conv2dKernelGradientAttributes
>({
  name: 'striate.Conv2dKernelGradient',
  run({ inputs: { x, dy, y }, attributes: { kernelShape, ...geometry }, isGpu, run }) {
    const dz = run.masked(dy, y);
    const dBias = run.biasGradient(dz);
    if (isGpu && !isDepthwise(geometry, kernelShape)) {
      const size = run.constants.integers(kernelShape);
      return [run.one('Conv2DBackpropFilter', [run.of(x), size, dz], attributesOf(geometry)), dBias];
    }
    const { groups, dilations } = geometry;
    const [kh, kw, channels, filters] = kernelShape as [number, number, number, number];
    const dilatedShape = [dilations[0] * (kh - 1) + 1, dilations[1] * (kw - 1) + 1, channels, filters];
    const attributes = attributesOf(plain(geometry));
    if (isDepthwise(geometry, kernelShape)) {
      const size = run.constants.integers(depthwiseShape(dilatedShape, groups));
      const gradient = run.one('DepthwiseConv2dNativeBackpropFilter', [run.of(x), size, dz], attributes);
      return [sampled(run, run.reshape(gradient, dilatedShape), dilatedShape, dilations), dBias];
    }
    const size = run.constants.integers(dilatedShape.with(3, filters / groups));
    const dys = partsOf(run, dz, groups);
    const parts = partsOf(run, run.of(x), groups).map((image, group) =>
      run.one('Conv2DBackpropFilter', [image, size, dys[group]!], attributes),
    );
    return [sampled(run, joined(run, parts), dilatedShape, dilations), dBias];
  },
});

const plain = (geometry: Geometry): Geometry => ({ ...geometry, dilations: [1, 1] });
const partsOf = (run: Operations, x: number, groups: number): number[] =>
  groups === 1 ? [x] : run.split(x, 3, groups);
const joined = (run: Operations, parts: readonly number[]): number =>
  parts.length === 1 ? parts[0]! : run.concat(parts, 3);
