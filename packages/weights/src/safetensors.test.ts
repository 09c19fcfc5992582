import { runInNewContext } from 'node:vm';
import { DataError } from '@striate/core';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from './read-safetensors.ts';
import type { StoredTensor } from './tensor-types.ts';
import { writeSafetensors } from './write-safetensors.ts';

// Written by the Python package safetensors 0.8.0.
const reference = Uint8Array.from(
  atob(
    'yAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJub3RlIjoiXCLDpFwiIiwiZm9ybWF0IjoibnAifSwiYmlnIjp7ImR0eXBlIjoiSTY0Iiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbMCwxNl19LCJzY2FsYXIiOnsiZHR5cGUiOiJGNjQiLCJzaGFwZSI6W10sImRhdGFfb2Zmc2V0cyI6WzE2LDI0XX0sImJpYXMiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzNdLCJkYXRhX29mZnNldHMiOlsyNCwzNl19LCJub25lIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlswLDNdLCJkYXRhX29mZnNldHMiOlszNiwzNl19LCJpZHMiOnsiZHR5cGUiOiJJMzIiLCJzaGFwZSI6WzIsMl0sImRhdGFfb2Zmc2V0cyI6WzM2LDUyXX0sImhhbGYiOnsiZHR5cGUiOiJGMTYiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNldHMiOls1Miw1Nl19LCJtYXNrIjp7ImR0eXBlIjoiVTgiLCJzaGFwZSI6WzNdLCJkYXRhX29mZnNldHMiOls1Niw1OV19fSAAAAAAAAAA8AUAAAAAAAAAAAAAAAAABEAAAMA/AAAAwKabRDsBAAAA/v///wMAAAD///9/ADwAOAD/Bw==',
  ),
  (character) => character.charCodeAt(0),
);

const tensors: Record<string, StoredTensor> = {
  'conv2d_1/kernel': { shape: [2, 3], dtype: 'F32', data: Float32Array.of(1, -2, 3, 0.1, Number.NaN, -0) },
  labels: { shape: [3], dtype: 'U8', data: Uint8Array.of(7, 8, 9) },
  'ö "name"\\': { shape: [2], dtype: 'I32', data: Int32Array.of(-5, 2 ** 31 - 1) },
  step: { shape: [], dtype: 'I64', data: BigInt64Array.of(-(2n ** 60n)) },
  empty: { shape: [0, 4], dtype: 'F32', data: new Float32Array() },
  half: { shape: [1], dtype: 'BF16', data: Uint16Array.of(0x3f80) },
};

test('what is written is read back', () => {
  const { tensors: read, metadata } = readSafetensors(
    writeSafetensors(tensors, { format: 'striate', note: 'ä{"' }),
    'file',
  );
  expect(read).toEqual(tensors);
  expect(metadata).toEqual({ format: 'striate', note: 'ä{"' });
  expect(readSafetensors(writeSafetensors({}), 'file')).toEqual({ tensors: {}, metadata: {} });
});

test('a file of the Python package is read', () => {
  expect(readSafetensors(reference, 'reference')).toEqual({
    metadata: { format: 'np', note: '"ä"' },
    tensors: {
      bias: { shape: [3], dtype: 'F32', data: Float32Array.of(1.5, -2, 3e-3) },
      ids: { shape: [2, 2], dtype: 'I32', data: Int32Array.of(1, -2, 3, 2 ** 31 - 1) },
      mask: { shape: [3], dtype: 'U8', data: Uint8Array.of(0, 255, 7) },
      big: { shape: [2], dtype: 'I64', data: BigInt64Array.of(-(2n ** 60n), 5n) },
      scalar: { shape: [], dtype: 'F64', data: Float64Array.of(2.5) },
      half: { shape: [2], dtype: 'F16', data: Uint16Array.of(0x3c00, 0x3800) },
      none: { shape: [0, 3], dtype: 'F32', data: new Float32Array() },
    },
  });
});

test('equal tensors give equal bytes, in whatever order they come, and every element is aligned', () => {
  const file = writeSafetensors(tensors, { b: '1', a: '2' });
  expect(writeSafetensors(Object.fromEntries(Object.entries(tensors).toReversed()), { a: '2', b: '1' })).toEqual(file);
  const headerLength = new DataView(file.buffer).getUint32(0, true);
  expect(headerLength % 8).toBe(0);
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + headerLength)));
  expect(header['__metadata__']).toEqual({ a: '2', b: '1' });
  for (const [name, { data }] of Object.entries(tensors)) {
    expect(header[name].data_offsets[0] % data.BYTES_PER_ELEMENT, name).toBe(0);
  }
});

test('a file is read wherever it lies in its buffer, and what is read is a copy', () => {
  const file = writeSafetensors(tensors);
  const shifted = new Uint8Array(file.length + 3);
  shifted.set(file, 3);
  const read = readSafetensors(shifted.subarray(3), 'file').tensors;
  shifted.fill(0);
  expect(read).toEqual(tensors);
});

test('a view into a larger array is written as it is', () => {
  const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
  const read = readSafetensors(writeSafetensors({ view: { shape: [2], dtype: 'F32', data } }), 'file');
  expect([...read.tensors['view']!.data]).toEqual([1, 2]);
});

describe('damaged files are refused', () => {
  /** A file with this header and so many bytes of data. */
  function file(header: unknown, dataLength: number): Uint8Array {
    const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
    const bytes = new Uint8Array(8 + text.length + dataLength);
    new DataView(bytes.buffer).setUint32(0, text.length, true);
    bytes.set(text, 8);
    return bytes;
  }
  const read =
    (header: unknown, dataLength = 8) =>
    (): unknown =>
      readSafetensors(file(header, dataLength), 'model');
  const f32 = (start: number, end: number, shape: unknown = [(end - start) / 4]): object => ({
    dtype: 'F32',
    shape,
    data_offsets: [start, end],
  });

  test('a cut or foreign header', () => {
    expect(() => readSafetensors(Uint8Array.of(1, 2), 'model')).toThrowErrorMatchingInlineSnapshot(
      `[DataError: model: not a whole safetensors file: the file is cut: wanted at least 8 bytes, got 2.]`,
    );
    expect(() => readSafetensors(new Uint8Array(16).fill(255), 'model')).toThrowErrorMatchingInlineSnapshot(
      `[DataError: model: not a whole safetensors file: the header would have 18446744073709551615 bytes, but at most 16000000 are read.]`,
    );
    expect(() =>
      readSafetensors(file({ a: f32(0, 8) }, 8).subarray(0, 30), 'model'),
    ).toThrowErrorMatchingInlineSnapshot(
      `[DataError: model: not a whole safetensors file: the header is cut: wanted 62 bytes, got 30.]`,
    );
    expect(read('{"a": ')).toThrowErrorMatchingInlineSnapshot(
      `[DataError: model: not a whole safetensors file: the header is not JSON (Unexpected end of JSON input).]`,
    );
    expect(read('[1]')).toThrowErrorMatchingInlineSnapshot(
      `[DataError: model: not a whole safetensors file: the header does not begin with {.]`,
    );
    expect(() => readSafetensors(file('{"\u00e4":1}', 0).with(10, 0xff), 'model')).toThrowErrorMatchingInlineSnapshot(
      `[DataError: model: not a whole safetensors file: the header is not UTF-8.]`,
    );
    expect(
      read('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\\u0061":{}}'),
    ).toThrowErrorMatchingInlineSnapshot(`[DataError: model: not a whole safetensors file: the header has 'a' twice.]`);
    expect(read({ __metadata__: { a: 1 } }, 0)).toThrowErrorMatchingInlineSnapshot(
      `[DataError: model: not a whole safetensors file: __metadata__ is not an object of texts.]`,
    );
    expect(read({ __metadata__: ['a'] }, 0)).toThrowErrorMatchingInlineSnapshot(
      `[DataError: model: not a whole safetensors file: __metadata__ is not an object of texts.]`,
    );
  });

  test('an impossible tensor', () => {
    expect(read({ a: 5 })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: model: not a whole safetensors file: tensor "a" is not described by an object.]`,
    );
    expect(read({ a: { ...f32(0, 8), dtype: 'F31' } })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: model: not a whole safetensors file: tensor "a" has the unknown dtype "F31"; known are F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL.]`,
    );
    expect(read({ a: { ...f32(0, 8), dtype: 'toString' } })).toThrow(DataError);
    expect(read({ a: f32(0, 8, [-2]) })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: model: not a whole safetensors file: tensor "a" has the impossible shape [-2].]`,
    );
    expect(read({ a: f32(0, 8, 2) })).toThrow(DataError);
    expect(read({ a: f32(0, 8, [3]) })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: model: not a whole safetensors file: tensor "a", F32 [3], needs 12 bytes, but its data_offsets [0, 8] give 8.]`,
    );
    expect(read({ a: f32(0, 8, [2 ** 52, 2 ** 52]) })).toThrow(DataError);
    expect(read({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 4, 8] } })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: model: not a whole safetensors file: tensor "a" has the impossible data_offsets [0,4,8].]`,
    );
    expect(read({ a: f32(8, 0, [2]) })).toThrow(DataError);
  });

  test('tensors that do not fill the data exactly', () => {
    expect(read({ a: f32(0, 8), b: f32(4, 8) })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: model: not a whole safetensors file: tensor "b" begins at byte 4 of the data, inside another tensor that ends at 8.]`,
    );
    expect(read({ a: f32(0, 4), b: f32(8, 12) }, 12)).toThrowErrorMatchingInlineSnapshot(
      `[DataError: model: not a whole safetensors file: bytes 4 to 8 of the data, before tensor "b", belong to no tensor.]`,
    );
    expect(read({ a: f32(0, 12) })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: model: not a whole safetensors file: the data is cut: wanted 12 bytes, got 8.]`,
    );
    expect(read({ a: f32(0, 4) })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: model: not a whole safetensors file: 4 bytes after the last tensor belong to none.]`,
    );
  });

  test('a header of megabytes is no stack overflow', () => {
    const long = `\\"${'x{'.repeat(2_000_000)}`;
    expect(readSafetensors(file(`{"__metadata__":{"graph":"${long}"}}`, 0), 'model').metadata['graph']).toHaveLength(
      4_000_001,
    );
    expect(read(`{"a":${'['.repeat(1_000_000)}`)).toThrow(DataError);
  });

  test('time grows with the length alone, and what is too long is refused before it is read', () => {
    const started = process.cpuUsage(); // not the clock, which other processes slow
    const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(read(`{"a":{"dtype":"F32","shape":${nested},"data_offsets":[0,0]}}`, 0)).toThrowErrorMatchingInlineSnapshot(
      `[DataError: model: not a whole safetensors file: the header is nested more than 100 deep.]`,
    );
    const escapes = '\\n'.repeat(7_000_000);
    const { tensors: long } = readSafetensors(
      file(`{"${escapes}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`, 0),
      'model',
    );
    expect(Object.keys(long)[0]).toHaveLength(7_000_000);
    const many = Array.from(
      { length: 200_000 },
      (_, n) => `"layer ${n}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`,
    );
    expect(Object.keys(readSafetensors(file(`{${many.join()}}`, 0), 'model').tensors)).toHaveLength(200_000);
    expect(read(' '.repeat(16_000_001), 0)).toThrowErrorMatchingInlineSnapshot(
      `[DataError: model: not a whole safetensors file: the header would have 16000001 bytes, but at most 16000000 are read.]`,
    );
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(10);
  });

  test('errors are of one line, whatever the names and numbers', () => {
    const name = 'x\n'.repeat(1000);
    const ones = Array.from({ length: 10_000 }, () => 1);
    for (const entry of [5, { dtype: name }, f32(0, 8, ones), f32(0, 8, name), { ...f32(0, 8), data_offsets: ones }]) {
      expect(read({ [name]: entry })).toThrow(/^[^\n]{1,500}$/);
    }
    expect(read(`{"${'x'.repeat(5000)}":1,"${'x'.repeat(5000)}":1}`)).toThrow(/^[^\n]{1,500}$/);
  });

  test('whatever is cut or changed, nothing but a DataError comes', () => {
    const seed = Date.now() >>> 0;
    let state = seed;
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const outcomes = { read: 0, refused: 0 };
    for (const original of [reference, writeSafetensors(tensors, { format: 'striate' })]) {
      for (let end = 0; end < original.length; end++) {
        expect(() => readSafetensors(original.slice(0, end), 'cut'), `${end} bytes`).toThrow(DataError);
      }
      for (let trial = 0; trial < 3000; trial++) {
        const bytes = original.slice();
        for (let change = random(3); change >= 0; change--) bytes[random(bytes.length)]! ^= 1 + random(255);
        try {
          for (const { shape, data } of Object.values(readSafetensors(bytes, 'changed').tensors)) {
            expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
          }
          outcomes.read += 1;
        } catch (error) {
          expect(error, `seed ${seed}, trial ${trial}`).toBeInstanceOf(DataError);
          outcomes.refused += 1;
        }
      }
    }
    expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(100);
  });
});

test('tensors that cannot be written are refused', () => {
  const write =
    (tensor: object, name = 'a') =>
    (): unknown =>
      writeSafetensors({ [name]: { shape: [2], dtype: 'F32', data: new Float32Array(2), ...tensor } });
  expect(write({ shape: [3] })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: writeSafetensors: a has shape [3], which needs 3 elements, but its data has 2.]`,
  );
  expect(write({ shape: [-1, -2] })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: writeSafetensors: a has shape [-1,-2], but it must be a list of whole numbers of at least 0.]`,
  );
  expect(write({ dtype: 'I32' })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: writeSafetensors: a is I32, which needs a Int32Array, but its data is a Float32Array of 2 values.]`,
  );
  expect(write({ dtype: 'float32' })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: writeSafetensors: a has dtype "float32", but must have one of F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL.]`,
  );
  expect(write({ data: [1, 2] })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: writeSafetensors: a is F32, which needs a Float32Array, but its data is [1,2].]`,
  );
  expect(write({ shape: 2 })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: writeSafetensors: a has shape 2, but it must be a list of whole numbers of at least 0.]`,
  );
  expect(() => writeSafetensors({ a: Float32Array.of(1) as never })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: writeSafetensors: a is a Float32Array of 1 values, but must be { shape, dtype, data }; a tensor's data is await tensor.data().]`,
  );
  expect(() => writeSafetensors(Float32Array.of(1) as never)).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: writeSafetensors: tensors is a Float32Array of 1 values, but must be a record: { bias: { shape: [2], dtype: 'F32', data } }.]`,
  );
  expect(() => writeSafetensors({}, { step: 5 as never })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: writeSafetensors: metadata is {"step":5}, but must be a record of texts: { format: 'striate' }.]`,
  );
  expect(() => writeSafetensors({}, { note: 'x'.repeat(16e6) })).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: writeSafetensors: names and metadata make a header of 16000032 bytes, but at most 16000000 are read again. Shorten them.]`,
  );
  expect(() => readSafetensors('model.safetensors' as never, 'a')).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: readSafetensors: bytes is "model.safetensors", but must be a Uint8Array of the whole file: await readFile(path).]`,
  );
  expect(write({}, '__metadata__')).toThrowErrorMatchingInlineSnapshot(
    `[OptionError: writeSafetensors: a tensor cannot be called __metadata__.]`,
  );
});

test('arrays of another realm are written and read as those of this one', () => {
  const elsewhere = runInNewContext('({ bytes: new Uint8Array(0), data: Float32Array.of(1, 2) })');
  const bytes = writeSafetensors({ a: { shape: [2], dtype: 'F32', data: elsewhere.data } });
  const foreign = new elsewhere.bytes.constructor(bytes);
  expect(foreign).not.toBeInstanceOf(Uint8Array);
  expect([...readSafetensors(foreign, 'elsewhere').tensors['a']!.data]).toEqual([1, 2]);
});

test("reads Node's Buffers, whose slices are views", () => {
  const bytes = writeSafetensors({
    a: { shape: [2], dtype: 'F32', data: new Float32Array([1, 2]) },
    b: { shape: [1], dtype: 'F32', data: new Float32Array([3]) },
  });
  const { tensors } = readSafetensors(Buffer.from(bytes), 'buffer');
  expect([...tensors['a']!.data]).toEqual([1, 2]);
  expect([...tensors['b']!.data]).toEqual([3]);
});
