// The suites of layers, which know the references alone, on WebAssembly.
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { wasm } from '@striate/backend-wasm';
import { cpu } from '@striate/core/testing';
import { runOn } from '@striate/layers/testing';

const folder = fileURLToPath(new URL('../../../packages/layers/src', import.meta.url));
const suites = globSync('**/*.test.ts', { cwd: folder })
  .map((name) => ({ name, path: `${folder}/${name}` }))
  .filter(({ path }) => readFileSync(path, 'utf8').includes('onEachBackend('));

for (const { name, path } of suites.toSorted((a, b) => a.name.localeCompare(b.name))) {
  // That of the dropout family compares what backends draw.
  runOn([...(name.endsWith('dropout-family.test.ts') ? [cpu()] : []), wasm({ threads: 2 })]);
  await import(path);
}
