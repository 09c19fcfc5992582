import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ops, Padding, Pair } from '@striate/core';
import { byName, float32, integers, text } from '../attributes.ts';
import type { BindingAttribute } from '../binding.ts';
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
    if (isDepthwise(geometry, filters.shape)) {
      const attributes = attributesOf(plain(geometry));
      const reshaped = run.reshape(dilated.handle, depthwiseShape(dilated.shape, geometry.groups));
      return [run.one('DepthwiseConv2dNativeBackpropInput', [size, reshaped, dz], attributes)];
    }
    const { groups } = geometry;
    const { attributes, margins } = gradientWindow(geometry, inputShape, dilated.shape);
    const [batch, height, width, channels] = inputShape as [number, number, number, number];
    const [top, bottom, left, right] = margins;
    const paddedShape = [batch, height + top + bottom, width + left + right, channels];
    const part = run.constants.integers(paddedShape.with(3, channels / groups));
    const dys = partsOf(run, dz, groups);
    const parts = partsOf(run, dilated.handle, groups).map((kernelPart, group) =>
      run.one('Conv2DBackpropInput', [part, kernelPart, dys[group]!], attributes),
    );
    const dx = joined(run, parts);
    return [margins.some((side) => side > 0) ? run.slice(dx, [0, top, left, 0], inputShape) : dx];
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
    if (isDepthwise(geometry, kernelShape)) {
      const attributes = attributesOf(plain(geometry));
      const size = run.constants.integers(depthwiseShape(dilatedShape, groups));
      const gradient = run.one('DepthwiseConv2dNativeBackpropFilter', [run.of(x), size, dz], attributes);
      return [sampled(run, run.reshape(gradient, dilatedShape), dilatedShape, dilations), dBias];
    }
    const size = run.constants.integers(dilatedShape.with(3, filters / groups));
    const { attributes, margins } = gradientWindow(geometry, x.shape, dilatedShape);
    const [top, bottom, left, right] = margins;
    const padded = run.pad(run.of(x), [[0, 0], [top, bottom], [left, right], [0, 0]]); // prettier-ignore
    const dys = partsOf(run, dz, groups);
    const parts = partsOf(run, padded, groups).map((image, group) =>
      run.one('Conv2DBackpropFilter', [image, size, dys[group]!], attributes),
    );
    return [sampled(run, joined(run, parts), dilatedShape, dilations), dBias];
  },
});

/**
 * TensorFlow leaves gradients on the CPU to oneDNN, which is five times as fast, unless the padding is given in numbers.
 * So it is called 'SAME' where it is that, and else added to the image: `margins`.
 */
function gradientWindow(
  { strides, padding }: Geometry,
  [, height, width]: readonly number[],
  [kh, kw]: readonly number[],
): { attributes: BindingAttribute[]; margins: Padding } {
  const [top, bottom, left, right] = padding;
  const none: Padding = [0, 0, 0, 0];
  const isSame =
    isSameOnAxis([top, bottom], height!, kh!, strides[0]) && isSameOnAxis([left, right], width!, kw!, strides[1]);
  if (!isSame) return { attributes: windowAttributes({ strides, padding: none }, []), margins: padding };
  const attributes = [float32, integers('strides', [1, ...strides, 1]), text('padding', 'SAME')];
  return { attributes, margins: none };
}

/** Whether this is what TensorFlow pads for 'SAME': just enough for one output every `stride` inputs. */
function isSameOnAxis([before, after]: Pair, size: number, kernelSize: number, stride: number): boolean {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + kernelSize - size, 0);
  return before === Math.floor(total / 2) && before + after === total;
}

const plain = (geometry: Geometry): Geometry => ({ ...geometry, dilations: [1, 1] });
const partsOf = (run: Operations, x: number, groups: number): number[] =>
  groups === 1 ? [x] : run.split(x, 3, groups);
const joined = (run: Operations, parts: readonly number[]): number =>
  parts.length === 1 ? parts[0]! : run.concat(parts, 3);
