import { readFile } from 'node:fs/promises';
import { use } from '@striate/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { backends } from './backends.ts';
import { expectedOf, readGolden, runGolden } from './golden.ts';
import { difference } from './op-case.ts';
import { toleranceOf } from './checks.ts';
import { usableBackends } from './usable-backends.ts';

const path = new URL('../golden/ops.safetensors', import.meta.url);
const file = readGolden(await readFile(path), path.pathname);

describe.each(usableBackends)(`values of float64 PyTorch ${file.torch} on %s`, (name) => {
  beforeAll(() => use(backends[name]!()));

  it.each(file.cases)('$name', async (golden) => {
    expect(difference(await runGolden(golden, file), expectedOf(golden, file), toleranceOf(name))).toBeUndefined();
  });
});
