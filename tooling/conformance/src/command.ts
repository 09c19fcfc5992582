// Behind `pnpm conformance`: runs the cases of ops and layers on one backend. See tooling/scripts/conformance.ts.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BrowserName } from '@striate/browsers';
import { use } from '@striate/core';
import { backends, toleranceOf } from './backends.ts';
import { browserBackends, runInBrowser } from './browser-run.ts';
import { layerChecks, opChecks, randomChecks, runChecks, type Failure, type GoldenBytes } from './checks.ts';

/** What one run of all cases gave. */
interface Outcome {
  /** Which of the settings it was, if there are several. */
  setting?: string;
  device: string;
  passed: number;
  failures: readonly Failure[];
}

const { values } = parseArgs({
  options: {
    backend: { type: 'string', default: 'wasm' },
    browser: { type: 'string', default: 'chromium' },
    golden: { type: 'string', default: 'tooling/conformance/golden' },
    seed: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const { backend: name, golden, json } = values;
const seed = Number(values.seed ?? 1);
const rounds = Number(values.rounds);

const outcomes = name in browserBackends ? await inBrowser() : [await here()];
const failures = outcomes.flatMap((outcome) => outcome.failures);
const passed = outcomes.reduce((total, outcome) => total + outcome.passed, 0);
if (json) {
  const settings = outcomes.map(({ setting, device, ...counts }) => {
    return { ...(setting && { setting }), device, passed: counts.passed, failed: counts.failures.length };
  });
  const summary = { backend: name, seed: values.seed ?? null, tolerance: toleranceOf(name), passed };
  console.log(JSON.stringify({ ...summary, settings, failures }));
} else {
  for (const { setting, device, ...counts } of outcomes) {
    for (const { name: title, difference, details } of counts.failures) {
      console.log(`FAILED ${title}\n  ${difference}\n  ${JSON.stringify(details)}\n`);
    }
    if (setting) console.log(`${setting}, ${device}: ${counts.passed} passed, ${counts.failures.length} failed`);
  }
}
console.log(`${passed} passed, ${failures.length} failed`);
// Workers of the backend must not keep the process.
process.exit(failures.length > 0 ? 1 : 0);

async function here(): Promise<Outcome> {
  const read = async (file: string): Promise<GoldenBytes> => {
    const source = join(golden, file);
    return { bytes: await readFile(source), source };
  };
  const checks = [
    ...opChecks(await read('ops.safetensors')),
    ...layerChecks(await read('layers.safetensors')),
    // On tfjs' own CPU backend ops are their references: there is nothing to compare.
    ...(name === 'cpu' ? [] : await randomChecks(seed, rounds)),
  ];
  const backend = await use(backends[name]!());
  const failed = await runChecks(checks, toleranceOf(name));
  return { device: backend.stats().device, passed: checks.length - failed.length, failures: failed };
}

async function inBrowser(): Promise<Outcome[]> {
  const browser = values.browser as BrowserName; // as tooling/scripts/conformance.ts has seen to
  const results = await runInBrowser(name, { browser, golden, seed, rounds, every: 1 });
  return results.map((result) => {
    const setting = `${result.browser}, ${result.title}`;
    const found = result.failures.map((failure) => ({ ...failure, details: { ...failure.details, setting } }));
    // A page that could not run its cases has no failed ones.
    const broken = result.error ? [{ name: setting, difference: result.error, details: { seed } }] : [];
    const device = result.device ?? 'no device';
    return { setting, device, passed: result.passed, failures: [...found, ...broken] };
  });
}
