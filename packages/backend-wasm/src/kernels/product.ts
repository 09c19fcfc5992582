/** target[i] = act(op(a[i]) op(b[i]) + bias) for each matrix of a batch. Addresses in bytes. */
export interface Product {
  a: number;
  b: number;
  /** One bias a column, the same for all matrices. */
  bias?: number | undefined;
  target: number;
  /** How many matrices a and b hold: the same number, or 1. */
  batch: { a: number; b: number };
  /** Rows of op(a). */
  rows: number;
  /** Columns of op(a) and rows of op(b). */
  depth: number;
  /** Columns of op(b). */
  columns: number;
  transposeA: boolean;
  transposeB: boolean;
  relu: boolean;
}
