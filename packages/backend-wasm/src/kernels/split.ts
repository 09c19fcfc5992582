/** Elements of an item of element-wise work: some 20 microseconds. */
export const elementsPerItem = 32_768;

/** Items of at most `size` each that make up `length`. */
export function itemsOf(length: number, size: number): number {
  return Math.ceil(length / size);
}

/** How many rows of `width` elements make an item. */
export function rowsPerItem(width: number, elements: number = elementsPerItem): number {
  return Math.max(1, Math.floor(elements / Math.max(1, width)));
}
