// A depthwise convolution with several filters a channel is one of an image that has every channel so many times.
import type { KernelBackend } from '../kernel.ts';
import { itemsOf, rowsPerItem } from './split.ts';

export interface ChannelCopies {
  pixels: number;
  channels: number;
  copies: number;
}

function run(backend: KernelBackend, name: string, x: number, y: number, how: ChannelCopies): void {
  const perItem = rowsPerItem(how.channels * how.copies);
  backend.run(name, [x, y, how.channels, how.copies, how.pixels, perItem], { items: itemsOf(how.pixels, perItem) });
}

/** Address of an image with every channel `copies` times: of x itself where that is once. */
export function withRepeatedChannels(backend: KernelBackend, x: number, how: ChannelCopies): number {
  if (how.copies === 1) return x;
  const y = backend.temporary(how.pixels * how.channels * how.copies * 4);
  run(backend, 'repeatChannels', x, y, how);
  return y;
}

/** Has `fill` write an image with every channel `copies` times, and writes to x the sums of each channel's copies. */
export function addingCopies(
  backend: KernelBackend,
  x: number,
  how: ChannelCopies,
  fill: (address: number) => void,
): void {
  if (how.copies === 1) {
    fill(x);
    return;
  }
  const y = backend.temporary(how.pixels * how.channels * how.copies * 4);
  fill(y);
  run(backend, 'addChannelCopies', x, y, how);
}
