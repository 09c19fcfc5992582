import { execFile, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeSmallMnist } from './testing/small-mnist.ts';
import { start, striate } from './testing/striate.ts';
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

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
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

test('a second Ctrl-C ends at once, and no second run enters the folder meanwhile', async () => {
  const running = start(folder.path, ...training('twice', '--epochs', '500'));
  await running.says('epoch 1/500');
  const second = await striate(folder.path, ...training('twice', '--overwrite'));
  expect(second.stderr.replace(/process \d+/, 'process N')).toMatchInlineSnapshot(`
    "striate: twice: another training writes there (process N). Wait for it, or choose another --out. If there is none, remove twice/in-use.
    "
  `);
  expect(second.code).toBe(1);
  running.process.kill('SIGINT');
  running.process.kill('SIGINT');
  expect((await running.ended).code).toBe(130);
  expect(readdirSync(join(folder.path, 'twice'))).not.toContain('in-use');
});

test('a run that is killed before its first checkpoint starts afresh', async () => {
  const running = start(folder.path, ...training('killed'));
  await running.says('model ');
  running.process.kill('SIGKILL');
  expect((await running.ended).signal).toBe('SIGKILL');
  const { stderr, stdout } = await striate(folder.path, ...training('killed', '--resume', '--json'));
  expect(stderr).toContain('no checkpoint in killed/checkpoints yet: starting afresh\n');
  expect((lastLine(stdout) as TrainResult).weightsSha256).toBe(whole.weightsSha256);
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

describe('help', () => {
  test('comes alone, by name and by option', async () => {
    const [alone, option, named, train] = await Promise.all([
      striate(folder.path),
      striate(folder.path, '--help'),
      striate(folder.path, 'help', 'train'),
      striate(folder.path, 'train', '--help'),
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
      const { stdout } = await striate(folder.path, name, '--help');
      expect(stdout).toMatch(new RegExp(`^Usage: striate ${name} `));
      expect(stdout).toMatch(new RegExp(`\nExamples:\n(  \\$ striate ${name}.*\n)+$`));
      expect(stdout.split('\n').every((line) => line.length <= 84)).toBe(true);
    },
  );

  test('the version is that of the package', async () => {
    expect((await striate(folder.path, '--version')).stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
  });
});
