import type { KernelBackend } from '../kernel.ts';
import { panelsOf } from './pack-panels.ts';

type Pair = readonly [number, number];

/** How windows lie on images: row i of the output and tap u meet at row i * step + u * tapStep - before. */
export interface Windows {
  images: number;
  /** `[H, W]` of the images that the windows lie on. */
  size: Pair;
  /** Rows and columns before the image that the first window covers; negative: skipped. */
  before: Pair;
  /** `[rows, columns]` of windows. */
  output: Pair;
  steps: Pair;
  taps: Pair;
  tapSteps: Pair;
  groups: number;
  /** Channels of a group. */
  channels: number;
  /** Filters of a group. */
  filters: number;
  /** Each filter sees only the channel of its number, in one group. */
  depthwise: boolean;
}

/** A correlation of images with packed panels, or a product of matrices (one tap, one column). Addresses in bytes. */
export interface Convolution extends Windows {
  source: number;
  /** The source counts only where the mask is positive. */
  mask?: number | undefined;
  panels: number;
  target: number;
  /** Steps of the target in floats; as of a dense output if absent. */
  targetSteps?: { image: number; row: number; pixel: number };
  /** Floats from image to image of the source; H * W * channels if absent. */
  sourceImageStep?: number;
  /** Bytes from one image's panels to the next one's; 0 if absent: all images share them. */
  panelsImageStep?: number;
  relu: boolean;
}

/** Runs a convolution on panels of {@link packPanels}. */
export function convolve(backend: KernelBackend, convolution: Convolution): void {
  const { source, mask = 0, panels, target, images, size, before, output, steps, taps, tapSteps } = convolution;
  const { groups, channels, filters, depthwise, relu } = convolution;
  const pixel = channels * groups;
  const { sourceImageStep = size[0] * size[1] * pixel, panelsImageStep = 0 } = convolution;
  const dense = {
    image: output[0] * output[1] * filters * groups,
    row: output[1] * filters * groups,
    pixel: filters * groups,
  };
  const { targetSteps = dense } = convolution;
  const staged = mask !== 0 || needsStaging(convolution);
  const cut = cutConvolution(convolution, panelsImageStep !== 0);
  const { imagesOfStrip, rowsOfStrip, panelsOfBlock } = cut;
  backend.run(
    'convolve',
    [
      source,
      mask,
      panels,
      target,
      images,
      ...size,
      pixel,
      ...before,
      ...output,
      ...steps,
      ...taps,
      ...tapSteps,
      groups,
      channels,
      filters,
      sourceImageStep * 4,
      targetSteps.image * 4,
      targetSteps.row * 4,
      targetSteps.pixel * 4,
      panelsImageStep,
      Number(relu),
      Number(staged),
      imagesOfStrip,
      rowsOfStrip,
      panelsOfBlock,
      Number(depthwise),
    ],
    {
      items: cut.items,
      // As laid out in the assembly: a buffered tile, runs, six places a tile, the staged strip.
      scratchBytes:
        256 +
        align(taps[0] * taps[1] * 4) +
        Math.ceil((imagesOfStrip * rowsOfStrip * output[1]) / 6) * 48 +
        (staged ? stagedBytes(convolution, imagesOfStrip, rowsOfStrip) : 0),
    },
  );
}

/** Whether windows reach beyond the image, or a group's channels would leave gaps between neighbouring taps. */
export function needsStaging({ size, before, output, steps, taps, tapSteps, groups }: Windows): boolean {
  if (taps[0] === 0 || taps[1] === 0) return false;
  const beyond = [0, 1].some(
    (axis) =>
      before[axis]! > 0 ||
      (output[axis]! - 1) * steps[axis]! + (taps[axis]! - 1) * tapSteps[axis]! - before[axis]! >= size[axis]!,
  );
  return beyond || (groups > 1 && taps[1] > 1);
}

/** Bytes of some rows of some images with their edges, for one group. */
export function stagedBytes(
  { output, steps, taps, tapSteps, channels }: Windows,
  images: number,
  rows: number,
): number {
  const height = (rows - 1) * steps[0] + (taps[0] - 1) * tapSteps[0] + 1;
  const width = (output[1] - 1) * steps[1] + (taps[1] - 1) * tapSteps[1] + 1;
  return align(images * height * width * channels * 4 + 16);
}

export const align = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/** An item's work, in products of a float with eight filters: some three a nanosecond. */
const smallestItem = 60_000;
const largestItem = 400_000;
/** A block of pixels that makes good use of a panel once it is in the cache. */
const smallestStrip = 48;
/** Floats of a strip that stay in the second-level cache. */
const largestStrip = 65_536;

function cutConvolution(
  { images, output, steps, taps, groups, channels, filters, depthwise }: Convolution,
  panelsPerImage: boolean,
): { imagesOfStrip: number; rowsOfStrip: number; panelsOfBlock: number; items: number } {
  const [rows, columns] = output;
  const panels = panelsOf(filters);
  const depth = Math.max(1, taps[0] * taps[1] * (depthwise ? 1 : channels));
  const total = images * rows * columns * depth * panels * groups;
  const wanted = Math.min(largestItem, Math.max(smallestItem, total / 16));
  const cached = largestStrip / (channels * steps[0] * steps[1]);
  const pixels = Math.max(smallestStrip, Math.min(cached, wanted / (depth * panels)));
  const panelsOfBlock = Math.min(panels, Math.max(1, Math.round(wanted / (pixels * depth))));

  const strips = Math.ceil((rows * columns) / pixels);
  let rowsOfStrip = Math.ceil(rows / strips);
  if (columns === 1) rowsOfStrip = Math.ceil(rowsOfStrip / 6) * 6;
  let imagesOfStrip = 1;
  if (rowsOfStrip >= rows && !panelsPerImage) {
    imagesOfStrip = Math.ceil(images / Math.ceil(images / Math.max(1, Math.round(pixels / (rows * columns)))));
  }
  const stripCount = Math.ceil(images / imagesOfStrip) * Math.ceil(rows / rowsOfStrip);
  return { imagesOfStrip, rowsOfStrip, panelsOfBlock, items: stripCount * groups * Math.ceil(panels / panelsOfBlock) };
}
