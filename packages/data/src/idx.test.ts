import { gzipSync } from 'node:zlib';
import { DataError } from '@striate/core';
import { describe, expect, test } from 'vitest';
import { idxDataset, readIdx } from './idx.ts';

/** An IDX file of unsigned bytes. */
function idx(shape: number[], data: readonly number[], type = 8): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint8(2, type);
  header.setUint8(3, shape.length);
  shape.forEach((size, axis) => header.setUint32(4 + 4 * axis, size));
  return Uint8Array.of(...new Uint8Array(header.buffer), ...data);
}

const labels = idx([3], [2, 0, 1]);
const images = idx([3, 1, 2], [10, 11, 12, 13, 14, 15]);

test('readIdx reads plain and gzipped files, at any place in their buffer', async () => {
  const wanted = { shape: [3, 1, 2], data: Uint8Array.of(10, 11, 12, 13, 14, 15) };
  expect(await readIdx(images, 'images')).toEqual(wanted);
  expect(await readIdx(new Uint8Array(gzipSync(images)), 'images.gz')).toEqual(wanted);
  expect(await readIdx(Uint8Array.of(9, 9, 9, ...images).subarray(3), 'images')).toEqual(wanted);
});

test('idxDataset joins images and labels', async () => {
  const dataset = await make(images, labels);
  expect(dataset.inputShape).toEqual([1, 2, 1]);
  expect(dataset.get(2)).toEqual({ pixels: Uint8Array.of(14, 15), label: 1 });
});

describe('damaged files are refused', () => {
  const bad = (bytes: Uint8Array): Promise<unknown> => readIdx(bytes, 'data/images');

  test('each with its reason', async () => {
    await expect(bad(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: data/images: not an IDX file: it begins with 89 50 4e 47, but images begin with 00 00 08 03 and labels with 00 00 08 01.]`,
    );
    await expect(bad(idx([3], [1, 2, 3], 13))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: data/images: holds float32 (type code 13), but images and labels are unsigned bytes (type code 8).]`,
    );
    await expect(bad(idx([3], [1, 2, 3], 7))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: data/images: not an IDX file: it begins with 00 00 07 01, but images begin with 00 00 08 03 and labels with 00 00 08 01.]`,
    );
    await expect(bad(images.subarray(0, 20))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: data/images: the file is cut: wanted 22 bytes for shape [3, 1, 2], got 20 bytes. Get the file again.]`,
    );
    await expect(bad(images.subarray(0, 9))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: data/images: the file is cut: wanted a header of 16 bytes for 3 axes, got 9 bytes. Get the file again.]`,
    );
    await expect(bad(images.subarray(0, 2))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: data/images: the file is cut: wanted at least 4 bytes, got 2 bytes. Get the file again.]`,
    );
    await expect(bad(Uint8Array.of(...images, 0))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: data/images: the file is too long: wanted 22 bytes for shape [3, 1, 2], got 23 bytes.]`,
    );
    await expect(bad(new Uint8Array(gzipSync(images)).subarray(0, 25))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: data/images: the gzip data is cut or damaged (25 bytes). Get the file again.]`,
    );
    await expect(bad(idx([2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1], []))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: data/images: the header says shape [4294967295, 4294967295, 4294967295], which is more than the 2147483648 bytes that are read.]`,
    );
    const axes = Array.from({ length: 33 }, () => 2 ** 32 - 1);
    await expect(bad(idx([...axes, 0], [1, 2, 3, 4, 5]))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: data/images: not an IDX file of images or labels: it would have 34 axes.]`,
    );
    await expect(bad(idx([2 ** 32 - 1, 0], [1]))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: data/images: the file is too long: wanted 12 bytes for shape [4294967295, 0], got 13 bytes.]`,
    );
    const bomb = new Uint8Array(gzipSync(Buffer.concat([idx([3], []), Buffer.alloc(1e8)])));
    await expect(bad(bomb)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: data/images: unpacks to more than the 11 bytes that it should have.]`,
    );
    await expect(bad(new Uint8Array(gzipSync(Buffer.alloc(1e8))))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: data/images: not an IDX file: it begins with 00 00 00 00, but images begin with 00 00 08 03 and labels with 00 00 08 01.]`,
    );
    await expect(make(idx([2, 1, 2], [1, 2, 3, 4]), labels)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: tiny/images has 2 images, but tiny/labels has 3 labels: they do not belong together.]`,
    );
    await expect(make(labels, images)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: tiny/images: the shape is [3], but 3 axes were wanted for images, [N, H, W].]`,
    );
    await expect(make(images, idx([3], [2, 0, 3]))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: tiny/labels: label 2 is 3, but there are 3 classes, so labels are whole numbers from 0 to 2.]`,
    );
  });

  test('every cut is a DataError', async () => {
    const packed = new Uint8Array(gzipSync(images));
    for (const file of [images, packed]) {
      for (let end = 0; end < file.length; end++) {
        await expect(bad(file.slice(0, end)), `${end} bytes`).rejects.toThrow(DataError);
      }
    }
  });
});

function make(imageBytes: Uint8Array, labelBytes: Uint8Array): ReturnType<typeof idxDataset> {
  return idxDataset({
    name: 'tiny',
    classNames: ['a', 'b', 'c'],
    images: { bytes: imageBytes, source: 'tiny/images' },
    labels: { bytes: labelBytes, source: 'tiny/labels' },
  });
}
