import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take more than ten seconds, longest first; another order would only make the run longer. */
const longest = [
  'readmes.test.ts',
  'random-cases.test.ts',
  'bundlers.slow.test.ts',
  'node-apps.slow.test.ts',
  'killed-writers.slow.test.ts',
  'commands.slow.test.ts',
  'browser-cpu.slow.test.ts',
  'bad-input.slow.test.ts',
  'browser-webgpu.slow.test.ts',
  'killed-worker.test.ts',
  'backends.slow.test.ts',
  'layer-golden.test.ts',
  'browser-wasm.test.ts',
  'browser-webgpu.test.ts',
  'models.slow.test.ts',
  'convolution.slow.test.ts',
  'not-finite.test.ts',
  'content-security-policy.slow.test.ts',
];

/** Order of the test files: long ones first, project 'unit' last, whose many short files fill the gaps between workers. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

function placeOf({ moduleId, project }: TestSpecification): number {
  const place = longest.indexOf(moduleId.slice(moduleId.lastIndexOf('/') + 1));
  if (place !== -1) return place;
  return project.name === 'whole' ? longest.length : longest.length + 1;
}
