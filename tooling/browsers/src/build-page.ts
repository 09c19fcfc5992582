import { readdir } from 'node:fs/promises';
import { build, defaultClientConditions } from 'vite';

/** What is built. */
export interface BuildOptions {
  /** Folder with the page's `index.html`. */
  root: string;
  /** Folder that takes the built page: a new or an empty one. */
  out: string;
  /** Minified, as it would be served to people; default false. */
  minify?: boolean;
}

/**
 * Builds a page from the packages' sources with Vite, without the page's own Vite configuration: what a page needs
 * beyond Vite's defaults would be a defect of the packages.
 *
 * @returns the names of the files that were written
 * @throws {Error} if `out` holds anything
 * @example
 * await buildPage({ root: 'apps/browser-cpu', out: 'runs/page' });
 */
export async function buildPage({ root, out, minify = false }: BuildOptions): Promise<string[]> {
  const [first] = await readdir(out).catch(() => []);
  if (first !== undefined) throw new Error(`buildPage: ${out} holds ${first}. Give a folder that is new or empty.`);
  const result = await build({
    root,
    configFile: false,
    base: './',
    logLevel: 'error',
    resolve: { conditions: ['@striate/source', ...defaultClientConditions] },
    worker: { format: 'es' },
    build: { outDir: out, emptyOutDir: false, minify, target: 'es2022', chunkSizeWarningLimit: 10_000 },
  });
  if (!('output' in result)) throw new Error('a build of one page gives one output');
  return result.output.map(({ fileName }) => fileName);
}
