import { ops } from '@striate/core/backend';
import { defineKernel, type Kernel, type KernelBackend } from '../kernel.ts';
import { withRepeatedChannels } from './channel-copies.ts';
import { copiesOf, windowsOf, winogradGeometry, type ConvolutionWindows } from './conv2d.ts';
import { align, needsStaging, stagedBytes, type Windows } from './convolve.ts';
import { panelsOf } from './pack-panels.ts';
import { winogradKernelGradient, winogradPays } from './winograd.ts';

/** dKernel and, if there is a bias, dBias of striate.Conv2d; with its output y, dy counts only where y > 0. */
export const conv2dKernelGradient: Kernel = defineKernel(ops.conv2dKernelGradient, {
  run({ inputs, attributes, backend }) {
    const windows = windowsOf(inputs.x.shape, attributes.kernelShape, attributes);
    const dKernel = backend.output(attributes.kernelShape);
    const filters = windows.groups * windows.filters;
    const dBias = attributes.useBias === false ? undefined : backend.output([filters]);
    kernelGradient(backend, attributes, windows, {
      x: backend.address(inputs.x),
      dy: backend.address(inputs.dy),
      y: inputs.y && backend.address(inputs.y),
      dKernel: backend.address(dKernel),
      // It comes with the kernel's at no cost.
      dBias: dBias ? backend.address(dBias) : backend.temporary(4 * filters),
    });
    return dBias ? [dKernel, dBias] : [dKernel];
  },
});

interface GradientTensors {
  x: number;
  dy: number;
  y?: number | undefined;
  dKernel: number;
  dBias: number;
}

/** Fills dKernel and dBias in memory. */
export function kernelGradient(
  backend: KernelBackend,
  attributes: ops.ConvolutionGeometry,
  windows: ConvolutionWindows,
  tensors: GradientTensors,
): void {
  const winograd = backend.winograd ? winogradGeometry(windows, attributes) : undefined;
  if (winograd && winogradPays('kernelGradient', winograd)) winogradKernelGradient(backend, winograd, tensors);
  else directKernelGradient(backend, windows, tensors);
}

function directKernelGradient(
  backend: KernelBackend,
  windows: ConvolutionWindows,
  { x, dy, y, dKernel, dBias }: GradientTensors,
): void {
  const { images, size, before, output, steps, taps, tapSteps, groups, channels, filters, depthwise } = windows;
  const panels = panelsOf(filters);
  const staged = needsStaging(windows);
  const { segments, length, tiles } = tilesOf(windows, staged);
  const { imagesOfStrip, rowsOfStrip, stripsOfChunk, chunks, panelsOfBlock } = cutGradient(windows, tiles);
  const partials = backend.temporary(chunks * groups * panels * tiles * 192);
  const biasPartials = backend.temporary(chunks * groups * panels * 32);
  const runs = imagesOfStrip * rowsOfStrip;
  backend.run(
    'conv2dKernelGradient',
    [
      withRepeatedChannels(backend, x, copiesOf(windows)),
      dy,
      y ?? 0,
      partials,
      biasPartials,
      images,
      ...size,
      channels * groups,
      ...before,
      ...output,
      ...steps,
      ...taps,
      ...tapSteps,
      groups,
      channels,
      filters,
      Number(staged),
      imagesOfStrip,
      rowsOfStrip,
      stripsOfChunk,
      panelsOfBlock,
      Number(depthwise),
    ],
    {
      items: chunks * groups * Math.ceil(panels / panelsOfBlock),
      // As laid out in the assembly: offsets, runs, packed pixels, the staged strip.
      scratchBytes:
        align(tiles * 24 + runs * 4) +
        panelsOfBlock * runs * output[1] * 32 +
        (staged ? stagedBytes(windows, imagesOfStrip, rowsOfStrip) : 0),
    },
  );
  const rows = segments * length;
  const rowsOfItem = Math.ceil(65_536 / (groups * filters * chunks));
  backend.run(
    'addKernelGradients',
    [partials, biasPartials, dKernel, dBias, chunks, groups * panels, panels, filters, segments, length, rowsOfItem],
    { items: Math.ceil(rows / rowsOfItem) },
  );
}

/** Rows of dKernel as tiles of six sum them, in segments of which each is padded to a multiple of three. */
function tilesOf(
  { taps, tapSteps, groups, channels, depthwise }: Windows,
  staged: boolean,
): { segments: number; length: number; tiles: number } {
  if (depthwise) return { segments: 1, length: taps[0] * taps[1], tiles: Math.ceil((taps[0] * taps[1]) / 6) };
  // Taps side by side in one row are one segment where nothing lies between them.
  const merged = tapSteps[1] === 1 && (staged || groups === 1);
  const segments = merged ? taps[0] : taps[0] * taps[1];
  const length = merged ? taps[1] * channels : channels;
  return { segments, length, tiles: Math.ceil((segments * Math.ceil(length / 3)) / 2) };
}

/** Pixels that one tile of sums takes up at a time. */
const pixelsOfStrip = 128;
/** An item's work, in products of six floats with eight filters: one takes some two nanoseconds. */
const smallestItem = 10_000;
/** Partial sums are kept within some megabytes. */
const partialBytes = 4_000_000;
const largestChunks = 16;

interface GradientCut {
  imagesOfStrip: number;
  rowsOfStrip: number;
  stripsOfChunk: number;
  chunks: number;
  panelsOfBlock: number;
}

function cutGradient({ images, output, groups, filters }: Windows, tiles: number): GradientCut {
  const [rows, columns] = output;
  const panels = panelsOf(filters);
  const rowsOfStrip = Math.min(rows, Math.max(1, Math.round(pixelsOfStrip / columns)));
  const imagesOfStrip =
    rowsOfStrip === rows ? Math.max(1, Math.min(images, Math.round(pixelsOfStrip / (rows * columns)))) : 1;
  const strips = Math.ceil(images / imagesOfStrip) * Math.ceil(rows / rowsOfStrip);
  const work = images * rows * columns * tiles * panels * groups;
  const itemsWanted = Math.max(1, Math.min(largestChunks, Math.floor(work / smallestItem)));
  const affordable = Math.max(1, Math.floor(partialBytes / (groups * panels * tiles * 192)));
  const stripsOfChunk = Math.ceil(strips / Math.min(itemsWanted, affordable));
  const chunks = Math.ceil(strips / stripsOfChunk);
  const blocks = Math.min(panels, Math.max(1, Math.round(itemsWanted / (chunks * groups))));
  return { imagesOfStrip, rowsOfStrip, stripsOfChunk, chunks, panelsOfBlock: Math.ceil(panels / blocks) };
}
