import { ops, type KernelInputsOf, hasEmptyWindow } from '@striate/core/backend';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { samePadding, type Padding, type Pair } from '@striate/core';
import { byName, float32, integers, text } from '../attributes.ts';
import type { BindingAttribute } from '../binding.ts';
import { defineKernel, type Kernel } from '../kernel.ts';
import { windowAttributes, type Operations } from '../operations.ts';
import { withFallback } from '../with-fallback.ts';
import { spread } from './dilation.ts';

type Geometry = ops.ConvolutionGeometry;
type Convolved = KernelInputsOf<typeof ops.conv2d>;

const attributesOf = ({ dilations, ...window }: Geometry): BindingAttribute[] =>
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
  const { image, window } = safeWindow(run, x, geometry, filters.shape);
  const both = [image, run.of(filters)];
  const attributes = attributesOf(window);
  const plain = (): number => run.finish(run.one('Conv2D', both, attributes), bias, 'linear');
  if (!bias || isGpu) return plain();
  const operation = '_MklNativeConv2DWithBias';
  return withFallback(operation, () => run.one(operation, [...both, run.of(bias)], [...attributes, byName]), plain);
}

export const conv2d: Kernel = defineKernel(ops.conv2d, {
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

export const conv2dInputGradient: Kernel = defineKernel(ops.conv2dInputGradient, {
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
    const part = run.constants.integers(paddedShape(inputShape, margins).with(3, inputShape[3]! / groups));
    const dys = partsOf(run, dz, groups);
    const parts = partsOf(run, dilated.handle, groups).map((kernelPart, group) =>
      run.one('Conv2DBackpropInput', [part, kernelPart, dys[group]!], attributes),
    );
    const dx = joined(run, parts);
    return [margins.some((side) => side > 0) ? run.slice(dx, [0, margins[0], margins[2], 0], inputShape) : dx];
  },
});

export const conv2dKernelGradient: Kernel = defineKernel(ops.conv2dKernelGradient, {
  run({ inputs: { x, dy, y }, attributes: { kernelShape, useBias = true, ...geometry }, isGpu, run }) {
    const dz = run.masked(dy, y);
    const dBias = useBias ? [run.biasGradient(y ? dz : (run.companionOf(dy, 'sums') ?? dz))] : [];
    if (isGpu && !isDepthwise(geometry, kernelShape)) {
      const size = run.constants.integers(kernelShape);
      return [run.one('Conv2DBackpropFilter', [run.of(x), size, dz], attributesOf(geometry)), ...dBias];
    }
    const { groups, dilations } = geometry;
    const [kh, kw, channels, filters] = kernelShape as [number, number, number, number];
    const dilatedShape = [dilations[0] * (kh - 1) + 1, dilations[1] * (kw - 1) + 1, channels, filters];
    if (isDepthwise(geometry, kernelShape)) {
      const attributes = attributesOf(plain(geometry));
      const size = run.constants.integers(depthwiseShape(dilatedShape, groups));
      const gradient = run.one('DepthwiseConv2dNativeBackpropFilter', [run.of(x), size, dz], attributes);
      return [run.every(run.reshape(gradient, dilatedShape), dilatedShape, [...dilations, 1, 1]), ...dBias];
    }
    const size = run.constants.integers(dilatedShape.with(3, filters / groups));
    const { image, attributes } = gradientImage(run, x, geometry, dilatedShape);
    const dys = partsOf(run, dz, groups);
    const parts = partsOf(run, image, groups).map((part, group) =>
      run.one('Conv2DBackpropFilter', [part, size, dys[group]!], attributes),
    );
    return [run.every(joined(run, parts), dilatedShape, [...dilations, 1, 1]), ...dBias];
  },
});

/** What the gradient of a kernel is taken of, and by which window: x with margins as `gradientWindow` wants them. */
function gradientImage(
  run: Operations,
  x: TensorInfo,
  geometry: Geometry,
  kernelShape: readonly number[],
): { image: number; attributes: BindingAttribute[] } {
  const { attributes, margins } = gradientWindow(geometry, x.shape, kernelShape);
  const image = padded(run, x, margins);
  // With one tap, a stride and fewer channels than its vectors hold, 16 at most, oneDNN writes past its working memory
  // (uxlfoundation/oneDNN#6035). So only what the tap falls on is left in the image.
  const [kh, kw, channels] = kernelShape as [number, number, number];
  if (kh > 1 || kw > 1 || channels >= 16) return { image, attributes };
  const { strides } = geometry;
  return {
    image: run.every(image, paddedShape(x.shape, margins), [1, ...strides, 1]),
    attributes: windowAttributes({ strides: [1, 1], padding: none }, []),
  };
}

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
  const isSame =
    isSameOnAxis([top, bottom], height!, kh!, strides[0]) && isSameOnAxis([left, right], width!, kw!, strides[1]);
  if (!isSame) return { attributes: windowAttributes({ strides, padding: none }, []), margins: padding };
  const attributes = [float32, integers('strides', [1, ...strides, 1]), text('padding', 'SAME')];
  return { attributes, margins: none };
}

/** Whether this is what TensorFlow pads for 'SAME': just enough for one output every `stride` inputs. */
function isSameOnAxis(padding: Pair, input: number, kernel: number, stride: number): boolean {
  return padding.join() === samePadding({ input, kernel, stride }).join();
}

/** Image and window of a forward convolution such that oneDNN computes them right; the result is the same. */
function safeWindow(
  run: Operations,
  x: TensorInfo,
  geometry: Geometry,
  [kh, kw, channels]: readonly number[],
): { image: number; window: Geometry } {
  const { strides, padding, dilations } = geometry;
  const [, height, width] = x.shape as [number, number, number];
  const reach = dilations[1] * (kw! - 1) + 1;
  const across = width + padding[2] + padding[3];
  // Images of one channel that give one column at a stride: it takes other rows than it should. The stride means
  // nothing then and can be 1, once the columns beyond the window are gone.
  const oneColumn = channels === 1 && strides[1] > 1 && across < reach + strides[1];
  // A window that covers nothing but padding: it reads outside the image. Zeros of the image's own are safe.
  const isEmpty = hasEmptyWindow({ ...geometry, size: [height, width], kernelSize: [kh!, kw!] });
  if (!oneColumn && !isEmpty) return { image: run.of(x), window: geometry };
  const image = padded(run, x, padding);
  if (!oneColumn) return { image, window: { ...geometry, padding: none } };
  const cut = run.slice(image, [0, 0, 0, 0], paddedShape(x.shape, padding).with(2, reach));
  return { image: cut, window: { ...geometry, strides: [strides[0], 1], padding: none } };
}

const none: Padding = [0, 0, 0, 0];
const padded = (run: Operations, x: TensorInfo, [top, bottom, left, right]: Padding): number =>
  run.pad(run.of(x), [[0, 0], [top, bottom], [left, right], [0, 0]]); // prettier-ignore
const paddedShape = ([batch, height, width, channels]: readonly number[], sides: Padding): number[] => [
  batch!,
  height! + sides[0] + sides[1],
  width! + sides[2] + sides[3],
  channels!,
];
const plain = (geometry: Geometry): Geometry => ({ ...geometry, dilations: [1, 1] });
const partsOf = (run: Operations, x: number, groups: number): number[] =>
  groups === 1 ? [x] : run.split(x, 3, groups);
const joined = (run: Operations, parts: readonly number[]): number =>
  parts.length === 1 ? parts[0]! : run.concat(parts, 3);
