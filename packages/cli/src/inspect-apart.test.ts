import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inspectApart } from './inspect-apart.ts';

let folder: string;
const [, program] = process.argv;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'striate-inspect-'));
});
afterEach(() => {
  process.argv[1] = program!;
  rmSync(folder, { recursive: true });
});

/** What is said of a process that does this in place of `striate doctor`. */
async function inspection(script: string): Promise<object> {
  process.argv[1] = join(folder, 'program.mjs');
  writeFileSync(process.argv[1], script);
  return inspectApart('webgpu', 2);
}

test('a process that ends without an answer, and one that hangs, are told apart', async () => {
  expect(await inspection('process.kill(process.pid, "SIGABRT")')).toMatchObject({
    available: false,
    reason: 'looking for it ended a process by SIGABRT.',
  });
  expect(await inspection('console.error("looking"); setInterval(() => {}, 1000)')).toMatchObject({
    available: false,
    reason: 'looking for it took longer than 2 s. Its last words: looking',
  });
});
