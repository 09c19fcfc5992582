import { execFileSync } from 'node:child_process';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { cpu } from '@striate/core/testing';
import { sha256, use } from '@striate/core';
import { dense, initialize, input, sequential, type Network } from '@striate/layers';
import { beforeAll, expect, test } from 'vitest';
import { smallNet } from '../testing/small-net.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { load, modelFiles, save } from './save.ts';

const preprocessing = { size: [6, 6], channels: 1, scale: 1 / 255, mean: [0.1], standardDeviation: [0.3] } as const;
const names = ['model.json', 'weights.safetensors', 'SHA256SUMS'];

let network: Network;
let files: Record<string, Uint8Array>;
beforeAll(async () => {
  await use(cpu());
  network = initialize(smallNet(), { seed: 4 });
  files = await modelFiles({ ...network, preprocessing });
});

test.skipIf(process.platform === 'win32')('devices and pipes in the place of files are refused, not read', async () => {
  for (const name of names) {
    const folder = join(await temporaryFolder(), 'model');
    await save(network, folder);
    const file = join(folder, name);
    for (const place of [() => symlink('/dev/zero', file), async () => void execFileSync('mkfifo', [file])]) {
      await rm(file);
      await place();
      await expect(load(folder)).rejects.toThrow(`${name} cannot be read: there is a device, a pipe or a socket`);
      await expect(save(network, folder)).rejects.toThrow('the folder is not one that Striate wrote');
    }
  }
});

const signed = async (change: (json: Record<string, unknown>) => object): Promise<Record<string, Uint8Array>> => {
  const json = change(JSON.parse(new TextDecoder().decode(files['model.json'])) as Record<string, unknown>);
  const changed = { ...files, 'model.json': new TextEncoder().encode(JSON.stringify(json)) };
  const sums = await Promise.all(
    names.slice(0, 2).map(async (name) => `${await sha256(changed[name as 'model.json'])}  ${name}\n`),
  );
  return { ...changed, SHA256SUMS: new TextEncoder().encode(sums.join('')) };
};

test.each([
  ['classnames', (json: object) => ({ ...json, classnames: ['a'] })],
  ['preprocessing.scal', (json: object) => ({ ...json, preprocessing: { ...preprocessing, scal: 1 } })],
  ['outputs', (json: object) => ({ ...json, outputs: 1 })],
  ['__proto__', (json: object) => Object.defineProperty({ ...json }, '__proto__', { value: {}, enumerable: true })],
])('model.json with a key that nobody knows is refused: %s', async (key, change) => {
  await expect(load(await signed(change))).rejects.toThrow(
    new RegExp(`model.json: ${key} is .*, but must be left out: there is none of that name`),
  );
});

test('model.json has a limit, which save keeps too', async () => {
  const long = 'x'.repeat(16_000_000);
  await expect(load(await signed((json) => ({ ...json, long })))).rejects.toThrow(
    'model.json has more than the 16000000 bytes that it may have',
  );
  const wide = initialize(sequential([input([1]), dense({ units: 16_000 })]), { seed: 1 });
  const longNames = Array.from({ length: 16_000 }, () => 'x'.repeat(1000));
  await expect(modelFiles({ ...wide, classNames: longNames })).rejects.toThrow('but may have 16000000');
});

test('what is wrong with a layer names the file', async () => {
  const changed = await signed(
    (json) => JSON.parse(JSON.stringify(json).replace('"units":4', '"units":1e308')) as object,
  );
  await expect(load(changed)).rejects.toThrow(/^model \(files .*\): model\.json: .*units/);
  const unknown = await signed(
    (json) => JSON.parse(JSON.stringify(json).replace('"type":"dense"', '"type":"dens"')) as object,
  );
  await expect(load(unknown)).rejects.toThrow(/^model \(files .*\): model\.json: .*'dens'/);
});

test('a box that is longer than the pictures, and preprocessing that ends in infinities, are refused', async () => {
  const picture = { background: 'dark', centering: 'mass', box: 1e9 };
  const withBox = await signed((json) => ({ ...json, preprocessing: { ...preprocessing, picture } }));
  await expect(load(withBox)).rejects.toThrow('a style whose box is at most the longer side of size');
  for (const odd of [{ scale: 1e300 }, { standardDeviation: [1e-300] }]) {
    const changed = await signed((json) => ({ ...json, preprocessing: { ...preprocessing, ...odd } }));
    await expect(load(changed)).rejects.toThrow('stay finite in float32');
  }
});
