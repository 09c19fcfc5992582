import { fill, use } from '@striate/core';
import { cpu } from '@striate/core/testing';
import { expectedOf, readGolden, runGolden } from './golden.ts';
import { expectedOfLayer, readLayerGolden, runLayerCase } from './layer-golden.ts';
import { difference, runCase, runYardstick, type CaseResult } from './op-case.ts';
import { randomCases } from './random-cases.ts';

/** One comparison: what is run, how to see it again, and what it should give. */
export interface Check {
  name: string;
  details: object;
  actual(): Promise<CaseResult>;
  expected(): CaseResult;
}

/** A comparison that did not hold. */
export interface Failure {
  name: string;
  difference: string;
  details: object;
}

/** A golden file as it was read or fetched. */
export interface GoldenBytes {
  bytes: Uint8Array;
  /** Path or address. */
  source: string;
}

/** Golden values of ops. */
export function opChecks({ bytes, source }: GoldenBytes): Check[] {
  const file = readGolden(bytes, source);
  return file.cases.map((golden) => ({
    name: `op ${golden.name}`,
    details: { ...golden, file: source },
    actual: () => runGolden(golden, file),
    expected: () => expectedOf(golden, file),
  }));
}

/** Golden values of layers. */
export function layerChecks({ bytes, source }: GoldenBytes): Check[] {
  const file = readLayerGolden(bytes, source);
  return file.cases.map((layerCase) => ({
    name: `layer ${layerCase.name} (by ${layerCase.oracle})`,
    details: { ...layerCase, file: source },
    actual: () => runLayerCase(layerCase, file),
    expected: () => expectedOfLayer(layerCase, file),
  }));
}

/** Random cases of ops against their references, which run on tfjs' own CPU backend; that one is in use afterwards. */
export async function randomChecks(seed: number, rounds: number): Promise<Check[]> {
  const cases = randomCases(seed, rounds);
  await use(cpu());
  const expected: CaseResult[] = [];
  for (const opCase of cases) expected.push(await runYardstick(opCase));
  return cases.map((opCase, index) => ({
    name: `op ${opCase.name}`,
    details: { seed, case: index },
    actual: () => runCase(opCase),
    expected: () => expected[index]!,
  }));
}

/** Makes the comparisons on the backend in use; gives those that do not hold within the tolerance. */
export async function runChecks(checks: readonly Check[], tolerance: number): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const { name, details, actual, expected } of checks) {
    // What a kernel reads without having written it must not reach a result: free memory holds NaN.
    fill([1 << 16], Number.NaN).dispose();
    const found = await actual().then(
      (result) => difference(result, expected(), tolerance),
      (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
    );
    if (found !== undefined) failures.push({ name, difference: found, details });
  }
  return failures;
}
