// A process of `pnpm proof overruns`: strange convolutions on a backend, compared with the wasm backend.
//
//   node run-convolutions.ts BACKEND FIRST_SEED COUNT
//
// Prints `case NAME` before each, `differs ..` and `overwritten ..` for what is wrong, and `whole` at its end.
import { writeSync } from 'node:fs';
import { wasm } from '@striate/backend-wasm';
import { fill, use } from '@striate/core';
import { backendNamed } from '../../benchmarks/harness/backend-named.ts';
import { difference, runCase, type CaseResult } from '../../tooling/conformance/src/op-case.ts';
import { strangeConvolution } from './strange-convolutions.ts';

const [name, first, count] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])];
// At once: what a process that dies has said must be out.
const say = (line: string): unknown => writeSync(1, `${line}\n`);

const seeds = Array.from({ length: count }, (_, index) => first + index);
await use(wasm({ threads: 2 }));
const expected: CaseResult[] = [];
for (const seed of seeds) expected.push(await runCase(strangeConvolution(seed)));
for (const [index, seed] of seeds.entries()) {
  const convolution = strangeConvolution(seed);
  say(`case ${seed}: ${convolution.name}`);
  // oneDNN keeps one working memory for all primitives, as large as the largest needs: so each has a backend of its own.
  const backend = await use(backendNamed(name, { threads: 2 }));
  // What a kernel reads without having written it is NaN; what it writes beside its output changes a sevens' tensor.
  fill([1 << 16], Number.NaN).dispose();
  const places = Array.from({ length: 24 }, (_, place) => fill([16 << (place % 8)], 7));
  for (const [place, tensor] of places.entries()) if (place % 2 === 0) tensor.dispose();
  const found = difference(await runCase(convolution), expected[index]!, 1e-3);
  if (found !== undefined) say(`differs: ${found}`);
  for (const [place, tensor] of places.entries()) {
    if (place % 2 === 0) continue;
    if ((await tensor.data()).some((value) => value !== 7)) say(`overwritten: a tensor of ${tensor.size} numbers`);
    tensor.dispose();
  }
  await backend.stop();
}
say('whole');
process.exit();
