import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ops } from '@striate/core';
import { byName, flag, float32, integers, type } from '../attributes.ts';
import type { BindingAttribute } from '../binding.ts';
import { kernel, type Kernel } from '../kernel.ts';
import { windowAttributes, type Operations } from '../operations.ts';
import { withFallback } from '../with-fallback.ts';

const attributesOf = ({ poolSize, ...window }: ops.MaxPool2dAttributes): BindingAttribute[] =>
  windowAttributes(window, [integers('ksize', [1, ...poolSize, 1])]);

/** Lower than any float32 that a network holds. */
const lowest = -3.4028234663852886e38;

const isPadded = ({ padding }: ops.MaxPool2dAttributes): boolean => padding.some((side) => side > 0);

const oneDnnAttributes = (attributes: ops.MaxPool2dAttributes): BindingAttribute[] => [
  ...attributesOf({ ...attributes, padding: [0, 0, 0, 0] }),
  flag('workspace_enabled', true),
  byName,
];

/** The maxima, and their places, which oneDNN's gradient wants; it knows no padding. */
function poolWithPlaces(run: Operations, image: number, attributes: ops.MaxPool2dAttributes): [number, number] {
  const [y, places] = run.many('_MklNativeMaxPool', [image], oneDnnAttributes(attributes), 2);
  return [y!, places!];
}

/**
 * TensorFlow's max pooling passes over NaN. Here it is infinity, and in the result NaN again; undefined if x has none. On
 * the CPU that is seen from the sum of x; a GPU is not waited for.
 */
function withInfinities(run: Operations, x: TensorInfo, isGpu: boolean): number | undefined {
  const isClean = !isGpu && Number.isFinite(run.number(run.sum(run.of(x), [0, 1, 2, 3], false)));
  return isClean ? undefined : run.withoutNaN(run.of(x), Infinity);
}

/** y, but NaN where a window of x has NaN. */
function withNaN(run: Operations, y: number, x: TensorInfo, attributes: ops.MaxPool2dAttributes): number {
  const unordered = run.one('Cast', [run.one('IsNan', [run.of(x)])], [type('SrcT', 'bool'), type('DstT', 'float32')]);
  const found = run.one('Greater', [
    run.one('MaxPool', [unordered], attributesOf(attributes)),
    run.constants.scalar(0),
  ]);
  return run.one('SelectV2', [found, run.constants.scalar(NaN), y]);
}

export const maxPool2d: Kernel = kernel<{ x: TensorInfo }, ops.MaxPool2dAttributes>({
  name: 'striate.MaxPool2d',
  run({ inputs: { x }, attributes, isGpu, run }) {
    const infinite = withInfinities(run, x, isGpu);
    const image = infinite ?? run.of(x);
    const plain = (): [number, number?] => [run.one('MaxPool', [image], attributesOf(attributes))];
    const [y, places] =
      isGpu || isPadded(attributes)
        ? plain()
        : withFallback<[number, number?]>('_MklNativeMaxPool', () => poolWithPlaces(run, image, attributes), plain);
    const pooled = infinite === undefined ? y : withNaN(run, y, x, attributes);
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
  attributes: ops.MaxPool2dAttributes,
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

export const maxPool2dGradient: Kernel = kernel<
  { dy: TensorInfo; x: TensorInfo; y: TensorInfo },
  ops.MaxPool2dAttributes
>({
  name: 'striate.MaxPool2dGradient',
  run({ inputs: { dy, x, y }, attributes, isGpu, run }) {
    const dz = run.masked(dy, attributes.activation === 'relu' ? y : undefined);
    // With the places known, nobody looks at x.
    const infinite = run.companionOf(y, 'places') === undefined ? withInfinities(run, x, isGpu) : undefined;
    const image = infinite ?? run.of(x);
    const plain = (): number => {
      const pooled = infinite === undefined ? run.of(y) : run.withoutNaN(run.of(y), Infinity);
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
