import { use } from '@striate/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { backends } from './backends.ts';
import { expectedOf, readGolden, runGolden } from './golden.ts';
import { difference } from './op-case.ts';

const file = await readGolden(new URL('../golden/ops.safetensors', import.meta.url));

describe.each(Object.keys(backends))(`values of float64 PyTorch ${file.torch} on %s`, (name) => {
  beforeAll(() => use(backends[name]!()));

  it.each(file.cases)('$name', async (golden) => {
    expect(difference(await runGolden(golden, file), expectedOf(golden, file), 1e-4)).toBeUndefined();
  });
});
