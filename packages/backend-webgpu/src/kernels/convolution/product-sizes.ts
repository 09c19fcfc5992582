/** Sizes of products of matrices. */
export interface ProductSizes {
  rows: number;
  columns: number;
  /** Terms of every sum. */
  inner: number;
  /** Products that lie side by side. */
  batches: number;
}

/** Terms of a sum, and multiplications of a whole product, up to which tiles do not pay. */
const [mostTerms, mostWork] = [256, 2 ** 18];

/** Whether a product is so small that tiles would be empty for the most part: then arrays are bound by elements. */
export function isSmall({ rows, columns, inner, batches }: ProductSizes): boolean {
  return inner <= mostTerms && rows * columns * batches * inner <= mostWork;
}
