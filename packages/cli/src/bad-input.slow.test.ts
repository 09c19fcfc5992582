import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wasm } from '@striate/backend-wasm';
import { fill, use } from '@striate/core';
import { load, save } from '@striate/inference';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeSmallMnist } from './testing/small-mnist.ts';
import { striate } from './testing/striate.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const picture = fileURLToPath(new URL('../../../examples/pictures/seven.png', import.meta.url));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  await writeSmallMnist(join(folder.path, 'small'), { train: 400, test: 100 });
  const { code, stderr } = await striate(folder.path, ...training('--out', 'trained', '--epochs', '2'));
  expect(stderr).toBe('');
  expect(code).toBe(0);
});
afterAll(() => folder.remove());

/** A short training of the smallest model, with more options. */
const training = (...more: readonly string[]): string[] => [
  'train',
  '--directory',
  'small',
  '--model',
  'mlp',
  '--batch',
  '32',
  '--epochs',
  '1',
  '--threads',
  '1',
  ...more,
];

/** What a command that fails says on standard error: one clear error, exit code 1, no stack. */
async function refusal(...words: readonly string[]): Promise<string> {
  const { code, stderr } = await striate(folder.path, ...words);
  expect(code).toBe(1);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(stderr).toMatch(/^striate: /);
  return stderr.trim().replaceAll(folder.path, '').replaceAll(picture, 'seven.png');
}

/** A copy of the small data set of which one file was changed. */
function changed(name: string, file: string, change: (bytes: Buffer) => Buffer): string[] {
  cpSync(join(folder.path, 'small'), join(folder.path, name), { recursive: true });
  const path = join(folder.path, name, file);
  writeFileSync(path, change(readFileSync(path)));
  return training('--directory', name, '--out', 'never');
}

const flip = (path: string, place: number): void => {
  const bytes = readFileSync(path);
  bytes[place] = bytes[place]! ^ 1;
  writeFileSync(path, bytes);
};

test('names that nobody knows', async () => {
  expect(await refusal('trian')).toMatchInlineSnapshot(`
    "striate: unknown command 'trian'
    (Did you mean train?)
    Add --help to see what is possible."
  `);
  expect(await refusal('train', '--modell', 'mlp')).toMatchInlineSnapshot(`
    "striate: unknown option '--modell'
    (Did you mean --model?)
    Add --help to see what is possible."
  `);
  expect(await refusal(...training('--model', 'lenet'))).toMatchInlineSnapshot(`
    "striate: option '--model <name>' argument 'lenet' is invalid. Did you mean 'lenet5'? Known: lenet5, mnist-cnn, mlp, resnet20.
    Add --help to see what is possible."
  `);
  expect(await refusal(...training('--data', 'mnits'))).toMatchInlineSnapshot(`
    "striate: option '--data <name>' argument 'mnits' is invalid. Did you mean 'mnist'? Known: mnist, fashion-mnist.
    Add --help to see what is possible."
  `);
  expect(await refusal(...training('--backend', 'wsam'))).toMatchInlineSnapshot(`
    "striate: option '--backend <name>' argument 'wsam' is invalid. Did you mean 'wasm'? Known: wasm, onednn, webgpu, tensorflow, auto. A package of others has its whole name: @me/backend-mine.
    Add --help to see what is possible."
  `);
  expect(await refusal(...training('--optimizer', 'adma'))).toMatchInlineSnapshot(`
    "striate: option '--optimizer <name>' argument 'adma' is invalid. Did you mean 'adam'? Known: adam, adamw, sgd.
    Add --help to see what is possible."
  `);
  expect(await refusal('summary', 'lenet-5')).toMatchInlineSnapshot(
    `"striate: there is neither a model nor a model folder 'lenet-5'. Did you mean 'lenet5'? Known: lenet5, mnist-cnn, mlp, resnet20."`,
  );
});

test('numbers that cannot be', async () => {
  expect(await refusal(...training('--batch', '0'))).toMatchInlineSnapshot(`
    "striate: option '--batch <size>' argument '0' is invalid. It must be a whole number from 1 to 1000000.
    Add --help to see what is possible."
  `);
  expect(await refusal(...training('--epochs', '1.5'))).toMatchInlineSnapshot(`
    "striate: option '--epochs <count>' argument '1.5' is invalid. It must be a whole number from 1 to 1000000.
    Add --help to see what is possible."
  `);
  expect(await refusal(...training('--seed', '4294967296'))).toMatchInlineSnapshot(`
    "striate: option '--seed <number>' argument '4294967296' is invalid. It must be a whole number from 0 to 4294967295.
    Add --help to see what is possible."
  `);
  expect(await refusal(...training('--validation', '1'))).toMatchInlineSnapshot(`
    "striate: option '--validation <share>' argument '1' is invalid. It must be a share from 0 to below 1, such as 0.05.
    Add --help to see what is possible."
  `);
  expect(await refusal(...training('--learning-rate', '0'))).toMatchInlineSnapshot(`
    "striate: option '--learning-rate <number>' argument '0' is invalid. It must be a number above 0.
    Add --help to see what is possible."
  `);
});

test('data files that are missing or damaged', async () => {
  const images = 'train-images-idx3-ubyte';
  const labels = 'train-labels-idx1-ubyte';
  expect(await refusal(...training('--directory', 'nowhere', '--out', 'never'))).toMatchInlineSnapshot(
    `"striate: nowhere: has neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz. The folder needs train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, gzipped or not."`,
  );
  expect(await refusal(...changed('cut', images, (bytes) => bytes.subarray(0, 5000)))).toMatchInlineSnapshot(
    `"striate: cut/train-images-idx3-ubyte: the file is cut: wanted 313616 bytes for shape [400, 28, 28], got 5000 bytes. Get the file again."`,
  );
  expect(
    await refusal(...changed('magic', images, (bytes) => Buffer.concat([Buffer.from('GIF8'), bytes.subarray(4)]))),
  ).toMatchInlineSnapshot(
    `"striate: magic/train-images-idx3-ubyte: not an IDX file: it begins with 47 49 46 38, but images begin with 00 00 08 03 and labels with 00 00 08 01."`,
  );
  expect(
    await refusal(
      ...changed('fewer', labels, (bytes) => {
        bytes.writeUInt32BE(399, 4);
        return bytes.subarray(0, -1);
      }),
    ),
  ).toMatchInlineSnapshot(
    `"striate: fewer/train-images-idx3-ubyte has 400 images, but fewer/train-labels-idx1-ubyte has 399 labels: they do not belong together."`,
  );
  expect(
    await refusal(
      ...changed('label', labels, (bytes) => {
        bytes[8 + 7] = 10;
        return bytes;
      }),
    ),
  ).toMatchInlineSnapshot(
    `"striate: label/train-labels-idx1-ubyte: label 7 is 10, but there are 10 classes, so labels are whole numbers from 0 to 9."`,
  );
  expect(readdirSync(folder.path)).not.toContain('never');
});

test('folders of runs that do not fit', async () => {
  expect(await refusal(...training('--out', 'trained'))).toMatchInlineSnapshot(
    `"striate: trained: already holds 2 checkpoints, the last trained/checkpoints/checkpoint-000024. Add --resume to go on from it, --overwrite to remove them, or choose another --out."`,
  );
  expect(await refusal('train', '--out', 'trained', '--resume', '--seed', '2')).toMatchInlineSnapshot(
    `"striate: --seed is 2, but the training in trained was started with 1. Leave --seed out, or choose another --out."`,
  );
  expect(await refusal('train', '--out', 'trained', '--resume', '--batch', '16')).toMatchInlineSnapshot(
    `"striate: --batch is 16, but the training in trained was started with 32. Leave --batch out, or choose another --out."`,
  );
  expect(await refusal('train', '--out', 'trained', '--resume', '--optimizer', 'sgd')).toMatchInlineSnapshot(
    `"striate: --optimizer is sgd, but the training in trained was started with adam. Leave --optimizer out, or choose another --out."`,
  );
  expect(await refusal('train', '--out', 'trained', '--resume', '--model', 'lenet5')).toMatchInlineSnapshot(
    `"striate: --model is lenet5, but the training in trained was started with mlp. Leave --model out, or choose another --out."`,
  );
  expect(await refusal('train', '--out', 'trained', '--resume', '--overwrite')).toMatchInlineSnapshot(`
    "striate: option '--overwrite' cannot be used with option '--resume'
    Add --help to see what is possible."
  `);
  expect(await refusal(...training('--out', 'small/train-labels-idx1-ubyte'))).toMatchInlineSnapshot(
    `"striate: small/train-labels-idx1-ubyte: cannot be read as a folder (ENOTDIR: not a directory, scandir 'small/train-labels-idx1-ubyte'). Choose another --out."`,
  );
});

test('checkpoints of another model or damaged', async () => {
  for (const name of ['other', 'flipped']) {
    cpSync(join(folder.path, 'trained', 'checkpoints'), join(folder.path, name, 'checkpoints'), { recursive: true });
  }
  expect(await refusal(...training('--out', 'other', '--model', 'lenet5', '--resume'))).toMatchInlineSnapshot(
    `"striate: checkpoint other/checkpoints/checkpoint-000024: tensors.safetensors: has no 'parameters/conv2d/kernel', which the model has as [5, 5, 1, 6]. It belongs to another model; give that one, or another file."`,
  );
  flip(join(folder.path, 'flipped', 'checkpoints', 'checkpoint-000024', 'tensors.safetensors'), 5000);
  expect(await refusal(...training('--out', 'flipped', '--resume'))).toMatch(
    /^striate: checkpoint flipped\/checkpoints\/checkpoint-000024: tensors\.safetensors is damaged: its SHA-256 is [0-9a-f]{64}, but SHA256SUMS says [0-9a-f]{64}\. Take an older or another copy, or remove this folder\.$/,
  );
  // What the error advises works: the older checkpoint is there.
  rmSync(join(folder.path, 'flipped', 'checkpoints', 'checkpoint-000024'), { recursive: true });
  const { code, stdout } = await striate(folder.path, ...training('--out', 'flipped', '--resume', '--epochs', '2'));
  expect(stdout).toContain('resumed after step 12');
  expect(code).toBe(0);
});

test('a network that gives NaN', async () => {
  await use(wasm({ threads: 1 }));
  const { network } = await load(join(folder.path, 'trained/model'));
  for (const [path, tensor] of Object.entries(network.parameters)) network.parameters[path] = fill(tensor.shape, 3e38);
  await save(network, join(folder.path, 'spoilt'));
  expect(await refusal('predict', '--model', 'spoilt', picture)).toMatchInlineSnapshot(
    `"striate: seven.png: the network gives NaN for it: its weights are spoilt. Train it anew, or take a checkpoint from before."`,
  );
});

test('models and pictures that are missing or damaged', async () => {
  writeFileSync(join(folder.path, 'text.png'), 'hello');
  expect(await refusal('predict', 'text.png')).toMatchInlineSnapshot(`
    "striate: required option '--model <folder>' not specified
    Add --help to see what is possible."
  `);
  expect(await refusal('predict', '--model', 'trained')).toMatchInlineSnapshot(`
    "striate: missing required argument 'images'
    Add --help to see what is possible."
  `);
  expect(await refusal('predict', '--model', 'nowhere', 'text.png')).toMatchInlineSnapshot(
    `"striate: nowhere: there is no such model folder. \`striate train --out DIR\` makes one."`,
  );
  expect(await refusal('predict', '--model', 'small', 'text.png')).toMatchInlineSnapshot(
    `"striate: small: this folder holds no saved model. \`striate train --out DIR\` makes one."`,
  );
  expect(await refusal('predict', '--model', 'trained', 'text.png', 'none.png', 'small')).toMatchInlineSnapshot(`
    "striate: text.png: is not a picture that can be read (Input buffer contains unsupported image format). Give a PNG, JPEG, WebP or GIF file.
    striate: none.png: there is no such file.
    striate: small: is a folder. Give the pictures in it, such as folder/*.png."
  `);
  expect(await refusal('evaluate', 'trained', '--directory', 'small', '--data', 'fashion-mnist')).toMatchInlineSnapshot(
    `"striate: trained/model: the model's classes are 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, but those of fashion-mnist are T-shirt/top, Trouser, Pullover, Dress, Coat, Sandal, Shirt, Sneaker, Bag, Ankle boot. Give the data set that it was trained on with --data."`,
  );
  cpSync(join(folder.path, 'trained', 'model'), join(folder.path, 'damaged'), { recursive: true });
  truncateSync(join(folder.path, 'damaged', 'weights.safetensors'), 1000);
  expect(
    (await refusal('evaluate', 'damaged', '--directory', 'small')).replaceAll(/[0-9a-f]{64}/g, 'HASH'),
  ).toMatchInlineSnapshot(
    `"striate: model damaged: weights.safetensors is damaged: its SHA-256 is HASH, but SHA256SUMS says HASH. Take an older or another copy, or remove this folder."`,
  );
});

test('numbers that are no longer finite: which step, which layer', async () => {
  const words = training('--out', 'infinite', '--optimizer', 'sgd', '--learning-rate', '1e6');
  expect(await refusal(...words)).toMatchInlineSnapshot(
    `"striate: fit: the loss of step 5 (epoch 1) is NaN. In step 5 the first layer whose output is not finite is 'dense_1' (dense). Try a smaller learning rate, a warm-up, batch normalisation, and inputs scaled to about -1 to 1. Checkpoints hold only finite values: resume from the last one."`,
  );
});

test('memory that is used up: what is needed, and a batch that fits', async () => {
  const words = training('--out', 'large', '--model', 'mnist-cnn', '--memory', '32', '--batch', '380');
  const text = await refusal(...words);
  expect(text).toMatchInlineSnapshot(
    `"striate: fit: memory ran out in a step, in or after layer 'conv2d'. A batch of 380 needs about 121.4 MiB for the layers' outputs, most of it in 'conv2d', and 29.4 MiB are there. A batch of 52 should fit. (wasm: out of memory: 31.4 MiB more are needed, 3.7 MiB of 32.0 MiB are in use. Use smaller batches or images, or dispose tensors that are no longer needed.) Or give more --memory."`,
  );
  const fitting = /A batch of (\d+) should fit/.exec(text)![1]!;
  const { code } = await striate(folder.path, ...words, '--batch', fitting);
  expect(code).toBe(0);
});

test('the stack of an error comes with --verbose, wherever it stands', async () => {
  for (const words of [
    ['--verbose', 'predict', '--model', 'nowhere', 'x.png'],
    ['predict', '--model', 'nowhere', 'x.png', '--verbose'],
  ]) {
    const { code, stderr } = await striate(folder.path, ...words);
    expect(stderr).toMatch(/^striate: nowhere: .*\nDataError: nowhere: .*\n +at /);
    expect(code).toBe(1);
  }
});

test('with --json an error is an object too', async () => {
  const { stdout } = await striate(folder.path, 'evaluate', 'nowhere', '--json');
  expect(stdout).toMatchInlineSnapshot(`
    "{"error":{"name":"DataError","message":"nowhere: there is no such model folder. \`striate train --out DIR\` makes one."}}
    "
  `);
});

const isRoot = process.getuid?.() === 0 && process.platform === 'linux';

test.skipIf(!isRoot)('no space on the disk (needs root to mount a small one)', async ({ skip }) => {
  const disk = join(folder.path, 'disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk], { stdio: 'pipe' });
  } catch (error) {
    skip(`no file system can be mounted here: ${String(error)}`);
  }
  try {
    // The first checkpoint of 1.2 MB fits, the second does not beside it and what is kept of the first.
    const text = await refusal(...training('--out', 'disk/run', '--epochs', '4'));
    expect(text.replace(/\d{7} bytes/, 'N bytes')).toMatchInlineSnapshot(
      `"striate: checkpoint disk/run/checkpoints/checkpoint-000036: could not be written: there is no space left on the disk. It needs N bytes. What was saved before is untouched. Make room or choose another folder."`,
    );
    const saved = readdirSync(join(disk, 'run', 'checkpoints'));
    expect(saved.length).toBeGreaterThan(0);
    expect(saved.every((name) => /^checkpoint-\d+$/.test(name))).toBe(true);
    // After room has been made, the training goes on from what was saved.
    cpSync(join(disk, 'run'), join(folder.path, 'rescued'), { recursive: true });
    const { code, stdout } = await striate(folder.path, 'train', '--out', 'rescued', '--resume', '--epochs', '4');
    expect(stdout).toMatch(/resumed after step \d+/);
    expect(code).toBe(0);
  } finally {
    execFileSync('umount', [disk]);
  }
});
