import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';

const program = `
const { hearStops } = await import(${JSON.stringify(fileURLToPath(new URL('interrupt.ts', import.meta.url)))});
hearStops({
  first() {
    console.log('first');
    // A long step: what comes meanwhile is heard after it.
    const end = performance.now() + Number(process.argv[1]);
    while (performance.now() < end);
  },
  again() {
    console.log('again');
    process.exit(7);
  },
});
globalThis.setTimeout(() => process.exit(0), 1500);
console.log('ready');
`;

/** What a process says that gets a signal and others so many milliseconds after it. */
async function hear(after: readonly number[], { step = 0 } = {}): Promise<string[]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, String(step)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  const closed = once(child, 'close');
  while (!text.includes('ready')) await setTimeout(2);
  child.kill('SIGINT');
  // Two equal signals at once may come as one.
  for (const milliseconds of after) void setTimeout(milliseconds).then(() => child.kill('SIGTERM'));
  await closed;
  return text.trim().split('\n').slice(1);
}

test.each([[0], [100]])(
  'a repeat after %i ms is the same Ctrl-C: a terminal and a program between send it twice',
  async (after) => {
    expect(await hear([after])).toEqual(['first']);
  },
);

test('also where a long step keeps it from being heard at once', async () => {
  expect(await hear([50], { step: 900 })).toEqual(['first']);
});

test('a later one is another', async () => {
  expect(await hear([50, 800])).toEqual(['first', 'again']);
});
