import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { striate } from './testing/striate.ts';

const here = tmpdir();

describe('help', () => {
  test('comes alone, by name and by option', async () => {
    const [alone, option, named, train] = await Promise.all([
      striate(here),
      striate(here, '--help'),
      striate(here, 'help', 'train'),
      striate(here, 'train', '--help'),
    ]);
    expect(alone).toEqual({ ...option, code: 0 });
    expect(alone.stdout).toMatch(/^Usage: striate /);
    expect(named).toEqual({ ...train, code: 0 });
    expect(train.stdout).toMatch(/^Usage: striate train \[options\]/);
    expect(train.stdout).toContain('--checkpoint-every <steps>');
    expect(train.stdout).toContain('--verbose');
  });

  test.each(['train', 'evaluate', 'predict', 'summary', 'doctor', 'setup'])(
    '%s says what it does, and ends with examples',
    async (name) => {
      const { stdout } = await striate(here, name, '--help');
      expect(stdout).toMatch(new RegExp(`^Usage: striate ${name} `));
      expect(stdout).toMatch(new RegExp(`\nExamples:\n(  \\$ striate ${name}.*\n)+$`));
      expect(stdout.split('\n').every((line) => line.length <= 84)).toBe(true);
    },
  );

  test('the version is that of the package', async () => {
    expect((await striate(here, '--version')).stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
  });
});
