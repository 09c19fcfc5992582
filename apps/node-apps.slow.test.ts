// The apps for Node, each as a process of its own, as people start them.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { wasm } from '@striate/backend-wasm';
import { use } from '@striate/core';
import { load } from '@striate/inference';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { usableBackends } from '../tooling/conformance/src/usable-backends.ts';

let out = '';
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'striate-app-'));
});
afterEach(() => rm(out, { recursive: true }));

interface Ended {
  code: number | null;
  text: string;
}

interface StartOptions {
  /** What the app must have printed before it is interrupted as by Ctrl-C. */
  interruptAt?: string;
  /** After so many milliseconds it is interrupted once more. */
  repeatAfter?: number;
  /** More variables of the environment. */
  environment?: Readonly<Record<string, string>>;
}

/** Runs an app to its end. */
function start(
  app: string,
  options: readonly string[],
  { interruptAt, repeatAfter, environment }: StartOptions = {},
): Promise<Ended> {
  const main = fileURLToPath(new URL(`${app}/src/main.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@striate/source', main, '--out', out, ...options], {
    env: { ...process.env, ...environment },
  });
  return new Promise((resolve) => {
    let text = '';
    const add = (part: Buffer): void => {
      text += part.toString();
      if (interruptAt === undefined || !text.includes(interruptAt)) return;
      interruptAt = undefined;
      child.kill('SIGINT');
      if (repeatAfter !== undefined) setTimeout(() => child.kill('SIGINT'), repeatAfter);
    };
    child.stdout.on('data', add);
    child.stderr.on('data', add);
    child.on('close', (code) => resolve({ code, text }));
  });
}

const accuracyIn = ({ text }: Ended): number => Number(/test accuracy: ([\d.]+)%/.exec(text)?.[1]);

/** The losses that an app printed, by step. */
const lossesIn = ({ text }: Ended): Record<string, number> =>
  Object.fromEntries(
    Array.from(text.matchAll(/^step (\d+) .*loss ([\d.]+)$/gm), ([, step, loss]) => [step, Number(loss)]),
  );

test('node-cpu: one epoch, at least 97%, and a model folder that loads', async () => {
  const ended = await start('node-cpu', []);
  expect(ended).toMatchObject({ code: 0 });
  expect(ended.text).toMatch(/^backend: wasm \(/);
  expect(accuracyIn(ended)).toBeGreaterThanOrEqual(97);
  const backend = await use(wasm({ threads: 1 }));
  const { classNames, preprocessing } = await load(join(out, 'model'));
  expect(classNames).toHaveLength(10);
  expect(preprocessing).toMatchObject({ size: [28, 28], channels: 1 });
  await backend.stop();
});

test('Ctrl-C keeps what was trained, and --resume goes on from there', async () => {
  const stopped = await start('node-cpu', ['--seed', '3'], { interruptAt: 'step 20 ' });
  expect(stopped.text).toMatch(/training ended: aborted\nsaved in/);
  expect(stopped.code).toBe(0);
  expect(accuracyIn(stopped)).toBeGreaterThan(50);
  expect(existsSync(join(out, 'model/model.json'))).toBe(true);
  const resumed = await start('node-cpu', ['--seed', '3', '--resume', '--steps', '200', '--no-test']);
  expect(resumed.text).toMatch(/going on from .*checkpoint-0000/);
  expect(resumed.text).toContain('training ended: 200 steps');
  expect(lossesIn(resumed)).not.toHaveProperty('1');
});

test('an earlier training is replaced only if asked for', async () => {
  const brief = ['--steps', '2', '--no-test'];
  expect(await start('node-cpu', brief)).toMatchObject({ code: 0 });
  const model = readFileSync(join(out, 'model/weights.safetensors'));
  const other = [...brief, '--seed', '2'];
  const refused = await start('node-cpu', other);
  expect(refused.code).toBe(1);
  expect(refused.text.replaceAll(out, 'out')).toBe(
    'out: already holds a training, the last checkpoint out/checkpoint-000002. Add --resume to go on, --overwrite to replace it, or choose another --out.\n',
  );
  expect((await start('node-cpu', [...other, '--resume', '--overwrite'])).text).toContain('give one of them');
  await rm(join(out, 'checkpoint-000002'), { recursive: true });
  const noCheckpoint = await start('node-cpu', [...other, '--resume']);
  expect(noCheckpoint.text).toContain('already holds a model but no checkpoint to go on from. Add --overwrite');
  expect(readFileSync(join(out, 'model/weights.safetensors'))).toEqual(model);
  expect(await start('node-cpu', [...other, '--overwrite'])).toMatchObject({ code: 0 });
  expect(readFileSync(join(out, 'model/weights.safetensors'))).not.toEqual(model);
});

test('one Ctrl-C that comes twice, from the terminal and handed on, keeps what was trained', async () => {
  const stopped = await start('node-cpu', ['--no-test'], { interruptAt: 'step 20 ', repeatAfter: 50 });
  expect(stopped.text).toMatch(/training ended: aborted\nsaved in/);
  expect(stopped.code).toBe(0);
});

test('options that make no sense are refused', async () => {
  const ended = await start('node-cpu', ['--epochs', 'many']);
  expect(ended.code).toBe(1);
  expect(ended.text).toMatch(/^--epochs is 'many', but must be a whole number\.\noptions:/);
});

/** Losses of node-cpu, by step. */
let expected: Promise<Record<string, number>> | undefined;
const lossesOfCpu = (): Promise<Record<string, number>> =>
  (expected ??= start('node-cpu', ['--steps', '30', '--no-test', '--overwrite']).then(lossesIn));

// Where there is no GPU, the look for backends has named a software driver in the environment, which the app inherits.
test.for([
  ['node-webgpu', 'webgpu', 10],
  ['node-native', 'onednn', 30],
] as const)('%s: steps with the losses of node-cpu', async ([app, backend, steps], { skip }) => {
  if (!usableBackends.includes(backend)) skip(`${backend} does not work here`);
  const ended = await start(app, ['--steps', String(steps), '--no-test']);
  expect(ended).toMatchObject({ code: 0 });
  expect(ended.text).toMatch(new RegExp(`^backend: ${backend} \\(`, 'm'));
  const wanted = await lossesOfCpu();
  const losses = lossesIn(ended);
  expect(Object.keys(losses).at(-1)).toBe(String(steps));
  for (const [step, loss] of Object.entries(losses)) {
    expect(Math.abs(loss / wanted[step]! - 1), `step ${step}`).toBeLessThan(Number(step) <= 10 ? 1e-3 : 2e-2);
  }
});

test.runIf(usableBackends.includes('tensorflow'))('node-cuda: 300 steps, at least 90%, on any device', async () => {
  const ended = await start('node-cuda', ['--steps', '300']);
  expect(ended).toMatchObject({ code: 0 });
  expect(ended.text).toMatch(/^backend: tensorflow \(TensorFlow .*(GPU|CPU)/m);
  if (!/NVIDIA GPU\)/.test(ended.text)) expect(ended.text).toMatch(/^not used: tensorflow: .+/m);
  expect(accuracyIn(ended)).toBeGreaterThanOrEqual(90);
});

test.each([
  ['node-cuda', 'STRIATE_TENSORFLOW', 'npx striate setup tensorflow'],
  ['node-native', 'STRIATE_ONEDNN', 'npx striate setup onednn'],
])('%s without its library says how to get it', async (app, variable, advice) => {
  const ended = await start(app, ['--steps', '1'], { environment: { [variable]: join(out, 'nowhere') } });
  expect(ended.text).toContain(advice);
  expect(ended.code).toBe(1);
});
