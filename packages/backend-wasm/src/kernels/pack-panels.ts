import type { KernelBackend } from '../kernel.ts';

/** Where the weights of (group, tap row, tap column, channel, filter) lie; steps are in floats and may be negative. */
export interface Weights {
  /** Byte address of the weight of group 0, row 0, column 0, channel 0, filter 0. */
  address: number;
  /** Byte address of the biases, `steps.bias` from group to group. */
  bias?: number | undefined;
  groups: number;
  taps: readonly [number, number];
  /** Channels of a group. */
  channels: number;
  /** Filters of a group. */
  filters: number;
  steps: { group: number; row: number; column: number; channel: number; filter: number; bias: number };
}

/** Panels of eight filters: how many a group has. */
export const panelsOf = (filters: number): number => Math.ceil(filters / 8);

/** Bytes of a panel: eight biases and eight weights for each tap and channel. */
export const panelBytes = ([rows, columns]: readonly [number, number], channels: number): number =>
  (rows * columns * channels + 1) * 32;

/** Packs weights into panels as the assembly kernel `convolve` reads them, in temporary memory; returns the address. */
export function packPanels(
  backend: KernelBackend,
  { address, bias = 0, groups, taps, channels, filters, steps }: Weights,
): number {
  const bytes = panelBytes(taps, channels);
  const panels = groups * panelsOf(filters);
  const packed = backend.temporary(panels * bytes);
  const panelsOfItem = Math.ceil(400_000 / bytes);
  backend.run(
    'packPanels',
    [
      address,
      packed,
      bias,
      panelsOf(filters),
      filters,
      steps.group,
      taps[0],
      steps.row,
      taps[1],
      steps.column,
      channels,
      steps.channel,
      steps.filter,
      panels,
      panelsOfItem,
      steps.bias,
    ],
    { items: Math.ceil(panels / panelsOfItem) },
  );
  return packed;
}
