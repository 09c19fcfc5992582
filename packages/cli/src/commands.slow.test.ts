import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { wasm } from '@striate/backend-wasm';
import { dispose, use } from '@striate/core';
import { load, save } from '@striate/inference';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outlivesTerminal } from './hangups.ts';
import { fingerprint } from './testing/fingerprint.ts';
import { writeSmallMnist } from './testing/small-mnist.ts';
import { start, striate, type Ended } from './testing/striate.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const picture = fileURLToPath(new URL('../../../examples/pictures/seven.png', import.meta.url));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  await writeSmallMnist(join(folder.path, 'small'), { train: 2000, test: 200 });
});
afterAll(() => folder.remove());

const training = (out: string, ...more: readonly string[]): string[] => [
  'train',
  '--directory',
  'small',
  '--batch',
  '32',
  '--epochs',
  '3',
  '--out',
  out,
  ...more,
];

interface TrainResult {
  testAccuracy: number;
  seconds: number;
  imagesPerSecond: number;
  checkpoint: string;
  weightsSha256: string;
}

/** The object on the last line. */
const lastLine = (stdout: string): unknown => JSON.parse(stdout.trimEnd().split('\n').at(-1)!);

let whole: TrainResult;
let wholeLines: string;

beforeAll(async () => {
  const { code, stdout, stderr } = await striate(folder.path, ...training('whole', '--json'));
  expect(code, stderr).toBe(0);
  whole = lastLine(stdout) as TrainResult;
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  wholeLines = stderr;
});

test('train tells what it did, and with --json the result as an object', () => {
  expect(wholeLines).toMatch(
    /^backend +WebAssembly.*\ndata +mnist: 1,900 training, 100 validation, 200 test images\nmodel +lenet5: 61,706 parameters\n/,
  );
  expect(
    wholeLines.match(/^epoch \d\/3: loss [\d.]+, accuracy [\d.]+%, validation accuracy [\d.]+%, [\d,]+ images\/s$/gm),
  ).toHaveLength(3);
  expect(whole).toMatchObject({ checkpoint: 'whole/checkpoints/checkpoint-000180', steps: 180, model: 'whole/model' });
  expect(whole.weightsSha256).toMatch(/^[0-9a-f]{64}$/);
  expect(whole.testAccuracy).toBeGreaterThan(0.8);
  expect(whole.seconds).toBeGreaterThan(0);
  expect(whole.imagesPerSecond).toBeGreaterThan(0);
});

test('evaluate measures what train measured; --quiet prints nothing else', async () => {
  const { stdout, code } = await striate(folder.path, 'evaluate', 'whole', '--directory', 'small', '--quiet');
  expect(stdout).toMatch(new RegExp(`^test accuracy ${(whole.testAccuracy * 100).toFixed(2)}%, loss [\\d.]+\\n$`));
  expect(code).toBe(0);
});

test('predict classifies several pictures and passes over one that is missing', async () => {
  const { stdout, stderr, code } = await striate(
    folder.path,
    'predict',
    '--model',
    'whole',
    picture,
    'none.png',
    picture,
  );
  expect(
    stdout
      .replaceAll(picture, 'seven.png')
      .replaceAll(/\d+\.\d\d%/g, 'N%')
      .match(/^seven\.png: \d \(N%\)$/gm),
  ).toHaveLength(2);
  expect(stdout).toContain(
    '  the picture was made grey, inverted (the network knows light on dark), scaled to a box of 20 pixels',
  );
  expect(stderr).toBe('striate: none.png: there is no such file.\n');
  expect(code).toBe(1);
});

test.each([
  ['labels', /^seven\.png: \d \(\d+\.\d\d%\)$/m],
  ['numbers', /^seven\.png: 0 -?[\d.e-]+\n {2}then 1 -?[\d.e-]+, 2 /m],
] as const)('predict tells what the outputs mean: %s', async (outputMeaning, form) => {
  await use(wasm({ threads: 1 }));
  const { network } = await load(join(folder.path, 'whole/model'));
  await save({ ...network, outputMeaning }, join(folder.path, outputMeaning));
  const logits = await striate(folder.path, 'predict', '--model', outputMeaning, picture);
  expect(logits.stdout.replaceAll(picture, 'seven.png')).toMatch(form);
  const { stdout } = await striate(folder.path, 'predict', '--model', outputMeaning, '--top', '10', '--json', picture);
  const [found] = (lastLine(stdout) as { predictions: Record<string, { probability: number; value: number }[]>[] })
    .predictions;
  if (outputMeaning === 'numbers') {
    expect(found!['numbers']!.map(({ value }) => Number.isFinite(value))).toEqual(new Array(10).fill(true));
    expect(found).not.toHaveProperty('classes');
  } else {
    // Each by itself: they do not make 1 together.
    const sum = found!['classes']!.reduce((total, { probability }) => total + probability, 0);
    expect(Math.abs(sum - 1)).toBeGreaterThan(0.01);
  }
  dispose(network.parameters, network.state);
});

test('summary reads a model folder', async () => {
  const named = await striate(folder.path, 'summary', 'lenet5');
  const saved = await striate(folder.path, 'summary', 'whole');
  expect(saved.stdout).toBe(`${named.stdout}images    28x28, grey\nclasses   0, 1, 2, 3, 4, 5, 6, 7, 8, 9\n`);
});

test('doctor finds the backend', async () => {
  const { stdout, code } = await striate(folder.path, 'doctor', '--json');
  const { node, backends } = lastLine(stdout) as { node: string; backends: { name: string }[] };
  expect(node).toBe(process.version);
  expect(backends.map(({ name }) => name)).toEqual(['wasm', 'onednn', 'webgpu', 'tensorflow']);
  expect(backends[0]).toMatchObject({ name: 'wasm', available: true });
  expect(code).toBe(0);
});

// Where the tests run under nohup, so do their children.
const signals = ['SIGINT', 'SIGTERM', ...(outlivesTerminal() ? [] : (['SIGHUP'] as const))] as const;

describe.each(signals)('%s', (signal) => {
  test('stops with everything saved, and the resumed training ends with the same weights', async () => {
    const out = `stopped-by-${signal}`;
    const running = start(folder.path, ...training(out));
    await running.says('epoch 1/3');
    running.process.kill(signal);
    const { code, stdout } = await running.ended;
    expect(stdout).toContain('stopping after this step and saving; press Ctrl-C again to stop at once\n');
    const step = Number(/stopped after step (\d+); everything is saved/.exec(stdout)![1]);
    expect(step).toBeLessThan(180);
    expect(code).toBe(130);
    expect(readdirSync(join(folder.path, out))).toEqual(['checkpoints', 'history.json', 'options.json']);
    // All options come from the run.
    const resumed = await striate(folder.path, 'train', '--out', out, '--resume', '--json');
    expect(resumed.stderr).toContain(`resumed after step ${step}\n`);
    expect((lastLine(resumed.stdout) as TrainResult).weightsSha256).toBe(whole.weightsSha256);
  });
});

test('the command that goes on names the backend, where that is not the usual one', async () => {
  const running = start(folder.path, ...training('stopped-on-auto', '--backend', 'auto'));
  await running.says('epoch 1/3');
  running.process.kill('SIGINT');
  const { stdout } = await running.ended;
  expect(stdout).toContain('To go on: striate train --out stopped-on-auto --resume --backend auto\n');
});

test('no second run enters the folder meanwhile', async () => {
  const running = start(folder.path, ...training('twice', '--epochs', '500'));
  await running.says('epoch 1/500');
  const second = await striate(folder.path, ...training('twice', '--overwrite'));
  expect(second.stderr).toMatch(
    /^striate: twice: another training writes there\. Wait for it, or choose another --out\. It is process \d+ on \S+, since \S+Z\.\n$/,
  );
  expect(second.code).toBe(1);
  running.process.kill('SIGINT');
  expect((await running.ended).stdout).toContain('everything is saved');
});

test('one Ctrl-C that comes twice, from the terminal and handed on, saves everything', async () => {
  const running = start(folder.path, ...training('handed-on', '--epochs', '500'));
  await running.says('epoch 1/500');
  running.process.kill('SIGINT');
  // Two equal signals at once may come as one.
  running.process.kill('SIGTERM');
  const { code, stdout } = await running.ended;
  expect(stdout).toMatch(/\nstopped after step [\d,]+; everything is saved\. To go on: .*\n$/);
  expect(code).toBe(130);
});

describe('a second Ctrl-C, half a second after the first', () => {
  beforeAll(() => writeSmallMnist(join(folder.path, 'long-test'), { train: 64, test: 10_000 }));

  /** A training that measures for some seconds what it has saved, and is interrupted twice. */
  async function stopTwice(out: string, ...more: readonly string[]): Promise<Ended> {
    const words = ['--directory', 'long-test', '--model', 'resnet20', '--epochs', '1', '--out', out];
    const running = start(folder.path, 'train', ...words, ...more);
    while (!existsSync(join(folder.path, out, 'model', 'model.json'))) await setTimeout(5);
    running.process.kill('SIGINT');
    await running.says('press Ctrl-C again', more.includes('--json') ? 'stderr' : 'stdout');
    await setTimeout(800);
    running.process.kill('SIGINT');
    return running.ended;
  }

  test('ends at once', async () => {
    const { code, stdout } = await stopTwice('at-once');
    expect(code).toBe(130);
    expect(stdout).toMatch(
      /\nstopped at once; the last checkpoint is at-once\/checkpoints\/checkpoint-\d+\. To go on: striate train --out at-once --resume\n$/,
    );
    expect(readdirSync(join(folder.path, 'at-once'))).not.toContain('in-use');
  });

  test('gives the object that --json promises', async () => {
    const { code, stdout } = await stopTwice('at-once-json', '--json');
    expect(code).toBe(130);
    const { stopped, checkpoint } = lastLine(stdout) as { stopped: string; checkpoint: string };
    expect(stopped).toBe('at once');
    expect(readdirSync(join(folder.path, checkpoint))).toContain('training.json');
  });
});

test('an --overwrite that is interrupted twice before its first step leaves the earlier run as it was', async () => {
  const out = join(folder.path, 'kept');
  cpSync(join(folder.path, 'whole'), out, { recursive: true });
  const before = fingerprint(out);
  const running = start(folder.path, ...training('kept', '--overwrite', '--json'));
  while (!readdirSync(out).some((name) => name.startsWith('replaced-by-'))) await setTimeout(1);
  running.process.kill('SIGINT');
  running.process.kill('SIGTERM');
  const { code, stderr, stdout } = await running.ended;
  expect(code).toBe(130);
  // On a quick machine the first step has come.
  if (stderr.includes('stopping after this step')) return;
  expect(lastLine(stdout)).toEqual({ stopped: 'at once' });
  expect(fingerprint(out)).toEqual(before);
});

test('stopped before the first step, nothing of it is left', async () => {
  const running = start(folder.path, ...training('early', '--json'));
  while (!existsSync(join(folder.path, 'early', 'options.json'))) await setTimeout(2);
  running.process.kill('SIGINT');
  const { code, stdout, stderr } = await running.ended;
  expect(code).toBe(130);
  // On a quick machine the first step has come.
  if (stderr.includes('stopping after this step')) return;
  expect(lastLine(stdout)).toEqual({ stopped: 'at once' });
  expect(existsSync(join(folder.path, 'early'))).toBe(false);
});

test('under nohup a training outlives its terminal', async () => {
  const words = training('nohup', '--json').join(' ');
  const command = `nohup '${process.execPath}' --conditions=@striate/source '${main}' ${words} > nohup.txt 2> nohup.err & echo $!; wait $!`;
  const shell = spawn('bash', ['-c', command], { cwd: folder.path, stdio: ['ignore', 'pipe', 'ignore'] });
  const [first] = (await once(shell.stdout, 'data')) as [Buffer];
  const heard = (): string =>
    existsSync(join(folder.path, 'nohup.err')) ? readFileSync(join(folder.path, 'nohup.err'), 'utf8') : '';
  while (!heard().includes('epoch 1/3')) await setTimeout(5);
  process.kill(Number(first.toString()), 'SIGHUP');
  expect(await once(shell, 'close')).toEqual([0, null]);
  const { weightsSha256 } = lastLine(readFileSync(join(folder.path, 'nohup.txt'), 'utf8')) as TrainResult;
  expect(weightsSha256).toBe(whole.weightsSha256);
});

test('a run that is killed before its first checkpoint starts afresh, with its options', async () => {
  const running = start(folder.path, ...training('killed'));
  // Before data are loaded and the backend starts.
  while (!existsSync(join(folder.path, 'killed', 'options.json'))) await setTimeout(2);
  running.process.kill('SIGKILL');
  expect((await running.ended).signal).toBe('SIGKILL');
  const unfinished = await striate(folder.path, 'summary', 'killed');
  expect(unfinished.stderr).toContain("there is neither a model nor a model folder 'killed'");
  const { stderr, stdout } = await striate(folder.path, 'train', '--out', 'killed', '--resume', '--json');
  expect(stderr).toContain('no checkpoint in killed/checkpoints yet: starting afresh\n');
  expect((lastLine(stdout) as TrainResult).weightsSha256).toBe(whole.weightsSha256);
});

test('an --overwrite that is killed early leaves no model of the earlier run, and goes on as itself', async () => {
  cpSync(join(folder.path, 'whole'), join(folder.path, 'again'), { recursive: true });
  const before = fingerprint(join(folder.path, 'again'));
  const words = ['--seed', '8', '--epochs', '1'];
  const refused = await striate(folder.path, ...training('again', '--overwrite', '--directory', 'nowhere'));
  expect(refused.code).toBe(1);
  expect(fingerprint(join(folder.path, 'again'))).toEqual(before);
  const running = start(folder.path, ...training('again', '--overwrite', ...words));
  await running.says('model ');
  running.process.kill('SIGKILL');
  await running.ended;
  const aside = readdirSync(join(folder.path, 'again')).find((name) => name.startsWith('replaced-by-'))!;
  const unfinished = await striate(folder.path, 'evaluate', 'again', '--directory', 'small');
  expect(unfinished.stderr).toBe(
    `striate: again: the training has not ended, so there is no model yet. Go on with \`striate train --out again --resume\`, or name the model that it is to replace: ${join('again', aside, 'model')}.\n`,
  );
  const earlier = await striate(folder.path, 'evaluate', join('again', aside), '--directory', 'small', '--json');
  expect(lastLine(earlier.stdout)).toMatchObject({ testAccuracy: whole.testAccuracy });
  const resumed = await striate(folder.path, 'train', '--out', 'again', '--resume', '--json');
  const alone = await striate(folder.path, ...training('other', ...words, '--json'));
  const weights = ({ stdout }: { stdout: string }) => (lastLine(stdout) as TrainResult).weightsSha256;
  expect(weights(resumed)).toBe(weights(alone));
  expect(readdirSync(join(folder.path, 'again')).toSorted()).toEqual(
    readdirSync(join(folder.path, 'other')).toSorted(),
  );
});

test('a reader that has seen enough ends the program without a word', async () => {
  const command = `'${process.execPath}' --conditions=@striate/source '${main}' ${training('head', '--epochs', '500').join(' ')} | head -1`;
  const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve) => {
    execFile('sh', ['-c', command], { cwd: folder.path }, (_error, stdout, stderr) => resolve({ stdout, stderr }));
  });
  expect(stdout).toMatch(/^backend .*\n$/);
  expect(stderr).toBe('');
});

test('an old Node is told which one is needed', () => {
  const pretend =
    "Object.defineProperty(process, 'versions', { value: { node: '20.19.0' } }); Object.defineProperty(process, 'version', { value: 'v20.19.0' })";
  const shim = fileURLToPath(new URL('../bin/striate.js', import.meta.url));
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, shim],
    { encoding: 'utf8' },
  );
  expect(stderr).toMatchInlineSnapshot(`
    "striate: needs Node 22.18 or later, and this is v20.19.0. Get it from https://nodejs.org, or run \`npx -y -p node@24 -p striate striate\`.
    "
  `);
  expect(status).toBe(1);
});
