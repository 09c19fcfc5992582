import { OptionError } from '@striate/core';
import { arrayOf, isTensorType, type StoredTensor } from './tensor-types.ts';

/**
 * Writes tensors as one safetensors file: the header's length (uint64, little-endian), the header (JSON, padded with
 * spaces to a multiple of 8 bytes), then the elements, little-endian. Tensors stand in the order of their element size,
 * largest first, and then of their names, so that equal tensors give equal bytes and every element is aligned.
 *
 * Source: https://github.com/huggingface/safetensors, "Format".
 *
 * @param tensors by name
 * @param metadata text pairs kept in the header
 * @throws OptionError if a tensor's data is not of its type, or does not fill its shape, or a name is reserved
 * @example
 * ```ts
 * const bytes = writeSafetensors({ bias: { shape: [2], dtype: 'F32', data: Float32Array.of(1, 2) } }, { format: 'striate' });
 * ```
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const entries = Object.entries(tensors);
  for (const [name, tensor] of entries) checkTensor(name, tensor);
  entries.sort(
    ([nameA, a], [nameB, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT || compareText(nameA, nameB),
  );
  const pairs = Object.entries(metadata).sort(([a], [b]) => compareText(a, b));
  const header: [string, unknown][] = pairs.length === 0 ? [] : [['__metadata__', Object.fromEntries(pairs)]];
  let end = 0;
  for (const [name, { dtype, shape, data }] of entries) {
    header.push([name, { dtype, shape, data_offsets: [end, (end += data.byteLength)] }]);
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(8 + headerLength + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(text, 8);
  file.fill(0x20, 8 + text.length, 8 + headerLength);
  let offset = 8 + headerLength;
  for (const [, { data }] of entries) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return file;
}

/** By code units, so that the order does not depend on the machine's language. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function checkTensor(name: string, { shape, dtype, data }: StoredTensor): void {
  if (name === '__metadata__') throw new OptionError('writeSafetensors: a tensor cannot be called __metadata__.');
  if (!isTensorType(dtype)) {
    throw new OptionError(
      `writeSafetensors: ${name} has dtype '${String(dtype)}', but must have one of ${Object.keys(arrayOf).join(', ')}.`,
    );
  }
  if (!(data instanceof arrayOf[dtype])) {
    throw new OptionError(
      `writeSafetensors: ${name} is ${dtype}, which needs a ${arrayOf[dtype].name}, but its data is a ${data.constructor.name}.`,
    );
  }
  const wanted = shape.reduce((product, size) => product * size, 1);
  if (!shape.every((size) => Number.isInteger(size) && size >= 0) || data.length !== wanted) {
    throw new OptionError(
      `writeSafetensors: ${name} has shape [${shape.join(', ')}], which needs ${wanted} elements, but its data has ${data.length}.`,
    );
  }
}
