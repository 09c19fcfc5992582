import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelBackend } from '../kernel.ts';
import { channelsPerItem, rowsAsOne } from './batch-norm.ts';
import { itemsOf, rowsPerItem } from './split.ts';

/** The sum of each column of float32 rows [rows, columns] at an address. */
export function columnSums(backend: KernelBackend, address: number, rows: number, columns: number): TensorInfo {
  const y = backend.output([columns]);
  const group = rowsAsOne(columns);
  const perItem = group * rowsPerItem(columns * group);
  const items = itemsOf(rows, perItem);
  const partials = backend.temporary(items * columns * 8);
  backend.run('columnSums', [address, partials, rows, columns, group, perItem], {
    items,
    scratchBytes: 4 * columns * group,
  });
  backend.run('columnSumsCombine', [partials, backend.address(y), columns, items], {
    items: itemsOf(columns, channelsPerItem),
  });
  return y;
}
