import {
  arrayKind,
  checkText,
  checkOptions,
  DataError,
  describe,
  isRecord,
  OptionError,
  type PictureStyle,
} from '@striate/core';
import { arrayDataset } from './array-dataset.ts';
import { checkLabels } from './check-dataset.ts';
import type { ArrayDataset } from './dataset.ts';
import { gunzip } from './gunzip.ts';

/** The contents of an IDX file of bytes. */
export interface IdxArray {
  readonly shape: readonly number[];
  /** As many values as the shape says, the last axis fastest. */
  readonly data: Uint8Array;
}

const typeNames: Readonly<Record<number, string>> = {
  0x08: 'unsigned bytes',
  0x09: 'signed bytes',
  0x0b: '16-bit integers',
  0x0c: '32-bit integers',
  0x0d: 'float32',
  0x0e: 'float64',
};
const unsignedByte = 0x08;

/**
 * Reads an IDX file, the format of MNIST: two zero bytes, a type code, the number of axes, the length of each axis as
 * big-endian uint32, then the values. Only unsigned bytes (type code 8) are read, which is what images and labels are.
 *
 * Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", "The IDX file format".
 *
 * What is gzipped is unpacked as far as the header says and not further; more than 2 GiB of values, or more than 8 axes,
 * are refused.
 *
 * @param bytes the file, gzipped or not
 * @param source what errors call it, such as its path
 * @throws DataError if the file does not begin as IDX does, holds another type, is cut, or has bytes left over
 * @throws OptionError if `bytes` is no Uint8Array
 * @example
 * ```ts
 * const { shape, data } = await readIdx(new Uint8Array([0, 0, 8, 1, 0, 0, 0, 2, 7, 3]), 'labels'); // [2], Uint8Array [7, 3]
 * ```
 */
export async function readIdx(bytes: Uint8Array, source = 'this file'): Promise<IdxArray> {
  if (arrayKind(bytes) !== 'Uint8Array') {
    throw new OptionError(
      `readIdx: bytes is ${describe(bytes)}, but must be a Uint8Array of the whole file: await readFile(path).`,
    );
  }
  checkText('readIdx', 'source', source);
  const file = await gunzip(bytes, source, (head) => headerLength(head, source) + valuesIn(shapeOf(head, source)));
  const shape = shapeOf(file, source);
  const start = headerLength(file, source);
  const wanted = start + valuesIn(shape);
  if (file.length < wanted) throw cutError(source, `${wanted} bytes for shape [${shape.join(', ')}]`, file.length);
  if (file.length > wanted) {
    throw new DataError(
      `${source}: the file is too long: wanted ${wanted} bytes for shape [${shape.join(', ')}], got ${file.length} bytes.`,
    );
  }
  return { shape, data: file.subarray(start) };
}

/** More bytes than this, an IDX file may not have: one of images of a gigabyte is read in parts elsewhere. */
const longest = 2 ** 31;
/** More axes than this, nobody's images have. */
const mostAxes = 8;

function headerLength(file: Uint8Array, source: string): number {
  return 4 + 4 * checkMagic(file, source);
}

function shapeOf(file: Uint8Array, source: string): number[] {
  const start = headerLength(file, source);
  const axes = start / 4 - 1;
  if (file.length < start) throw cutError(source, `a header of ${start} bytes for ${axes} axes`, file.length);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  if (valuesIn(shape) > longest) {
    throw new DataError(
      `${source}: the header says shape [${shape.join(', ')}], which is more than the ${longest} bytes that are read.`,
    );
  }
  return shape;
}

function valuesIn(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Checks the first four bytes and returns the number of axes. */
function checkMagic(file: Uint8Array, source: string): number {
  if (file.length < 4) throw cutError(source, 'at least 4 bytes', file.length);
  const [zero0, zero1, type = 0, axes = 0] = file;
  if (zero0 !== 0 || zero1 !== 0 || typeNames[type] === undefined || axes === 0) {
    const magic = Array.from(file.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new DataError(
      `${source}: not an IDX file: it begins with ${magic}, but images begin with 00 00 08 03 and labels with 00 00 08 01.`,
    );
  }
  if (axes > mostAxes) {
    throw new DataError(`${source}: not an IDX file of images or labels: it would have ${axes} axes.`);
  }
  if (type !== unsignedByte) {
    throw new DataError(
      `${source}: holds ${typeNames[type]} (type code ${type}), but images and labels are unsigned bytes (type code 8).`,
    );
  }
  return axes;
}

function cutError(source: string, wanted: string, got: number): DataError {
  return new DataError(`${source}: the file is cut: wanted ${wanted}, got ${got} bytes. Get the file again.`);
}

/** A file's bytes and what errors call it. */
export interface SourceFile {
  readonly bytes: Uint8Array;
  readonly source: string;
}

/** What `idxDataset` needs. */
export interface IdxDatasetOptions {
  readonly name: string;
  readonly images: SourceFile;
  readonly labels: SourceFile;
  readonly classNames: readonly string[];
  readonly picture?: PictureStyle;
}

const known = { name: true, images: true, labels: true, classNames: true, picture: true } as const;

/**
 * A data set of grey images from a pair of IDX files.
 *
 * @throws DataError if a file is damaged (see `readIdx`), has the wrong number of axes, the counts differ, or a label
 * is out of range
 * @example
 * ```ts
 * const images = { bytes: new Uint8Array([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 255, 0]), source: 'images' };
 * const labels = { bytes: new Uint8Array([0, 0, 8, 1, 0, 0, 0, 1, 1]), source: 'labels' };
 * await idxDataset({ name: 'dots', classNames: ['right', 'left'], images, labels }); // one image, 1 x 2, of class 'left'
 * ```
 */
export async function idxDataset(options: IdxDatasetOptions): Promise<ArrayDataset> {
  checkOptions('idxDataset', options, known);
  const { name, images, labels, classNames, picture } = options;
  for (const [part, file] of Object.entries({ images, labels })) {
    if (!isRecord(file)) {
      throw new OptionError(
        `idxDataset: ${part} is ${describe(file)}, but must be { bytes: await readFile(path), source: path }.`,
      );
    }
  }
  const [pixels, classes] = await Promise.all([
    readIdx(images.bytes, images.source),
    readIdx(labels.bytes, labels.source),
  ]);
  const [count = 0, height = 0, width = 0] = checkAxes(pixels, images.source, 3, 'images, [N, H, W]');
  const [labelCount = 0] = checkAxes(classes, labels.source, 1, 'labels, [N]');
  if (count !== labelCount) {
    throw new DataError(
      `${images.source} has ${count} images, but ${labels.source} has ${labelCount} labels: they do not belong together.`,
    );
  }
  if (Array.isArray(classNames)) checkLabels(labels.source, classes.data, classNames); // else arrayDataset says so
  const inputShape = [height, width, 1] as const;
  return arrayDataset({
    name,
    pixels: pixels.data,
    labels: classes.data,
    inputShape,
    classNames,
    ...(picture !== undefined && { picture }),
  });
}

function checkAxes({ shape }: IdxArray, source: string, axes: number, what: string): readonly number[] {
  if (shape.length === axes) return shape;
  throw new DataError(`${source}: the shape is [${shape.join(', ')}], but ${axes} axes were wanted for ${what}.`);
}
