import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeSmallMnist } from './testing/small-mnist.ts';
import { striate } from './testing/striate.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const name = '@me/backend-plain';
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

/** A package in the project from which the command is called. */
function install(packageName: string, entries: Record<string, string>): void {
  const path = join(folder.path, 'node_modules', packageName);
  mkdirSync(path, { recursive: true });
  const exports = Object.fromEntries(Object.keys(entries).map((entry) => [`./${entry}`, `./${entry}.js`]));
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name: packageName, type: 'module', exports }));
  for (const [entry, code] of Object.entries(entries)) writeFileSync(join(path, `${entry}.js`), code);
}

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeSmallMnist(join(folder.path, 'small'), { train: 64, test: 20 });
  const manifest = new URL('testing/backend-of-others.ts', import.meta.url).href;
  install(name, { manifest: `export { manifest } from ${JSON.stringify(manifest)};` });
  install('@me/other', { main: '' });
  install('@me/empty', { manifest: 'export const name = 1;' });
});
afterAll(() => folder.remove());

test('doctor, train and setup take it by its name, with its options', async () => {
  const { stdout: seen } = await striate(folder.path, 'doctor', '--backend', name);
  expect(seen.replace(/^(node|machine) .*\n/gm, '')).toMatchInlineSnapshot(`
    "@me/backend-plain  works: the CPU, plain
                       made by others
                       options: label=TEXT
    "
  `);
  const training = ['--directory', 'small', '--model', 'mlp', '--epochs', '1', '--batch', '16', '--out', 'run'];
  const trained = await striate(folder.path, 'train', ...training, '--backend', `${name},label=mine`);
  expect(trained.stderr).toBe('');
  expect(trained.stdout).toMatch(/^backend +the CPU, mine\n/);
  expect(trained.code).toBe(0);
  const { stdout } = await striate(folder.path, 'setup', name, '--max-items', '3', '--json');
  expect(JSON.parse(stdout)).toEqual({ backend: name, folder: 'nowhere', maxItems: 3 });
});

test.each([
  ['an option that it does not have', ['train', '--backend', `${name},labl=x`]],
  ['a shared option that it does not have', ['train', '--backend', name, '--threads', '2']],
  ['a flag of setup', ['setup', name, '--max-item', '3']],
  ['a value of setup', ['setup', name, '--max-items', '0']],
  ['a package that is not there', ['train', '--backend', '@me/backend-plan']],
  ['a package without a manifest', ['train', '--backend', '@me/other']],
  ['a manifest that is none', ['train', '--backend', '@me/empty']],
])('%s is refused', async (_, words) => {
  const { code, stderr } = await striate(
    folder.path,
    ...words,
    ...(words[0] === 'train' ? ['--directory', 'small', '--out', 'never'] : []),
  );
  expect(code).toBe(1);
  expect(stderr.replaceAll(folder.path, 'PROJECT')).toMatchSnapshot();
});
