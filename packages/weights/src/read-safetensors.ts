import { checkText, arrayKind, DataError, describe, isRecord, OptionError, parseJson } from '@striate/core';
import {
  arrayOf,
  isTensorType,
  longestHeader,
  type StoredTensor,
  type TensorData,
  type TensorType,
} from './tensor-types.ts';

/** The contents of a safetensors file. */
export interface Safetensors {
  /** By name. */
  readonly tensors: Record<string, StoredTensor>;
  /** Text pairs from the header. */
  readonly metadata: Record<string, string>;
}

interface Entry {
  readonly name: string;
  readonly dtype: TensorType;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a safetensors file.
 *
 * Source: https://github.com/huggingface/safetensors, "Format".
 *
 * Time and memory grow with the file's length alone; a header of more than 16 MB is refused.
 *
 * @param bytes the whole file
 * @param source what errors call it, such as its path
 * @returns tensors with data of their own, and the metadata
 * @throws DataError if the file is cut or damaged: header no JSON, unknown element type, offsets that overlap, leave a
 * gap, lie outside or do not fit the shape, or a name that occurs twice
 * @throws OptionError if `bytes` is no Uint8Array
 * @example
 * ```ts
 * const { tensors } = readSafetensors(writeSafetensors({ bias: { shape: [2], dtype: 'F32', data: Float32Array.of(1, 2) } }), 'bias');
 * ```
 */
export function readSafetensors(bytes: Uint8Array, source = 'this file'): Safetensors {
  if (arrayKind(bytes) !== 'Uint8Array') {
    throw new OptionError(
      `readSafetensors: bytes is ${describe(bytes)}, but must be a Uint8Array of the whole file: await readFile(path).`,
    );
  }
  checkText('readSafetensors', 'source', source);
  const { text, dataStart } = readHeader(bytes, source);
  const header = parseHeader(text, source);
  const metadata = checkMetadata(header['__metadata__'], source);
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => checkEntry(name, value, source));
  checkLayout(entries, bytes.length - dataStart, source);
  const tensors = Object.fromEntries(
    entries.map(({ name, dtype, shape, start, end }) => [
      name,
      { shape, dtype, data: copyOf(dtype, bytes.subarray(dataStart + start, dataStart + end)) },
    ]),
  );
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array, source: string): { text: string; dataStart: number } {
  if (bytes.length < 8) throw damaged(source, `the file is cut: wanted at least 8 bytes, got ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true);
  if (length > longestHeader)
    throw damaged(source, `the header would have ${length} bytes, but at most ${longestHeader} are read`);
  const dataStart = 8 + Number(length);
  if (bytes.length < dataStart) {
    throw damaged(source, `the header is cut: wanted ${dataStart} bytes, got ${bytes.length}`);
  }
  try {
    return {
      text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, dataStart)),
      dataStart,
    };
  } catch {
    throw damaged(source, 'the header is not UTF-8');
  }
}

function parseHeader(text: string, source: string): Record<string, unknown> {
  if (!text.startsWith('{')) throw damaged(source, 'the header does not begin with {');
  const fail = (reason: string): DataError => damaged(source, reason.replace(/^it/, 'the header'));
  return parseJson(text, fail) as Record<string, unknown>;
}

function checkMetadata(value: unknown, source: string): Record<string, string> {
  const pairs = isRecord(value ?? {}) ? Object.entries(value ?? {}) : [['', undefined] as const];
  const wrong = pairs.find(([, text]) => typeof text !== 'string');
  if (wrong !== undefined) throw damaged(source, '__metadata__ is not an object of texts');
  return Object.fromEntries(pairs.map(([key, text]) => [key, String(text)]));
}

function checkEntry(name: string, value: unknown, source: string): Entry {
  if (!isRecord(value)) throw damaged(source, `tensor ${describe(name)} is not described by an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isTensorType(dtype)) {
    throw damaged(
      source,
      `tensor ${describe(name)} has the unknown dtype ${describe(dtype)}; known are ${Object.keys(arrayOf).join(', ')}`,
    );
  }
  if (!isCounts(shape)) throw damaged(source, `tensor ${describe(name)} has the impossible shape ${describe(shape)}`);
  if (!isCounts(offsets) || offsets.length !== 2) {
    throw damaged(source, `tensor ${describe(name)} has the impossible data_offsets ${describe(offsets)}`);
  }
  const [start = 0, end = 0] = offsets;
  const wanted = shape.reduce((product, size) => product * size, arrayOf[dtype].BYTES_PER_ELEMENT);
  if (end - start !== wanted) {
    throw damaged(
      source,
      `tensor ${describe(name)}, ${dtype} ${describe(shape)}, needs ${wanted} bytes, but its data_offsets [${start}, ${end}] give ${end - start}`,
    );
  }
  return { name, dtype, shape, start, end };
}

/** The tensors must fill the data from its first byte to its last, without overlap or gap. */
function checkLayout(entries: readonly Entry[], dataLength: number, source: string): void {
  let position = 0;
  for (const { name, start, end } of [...entries].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start < position)
      throw damaged(
        source,
        `tensor ${describe(name)} begins at byte ${start} of the data, inside another tensor that ends at ${position}`,
      );
    if (start > position)
      throw damaged(
        source,
        `bytes ${position} to ${start} of the data, before tensor ${describe(name)}, belong to no tensor`,
      );
    position = end;
  }
  if (position > dataLength) throw damaged(source, `the data is cut: wanted ${position} bytes, got ${dataLength}`);
  if (position < dataLength)
    throw damaged(source, `${dataLength - position} bytes after the last tensor belong to none`);
}

/** A copy (Node's Buffer.slice would be a view), because elements in the file need not lie where their array type could be laid over them. */
function copyOf(dtype: TensorType, bytes: Uint8Array): TensorData {
  return new arrayOf[dtype](new Uint8Array(bytes).buffer);
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function damaged(source: string, reason: string): DataError {
  return new DataError(`${source}: not a whole safetensors file: ${reason}.`);
}
