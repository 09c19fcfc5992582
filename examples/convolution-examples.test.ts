// What the two examples of convolution show: the numbers of the signal, and the pixels of the pictures.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { expect, it } from 'vitest';

const local = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const run = async (file: string, ...args: string[]): Promise<string> => {
  const command = ['--conditions=@striate/source', local(file), ...args];
  return (await promisify(execFile)(process.execPath, command)).stdout;
};

it('a signal: the layer with the kernel reversed is the true convolution', async () => {
  const lines = (await run('convolution-of-a-signal.ts')).split('\n');
  const row = (begin: string): number[] =>
    lines
      .find((line) => line.trim().startsWith(begin))!
      .slice(40)
      .trim()
      .split(/\s+/)
      .map(Number);
  // By hand: [1] sets off 3 2 1, and three times 2 in a row 6 10 12 6 2.
  const truth = [0, 0, 3, 2, 1, 6, 10, 12, 6, 2, 0, 0];
  expect(row('true convolution')).toEqual(truth);
  expect(row('the layer with the kernel reversed')).toEqual(truth);
  expect(row('kernel * signal')).toEqual(truth);
  expect(row('the layer: cross-correlation')).toEqual([0, 0, 1, 2, 3, 2, 6, 12, 10, 6, 0, 0]);
  expect(row('the layer, signal and kernel swapped')).toEqual([0, 0, 6, 10, 12, 6, 2, 3, 2, 1, 0, 0]);
});

it('hand-set kernels: every kernel finds its own lines', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'striate-kernels-'));
  try {
    const size = 24;
    const lines: Record<string, (row: number, column: number) => boolean> = {
      'vertical lines': (_row, column) => column === 12,
      'horizontal lines': (row) => row === 12,
      'diagonal down': (row, column) => row === column,
      'diagonal up': (row, column) => row + column === size - 1,
    };
    for (const [own, isWhite] of Object.entries(lines)) {
      const pixels = Uint8Array.from({ length: size * size }, (_, pixel) =>
        isWhite(Math.floor(pixel / size), pixel % size) ? 255 : 0,
      );
      const picture = join(folder, 'picture.png');
      await sharp(pixels, { raw: { width: size, height: size, channels: 1 } })
        .png()
        .toFile(picture);
      const output = await run('hand-set-kernels.ts', picture, folder);
      const response = (name: string): number =>
        Number(new RegExp(`^${name} +mean response ([\\d.]+)`, 'm').exec(output)![1]);
      const others = Object.keys(lines).filter((name) => name !== own);
      for (const other of others) expect(response(own), `${own} against ${other}`).toBeGreaterThan(response(other));

      const file = join(folder, `${own.replaceAll(' ', '-')}.png`);
      const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
      expect([info.width, info.height]).toEqual([size, size]);
      // A pixel of the line sees six times white; one far from it sees nothing.
      const [on, off] = [12, 3].map((row) =>
        Array.from({ length: size }, (_, column) => column)
          .filter((column) => isWhite(row, column) === (row === 12))
          .map((column) => data[(row * size + column) * info.channels]!),
      );
      expect(Math.max(...on!)).toBe(255);
      expect(Math.min(...off!)).toBe(0);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
