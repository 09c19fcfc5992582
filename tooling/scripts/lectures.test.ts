import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

// Whatever docs/lectures.md names must be there: files, tests and exports.

const root = join(import.meta.dirname, '..', '..');
const required = [...Array.from({ length: 12 }, (_, place) => `L${place + 1}`), 'R1', 'R2', 'R4', 'R5'];

interface Row {
  id: string;
  what: string;
  exports: string[];
  files: string[];
  tests: string[];
}

const names = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);

const rows = readFileSync(join(root, 'docs', 'lectures.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| (?:[A-Z]\d+|-) /.test(line))
  .map((line): Row => {
    const [id, what, exports, files, tests] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim());
    return { id: id!, what: what!, exports: names(exports!), files: names(files!), tests: names(tests!) };
  });

test('docs/lectures.md has a row for every technique', () => {
  expect(required.filter((id) => !rows.some((row) => row.id === id))).toEqual([]);
});

describe.each(rows)('$id: $what', ({ exports, files, tests }) => {
  test('names files and tests that exist', () => {
    expect(files.length * tests.length * exports.length).toBeGreaterThan(0);
    expect([...files, ...tests].filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(tests.filter((path) => !path.endsWith('.test.ts'))).toEqual([]);
  });

  test('names tests that use each export', () => {
    const texts = tests.map((path) => readFileSync(join(root, path), 'utf8')).join('\n');
    const unused = exports.filter((name) => !new RegExp(`\\b${name.split('.').at(-1)}\\b`).test(texts));
    expect(unused).toEqual([]);
  });

  test('names exports that exist', async () => {
    for (const name of exports) {
      const [packageName, ...path] = name.split('.');
      let value: unknown = await import(`@striate/${packageName}`);
      for (const part of path) value = (value as Record<string, unknown>)[part];
      expect(value, name).toBeDefined();
    }
  });
});
