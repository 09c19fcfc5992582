// Lists the kernels, and compiles assembly/ into the four builds of src/generated/. A build whose inputs did not change
// is left alone.
//   node scripts/generate.ts [--only relaxed-shared] [--entry pool,conv] [--out FOLDER]
// --entry takes some files of assembly/ instead of all, --out writes elsewhere than src/generated.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { writeAssemblyIndex, writeKernelList } from './lists.ts';

const shared = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'];
const relaxed = ['--enable', 'relaxed-simd'];
const builds: Record<string, string[]> = {
  'relaxed-shared': [...relaxed, ...shared],
  'relaxed-unshared': relaxed,
  'plain-shared': shared,
  'plain-unshared': [],
};
// No heap, no abort import: kernels are pure arithmetic on memory that JavaScript hands out.
const common =
  '-O3 --noAssert --uncheckedBehavior always --runtime stub --use abort= --importMemory --exportTable --enable simd';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = fileURLToPath(import.meta.resolve('assemblyscript/bin/asc.js'));
const { values: options } = parseArgs({
  options: { only: { type: 'string' }, entry: { type: 'string' }, out: { type: 'string' } },
});
const out = resolve(options.out ?? join(root, 'src', 'generated'));
const entries = options.entry ? ['job', ...options.entry.split(',')] : ['generated/index'];
const names = options.only ? options.only.split(',') : Object.keys(builds);
for (const name of names) {
  if (!builds[name]) throw new Error(`no build '${name}'; there are ${Object.keys(builds).join(', ')}`);
}

await mkdir(out, { recursive: true });
await writeAssemblyIndex(join(root, 'assembly'), join(root, 'assembly/generated/index.ts'));
await writeKernelList(join(root, 'src/kernels'), join(root, 'src/generated/kernels.ts'));
const inputs = await hashOfInputs();
// Two at a time: the compiler takes one core and some 300 MB each.
const queue = [...names];
await Promise.all([drain(), drain()]);

async function drain(): Promise<void> {
  for (let name = queue.shift(); name; name = queue.shift()) await generate(name);
}

async function generate(name: string): Promise<void> {
  const flags = [...common.split(' '), ...(builds[name] ?? [])];
  const stamp = createHash('sha256').update(inputs).update(flags.join(' ')).digest('hex').slice(0, 16);
  const target = join(out, `${name}.ts`);
  const existing = await readFile(target, 'utf8').catch(() => '');
  if (existing.startsWith(`// ${stamp}\n`)) return;

  const folder = await mkdtemp(join(tmpdir(), 'striate-wasm-'));
  try {
    const binary = join(folder, 'kernels.wasm');
    const files = entries.map((entry) => `assembly/${entry}.ts`);
    await promisify(execFile)(process.execPath, [compiler, ...files, ...flags, '--outFile', binary], { cwd: root });
    const bytes = await readFile(binary);
    const partial = `${target}.${process.pid}`;
    await writeFile(
      partial,
      `// ${stamp}\nconst base64: string = '${bytes.toString('base64')}';\nexport default base64;\n`,
    );
    await rename(partial, target); // whole or not at all, whoever reads meanwhile
    process.stdout.write(`${target}: ${(bytes.length / 1024).toFixed(1)} KiB of WebAssembly\n`);
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`build ${name} failed\n${stdout}${stderr}`, { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function hashOfInputs(): Promise<Buffer> {
  const hash = createHash('sha256').update(entries.join(' '));
  const files = (await readdir(join(root, 'assembly'))).filter((file) => file.endsWith('.ts')).sort();
  for (const file of files) hash.update(file).update(await readFile(join(root, 'assembly', file)));
  return hash
    .update(await readFile(compiler))
    .update(await readFile(fileURLToPath(import.meta.url)))
    .digest();
}
