import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'striate-onednn-'));
afterAll(() => rmSync(folder, { recursive: true }));
const source = new URL('../index.ts', import.meta.url).pathname;

/** A file in the format of libraries. */
const elf = (): Buffer => readFileSync(process.execPath);

/** What a process of its own says that asks for this library; it must end by itself, not crash. */
function probe(library: string | undefined, environment: NodeJS.ProcessEnv = {}): string {
  const script = `
    import { onednn } from ${JSON.stringify(source)};
    const found = await onednn(${library === undefined ? '' : JSON.stringify({ library })}).probe();
    console.log(JSON.stringify(found));`;
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@striate/source', '--input-type=module', '-e', script],
    { encoding: 'utf8', cwd: new URL('../..', import.meta.url).pathname, env: { ...process.env, ...environment } },
  );
  expect({ status, signal, stderr }).toMatchObject({ status: 0, signal: null });
  const found = JSON.parse(stdout) as { available: boolean; reason?: string; remedy?: string };
  expect(found.available).toBe(false);
  expect(found.remedy).toContain('npx striate setup onednn');
  return found.reason!.replaceAll(folder, 'FOLDER').trimEnd();
}

test.runIf(process.platform === 'linux')('a library that is not there', () => {
  expect(probe(join(folder, 'none.so'))).toMatchInlineSnapshot(`
    "no usable oneDNN library.
      the option 'library' (FOLDER/none.so): there is no such file."
  `);
});

test.runIf(process.platform === 'linux')('a file that is no library', () => {
  writeFileSync(join(folder, 'text.so'), 'not a library');
  expect(probe(join(folder, 'text.so'))).toMatchInlineSnapshot(`
    "no usable oneDNN library.
      the option 'library' (FOLDER/text.so): it is no shared library."
  `);
});

test.runIf(process.platform === 'linux')('a library cut short, which would end the process if it were loaded', () => {
  writeFileSync(join(folder, 'cut.so'), elf().subarray(0, 65_536));
  expect(probe(join(folder, 'cut.so'))).toMatch(/\(FOLDER\/cut\.so\): it is cut short: 65536 bytes of \d+\.$/);
});

test.runIf(process.platform === 'linux')('a library for another processor', () => {
  const bytes = elf().subarray(0, 65_536);
  const [machine, name] = process.arch === 'arm64' ? [62, 'x64'] : [183, 'arm64'];
  bytes.writeUInt16LE(machine, 18);
  writeFileSync(join(folder, 'other.so'), bytes);
  expect(probe(join(folder, 'other.so'))).toContain(
    `(FOLDER/other.so): it is for ${name}, and this processor is ${process.arch}.`,
  );
});

test.runIf(process.platform === 'linux')('a library that is something else', () => {
  expect(probe('libc.so.6')).toMatchInlineSnapshot(`
    "no usable oneDNN library.
      the option 'library' (libc.so.6): it has no function dnnl_version; it is not oneDNN."
  `);
});

test.runIf(process.platform === 'linux')(
  'a cached library whose bytes have changed is not loaded, and none in its place',
  () => {
    const cached = join(folder, 'striate', 'onednn-2023.2.0', 'libdnnl.so.3');
    mkdirSync(dirname(cached), { recursive: true });
    writeFileSync(cached, elf());
    expect(
      probe(undefined, { XDG_CACHE_HOME: folder, STRIATE_ONEDNN: '' }).replaceAll(/[0-9a-f]{64}/g, 'SHA'),
    ).toMatchInlineSnapshot(
      `"the cache holds another library than was installed (FOLDER/striate/onednn-2023.2.0/libdnnl.so.3 has SHA-256 SHA, not SHA): it is damaged or has been replaced."`,
    );
  },
);
