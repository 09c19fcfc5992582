// Whoever takes one backend gets no other: neither in Node nor in what a bundler makes for a browser.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, defaultClientConditions } from 'vite';
import { describe, expect, test } from 'vitest';

const packages = fileURLToPath(new URL('../../../packages', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
const names = readdirSync(packages).filter((name) => name.startsWith('backend-'));

/** oneDNN's kernels work on the memory of backend-wasm, by design. */
const allowed = (name: string): string[] => (name === 'backend-onednn' ? [name, 'backend-wasm'] : [name]);

/** The backend packages that files belong to; `.../packages/backend-wasm/src/wasm.ts` to backend-wasm. */
function owners(files: readonly string[]): string[] {
  const found = files.flatMap((file) => /[\\/]packages[\\/](backend-\w+)[\\/]/.exec(file)?.[1] ?? []);
  return [...new Set(found)].sort();
}

test('there are backends to look at', () => {
  expect(names).toEqual(expect.arrayContaining(['backend-wasm', 'backend-webgpu', 'backend-tensorflow']));
});

describe.each(names)('%s', (name) => {
  test('depends on no other', () => {
    const { dependencies, peerDependencies } = JSON.parse(
      readFileSync(`${packages}/${name}/package.json`, 'utf8'),
    ) as Record<string, Record<string, string> | undefined>;
    const wanted = Object.keys({ ...dependencies, ...peerDependencies }).filter((other) =>
      other.startsWith('@striate/backend-'),
    );
    expect([name, ...wanted.map((other) => other.replace('@striate/', ''))]).toEqual(allowed(name));
  });

  test('loads no other in Node', () => {
    const script = `
      import { registerHooks } from 'node:module';
      const files = [];
      registerHooks({ load: (url, context, next) => (files.push(url), next(url, context)) });
      await import('@striate/${name}');
      console.log(JSON.stringify(files));
      process.exit();
    `;
    const args = ['--conditions=@striate/source', '--disable-warning=ExperimentalWarning', '--input-type=module'];
    const files = JSON.parse(execFileSync(process.execPath, [...args, '-e', script], { cwd: here, encoding: 'utf8' }));
    expect(owners(files as string[])).toEqual(allowed(name));
  });
});

test.each(['backend-wasm', 'backend-webgpu'])('a bundle with %s holds no other, and no foreign .wasm', async (name) => {
  const entry = 'virtual:entry';
  const result = await build({
    root: here,
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@striate/source', ...defaultClientConditions] },
    build: { write: false, rolldownOptions: { input: entry } },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? `${here}/entry.js` : undefined),
        load: (id) =>
          id === `${here}/entry.js` ? `import * as all from '@striate/${name}'; globalThis.all = all;` : undefined,
      },
    ],
  });
  if (!('output' in result)) throw new Error('one build gives one output');
  const modules = result.output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : part.fileName));
  expect(owners(modules)).toEqual([name]);
  expect(modules.filter((file) => file.endsWith('.wasm'))).toEqual([]);
  // How a WebAssembly module begins, in base64: the builds of backend-wasm.
  const inlined = result.output.filter((part) => part.type === 'chunk' && part.code.includes('AGFzbQEAAAA'));
  expect(inlined).toHaveLength(name === 'backend-wasm' ? 4 : 0);
});
