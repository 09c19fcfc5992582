import { readFile } from 'node:fs/promises';
import { use } from '@striate/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { backends, toleranceOf } from './backends.ts';
import { expectedOf, readGolden, runGolden } from './golden.ts';
import { difference } from './op-case.ts';
import { casesFor, howToRepeat } from './some-cases.ts';
import { usableBackends } from './usable-backends.ts';

const path = new URL('../golden/ops.safetensors', import.meta.url);
const file = readGolden(await readFile(path), path.pathname);

describe.each(usableBackends)(`values of float64 PyTorch ${file.torch} on %s (${howToRepeat})`, (name) => {
  beforeAll(() => use(backends[name]!()));

  const some = casesFor(name, file.cases, ({ op, attributes }) => `${op} ${JSON.stringify(attributes)}`);
  it.each(some)('$name', async (golden) => {
    expect(difference(await runGolden(golden, file), expectedOf(golden, file), toleranceOf(name))).toBeUndefined();
  });
});
