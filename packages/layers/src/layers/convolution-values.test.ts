// Convolutions against naive loops in float64, written from the formulas, with fresh random inputs and options.
import type { Padding, PaddingMode, PaddingOption, Pair } from '@striate/core';
import { it } from 'vitest';
import type { DataFormat } from '../data-format.ts';
import { chance, compareValues } from '../testing/compare-values.ts';
import {
  at,
  fillBy,
  finish,
  naiveConvolution,
  naiveTransposedConvolution,
  type Numbers,
} from '../testing/naive-convolution.ts';
import { onEachBackend } from '../testing/on-each-backend.ts';
import { conv1d, type Padding1d } from './conv1d.ts';
import { conv2dTranspose } from './conv2d-transpose.ts';
import { conv2d } from './conv2d.ts';
import { depthwiseConv2d } from './depthwise-conv2d.ts';
import { locallyConnected2d } from './locally-connected2d.ts';
import { separableConv2d } from './separable-conv2d.ts';

const drawn = chance();
const { choose } = drawn;
const times = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const formats: readonly DataFormat[] = ['channelsLast', 'channelsFirst'];
const kinds = ['linear', 'relu'] as const;
const modes: readonly PaddingMode[] = ['zeros', 'reflect', 'symmetric', 'replicate', 'circular'];
const size: Pair = [6, 7];

const shapeIn = (channels: number, format: DataFormat): number[] =>
  format === 'channelsLast' ? [...size, channels] : [channels, ...size];
const toLast = (x: Numbers, format: DataFormat): Numbers =>
  format === 'channelsLast'
    ? x
    : fillBy([x.shape[0]!, x.shape[2]!, x.shape[3]!, x.shape[1]!], (n, i, j, c) => at(x, n, c, i, j));
const toFormat = (y: Numbers, format: DataFormat): Numbers =>
  format === 'channelsLast'
    ? y
    : fillBy([y.shape[0]!, y.shape[3]!, y.shape[1]!, y.shape[2]!], (n, c, i, j) => at(y, n, i, j, c));

/** Padding of each side of an image, by Keras' rules. */
function sides(padding: PaddingOption, image: Pair, { kernelSize, strides, dilation }: Window): Padding {
  if (padding === 'valid') return [0, 0, 0, 0];
  if (typeof padding === 'number') return [padding, padding, padding, padding];
  if (typeof padding !== 'string')
    return padding.length === 2 ? [padding[0], padding[0], padding[1], padding[1]] : padding;
  const [vertical, horizontal] = [0, 1].map((axis) => {
    const reach = dilation[axis]! * (kernelSize[axis]! - 1) + 1;
    return Math.max(0, (Math.ceil(image[axis]! / strides[axis]!) - 1) * strides[axis]! + reach - image[axis]!);
  });
  return [vertical!, horizontal!].flatMap((total) => [Math.floor(total / 2), Math.ceil(total / 2)]) as never;
}

interface Window {
  kernelSize: Pair;
  strides: Pair;
  dilation: Pair;
}
const randomWindow = (): Window & { padding: PaddingOption; paddingMode: PaddingMode } => ({
  kernelSize: [choose([1, 2, 3]), choose([1, 2, 3])],
  strides: [choose([1, 2, 3]), choose([1, 2])],
  dilation: [choose([1, 2]), choose([1, 2])],
  padding: choose<PaddingOption>(['valid', 'same', 1, [1, 2], [2, 0, 1, 3]]),
  paddingMode: choose(modes),
});
const common = (): { activation: 'linear' | 'relu'; useBias: boolean; dataFormat: DataFormat } => ({
  activation: choose(kinds),
  useBias: choose([true, false]),
  dataFormat: choose(formats),
});

onEachBackend(`convolutions (seed ${drawn.seed})`, () => {
  it.each(times(16))('conv2d, random options %i', async () => {
    const groups = choose([1, 1, 2]);
    const options = { ...randomWindow(), ...common(), groups, filters: 2 * choose([1, 2, 3]) };
    const { padding, paddingMode, dataFormat, activation } = options;
    await compareValues(conv2d(options), shapeIn(4, dataFormat), drawn, ({ x, kernel, bias }) => {
      const window = { ...options, padding: sides(padding, size, options), mode: paddingMode };
      const y = naiveConvolution(toLast(x!, dataFormat), kernel!, window);
      return toFormat(finish(y, bias, activation), dataFormat);
    });
  });

  it.each(times(16))('depthwiseConv2d, random options %i', async () => {
    const depthMultiplier = choose([1, 1, 2, 3]);
    const options = { ...randomWindow(), ...common(), depthMultiplier };
    const { padding, paddingMode, dataFormat, activation } = options;
    const channels = choose([1, 3, 9]);
    await compareValues(depthwiseConv2d(options), shapeIn(channels, dataFormat), drawn, ({ x, kernel, bias }) => {
      const window = { ...options, padding: sides(padding, size, options), mode: paddingMode };
      const image = toLast(x!, dataFormat);
      // Channel by channel, each a convolution of its own.
      const parts = times(channels).map((c) =>
        naiveConvolution(
          fillBy([2, ...size, 1], (n, i, j) => at(image, n, i, j, c)),
          fillBy([...options.kernelSize, 1, depthMultiplier], (u, v, _, q) => at(kernel!, u, v, c, q)),
          window,
        ),
      );
      const y = fillBy([...parts[0]!.shape.slice(0, 3), channels * depthMultiplier], (n, i, j, f) =>
        at(parts[Math.floor(f / depthMultiplier)]!, n, i, j, f % depthMultiplier),
      );
      return toFormat(finish(y, bias, activation), dataFormat);
    });
  });

  it.each(times(10))('separableConv2d, random options %i', async () => {
    const depthMultiplier = choose([1, 2]);
    const options = { ...randomWindow(), ...common(), depthMultiplier, filters: choose([1, 4, 9]) };
    const { padding, paddingMode, dataFormat, activation } = options;
    await compareValues(
      separableConv2d(options),
      shapeIn(3, dataFormat),
      drawn,
      ({ x, depthwiseKernel, pointwiseKernel, bias }) => {
        const window = { ...options, padding: sides(padding, size, options), mode: paddingMode, groups: 3 };
        const { values } = depthwiseKernel!;
        const kernel = { shape: [...options.kernelSize, 1, 3 * depthMultiplier], values };
        const seen = naiveConvolution(toLast(x!, dataFormat), kernel, window);
        const mixed = naiveConvolution(seen, pointwiseKernel!, { strides: [1, 1], padding: [0, 0, 0, 0] });
        return toFormat(finish(mixed, bias, activation), dataFormat);
      },
    );
  });

  it.each(times(20))('conv2dTranspose, random options %i', async () => {
    const { kernelSize, strides, dilation } = randomWindow();
    const groups = choose([1, 1, 2]);
    const outputPadding = choose<Pair | null>([null, null, [strides[0] - 1, 0]]);
    const reach = [0, 1].map((axis) => dilation[axis]! * (kernelSize[axis]! - 1) + 1);
    const odd = reach.every((length) => length % 2 === 1);
    const padding = choose<PaddingOption>(['valid', outputPadding === null || odd ? 'same' : 'valid', 1, [0, 1, 1, 0]]);
    const options = { ...common(), kernelSize, strides, dilation, padding, outputPadding, groups, filters: 2 * groups };
    const { dataFormat, activation } = options;
    const [rows, columns] = [0, 1].map((axis) => {
      const [input, stride, k] = [size[axis]!, strides[axis]!, reach[axis]!];
      const extra = outputPadding?.[axis];
      if (padding === 'valid')
        return extra === undefined ? input * stride + Math.max(0, k - stride) : (input - 1) * stride + k + extra;
      if (padding === 'same')
        return extra === undefined ? input * stride : (input - 1) * stride + k - 2 * Math.floor(k / 2) + extra;
      const cut = padding === 1 ? 2 : 1;
      return (input - 1) * stride + k - cut + (extra ?? 0);
    });
    const output: Pair = [rows!, columns!];
    const window = { strides, dilation, groups, padding: sides(padding, output, { kernelSize, strides, dilation }) };
    await compareValues(conv2dTranspose(options), shapeIn(4, dataFormat), drawn, ({ x, kernel, bias }) => {
      const y = naiveTransposedConvolution(toLast(x!, dataFormat), kernel!, window, output);
      return toFormat(finish(y, bias, activation), dataFormat);
    });
  });

  it.each(times(10))('locallyConnected2d, random options %i', async () => {
    const { kernelSize, strides, padding } = randomWindow();
    const options = { ...common(), kernelSize, strides, padding, filters: choose([1, 3, 9]) };
    const { dataFormat, activation, filters } = options;
    const window = { strides, padding: sides(padding, size, { kernelSize, strides, dilation: [1, 1] }) };
    await compareValues(locallyConnected2d(options), shapeIn(3, dataFormat), drawn, ({ x, kernel, bias }) => {
      const image = toLast(x!, dataFormat);
      const kernelAt = (place: number): Numbers =>
        fillBy([...kernelSize, 3, filters], (u, v, c, f) => at(kernel!, place, (u * kernelSize[1] + v) * 3 + c, f));
      // Each place with the whole convolution of its kernel.
      const { shape } = naiveConvolution(image, kernelAt(0), window);
      const all = times(kernel!.shape[0]!).map((place) => naiveConvolution(image, kernelAt(place), window));
      const y = fillBy(shape, (n, i, j, f) => at(all[i * shape[2]! + j]!, n, i, j, f));
      return toFormat(finish(y, bias, activation), dataFormat);
    });
  });

  it.each(times(10))('conv1d, random options %i', async () => {
    const groups = choose([1, 2]);
    const padding = choose<Padding1d>(['valid', 'same', 'causal', 2, [3, 0]]);
    const [kernelSize, strides, dilation] = [choose([1, 2, 3, 4]), choose([1, 2, 3]), choose([1, 2])];
    const paddingMode = choose(modes.slice(0, 1).concat('replicate', 'symmetric'));
    const options = {
      filters: 4,
      kernelSize,
      strides,
      dilation,
      padding,
      paddingMode,
      groups,
      activation: choose(kinds),
    };
    await compareValues(conv1d(options), [11, 2], drawn, ({ x, kernel, bias }) => {
      const image = { ...x!, shape: [2, 1, 11, 2] };
      const filter = { ...kernel!, shape: [1, ...kernel!.shape] };
      const reach = dilation * (kernelSize - 1);
      const row = { kernelSize: [1, kernelSize], strides: [1, strides], dilation: [1, dilation] } as const;
      const ends: Pair =
        padding === 'causal' ? [reach, 0] : typeof padding === 'number' ? [padding, padding] : (padding as Pair);
      const all: Padding =
        typeof padding === 'string' && padding !== 'causal' ? sides(padding, [1, 11], row) : [0, 0, ...ends];
      const y = naiveConvolution(image, filter, { ...row, padding: all, mode: paddingMode, groups });
      const { values, shape } = finish(y, bias, options.activation);
      return { values, shape: [2, shape[2]!, 4] };
    });
  });
});
