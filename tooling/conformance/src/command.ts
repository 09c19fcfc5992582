// Behind `pnpm conformance`: runs the cases of ops and layers on one backend. See tooling/scripts/conformance.ts.
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { fill, use } from '@striate/core';
import { cpu } from '@striate/core/testing';
import { backends } from './backends.ts';
import { expectedOf, readGolden, runGolden } from './golden.ts';
import { expectedOfLayer, readLayerGolden, runLayerCase } from './layer-golden.ts';
import { difference, runCase, type CaseResult } from './op-case.ts';
import { randomCases } from './random-cases.ts';

/** One comparison: what is run, how to see it again, and what it should give. */
interface Check {
  name: string;
  details: object;
  actual(): Promise<CaseResult>;
  expected(): CaseResult;
}

interface Failure {
  name: string;
  difference: string;
  details: object;
}

const tolerance = 1e-4;
const { values: options } = parseArgs({
  options: {
    backend: { type: 'string' },
    ops: { type: 'string' },
    layers: { type: 'string' },
    seed: { type: 'string' },
    rounds: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const name = options.backend!;
const checks = [...(await goldenOps()), ...(await goldenLayers()), ...(await randomOps())];
await use(backends[name]!());
const failures: Failure[] = [];
for (const { name: title, details, actual, expected } of checks) {
  // What a kernel reads without having written it must not reach a result: free memory holds NaN.
  fill([1 << 16], Number.NaN).dispose();
  const found = await actual().then(
    (result) => difference(result, expected(), tolerance),
    (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
  );
  if (found === undefined) continue;
  const failure = { name: title, difference: found, details };
  failures.push(failure);
  if (!options.json) console.log(`FAILED ${title}\n  ${found}\n  ${JSON.stringify(details)}\n`);
}
const passed = checks.length - failures.length;
if (options.json)
  console.log(JSON.stringify({ backend: name, seed: options.seed ?? null, tolerance, passed, failures }));
console.log(`${passed} passed, ${failures.length} failed`);
// Workers of the backend must not keep the process.
process.exit(failures.length > 0 ? 1 : 0);

async function goldenOps(): Promise<Check[]> {
  const file = await readGolden(pathToFileURL(options.ops!));
  return file.cases.map((golden) => ({
    name: `op ${golden.name}`,
    details: { ...golden, file: options.ops },
    actual: () => runGolden(golden, file),
    expected: () => expectedOf(golden, file),
  }));
}

async function goldenLayers(): Promise<Check[]> {
  const file = await readLayerGolden(pathToFileURL(options.layers!));
  return file.cases.map((layerCase) => ({
    name: `layer ${layerCase.name} (by ${layerCase.oracle})`,
    details: { ...layerCase, file: options.layers },
    actual: () => runLayerCase(layerCase, file),
    expected: () => expectedOfLayer(layerCase, file),
  }));
}

/** Ops against their references, which run on tfjs' own CPU backend: on that one there is nothing to compare. */
async function randomOps(): Promise<Check[]> {
  if (name === 'cpu') return [];
  const seed = Number(options.seed ?? 1);
  const cases = randomCases(seed, Number(options.rounds));
  await use(cpu());
  const expected: CaseResult[] = [];
  for (const opCase of cases) expected.push(await runCase(opCase));
  return cases.map((opCase, index) => ({
    name: `op ${opCase.name}`,
    details: { seed, case: index },
    actual: () => runCase(opCase),
    expected: () => expected[index]!,
  }));
}
