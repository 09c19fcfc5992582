import { OptionError } from '@striate/core';

/** The last two axes of a kernel, inputs and outputs, and those before them, its window. @throws {OptionError} for a bias */
export function kernelAxes(type: string, shape: readonly number[]): [number, number, readonly number[]] {
  if (shape.length >= 2) return [shape.at(-2)!, shape.at(-1)!, shape.slice(0, -2)];
  throw new OptionError(
    `${type}: the parameter is of shape [${shape.join(', ')}], but this initialiser is for kernels, with at least 2 axes. Use zeros or constant for a bias.`,
  );
}
