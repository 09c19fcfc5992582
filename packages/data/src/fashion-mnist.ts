import { checkOptions, DataError } from '@striate/core';
import type { NodeModules } from '#node';
import { download } from './download.ts';
import {
  checkPath,
  mnistDatasets,
  mnistFiles,
  type MnistKind,
  readFromFolder,
  type TrainAndTest,
} from './mnist-files.ts';
import { nodeFiles } from './node-files.ts';

/** Where `fashionMnist` finds its files. */
export interface FashionMnistOptions {
  /**
   * A folder with the four IDX files, gzipped or not. Default: that of Debian's package dataset-fashion-mnist if it is
   * installed, else the files are downloaded.
   */
  readonly directory?: string;
  /** Download from here instead of the official address. */
  readonly baseUrl?: string;
  /** Folder that keeps downloads. Default: striate/fashion-mnist in $XDG_CACHE_HOME or ~/.cache. */
  readonly cache?: string;
  /** Stops a download. */
  readonly signal?: AbortSignal;
}

const kind: MnistKind = {
  name: 'fashion-mnist',
  classNames: [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Ankle boot',
  ],
  picture: { background: 'dark', centering: 'none' },
};

const officialUrl = 'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/';
const debianDirectory = '/usr/share/datasets/fashion-mnist';

// Of the unpacked files, so that they hold for Debian's copies too, which were packed anew; taken from files whose
// packed form has the MD5 sums that the data set's README publishes.
const checksums: Readonly<Record<string, { sha256: string; size: number }>> = {
  [mnistFiles.trainImages]: {
    sha256: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    size: 47_040_016,
  },
  [mnistFiles.trainLabels]: {
    sha256: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
    size: 60_008,
  },
  [mnistFiles.testImages]: {
    sha256: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    size: 7_840_016,
  },
  [mnistFiles.testLabels]: {
    sha256: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
    size: 10_008,
  },
};

const known = { directory: true, baseUrl: true, cache: true, signal: true } as const;

/**
 * Fashion-MNIST: 60,000 training and 10,000 test images of ten kinds of clothing, 28 x 28, light on black. Under Node.
 *
 * Source: Xiao, Rasul, Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms", 2017.
 *
 * @returns train [60000, 28, 28, 1] and test [10000, 28, 28, 1]
 * @throws DataError if a file is missing or damaged, or a download fails, falls silent for 30 s, comes byte by
 * byte or has other contents
 * @throws OptionError if an option is unknown or of another kind; in a page
 * @example
 * ```ts
 * const { train, test } = await fashionMnist();
 * train.classNames[train.labels[0]]; // 'Ankle boot'
 * ```
 */
export async function fashionMnist(options: FashionMnistOptions = {}): Promise<TrainAndTest> {
  checkOptions('fashionMnist', options, known, "fashionMnist({ directory: 'data' })");
  const { baseUrl, cache, signal } = options;
  checkPath('fashionMnist', { directory: options.directory, baseUrl, cache });
  const node = nodeFiles('fashionMnist', 'Fetch the four files and give them to idxDataset.');
  const directory =
    options.directory ?? (baseUrl === undefined && (await hasDebianFiles(node)) ? debianDirectory : undefined);
  if (directory !== undefined) return mnistDatasets(kind, (file) => readFromFolder(node, directory, file));
  const folder = cache ?? defaultCache(node);
  try {
    return await mnistDatasets(kind, (file) =>
      download(node, {
        url: `${(baseUrl ?? officialUrl).replace(/\/?$/, '/')}${file}.gz`,
        cache: folder,
        file: `${file}.gz`,
        ...checksums[file]!,
        ...(signal && { signal }),
      }),
    );
  } catch (cause) {
    if (!(cause instanceof DataError)) throw cause;
    throw new DataError(
      `fashionMnist: ${cause.message} Or give { directory } with the four files; Debian has them as dataset-fashion-mnist.`,
      { cause },
    );
  }
}

async function hasDebianFiles({ fs }: NodeModules): Promise<boolean> {
  return fs.access(`${debianDirectory}/${mnistFiles.trainImages}.gz`).then(
    () => true,
    () => false,
  );
}

function defaultCache({ env, os, path }: NodeModules): string {
  // One that is not absolute counts as none: it would be another folder wherever the program is started.
  const set = env['XDG_CACHE_HOME'] ?? '';
  return path.join(path.isAbsolute(set) ? set : path.join(os.homedir(), '.cache'), 'striate', 'fashion-mnist');
}
