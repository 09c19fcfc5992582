import { hasEmptyWindow } from '@striate/core/backend';
import type { Engine } from '../engine.ts';
import { inWorkshop, long, type ElementType, type Workshop } from '../workshop.ts';
import type { Pointer } from '../library/bindings.ts';
import { dnnl } from '../library/constants.ts';
import type { Primitive } from '../primitive.ts';

/** A convolution by its sizes. */
export interface Geometry {
  images: number;
  /** [H, W] of x */
  size: readonly [number, number];
  /** [OH, OW] of y */
  output: readonly [number, number];
  channels: number;
  filters: number;
  taps: readonly [number, number];
  strides: readonly [number, number];
  /** [top, bottom, left, right] */
  padding: readonly [number, number, number, number];
  dilations: readonly [number, number];
  groups: number;
}

/** Which convolution is wanted, besides its sizes. */
export interface Variant {
  bias: boolean;
  /** Whether a tensor of the output's shape is added before the rectifier; in the forward pass alone. */
  residual: boolean;
  relu: boolean;
  /** What x, the kernel and gradients of y are rounded to on their way in. */
  precision: ElementType;
}

/** A tensor that oneDNN wants in a layout or type of its own. */
export interface Conversion {
  bytes: number;
  primitive: Primitive;
}

/** A convolution pass, ready to run. */
export interface ConvolutionPlan {
  /** Run on [x or dy, kernel, bias (if any), residual (if any), result], or [x, dy, dKernel] for the kernel's gradient. */
  primitive: Primitive;
  /** From NHWC float32 to what the primitive reads as its first, and for the kernel's gradient second, tensor. */
  activations: (Conversion | undefined)[];
  /** Between HWIO and the primitive's layout of the kernel: to it, or from it for the kernel's gradient. */
  kernel: Conversion | undefined;
  destroy(): void;
}

export type Pass = 'forward' | 'inputGradient' | 'kernelGradient' | 'transposed';

// A plan that is not to be had is kept too: asking oneDNN takes long.
interface Found {
  plan: ConvolutionPlan | undefined;
  destroy(): void;
}

/** The plan of a pass, kept for the next call; undefined where oneDNN has none, or none that is good. */
export function convolutionPlan(
  engine: Engine,
  pass: Pass,
  geometry: Geometry,
  variant: Variant,
): ConvolutionPlan | undefined {
  const { images, size, channels, filters, taps, strides, padding, dilations, groups } = geometry;
  const { bias, residual, relu, precision } = variant;
  // Written out, for it is made at every call; the output's size follows from the rest.
  const window = `${taps[0]},${taps[1]},${strides[0]},${strides[1]},${padding[0]},${padding[1]},${padding[2]},${padding[3]},${dilations[0]},${dilations[1]}`;
  const key = `${pass},${images},${size[0]},${size[1]},${channels},${filters},${groups},${window},${bias},${residual},${relu},${precision}`;
  return engine.cached<Found>(key, () => {
    const plan = worthwhile(pass, geometry) ? fastPlan(engine, pass, geometry, variant) : undefined;
    return { plan, destroy: () => plan?.destroy() };
  }).plan;
}

/** The plan, if oneDNN has more for it than its reference loops. */
function fastPlan(engine: Engine, pass: Pass, geometry: Geometry, variant: Variant): ConvolutionPlan | undefined {
  try {
    const plan = inWorkshop(engine, (workshop) => makePlan(workshop, pass, geometry, variant));
    if (!plan.primitive.implementation.startsWith('ref')) return plan;
    plan.destroy();
    return undefined;
  } catch (error) {
    if (error instanceof NotImplemented) return undefined;
    throw error;
  }
}

/**
 * Empty tensors, windows that are all padding, and what oneDNN would overrun its memory at are left to kernels that expect
 * them.
 */
function worthwhile(pass: Pass, geometry: Geometry): boolean {
  const { images, size, output, channels, filters, taps, strides, padding, dilations } = geometry;
  const sizes = [images, ...size, ...output, channels, filters, ...taps];
  const expected = sizes.every((value) => value > 0) && padding.every((value) => value >= 0);
  if (!expected || hasEmptyWindow({ size, kernelSize: taps, strides, padding, dilations })) return false;
  return !(pass === 'kernelGradient' && overruns(geometry));
}

/**
 * Whether oneDNN's kernel gradient would write past its working memory: with one tap and a stride it counts on as many
 * channels as its vectors hold, 16 at most (uxlfoundation/oneDNN#6035, open since 3.2 at least).
 */
function overruns({ taps, strides, channels, groups }: Geometry): boolean {
  return taps.every((size) => size === 1) && strides.some((step) => step > 1) && channels / groups < 16;
}

function makePlan(workshop: Workshop, pass: Pass, geometry: Geometry, variant: Variant): ConvolutionPlan {
  const { bindings } = workshop.engine;
  const { precision, bias, residual, relu } = variant;
  const shapes = describeShapes(workshop, geometry, precision);
  const window = windowOf(geometry);
  const { argument, query, propKind, algorithm } = dnnl;
  const biasShape = bias ? shapes.bias : null;
  const forward = (): Pointer =>
    needed(
      workshop.plan(
        'dnnl_convolution_forward_primitive_desc_create',
        propKind.forwardTraining,
        algorithm.convolutionDirect,
        shapes.x,
        shapes.kernel,
        biasShape,
        shapes.y,
        ...window,
        workshop.attributes({ residual: residual ? shapes.y : undefined, relu }),
      ),
    );
  const layoutOf = (plan: Pointer, what: number): Pointer => bindings.queryDescriptor(plan, what)!;
  const into = (from: Pointer, to: Pointer): Conversion | undefined => {
    const primitive = workshop.reorder(from, to);
    return primitive && { bytes: bindings.descriptorBytes(to), primitive };
  };
  const finish = (
    plan: Pointer,
    args: readonly (readonly [number, Pointer])[],
    activations: (Conversion | undefined)[],
    kernel: Conversion | undefined,
  ): ConvolutionPlan => {
    const primitive = workshop.primitive(plan, args);
    const parts = [primitive, kernel?.primitive, ...activations.map((conversion) => conversion?.primitive)];
    return { primitive, activations, kernel, destroy: () => parts.forEach((part) => part?.destroy()) };
  };

  switch (pass) {
    case 'forward': {
      const plan = forward();
      const kernel = layoutOf(plan, query.weights);
      const args: [number, Pointer][] = [
        [argument.source, shapes.x],
        [argument.weights, kernel],
        ...(biasShape ? [[argument.bias, biasShape] as [number, Pointer]] : []),
        ...(residual ? [[argument.firstPostOperand, shapes.y] as [number, Pointer]] : []),
        [argument.destination, shapes.y],
      ];
      return finish(plan, args, [into(shapes.plainX, shapes.x)], into(shapes.plainKernel, kernel));
    }
    case 'inputGradient': {
      const plan = needed(
        workshop.plan(
          'dnnl_convolution_backward_data_primitive_desc_create',
          algorithm.convolutionDirect,
          shapes.plainX,
          shapes.kernel,
          shapes.dy,
          ...window,
          forward(),
          null,
        ),
      );
      const kernel = layoutOf(plan, query.weights);
      const args: [number, Pointer][] = [
        [argument.destinationGradient, shapes.dy],
        [argument.weights, kernel],
        [argument.sourceGradient, shapes.plainX],
      ];
      return finish(plan, args, [into(shapes.y, shapes.dy)], into(shapes.plainKernel, kernel));
    }
    case 'kernelGradient': {
      const plan = needed(
        workshop.plan(
          'dnnl_convolution_backward_weights_primitive_desc_create',
          algorithm.convolutionDirect,
          shapes.x,
          shapes.kernel,
          null,
          shapes.dy,
          ...window,
          forward(),
          null,
        ),
      );
      const kernel = layoutOf(plan, query.weightsGradient);
      const args: [number, Pointer][] = [
        [argument.source, shapes.x],
        [argument.destinationGradient, shapes.dy],
        [argument.weightsGradient, kernel],
      ];
      const primitive = workshop.reorder(kernel, shapes.plainKernel);
      const back = primitive && { bytes: bindings.descriptorBytes(kernel), primitive };
      return finish(plan, args, [into(shapes.plainX, shapes.x), into(shapes.y, shapes.dy)], back);
    }
    case 'transposed': {
      // oneDNN names a deconvolution's tensors from its own input to its output: y is its source, x its destination.
      const transposedKernel = shapes.transposedKernel;
      const plan = needed(
        workshop.plan(
          'dnnl_deconvolution_forward_primitive_desc_create',
          propKind.forwardTraining,
          algorithm.deconvolutionDirect,
          shapes.dy,
          workshop.describeAny(shapes.transposedKernelSizes, precision),
          bias ? shapes.transposedBias : null,
          shapes.plainX,
          ...window,
          workshop.attributes({ relu }),
        ),
      );
      const kernel = layoutOf(plan, query.weights);
      const args: [number, Pointer][] = [
        [argument.source, shapes.dy],
        [argument.weights, kernel],
        ...(bias ? [[argument.bias, shapes.transposedBias] as [number, Pointer]] : []),
        [argument.destination, shapes.plainX],
      ];
      return finish(plan, args, [into(shapes.y, shapes.dy)], into(transposedKernel, kernel));
    }
  }
}

function needed(plan: Pointer | undefined): Pointer {
  if (plan === undefined) throw new NotImplemented();
  return plan;
}

/** oneDNN has nothing for these sizes. */
class NotImplemented extends Error {}

interface Shapes {
  /** NHWC float32 as tensors are. */
  plainX: Pointer;
  y: Pointer;
  /** HWIO float32 as tensors are. */
  plainKernel: Pointer;
  transposedKernel: Pointer;
  transposedKernelSizes: readonly number[];
  /** In the precision that the primitive computes with. */
  x: Pointer;
  dy: Pointer;
  kernel: Pointer;
  bias: Pointer;
  transposedBias: Pointer;
}

function describeShapes(workshop: Workshop, geometry: Geometry, precision: ElementType): Shapes {
  const { images, size, output, channels, filters, taps, groups } = geometry;
  const xSizes = [images, channels, ...size];
  const ySizes = [images, filters, ...output];
  const perGroup = { channels: channels / groups, filters: filters / groups };
  const grouped = groups > 1;
  const kernelSizes = [...(grouped ? [groups] : []), perGroup.filters, perGroup.channels, ...taps];
  const kernelSteps = [
    ...(grouped ? [perGroup.filters] : []),
    1,
    filters,
    taps[1] * perGroup.channels * filters,
    perGroup.channels * filters,
  ];
  const turned = (values: readonly number[]): number[] => {
    const [a, b, ...rest] = grouped ? values.slice(1) : values;
    return [...(grouped ? [values[0]!] : []), b!, a!, ...rest];
  };
  const float32 = precision === 'float32';
  const plainX = workshop.describe(xSizes, channelsLast(xSizes));
  const y = workshop.describe(ySizes, channelsLast(ySizes));
  return {
    plainX,
    y,
    plainKernel: workshop.describe(kernelSizes, kernelSteps),
    transposedKernel: workshop.describe(turned(kernelSizes), turned(kernelSteps)),
    transposedKernelSizes: turned(kernelSizes),
    x: float32 ? plainX : workshop.describe(xSizes, channelsLast(xSizes), precision),
    dy: float32 ? y : workshop.describe(ySizes, channelsLast(ySizes), precision),
    kernel: workshop.describeAny(kernelSizes, precision),
    bias: workshop.describe([filters], [1]),
    transposedBias: workshop.describe([channels], [1]),
  };
}

/** Steps of the axes [N, C, H, W] of a tensor that is stored as NHWC. */
export function channelsLast([, channels, height, width]: readonly number[]): number[] {
  return [height! * width! * channels!, 1, width! * channels!, channels!];
}

/** Strides, dilations (counted from 0) and padding as oneDNN takes them. */
function windowOf({ strides, dilations, padding }: Geometry): BigInt64Array[] {
  const [top, bottom, left, right] = padding;
  return [strides, dilations.map((step) => step - 1), [top, left], [bottom, right]].map(long);
}
