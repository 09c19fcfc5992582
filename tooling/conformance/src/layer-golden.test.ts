import { readFile } from 'node:fs/promises';
import { fill, use } from '@striate/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { backends, toleranceOf } from './backends.ts';
import { expectedOfLayer, readLayerGolden, runLayerCase } from './layer-golden.ts';
import { difference } from './op-case.ts';
import { casesFor, howToRepeat } from './some-cases.ts';
import { usableBackends } from './usable-backends.ts';

const path = new URL('../golden/layers.safetensors', import.meta.url);
const file = readLayerGolden(await readFile(path), path.pathname);

it('the cases are many, and of every kind', () => {
  expect(file.cases.length).toBeGreaterThanOrEqual(300);
});

describe.each(usableBackends)(`layers as float64 ${file.made} compute them, on %s (${howToRepeat})`, (name) => {
  beforeAll(async () => {
    await use(backends[name]!());
    // What a kernel reads without having written it must not reach a result: free memory holds NaN.
    fill([1 << 20], Number.NaN).dispose();
  });

  const some = casesFor(name, file.cases, ({ layer: { type, options }, training }) => {
    return `${type} ${JSON.stringify({ ...options, training })}`;
  });
  it.each(some)('$name $layer.options', async (layerCase) => {
    expect(
      difference(await runLayerCase(layerCase, file), expectedOfLayer(layerCase, file), toleranceOf(name)),
    ).toBeUndefined();
  });
});
