import { expect, test, vi } from 'vitest';
import { count, createOutput, field, percent } from './output.ts';

/** What the two streams get when everything is said once. */
function said(options: Parameters<typeof createOutput>[0]): { stdout: string; stderr: string } {
  const heard = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      heard[name] += String(text);
      return true;
    }),
  );
  try {
    const output = createOutput(options);
    output.line('line');
    output.detail('detail');
    output.result('result', { answer: 42 });
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return heard;
}

test('people get lines and the result on standard output', () => {
  expect(said({})).toEqual({ stdout: 'line\nresult\n', stderr: '' });
});

test('--quiet leaves the result', () => {
  expect(said({ quiet: true })).toEqual({ stdout: 'result\n', stderr: '' });
});

test('--verbose adds details', () => {
  expect(said({ verbose: true }).stdout).toMatch(/^line\n.*detail.*\nresult\n$/);
});

test('--json leaves one object on standard output and moves the lines', () => {
  expect(said({ json: true })).toEqual({ stdout: '{"answer":42}\n', stderr: 'line\n' });
  expect(said({ json: true, quiet: true })).toEqual({ stdout: '{"answer":42}\n', stderr: '' });
});

test('numbers are written for people', () => {
  expect(count(60_000)).toBe('60,000');
  expect(percent(0.98934)).toBe('98.93%');
  expect(field('data', 'mnist')).toBe('data      mnist');
});
