/** Mean of some numbers. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** `99.12%` */
export const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;
