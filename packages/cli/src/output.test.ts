import { expect, test, vi } from 'vitest';
import { count, createOutput, field, percent } from './output.ts';
import { visible, visibleLines } from './visible.ts';

/** What the two streams get when everything is said once. */
async function said(
  options: Parameters<typeof createOutput>[0],
  result: object = { answer: 42 },
): Promise<{ stdout: string; stderr: string }> {
  const heard = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text: unknown, ...more: unknown[]) => {
      heard[name] += String(text);
      const done = more.at(-1);
      if (typeof done === 'function') done();
      return true;
    }),
  );
  try {
    const output = createOutput(options);
    output.line('line');
    output.detail('detail');
    await output.result('result', result);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return heard;
}

test('people get lines and the result on standard output', async () => {
  expect(await said({})).toEqual({ stdout: 'line\nresult\n', stderr: '' });
});

test('--quiet leaves the result', async () => {
  expect(await said({ quiet: true })).toEqual({ stdout: 'result\n', stderr: '' });
});

test('--verbose adds details', async () => {
  expect((await said({ verbose: true })).stdout).toMatch(/^line\n.*detail.*\nresult\n$/);
});

test('--json leaves one object on standard output and moves the lines', async () => {
  expect(await said({ json: true })).toEqual({ stdout: '{"answer":42}\n', stderr: 'line\n' });
  expect(await said({ json: true, quiet: true })).toEqual({ stdout: '{"answer":42}\n', stderr: '' });
});

test('control characters are written out, but for the line ends that are ours', () => {
  expect(visible('a\u001b[2Jb\nc\u009b\u202e')).toBe(String.raw`a\u001b[2Jb\u000ac\u009b\u202e`);
  expect(visibleLines('a\r\nb\tc')).toBe('a\\u000d\nb\\u0009c');
  expect(visible('Größe 7, 数字, 👩‍🌾')).toBe('Größe 7, 数字, 👩‍🌾');
});

test('of words of the command line no line end is ours', () => {
  const words = ['--out', 'a\nstriate: all is well/b', '--model=x\u2028y'];
  const text = 'runs/a\nstriate: all is well/b/model: is no folder.\nAlso x\u2028y.';
  expect(visibleLines(text, words)).toBe('runs/a\\u000astriate: all is well/b/model: is no folder.\nAlso x\\u2028y.');
});

test('JSON has its control characters escaped, also those that JSON.stringify leaves', async () => {
  const { stdout } = await said({ json: true }, { answer: 'a\u009b\u202e\u007f\nb' });
  expect(stdout).toBe('{"answer":"a\\u009b\\u202e\\u007f\\nb"}\n');
  expect(JSON.parse(stdout)).toEqual({ answer: 'a\u009b\u202e\u007f\nb' });
});

test('numbers are written for people', () => {
  expect(count(60_000)).toBe('60,000');
  expect(percent(0.98934)).toBe('98.93%');
  expect(field('data', 'mnist')).toBe('data      mnist');
});
