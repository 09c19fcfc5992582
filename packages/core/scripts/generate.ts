// Lists every op of src/ops/ as it is defined, `conv2dOp` as `conv2d`: src/generated/definitions.ts.
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { exportedNames } from '../../../tooling/scripts/exported-names.ts';

const source = resolve(import.meta.dirname, '../src');
const files = await exportedNames(join(source, 'ops'), /^export const (\w+)Op: Op</gm);
const lines = files.map(({ file, names }) => {
  const renamed = names.map((name) => `${name}Op as ${name}`);
  return `export { ${renamed.join(', ')} } from '../ops/${file}.ts';\n`;
});
await mkdir(join(source, 'generated'), { recursive: true });
await writeFile(join(source, 'generated/definitions.ts'), `// Made by scripts/generate.ts.\n${lines.join('')}`);
