import { DataError } from '@striate/core';
import type { NodeModules } from '#node';
import type { Dataset, PictureStyle } from './dataset.ts';
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
 * @throws DataError if neither is there, or it cannot be read
 */
export async function readFromFolder({ fs }: NodeModules, directory: string, file: string): Promise<SourceFile> {
  for (const name of [file, `${file}.gz`]) {
    const source = `${directory}/${name}`;
    try {
      return { bytes: await fs.readFile(source), source };
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
  const folder = directory.href.endsWith('/') ? directory.href : `${directory.href}/`;
  for (const name of [`${file}.gz`, file]) {
    const source = `${folder}${name}`;
    try {
      const response = await fetch(source);
      // Servers of pages often answer with the page itself where a file is missing.
      if (!response.ok || response.headers.get('content-type')?.startsWith('text/html') === true) continue;
      return { bytes: new Uint8Array(await response.arrayBuffer()), source };
    } catch (cause) {
      throw new DataError(`${source}: cannot be fetched (${String(cause)}).`, { cause });
    }
  }
  throw missingFile(folder, file);
}

/**
 * The bytes of `file` or `file.gz` among files that were handed in.
 *
 * @throws DataError if neither is there
 */
export function pickFile(files: Readonly<Record<string, Uint8Array>>, file: string): SourceFile {
  for (const source of [file, `${file}.gz`]) {
    const bytes = files[source];
    if (bytes) return { bytes, source };
  }
  throw missingFile('files', file);
}

function missingFile(where: string, file: string): DataError {
  return new DataError(
    `${where}: has neither ${file} nor ${file}.gz. The folder needs ${Object.values(mnistFiles).join(', ')}, gzipped or not.`,
  );
}

/** Whether an error of node:fs says that a file or folder does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
