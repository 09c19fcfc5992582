/** Mean of some numbers. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** `99.12%` */
export const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

/** Reads '1,2,3', as an option of the command line. */
export function wholeNumbers(option: string, text: string): number[] {
  const numbers = text.split(',').map(Number);
  if (text.trim() !== '' && numbers.every((number) => Number.isSafeInteger(number) && number >= 0)) return numbers;
  throw new Error(`--${option} is '${text}', but must be whole numbers from 0 on, such as 1 or 1,2,3.`);
}
