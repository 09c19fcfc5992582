import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { take, type Dataset, type TrainAndTest } from '@striate/data';

/** Writes the first images of a data set as the four IDX files of MNIST. */
export function writeIdx(folder: string, { train, test }: TrainAndTest, sizes: { train: number; test: number }): void {
  writePart(folder, 'train', take(train, sizes.train));
  writePart(folder, 't10k', take(test, sizes.test));
}

function writePart(folder: string, part: string, { length, inputShape, pixels, labels }: Dataset): void {
  const [height, width] = inputShape;
  writeFileSync(join(folder, `${part}-images-idx3-ubyte`), Buffer.concat([header(length, height, width), pixels!]));
  writeFileSync(join(folder, `${part}-labels-idx1-ubyte`), Buffer.concat([header(length), Uint8Array.from(labels)]));
}

/** Two zeros, 8 for bytes, the number of dimensions, and each of them as four bytes, largest first. */
function header(...dimensions: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * dimensions.length);
  bytes[2] = 8;
  bytes[3] = dimensions.length;
  dimensions.forEach((size, place) => bytes.writeUInt32BE(size, 4 + 4 * place));
  return bytes;
}
