import { randomBits, streams } from '@striate/core';
import { arrayDataset, type ArrayDataset } from '@striate/data';

/** Small grey images of noise with one bright quarter, which is the class. */
export function blobs({ length, seed }: { length: number; seed: number }): ArrayDataset {
  const size = 6;
  const noise = randomBits({ seed, stream: streams.noise, call: 0, step: 0 }, { length: length * size * size });
  const labels = Int32Array.from({ length }, (_, index) => (index * 7 + seed) % 4);
  const pixels = Uint8Array.from(noise, (bits, place) => {
    const [row, column] = [Math.floor(place / size) % size, place % size];
    const quarter = (row < size / 2 ? 0 : 2) + (column < size / 2 ? 0 : 1);
    return (bits >>> 25) + (quarter === labels[Math.floor(place / (size * size))] ? 120 : 0);
  });
  return arrayDataset({ name: 'blobs', pixels, labels, inputShape: [size, size, 1], classNames: ['a', 'b', 'c', 'd'] });
}
