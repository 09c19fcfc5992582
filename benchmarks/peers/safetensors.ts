import { readFileSync, writeFileSync } from 'node:fs';

/** One tensor of a start file: the values of an array in row-major order. */
export interface FileTensor {
  readonly shape: number[];
  readonly values: Float32Array | Int32Array;
}

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** Reads a safetensors file of F32 and I32 tensors. Peers need nothing of ours but this. */
export function readSafetensors(path: string): Map<string, FileTensor> {
  const bytes = readFileSync(path);
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength)) as Record<string, Entry>;
  const tensors = new Map<string, FileTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const [from, to] = entry.data_offsets;
    // A copy: a view into the file's buffer need not be aligned to 4 bytes.
    const data = new Uint8Array(bytes.subarray(8 + headerLength + from, 8 + headerLength + to));
    const values = entry.dtype === 'I32' ? new Int32Array(data.buffer) : new Float32Array(data.buffer);
    tensors.set(name, { shape: entry.shape, values });
  }
  return tensors;
}

/** Writes tensors as a safetensors file. */
export function writeSafetensors(path: string, tensors: ReadonlyMap<string, FileTensor>): void {
  const header: Record<string, Entry> = {};
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    const dtype = values instanceof Int32Array ? 'I32' : 'F32';
    header[name] = { dtype, shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const text = JSON.stringify(header);
  const headerBytes = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(headerBytes.length));
  const data = [...tensors.values()].map(
    ({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  );
  writeFileSync(path, Buffer.concat([length, headerBytes, ...data]));
}
