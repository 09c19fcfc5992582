import type { Optimizer } from './optimizer.ts';

/** The learning rate of a step, of which `step` have been done before. */
export function learningRateAt({ options }: Optimizer, _step: number): number {
  return options.learningRate;
}
