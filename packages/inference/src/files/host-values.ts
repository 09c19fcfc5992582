import { DataError, NumericError, checkShapes, tensor, type Shapes, type Values } from '@striate/core';
import type { StoredTensor } from '@striate/weights';
import { longestFileOfAll } from './checksums.ts';

/** Reads tensors back to the host, for a file. The tensors are left alone. */
export async function toHost(values: Values): Promise<Record<string, StoredTensor>> {
  const entries = Object.entries(values).map(async ([name, value]): Promise<[string, StoredTensor]> => [
    name,
    { shape: value.shape, dtype: 'F32', data: await value.data<'float32'>() },
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

/** Puts the stored float32 tensors of these names on the device, in this order; they belong to the caller. */
export function toTensors(stored: Readonly<Record<string, StoredTensor>>, names: readonly string[]): Values {
  return Object.fromEntries(
    names.map((name) => [name, tensor(stored[name]!.data as Float32Array, [...stored[name]!.shape], 'float32')]),
  );
}

/**
 * Checks that stored tensors are those wanted: names, shapes, float32, finite.
 *
 * @throws {DataError} naming the first difference, or the first tensor that holds NaN or an infinity
 */
export function checkStored(where: string, found: Readonly<Record<string, StoredTensor>>, wanted: Shapes): void {
  checkShapes(where, found, wanted);
  for (const [name, { dtype }] of Object.entries(found)) {
    if (dtype === 'F32') continue;
    throw new DataError(
      `${where}: '${name}' is of ${dtype}, but weights are F32 (float32). Convert it, or take another file.`,
    );
  }
  const broken = findNonFinite(found);
  if (broken) throw new DataError(`${where}: '${broken.name}' holds ${broken.value}. Take an older or another copy.`);
}

/** Bytes that a safetensors file of such tensors can have, at most. */
export function longestFile(wanted: Shapes): number {
  const header = 16_000_000;
  const values = Object.values(wanted).reduce(
    (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 4),
    0,
  );
  return Math.min(8 + header + values, longestFileOfAll);
}

/** @throws {NumericError} naming the first tensor that holds NaN or an infinity */
export function checkFinite(where: string, stored: Readonly<Record<string, StoredTensor>>): void {
  const found = findNonFinite(stored);
  if (found) throw new NumericError(`${where}: '${found.name}' holds ${found.value}.`);
}

function findNonFinite(stored: Readonly<Record<string, StoredTensor>>): { name: string; value: number } | undefined {
  for (const [name, { data }] of Object.entries(stored)) {
    const values = data as Float32Array;
    for (let place = 0; place < values.length; place++) {
      const value = values[place]!;
      if (value - value !== 0) return { name, value };
    }
  }
  return undefined;
}
