// Every TypeScript block of every README runs as written, as a module of its own, and so does every example.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const examples = join(root, 'examples');
// Inside the workspace, so that packages are found; files with a dot are ignored by git.
const folder = await mkdtemp(join(examples, '.run-'));
afterAll(() => rm(folder, { recursive: true }));
// The picture of one's own that a README reads.
await cp(join(examples, 'pictures/camera.jpg'), join(folder, 'cat.jpg'));

const node = async (file: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@striate/source', file], {
    cwd: folder,
  });
  return stdout;
};

const packages = await readdir(join(root, 'packages'));
const readmes = ['README.md', ...packages.map((name) => join('packages', name, 'README.md'))];

describe.each(readmes)('%s', async (readme) => {
  const text = await readFile(join(root, readme), 'utf8');
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!);

  it('has an example, or is about the command line', () => {
    expect(blocks.length > 0 || text.includes('```sh')).toBe(true);
  });

  it.each(blocks.map((code, index) => ({ index: index + 1, code })))('block $index', async ({ index, code }) => {
    const file = join(folder, `${readme.replaceAll(/\W/g, '-')}-${index}.ts`);
    await writeFile(file, code);
    await node(file);
  });
});

describe('examples', async () => {
  const files = (await readdir(examples)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));

  it.each(files)('%s', async (file) => {
    expect(await node(join(examples, file))).not.toBe('');
  });
});
