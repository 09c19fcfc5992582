// Kernels set by hand on a photograph: what the first layer of a network might learn.
// Run it in the workspace: node --conditions=@striate/source examples/hand-set-kernels.ts [picture] [folder]
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wasm } from '@striate/backend-wasm';
import { tensor, use } from '@striate/core';
import { conv2d, forward, input, sequential } from '@striate/layers';
import sharp from 'sharp';

const [picture = fileURLToPath(new URL('pictures/camera.jpg', import.meta.url)), folder = 'runs/hand-set-kernels'] =
  process.argv.slice(2);

// The three rows of each kernel. A sum of 0 means: no response where the picture is even.
const kernels: Record<string, number[]> = {
  'vertical lines': [-1, 2, -1, /**/ -1, 2, -1, /**/ -1, 2, -1],
  'horizontal lines': [-1, -1, -1, /**/ 2, 2, 2, /**/ -1, -1, -1],
  'diagonal down': [2, -1, -1, /**/ -1, 2, -1, /**/ -1, -1, 2],
  'diagonal up': [-1, -1, 2, /**/ -1, 2, -1, /**/ 2, -1, -1],
  'brighter to the right': [-1, 0, 1, /**/ -2, 0, 2, /**/ -1, 0, 1],
  'all edges': [-1, -1, -1, /**/ -1, 8, -1, /**/ -1, -1, -1],
  blur: new Array<number>(9).fill(1 / 9),
  sharper: [0, -1, 0, /**/ -1, 5, -1, /**/ 0, -1, 0],
};

await use(wasm());
const names = Object.keys(kernels);
const { data, info } = await sharp(picture).grayscale().raw().toBuffer({ resolveWithObject: true });
const [height, width] = [info.height, info.width];
const pixels = Float32Array.from(data, (value) => value / 255);

// One filter for each kernel: [kernel rows, kernel columns, input channels, filters].
const convolution = conv2d({
  filters: names.length,
  kernelSize: 3,
  padding: 'same',
  paddingMode: 'reflect', // zeros would draw a frame of edges
  useBias: false,
});
const model = sequential([input([height, width, 1]), convolution]);
const weights = Array.from({ length: 9 }, (_, place) => names.map((name) => kernels[name]![place]!)).flat();
const { outputs } = forward(model, {
  parameters: { 'conv2d/kernel': tensor(weights, [3, 3, 1, names.length]) },
  state: {},
  inputs: [tensor(pixels, [1, height, width, 1])],
});
const values = await outputs[0]!.data();

await mkdir(folder, { recursive: true });
for (const [filter, name] of names.entries()) {
  const response = Float32Array.from({ length: height * width }, (_, pixel) => values[pixel * names.length + filter]!);
  // Below 0 the kernel's opposite was found: ReLU would show black there.
  const grey = Uint8ClampedArray.from(response, (value) => 255 * value);
  const file = join(folder, `${name.replaceAll(' ', '-')}.png`);
  await sharp(grey, { raw: { width, height, channels: 1 } })
    .png()
    .toFile(file);
  const found = response.reduce((sum, value) => sum + Math.max(0, value), 0) / response.length;
  console.log(`${name.padEnd(22)} mean response ${found.toFixed(4)}  ${file}`);
}
