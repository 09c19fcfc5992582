// Behind `pnpm conformance`: runs the cases of ops and layers on one backend. See tooling/scripts/conformance.ts.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { use } from '@striate/core';
import { backends } from './backends.ts';
import { layerChecks, opChecks, randomChecks, runChecks, toleranceOf, type GoldenBytes } from './checks.ts';

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
const tolerance = toleranceOf(name);
const golden = async (source: string): Promise<GoldenBytes> => ({ bytes: await readFile(source), source });
const checks = [
  ...opChecks(await golden(options.ops!)),
  ...layerChecks(await golden(options.layers!)),
  // On tfjs' own CPU backend ops are their references: there is nothing to compare.
  ...(name === 'cpu' ? [] : await randomChecks(Number(options.seed ?? 1), Number(options.rounds))),
];
await use(backends[name]!());
const failures = await runChecks(checks, tolerance);
if (!options.json) {
  for (const { name: title, difference, details } of failures)
    console.log(`FAILED ${title}\n  ${difference}\n  ${JSON.stringify(details)}\n`);
}
const passed = checks.length - failures.length;
if (options.json)
  console.log(JSON.stringify({ backend: name, seed: options.seed ?? null, tolerance, passed, failures }));
console.log(`${passed} passed, ${failures.length} failed`);
// Workers of the backend must not keep the process.
process.exit(failures.length > 0 ? 1 : 0);
