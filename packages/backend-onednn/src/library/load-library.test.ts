import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'striate-onednn-'));
afterAll(() => rmSync(folder, { recursive: true }));
const source = new URL('../index.ts', import.meta.url).pathname;

/** What a process of its own says that asks for this library; it must end by itself, not crash. */
function probe(library: string): string {
  const script = `
    import { onednn } from ${JSON.stringify(source)};
    const found = await onednn({ library: ${JSON.stringify(library)} }).probe();
    console.log(JSON.stringify(found));`;
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@striate/source', '--input-type=module', '-e', script],
    { encoding: 'utf8', cwd: new URL('../..', import.meta.url).pathname },
  );
  expect({ status, signal, stderr }).toMatchObject({ status: 0, signal: null });
  const found = JSON.parse(stdout) as { available: boolean; reason?: string };
  expect(found.available).toBe(false);
  return found.reason!.replaceAll(folder, 'FOLDER');
}

test.runIf(process.platform === 'linux')('a library that is not there', () => {
  expect(probe(join(folder, 'none.so'))).toMatchInlineSnapshot(`
    "onednn: no usable oneDNN library.
      the option 'library' (FOLDER/none.so): Failed to load shared library: cannot open shared object file: No such file or directory
    Run \`npx striate setup onednn\` (Linux on x64), or install oneDNN 3 with OpenMP and pass onednn({ library: '/path/to/libdnnl.so.3' })."
  `);
});

test.runIf(process.platform === 'linux')('a file that is no library', () => {
  writeFileSync(join(folder, 'text.so'), 'not a library');
  expect(probe(join(folder, 'text.so'))).toMatchInlineSnapshot(`
    "onednn: no usable oneDNN library.
      the option 'library' (FOLDER/text.so): Failed to load shared library: file too short
    Run \`npx striate setup onednn\` (Linux on x64), or install oneDNN 3 with OpenMP and pass onednn({ library: '/path/to/libdnnl.so.3' })."
  `);
});

test.runIf(process.platform === 'linux')('a library cut short', () => {
  const whole = readFileSync(process.execPath);
  writeFileSync(join(folder, 'cut.so'), whole.subarray(0, 4096));
  expect(probe(join(folder, 'cut.so'))).toMatch(/file too short|cannot read|invalid|failed to map|load/i);
});

test.runIf(process.platform === 'linux')('a library for another processor', () => {
  const elf = readFileSync('/proc/self/exe').subarray(0, 65_536);
  const other = Buffer.from(elf);
  // e_machine: 0x28 is 32-bit ARM.
  other.writeUInt16LE(0x28, 18);
  writeFileSync(join(folder, 'arm.so'), other);
  expect(probe(join(folder, 'arm.so'))).toMatch(/wrong ELF|arm\.so/i);
});

test.runIf(process.platform === 'linux')('a library that is something else', () => {
  expect(probe('libc.so.6')).toMatchInlineSnapshot(`
    "onednn: no usable oneDNN library.
      the option 'library' (libc.so.6): it has no function dnnl_version; it is not oneDNN.
    Run \`npx striate setup onednn\` (Linux on x64), or install oneDNN 3 with OpenMP and pass onednn({ library: '/path/to/libdnnl.so.3' })."
  `);
});
