import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { exportedNames, type Exported } from '../../../tooling/scripts/exported-names.ts';

/** Writes what the compiler starts from: every kernel of assembly/, and the job that runs them. */
export async function writeAssemblyIndex(assembly: string, target: string): Promise<void> {
  const kernels = await exportedNames(assembly, /^export function (\w+)\(\w+: usize, \w+: i32, \w+: usize\): void/gm);
  const jobs = await exportedNames(assembly, /^export function (heapBase|participate|open|close|leave|serve)\(/gm);
  const lines = [...jobs, ...kernels].map(({ file, names }) => `export { ${names.join(', ')} } from '../${file}';\n`);
  await write(target, lines);
}

/** Writes the list of all kernels: what src/kernels/ exports as a Kernel, or several as a Kernel[]. */
export async function writeKernelList(folder: string, target: string): Promise<void> {
  const found = await exportedNames(folder, /^export const (\w+: (?:readonly )?Kernel(?:\[\])?) =/gm);
  const nameOf = (typed: string): string => typed.split(':')[0]!;
  await write(target, [
    "import type { Kernel } from '../kernel.ts';\n",
    ...found.map(
      ({ file, names }: Exported) => `import { ${names.map(nameOf).join(', ')} } from '../kernels/${file}.ts';\n`,
    ),
    "\n/** Every kernel of this backend; each takes the place of a stock one or of an op's reference. */\n",
    'export const kernels: readonly Kernel[] = [\n',
    ...found.flatMap(({ names }) => names.map((typed) => `  ${typed.endsWith('[]') ? '...' : ''}${nameOf(typed)},\n`)),
    '];\n',
  ]);
}

async function write(target: string, lines: readonly string[]): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, `// Made by scripts/generate.ts.\n${lines.join('')}`);
}
