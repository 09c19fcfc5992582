import {
  arrayKind,
  DataError,
  describe,
  fetchBytes,
  fileUrl,
  isRecord,
  OptionError,
  readRegularFile,
  shownUrl,
  type PictureStyle,
} from '@striate/core';
import type { NodeModules } from '#node';
import type { Dataset } from './dataset.ts';
import { idxDataset, type SourceFile } from './idx.ts';

/** A data set that comes in two fixed parts. */
export interface TrainAndTest {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** What tells one data set in MNIST's form from another. */
export interface MnistKind {
  readonly name: string;
  readonly classNames: readonly string[];
  readonly picture: PictureStyle;
}

/** The four files of MNIST and of every data set in its form, without '.gz'. */
export const mnistFiles = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
} as const;

/** Both parts, from a function that finds each of the four files. */
export async function mnistDatasets(
  kind: MnistKind,
  find: (file: string) => Promise<SourceFile>,
): Promise<TrainAndTest> {
  const { trainImages, trainLabels, testImages, testLabels } = mnistFiles;
  return {
    train: await idxDataset({ ...kind, images: await find(trainImages), labels: await find(trainLabels) }),
    test: await idxDataset({ ...kind, images: await find(testImages), labels: await find(testLabels) }),
  };
}

/**
 * The bytes of `file` or `file.gz` in a folder.
 *
 * @internal its declaration would ask a page's project for Node's types
 * @throws DataError if neither is there, or it cannot be read
 */
export async function readFromFolder({ fs }: NodeModules, directory: string, file: string): Promise<SourceFile> {
  for (const name of [file, `${file}.gz`]) {
    const source = `${directory}/${name}`;
    try {
      return { bytes: await readRegularFile(fs, source, longestFile), source };
    } catch (cause) {
      if (!isMissing(cause)) throw new DataError(`${source}: cannot be read (${String(cause)}).`, { cause });
    }
  }
  throw missingFile(directory, file);
}

/**
 * The bytes of `file` or `file.gz` below a URL.
 *
 * @throws DataError if neither is there, or the server cannot be reached
 */
export async function readFromUrl(directory: URL, file: string): Promise<SourceFile> {
  for (const name of [`${file}.gz`, file]) {
    const url = fileUrl(directory, name);
    const bytes = await fetchBytes(url, { limit: longestFile });
    if (bytes) return { bytes, source: shownUrl(url) };
  }
  throw missingFile(shownUrl(directory), file);
}

/** Sixteen times MNIST's largest, in bytes. */
const longestFile = 2 ** 30;

/**
 * The bytes of `file` or `file.gz` among files that were handed in.
 *
 * @throws DataError if neither is there
 */
export function pickFile(files: Readonly<Record<string, Uint8Array>>, file: string): SourceFile {
  if (!isRecord(files)) {
    throw new OptionError(
      `mnist: files is ${describe(files)}, but must be a record of the files' bytes: { '${file}': bytes, ... }.`,
    );
  }
  for (const source of [file, `${file}.gz`]) {
    const bytes = files[source];
    if (bytes === undefined) continue;
    if (arrayKind(bytes) === 'Uint8Array') return { bytes, source };
    throw new OptionError(`mnist: files['${source}'] is ${describe(bytes)}, but must be a Uint8Array.`);
  }
  throw missingFile('files', file);
}

function missingFile(where: string, file: string): DataError {
  return new DataError(
    `${where}: has neither ${file} nor ${file}.gz. The folder needs ${Object.values(mnistFiles).join(', ')}, gzipped or not.`,
  );
}

/** Refuses what is no path or address. */
export function checkPath(where: string, options: Readonly<Record<string, string | undefined>>): void {
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined || (typeof value === 'string' && value !== '')) continue;
    throw new OptionError(`${where}: ${option} is ${describe(value)}, but must be a text that is not empty.`);
  }
}

/** Whether an error of node:fs says that a file or folder does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
