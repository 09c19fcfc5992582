import { OptionError, checkCounts, describe } from '@striate/core';

/** @throws {OptionError} unless the shape is a list of whole numbers, [H, W, C] unless any length will do, and classes a count */
export function checkCommon(
  where: string,
  { inputShape, classes }: { inputShape: readonly number[]; classes: number },
  axes?: 'any',
): void {
  const isSize = (size: unknown): boolean => Number.isSafeInteger(size) && (size as number) >= 1;
  const fits = Array.isArray(inputShape) && inputShape.every(isSize);
  if (!fits || (axes === undefined && inputShape.length !== 3)) {
    throw new OptionError(
      `${where}: inputShape is ${describe(inputShape)}, but must be a list of ${axes === undefined ? 'three sizes, [H, W, C]' : 'sizes'}, such as [28, 28, 1].`,
    );
  }
  checkCounts(where, { classes });
}
