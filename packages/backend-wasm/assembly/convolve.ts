import { depthwiseTile } from './depthwise-tile';
import { productTile } from './product-tile';
import { intArgument, pointerArgument } from './simd';
import { stageImage } from './stage';
import { copyBuffer, writeBufferPlaces, writePlaces } from './tile-places';

/**
 * One strip (some rows of an image, or some whole images) of a correlation with packed panels:
 * target(row, column)[filter] = bias + sum over taps and channels of
 * source(row * stepH + tapRow * tapStepH - top, column * stepW + tapColumn * tapStepW - left)[channel] * weight.
 * A matrix product is the case of one tap and one column. Depthwise, each filter sees only the channel of its number.
 * args: see convolveArguments in src/kernels/convolve.ts.
 */
export function convolve(args: usize, item: i32, scratch: usize): void {
  const source = pointerArgument(args, 0);
  const mask = pointerArgument(args, 1);
  const panels = pointerArgument(args, 2);
  const target = pointerArgument(args, 3);
  const images = intArgument(args, 4);
  const height = intArgument(args, 5);
  const width = intArgument(args, 6);
  const pixel = intArgument(args, 7);
  const top = intArgument(args, 8);
  const left = intArgument(args, 9);
  const rows = intArgument(args, 10);
  const columns = intArgument(args, 11);
  const stepH = intArgument(args, 12);
  const stepW = intArgument(args, 13);
  const tapRows = intArgument(args, 14);
  const tapColumns = intArgument(args, 15);
  const tapStepH = intArgument(args, 16);
  const tapStepW = intArgument(args, 17);
  const groups = intArgument(args, 18);
  const channels = intArgument(args, 19);
  const filters = intArgument(args, 20);
  const sourceImageBytes = pointerArgument(args, 21);
  const targetImageBytes = pointerArgument(args, 22);
  const targetRowBytes = pointerArgument(args, 23);
  const targetPixelBytes = pointerArgument(args, 24);
  const panelsImageBytes = pointerArgument(args, 25);
  const relu = intArgument(args, 26);
  const staged = intArgument(args, 27);
  const imagesOfStrip = intArgument(args, 28);
  const rowsOfStrip = intArgument(args, 29);
  const panelsOfBlock = intArgument(args, 30);
  const depthwise = intArgument(args, 31);

  const panelsOfGroup = (filters + 7) >> 3;
  const blocks = (panelsOfGroup + panelsOfBlock - 1) / panelsOfBlock;
  const firstPanel = (item % blocks) * panelsOfBlock;
  const group = (item / blocks) % groups;
  const strip = item / blocks / groups;
  const stripsOfImage = (rows + rowsOfStrip - 1) / rowsOfStrip;
  const firstImage = (strip / stripsOfImage) * imagesOfStrip;
  const imageCount = min(imagesOfStrip, images - firstImage);
  const firstRow = (strip % stripsOfImage) * rowsOfStrip;
  const rowCount = min(rowsOfStrip, rows - firstRow);

  // Floats that a pixel's taps take from neighbouring places of the image are one run; depthwise, each tap is one.
  const merged = !depthwise && tapStepW == 1 && (staged || pixel == channels);
  const length = merged ? tapColumns * channels : channels;
  const runsOfRow = merged ? 1 : tapColumns;
  const runCount = tapRows * runsOfRow;
  const pixelCount = imageCount * rowCount * columns;
  const tiles = (pixelCount + 5) / 6;
  const buffer = scratch + 48;
  const runs = scratch + 256;
  const places = (runs + (<usize>runCount << 2) + 15) & ~15;
  const stage = places + <usize>(tiles * 48);

  // Where the strip lies: copied with its edges, or in the source itself.
  const stagedColumns = (columns - 1) * stepW + (tapColumns - 1) * tapStepW + 1;
  const stagedRows = (rowCount - 1) * stepH + (tapRows - 1) * tapStepH + 1;
  const pixelBytes = <usize>(staged ? channels : pixel) << 2;
  const rowBytes = <usize>(staged ? stagedColumns : width) * pixelBytes;
  const imageBytes = staged ? <usize>stagedRows * rowBytes : sourceImageBytes;
  const corner = source + <usize>firstImage * sourceImageBytes + (<usize>(group * channels) << 2);
  let base = stage;
  if (staged) {
    let end = stage;
    for (let n = 0; n < imageCount; n++) {
      const image = corner + <usize>n * sourceImageBytes;
      end = stageImage(
        end, image, mask ? image - source + mask : 0, height, width, pixel, channels,
        firstRow * stepH - top, stagedRows, -left, stagedColumns,
      );
    }
  } else {
    base = corner + <usize>(firstRow * stepH - top) * rowBytes - <usize>left * pixelBytes;
  }

  for (let run = 0; run < runCount; run++) {
    const last = run % runsOfRow == runsOfRow - 1;
    const step = last
      ? <usize>tapStepH * rowBytes - <usize>((runsOfRow - 1) * tapStepW) * pixelBytes
      : <usize>tapStepW * pixelBytes;
    store<u32>(runs + (<usize>run << 2), <u32>(depthwise ? step : step - (<usize>length << 2)));
  }

  const partial = writePlaces(
    places, imageCount, rowCount, columns, imageBytes, <usize>stepH * rowBytes, <usize>stepW * pixelBytes,
    targetImageBytes, targetRowBytes, targetPixelBytes,
  );
  const full = pixelCount / 6;

  const targetBase =
    target + <usize>firstImage * targetImageBytes + <usize>firstRow * targetRowBytes + (<usize>(group * filters) << 2);
  const panelBytes = <usize>(tapRows * tapColumns * (depthwise ? 1 : channels) + 1) << 5;
  const panelBase = panels + <usize>firstImage * panelsImageBytes + <usize>(group * panelsOfGroup) * panelBytes;
  const endPanel = min(panelsOfGroup, firstPanel + panelsOfBlock);
  for (let p = firstPanel; p < endPanel; p++) {
    const panel = panelBase + <usize>p * panelBytes;
    const out = targetBase + (<usize>p << 5);
    const count = min(8, filters - (p << 3));
    let place = places;
    for (let tile = 0; tile < tiles; tile++, place += 48) {
      // A tile with less than six pixels or eight filters goes to a buffer, of which its real part is copied.
      const whole = count == 8 && tile < full;
      if (!whole) writeBufferPlaces(scratch, place, buffer, out);
      const used = whole ? place : scratch;
      if (depthwise) depthwiseTile(base + (<usize>p << 5), out, used, panel, runs, runCount, relu);
      else productTile(base, out, used, panel, runs, runCount, length, relu);
      if (!whole) copyBuffer(buffer, place, out, tile < full ? 6 : partial, count);
    }
  }
}
