import { arrayKind, checkOptions, describe, isRecord, OptionError } from '@striate/core';
import { arrayOf, isTensorType, longestHeader, type StoredTensor } from './tensor-types.ts';

/**
 * Writes tensors as one safetensors file: the header's length (uint64, little-endian), the header (JSON, padded with
 * spaces to a multiple of 8 bytes), then the elements, little-endian. Tensors stand in the order of their element size,
 * largest first, and then of their names, so that equal tensors give equal bytes and every element is aligned.
 *
 * Source: https://github.com/huggingface/safetensors, "Format".
 *
 * @param tensors by name
 * @param metadata text pairs kept in the header
 * @throws OptionError if a tensor's data is not of its type, or does not fill its shape, a name is reserved, or
 * names and metadata take more than 16 MB
 * @example
 * ```ts
 * const bytes = writeSafetensors({ bias: { shape: [2], dtype: 'F32', data: Float32Array.of(1, 2) } }, { format: 'striate' });
 * ```
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  if (!isRecord(tensors)) {
    throw new OptionError(
      `writeSafetensors: tensors is ${describe(tensors)}, but must be a record: { bias: { shape: [2], dtype: 'F32', data } }.`,
    );
  }
  checkMetadata(metadata);
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
  if (headerLength > longestHeader) {
    throw new OptionError(
      `writeSafetensors: names and metadata make a header of ${headerLength} bytes, but at most ${longestHeader} are read again. Shorten them.`,
    );
  }
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

function checkMetadata(metadata: unknown): void {
  if (isRecord(metadata) && Object.values(metadata).every((text) => typeof text === 'string')) return;
  throw new OptionError(
    `writeSafetensors: metadata is ${describe(metadata)}, but must be a record of texts: { format: 'striate' }.`,
  );
}

function checkTensor(name: string, tensor: StoredTensor): void {
  if (name === '__metadata__') throw new OptionError('writeSafetensors: a tensor cannot be called __metadata__.');
  if (!isRecord(tensor)) {
    throw new OptionError(
      `writeSafetensors: ${name} is ${describe(tensor)}, but must be { shape, dtype, data }; a tensor's data is await tensor.data().`,
    );
  }
  const known = { shape: true, dtype: true, data: true } as const;
  checkOptions<StoredTensor>(`writeSafetensors: ${name}`, tensor, known);
  const { shape, dtype, data } = tensor;
  if (!isTensorType(dtype)) {
    throw new OptionError(
      `writeSafetensors: ${name} has dtype ${describe(dtype)}, but must have one of ${Object.keys(arrayOf).join(', ')}.`,
    );
  }
  if (arrayKind(data) !== arrayOf[dtype].name) {
    throw new OptionError(
      `writeSafetensors: ${name} is ${dtype}, which needs a ${arrayOf[dtype].name}, but its data is ${describe(data)}.`,
    );
  }
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new OptionError(
      `writeSafetensors: ${name} has shape ${describe(shape)}, but it must be a list of whole numbers of at least 0.`,
    );
  }
  const wanted = shape.reduce((product, size) => product * size, 1);
  if (data.length !== wanted) {
    throw new OptionError(
      `writeSafetensors: ${name} has shape ${describe(shape)}, which needs ${wanted} elements, but its data has ${data.length}.`,
    );
  }
}
