import {
  dispose,
  ops,
  randomNormal,
  streams,
  tensor,
  tidy,
  valueAndGradients,
  type Tensor,
  type Values,
} from '@striate/core';
import { nudge } from '@striate/core/testing';

/** One input of a case, on the host. */
export interface CaseInput {
  shape: readonly number[];
  values: Float32Array | Int32Array;
}

/** An op with inputs and options: what every backend must compute alike. */
export interface OpCase {
  name: string;
  inputs: Record<string, CaseInput>;
  /** Inputs whose gradients are compared; none where the op has no gradient. */
  differentiate: readonly string[];
  compute(inputs: Values): Tensor[];
}

/** One tensor of a result. */
export interface CaseValues {
  shape: readonly number[];
  values: Float32Array;
  /** By how much rounding of the inputs moves these values. Default 0. */
  slack?: number;
}

/** What a case gave on one backend: outputs and gradients by name, 'y0', 'd x'. */
export type CaseResult = Record<string, CaseValues>;

/** Changes real numbers on their way in: those of inputs, and the weights of the first output, which are its gradient. */
interface Changes {
  inputs?(values: Float32Array): Float32Array;
  weights?(values: Float32Array): Float32Array;
}

const asTheyAre = (values: Float32Array): Float32Array => values;

/**
 * Runs a case on the backend in use: the outputs, and the gradients of the first one's sum weighted by fixed random
 * numbers.
 */
export async function runCase({ inputs, compute, differentiate }: OpCase, changes: Changes = {}): Promise<CaseResult> {
  const { inputs: change = asTheyAre, weights = asTheyAre } = changes;
  const given = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, values }]) => [
      name,
      values instanceof Int32Array ? tensor(values, [...shape], 'int32') : tensor(change(values), [...shape]),
    ]),
  );
  const outputs = tidy(() => compute(given));
  const results: Values = Object.fromEntries(outputs.map((output, index) => [`y${index}`, output]));
  if (differentiate.length > 0) {
    const parameters = Object.fromEntries(differentiate.map((name) => [name, given[name]!]));
    const { loss, gradients } = valueAndGradients((changed) => {
      const y = compute({ ...given, ...changed })[0]!;
      return { loss: weightedSum(y, weightsOf(y, weights)) };
    }, parameters);
    for (const [name, gradient] of Object.entries(gradients)) results[`d ${name}`] = gradient;
    dispose(loss);
  }
  const read = await Promise.all(
    Object.entries(results).map(async ([name, result]) => {
      return [name, { shape: result.shape, values: Float32Array.from(await result.data()) }] as const;
    }),
  );
  dispose(given, results);
  return Object.fromEntries(read);
}

/**
 * Runs a case on the backend in use as the yardstick for others, with the slack that rounding needs: how far the result
 * moves with its inputs.
 */
export async function runYardstick(opCase: OpCase): Promise<CaseResult> {
  const result = await runCase(opCase);
  const moved = [await runCase(opCase, nudged(1)), await runCase(opCase, nudged(-1))];
  for (const [name, values] of Object.entries(result)) {
    values.slack = Math.max(...moved.map((other) => farthest(other[name]!.values, values.values).distance));
  }
  return result;
}

function nudged(direction: 1 | -1): Changes {
  const change = (values: Float32Array): Float32Array => nudge(values, direction);
  return { inputs: change, weights: change };
}

/** The same weights for every case, each element's another. */
const weightsOf = (y: Tensor, change: NonNullable<Changes['weights']>): Tensor =>
  tensor(change(randomNormal({ seed: 0, stream: streams.noise, call: 0, step: 0 }, y.size)), [y.size]);

/** A scalar that depends on every element by its weight, out of ops that have gradients. */
export const weightedSum = (y: Tensor, weights: Tensor): Tensor =>
  ops.reshape(ops.matMul({ a: ops.reshape(y, [1, y.size]), b: ops.reshape(weights, [weights.size, 1]) }), []);

/**
 * Whether two results agree: max|a - b| <= tolerance * max|b| + slack + 1e-6 for each tensor. Gives what differs, or
 * nothing.
 */
export function difference(actual: CaseResult, expected: CaseResult, tolerance: number): string | undefined {
  const superfluous = Object.keys(actual).filter((name) => !(name in expected));
  if (superfluous.length > 0) return `${superfluous.join(', ')}: not wanted`;
  for (const [name, { shape, values, slack = 0 }] of Object.entries(expected)) {
    const got = actual[name];
    if (!got || got.shape.join() !== shape.join()) {
      return `${name}: shape [${got?.shape.join(', ')}], wanted [${shape.join(', ')}]`;
    }
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const { distance, place } = farthest(got.values, values);
    if (!(distance <= tolerance * largest + slack + 1e-6)) {
      return `${name}[${place}] of [${shape.join(', ')}]: ${got.values[place]}, wanted ${values[place]} (largest ${largest}, slack ${slack})`;
    }
  }
  return undefined;
}

/** Where two lists differ most; NaN is farther than anything. */
function farthest(a: Float32Array, b: Float32Array): { distance: number; place: number } {
  let [distance, place] = [0, 0];
  b.forEach((value, index) => {
    const here = Math.abs(value - a[index]!);
    if (!(here <= distance) && !Number.isNaN(distance)) [distance, place] = [here, index];
  });
  return { distance, place };
}
