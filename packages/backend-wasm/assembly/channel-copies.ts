import { intArgument, pointerArgument } from './simd';

/** Some pixels of y, in which every channel of x stands `copies` times. args: x, y, channels, copies, pixels, pixels of an item */
export function repeatChannels(args: usize, item: i32, scratch: usize): void {
  const channels = intArgument(args, 2);
  const copies = intArgument(args, 3);
  const first = item * intArgument(args, 5);
  const count = min(intArgument(args, 4), first + intArgument(args, 5)) - first;
  let x = pointerArgument(args, 0) + (<usize>(first * channels) << 2);
  let y = pointerArgument(args, 1) + (<usize>(first * channels * copies) << 2);
  for (const end = x + (<usize>(count * channels) << 2); x != end; x += 4) {
    const value = f32.load(x);
    for (let copy = 0; copy < copies; copy++, y += 4) f32.store(y, value);
  }
}

/** Some pixels of x, of which every channel is the sum of `copies` neighbours of y. args: as of repeatChannels */
export function addChannelCopies(args: usize, item: i32, scratch: usize): void {
  const channels = intArgument(args, 2);
  const copies = intArgument(args, 3);
  const first = item * intArgument(args, 5);
  const count = min(intArgument(args, 4), first + intArgument(args, 5)) - first;
  let x = pointerArgument(args, 0) + (<usize>(first * channels) << 2);
  let y = pointerArgument(args, 1) + (<usize>(first * channels * copies) << 2);
  for (const end = x + (<usize>(count * channels) << 2); x != end; x += 4) {
    let sum: f32 = 0;
    for (let copy = 0; copy < copies; copy++, y += 4) sum += f32.load(y);
    f32.store(x, sum);
  }
}
