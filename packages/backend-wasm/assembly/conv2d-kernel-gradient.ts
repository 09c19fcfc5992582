import { depthwiseGradientTile } from './depthwise-tile';
import { outerProductTile } from './outer-product-tile';
import { intArgument, pointerArgument } from './simd';
import { stageImage } from './stage';

/** Packs eight filters of `pixels` pixels, zero where mask <= 0, and adds them to the eight sums. */
function packPixels(source: usize, mask: usize, step: usize, pixels: i32, target: usize, sums: usize): void {
  let s0 = v128.load(sums);
  let s1 = v128.load(sums, 16);
  const end = target + (<usize>pixels << 5);
  const zero = f32x4.splat(0);
  for (; target != end; target += 32, source += step) {
    let d0 = v128.load(source);
    let d1 = v128.load(source, 16);
    if (mask) {
      d0 = v128.and(d0, f32x4.gt(v128.load(mask), zero));
      d1 = v128.and(d1, f32x4.gt(v128.load(mask, 16), zero));
      mask += step;
    }
    v128.store(target, d0);
    v128.store(target, d1, 16);
    s0 = f32x4.add(s0, d0);
    s1 = f32x4.add(s1, d1);
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
}

/**
 * One chunk of the pixels: partial sums of x(window)[channel] * dz[filter] for a block of panels of eight filters.
 * The floats that lie side by side in x for one pixel (a row of taps, or one tap) are a segment, cut into triples;
 * partials hold eight filters for each float of the triples: [chunk][panel][segment][triple][3][8].
 * Depthwise, they hold eight channels for each tap: [chunk][panel][tap][8]. Either way sums are made by tiles of six.
 * args: see src/kernels/conv2d-kernel-gradient.ts.
 */
export function conv2dKernelGradient(args: usize, item: i32, scratch: usize): void {
  const x = pointerArgument(args, 0);
  const dy = pointerArgument(args, 1);
  const mask = pointerArgument(args, 2);
  const partials = pointerArgument(args, 3);
  const biasPartials = pointerArgument(args, 4);
  const images = intArgument(args, 5);
  const height = intArgument(args, 6);
  const width = intArgument(args, 7);
  const pixel = intArgument(args, 8);
  const top = intArgument(args, 9);
  const left = intArgument(args, 10);
  const rows = intArgument(args, 11);
  const columns = intArgument(args, 12);
  const stepH = intArgument(args, 13);
  const stepW = intArgument(args, 14);
  const tapRows = intArgument(args, 15);
  const tapColumns = intArgument(args, 16);
  const tapStepH = intArgument(args, 17);
  const tapStepW = intArgument(args, 18);
  const groups = intArgument(args, 19);
  const channels = intArgument(args, 20);
  const filters = intArgument(args, 21);
  const staged = intArgument(args, 22);
  const imagesOfStrip = intArgument(args, 23);
  const rowsOfStrip = intArgument(args, 24);
  const stripsOfChunk = intArgument(args, 25);
  const panelsOfBlock = intArgument(args, 26);
  const depthwise = intArgument(args, 27);

  const panelsOfGroup = (filters + 7) >> 3;
  const blocks = (panelsOfGroup + panelsOfBlock - 1) / panelsOfBlock;
  const firstPanel = (item % blocks) * panelsOfBlock;
  const panelCount = min(panelsOfBlock, panelsOfGroup - firstPanel);
  const group = (item / blocks) % groups;
  const chunk = item / blocks / groups;
  const stripsOfImage = (rows + rowsOfStrip - 1) / rowsOfStrip;
  const strips = ((images + imagesOfStrip - 1) / imagesOfStrip) * stripsOfImage;

  const merged = tapStepW == 1 && (staged || pixel == channels);
  const length = merged ? tapColumns * channels : channels;
  const segmentsOfRow = merged ? 1 : tapColumns;
  const triplesOfSegment = (length + 2) / 3;
  const triples = tapRows * segmentsOfRow * triplesOfSegment;
  const tiles = depthwise ? (tapRows * tapColumns + 5) / 6 : (triples + 1) >> 1;
  const panelBytes = <usize>tiles * 192;

  const stagedColumns = (columns - 1) * stepW + (tapColumns - 1) * tapStepW + 1;
  const pixelBytes = <usize>(staged ? channels : pixel) << 2;
  const rowBytes = <usize>(staged ? stagedColumns : width) * pixelBytes;
  const step = <usize>stepW * pixelBytes;
  const sourceImageBytes = <usize>(height * width * pixel) << 2;
  const dyPixelBytes = <usize>(groups * filters) << 2;

  const offsets = scratch;
  const runs = offsets + <usize>(tiles * 24);
  const maximumRuns = imagesOfStrip * rowsOfStrip;
  const packed = (runs + (<usize>maximumRuns << 2) + 15) & ~15;
  const maximumPixels = maximumRuns * columns;
  const stage = packed + <usize>panelCount * (<usize>maximumPixels << 5);

  // Byte offsets from the pixel: of each tile's six taps, or of its two triples. The last is repeated to fill its tile.
  for (let i = 0; i < tiles * 6; i++) {
    const triple = min(i, triples - 1);
    const segment = triple / triplesOfSegment;
    const tap = min(i, tapRows * tapColumns - 1);
    const row = depthwise ? tap / tapColumns : segment / segmentsOfRow;
    const column = depthwise ? tap % tapColumns : segment % segmentsOfRow;
    const within = depthwise ? 0 : <usize>((triple % triplesOfSegment) * 12);
    const offset = <usize>(row * tapStepH) * rowBytes + <usize>(column * tapStepW) * pixelBytes + within;
    store<u32>(offsets + (<usize>i << 2), <u32>offset);
  }

  const panelIndex = (chunk * groups + group) * panelsOfGroup + firstPanel;
  const sums = partials + <usize>panelIndex * panelBytes;
  const biasSums = biasPartials + (<usize>panelIndex << 5);
  memory.fill(sums, 0, <usize>panelCount * panelBytes);
  memory.fill(biasSums, 0, <usize>panelCount << 5);

  const endStrip = min(strips, (chunk + 1) * stripsOfChunk);
  for (let strip = chunk * stripsOfChunk; strip < endStrip; strip++) {
    const firstImage = (strip / stripsOfImage) * imagesOfStrip;
    const imageCount = min(imagesOfStrip, images - firstImage);
    const firstRow = (strip % stripsOfImage) * rowsOfStrip;
    const rowCount = min(rowsOfStrip, rows - firstRow);
    const pixelCount = imageCount * rowCount * columns;
    const stagedRows = (rowCount - 1) * stepH + (tapRows - 1) * tapStepH + 1;
    const imageBytes = staged ? <usize>stagedRows * rowBytes : sourceImageBytes;

    const corner = x + <usize>firstImage * sourceImageBytes + (<usize>(group * channels) << 2);
    let base = stage;
    if (staged) {
      let end = stage;
      for (let n = 0; n < imageCount; n++) {
        end = stageImage(
          end, corner + <usize>n * sourceImageBytes, 0, height, width, pixel, channels,
          firstRow * stepH - top, stagedRows, -left, stagedColumns,
        );
      }
    } else {
      base = corner + <usize>(firstRow * stepH - top) * rowBytes - <usize>left * pixelBytes;
    }

    // A run is a row of pixels, or all of them where nothing lies between rows.
    const rowGap = <usize>stepH * rowBytes - <usize>columns * step;
    const imageGap = imageBytes - <usize>(rowCount * stepH) * rowBytes + rowGap;
    const joined = (rowCount == 1 || rowGap == 0) && (imageCount == 1 || imageGap == 0);
    const runLength = joined ? pixelCount : columns;
    const runCount = joined ? 1 : imageCount * rowCount;
    for (let run = 0; run < runCount; run++) {
      store<u32>(runs + (<usize>run << 2), <u32>(run % rowCount == rowCount - 1 ? imageGap : rowGap));
    }

    const firstPixel = <usize>((firstImage * rows + firstRow) * columns) * dyPixelBytes;
    for (let p = 0; p < panelCount; p++) {
      const offset = firstPixel + (<usize>(group * filters + ((firstPanel + p) << 3)) << 2);
      const target = packed + <usize>p * (<usize>pixelCount << 5);
      packPixels(dy + offset, mask ? mask + offset : 0, dyPixelBytes, pixelCount, target, biasSums + (<usize>p << 5));
    }

    for (let p = 0; p < panelCount; p++) {
      const dz = packed + <usize>p * (<usize>pixelCount << 5);
      let sum = sums + <usize>p * panelBytes;
      let offset = offsets;
      for (let tile = 0; tile < tiles; tile++, sum += 192) {
        if (depthwise) {
          const channel = base + (<usize>(firstPanel + p) << 5);
          depthwiseGradientTile(channel, offset, dz, sum, runs, runCount, runLength, step);
          offset += 24;
        } else {
          const first = base + load<u32>(offset);
          const second = base + load<u32>(offset, 4);
          outerProductTile(first, second, dz, sum, runs, runCount, runLength, step);
          offset += 8;
        }
      }
    }
  }
}
