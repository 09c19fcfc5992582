import { ops, type AttributesOf } from '@striate/core/backend';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { byName, flag, float32, integers, type } from '../attributes.ts';
import type { BindingAttribute } from '../binding.ts';
import { defineKernel, type Kernel } from '../kernel.ts';
import { windowAttributes, type Operations } from '../operations.ts';
import { withFallback } from '../with-fallback.ts';

const attributesOf = ({ poolSize, ...window }: AttributesOf<typeof ops.maxPool2d>): BindingAttribute[] =>
  windowAttributes(window, [integers('ksize', [1, ...poolSize, 1])]);

/** The lowest float32 that is finite: TensorFlow's maximum of nothing. */
const lowest = -3.4028234663852886e38;

const isPadded = ({ padding }: AttributesOf<typeof ops.maxPool2d>): boolean => padding.some((side) => side > 0);

const oneDnnAttributes = (attributes: AttributesOf<typeof ops.maxPool2d>): BindingAttribute[] => [
  ...attributesOf({ ...attributes, padding: [0, 0, 0, 0] }),
  flag('workspace_enabled', true),
  byName,
];

/** The maxima, and their places, which oneDNN's gradient wants; it knows no padding. */
function poolWithPlaces(
  run: Operations,
  image: number,
  attributes: AttributesOf<typeof ops.maxPool2d>,
): [number, number] {
  const [y, places] = run.many('_MklNativeMaxPool', [image], oneDnnAttributes(attributes), 2);
  return [y!, places!];
}

/** NaN as infinity, and what is below the finite numbers as the lowest of them. */
function ranked(run: Operations, x: TensorInfo): number {
  const image = run.withoutNaN(run.of(x), Infinity);
  const bottom = run.constants.scalar(lowest);
  return run.one('SelectV2', [run.one('Less', [image, bottom]), bottom, image]);
}

/**
 * TensorFlow's max pooling passes over NaN and -Infinity. Here they are ranked, and in the result themselves again;
 * undefined if x has none. On the CPU that is seen from the sum of x; a GPU is not waited for.
 */
function rankedIfNeeded(run: Operations, x: TensorInfo, isGpu: boolean): number | undefined {
  const isClean = !isGpu && Number.isFinite(run.number(run.sum(run.of(x), [0, 1, 2, 3], false)));
  return isClean ? undefined : ranked(run, x);
}

/** y, but NaN where a window of x has NaN, and -Infinity where it has nothing else. */
function unranked(run: Operations, y: number, x: TensorInfo, attributes: AttributesOf<typeof ops.maxPool2d>): number {
  const { constants } = run;
  const marks = (found: number): number => run.one('Cast', [found], [type('SrcT', 'bool'), type('DstT', 'float32')]);
  const mostOf = (marked: number): number => run.one('MaxPool', [marked], attributesOf(attributes));
  const isUnordered = run.one('Greater', [mostOf(marks(run.one('IsNan', [run.of(x)]))), constants.scalar(0)]);
  const isAbove = marks(run.one('Greater', [run.of(x), constants.scalar(-Infinity)]));
  const isNothing = run.one('Less', [mostOf(isAbove), constants.scalar(1)]);
  const low = run.one('SelectV2', [isNothing, constants.scalar(-Infinity), y]);
  return run.one('SelectV2', [isUnordered, constants.scalar(NaN), low]);
}

export const maxPool2d: Kernel = defineKernel(ops.maxPool2d, {
  run({ inputs: { x }, attributes, isGpu, run }) {
    const orders = rankedIfNeeded(run, x, isGpu);
    const image = orders ?? run.of(x);
    const plain = (): [number, number?] => [run.one('MaxPool', [image], attributesOf(attributes))];
    const [y, places] =
      isGpu || isPadded(attributes)
        ? plain()
        : withFallback<[number, number?]>('_MklNativeMaxPool', () => poolWithPlaces(run, image, attributes), plain);
    const pooled = orders === undefined ? y : unranked(run, y, x, attributes);
    const handle = run.finish(pooled, undefined, attributes.activation);
    return [places === undefined ? handle : { handle, companion: { role: 'places', handle: places } }];
  },
});

/**
 * On the CPU, TensorFlow's own gradient takes 20 times as long as the pooling. oneDNN's wants the places of the maxima:
 * those of the forward pass, unless it was padded.
 */
function gradientByOneDnn(
  run: Operations,
  { dz, x, y, image }: { dz: number; x: TensorInfo; y: TensorInfo; image: number },
  attributes: AttributesOf<typeof ops.maxPool2d>,
): number {
  const known = run.companionOf(y, 'places');
  if (known !== undefined) {
    return run.one('_MklNativeMaxPoolGrad', [image, run.of(y), dz, known], oneDnnAttributes(attributes));
  }
  const [top, bottom, left, right] = attributes.padding;
  const sides = run.constants.integers([0, 0, top, bottom, left, right, 0, 0], [4, 2]);
  const padded = isPadded(attributes)
    ? run.one('PadV2', [image, sides, run.constants.scalar(lowest)], [float32, type('Tpaddings', 'int32')])
    : image;
  const pooled = poolWithPlaces(run, padded, attributes);
  const dx = run.one('_MklNativeMaxPoolGrad', [padded, pooled[0], dz, pooled[1]], oneDnnAttributes(attributes));
  return isPadded(attributes) ? run.slice(dx, [0, top, left, 0], x.shape) : dx;
}

export const maxPool2dGradient: Kernel = defineKernel(ops.maxPool2dGradient, {
  run({ inputs: { dy, x, y }, attributes, isGpu, run }) {
    const dz = run.masked(dy, attributes.activation === 'relu' ? y : undefined);
    // With the places known, nobody looks at x.
    const orders = run.companionOf(y, 'places') === undefined ? rankedIfNeeded(run, x, isGpu) : undefined;
    const image = orders ?? run.of(x);
    const plain = (): number => {
      const pooled = orders === undefined ? run.of(y) : ranked(run, y);
      return run.one('MaxPoolGrad', [image, pooled, dz], attributesOf(attributes));
    };
    if (isGpu) return [plain()];
    const byOneDnn = (): number => gradientByOneDnn(run, { dz, x, y, image }, attributes);
    const handle = withFallback('_MklNativeMaxPoolGrad', byOneDnn, plain);
    // Each number of dz goes to one place: the bias of a convolution before takes its sums from the smaller tensor.
    const sums = attributes.activation === 'relu' ? dz : run.one('Identity', [dz]);
    return [{ handle, companion: { role: 'sums', handle: sums } }];
  },
});
