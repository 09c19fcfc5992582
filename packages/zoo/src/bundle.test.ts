import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const sources = fileURLToPath(new URL('.', import.meta.url));

/** The files of this project that a page's bundle holds something of: 'zoo/src/lenet5.ts'. */
async function bundledFiles(page: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents: page, resolveDir: sources, loader: 'ts' },
    bundle: true,
    format: 'esm',
    write: false,
    metafile: true,
    conditions: ['@striate/source'],
    external: ['@tensorflow/*', 'node:*'],
    logLevel: 'silent',
  });
  const [output] = Object.values(metafile.outputs);
  const held = Object.entries(output!.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return held.flatMap(([file]) => /packages\/(.*)/.exec(file)?.[1] ?? []);
}

test.each([
  ['lenet5', 'lenet5.ts', 'src/layers/(conv2d|pool-options|max-pool2d|average-pool2d|flatten|dense|input|activation)'],
  ['mlp', 'mlp.ts', 'src/layers/(flatten|dense|input)'],
  [
    'mnistCnn',
    'mnist-cnn.ts',
    'src/layers/(conv2d|pool-options|max-pool2d|average-pool2d|flatten|dense|dropout|input)',
  ],
  [
    'resnet20',
    'resnet-cifar.ts',
    'src/layers/(conv2d|batch-norm|add|global-average-pool2d|global-pool2d|dense|input|activation)',
  ],
])('a page with %s holds no other model, and no layer that it has not', async (name, file, layers) => {
  const files = await bundledFiles(`import { ${name} } from '@striate/zoo'; console.log(${name}());`);
  const models = files.filter((each) => each.startsWith('zoo/src/'));
  expect(models).toContain(`zoo/src/${file}`);
  expect(models.filter((each) => !/\/(check-common|numbered)\.ts$/.test(each))).toEqual([`zoo/src/${file}`]);
  expect(files.filter((each) => each.startsWith('layers/src/layers/') && !new RegExp(layers).test(each))).toEqual([]);
  expect(files).not.toContain('layers/src/layers.ts');
});
