import { randomNormal, sizeOf, type Kind, type KindRecord, type RandomKey } from '@striate/core';
import { initializerKind, keyOf } from '../initializer-kind.ts';
import { gain, type GainOption } from './gain.ts';
import { kernelAxes } from './kernel-axes.ts';
import { orthogonalMatrix } from './orthogonal-matrix.ts';

/**
 * `gain` times an orthogonal matrix, each with the same chance; all axes of a kernel but the last are its rows. Where they
 * are not as many as the columns, the shorter of both are orthonormal (Saxe, McClelland, Ganguli 2013, "Exact solutions
 * to the nonlinear dynamics of learning in deep linear neural networks"). It takes time with the cube of the size: seconds
 * for 1024 x 1024, minutes for 4096 x 4096.
 *
 * @throws {OptionError} for an unknown option, or an impossible value; for parameters that are no kernels
 * @example
 * dense({ units: 64, activation: 'relu', kernelInitializer: orthogonal({ gain: Math.SQRT2 }) });
 */
export const orthogonal: Kind<GainOption, KindRecord> = initializerKind({
  type: 'orthogonal',
  doc: 'An orthogonal matrix, each with the same chance.',
  options: { gain },
  make:
    ({ gain }) =>
    (shape, random) =>
      orthogonalKernel(shape, keyOf(random), gain),
});

/** Keras' flattening: all axes but the last are one. */
function orthogonalKernel(shape: readonly number[], key: RandomKey, gain: number): Float32Array {
  const [inputs, columns, window] = kernelAxes('orthogonal', shape);
  const rows = inputs * sizeOf(window);
  const [long, short] = [Math.max(rows, columns), Math.min(rows, columns)];
  const q = orthogonalMatrix(randomNormal(key, long * short), long, short);
  const isTall = rows >= columns;
  const values = new Float32Array(rows * columns);
  for (let row = 0, place = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, place++)
      values[place] = gain * q[isTall ? place : column * short + row]!;
  return values;
}
