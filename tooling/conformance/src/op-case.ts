import { dispose, ops, tensor, tidy, valueAndGradients, type Tensor, type Values } from '@striate/core';

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

/** What a case gave on one backend: outputs and gradients by name, 'y0', 'd x'. */
export type CaseResult = Record<string, { shape: readonly number[]; values: Float32Array }>;

/** Runs a case on the backend in use: the outputs, and the gradients of their sum weighted by fixed random numbers. */
export async function runCase({ inputs, compute, differentiate }: OpCase): Promise<CaseResult> {
  const given = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, values }]) => [
      name,
      tensor(values, [...shape], values instanceof Int32Array ? 'int32' : 'float32'),
    ]),
  );
  const outputs = tidy(() => compute(given));
  const results: Values = Object.fromEntries(outputs.map((output, index) => [`y${index}`, output]));
  if (differentiate.length > 0) {
    const parameters = Object.fromEntries(differentiate.map((name) => [name, given[name]!]));
    const { loss, gradients } = valueAndGradients(
      (changed) => ({ loss: weightedSum(compute({ ...given, ...changed })[0]!) }),
      parameters,
    );
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

/** A scalar that depends on every element differently, out of ops that have gradients. */
function weightedSum(y: Tensor): Tensor {
  const weights = Float32Array.from({ length: y.size }, (_, place) => Math.fround(Math.sin(place * 1.7 + 0.3)));
  const row = ops.reshape(y, [1, y.size]);
  return ops.reshape(ops.matMul({ a: row, b: tensor(weights, [y.size, 1]) }), []);
}

/** Whether two results agree: max|a - b| <= tolerance * max|b| + 1e-6 for each tensor. Gives what differs, or nothing. */
export function difference(actual: CaseResult, expected: CaseResult, tolerance: number): string | undefined {
  for (const [name, { shape, values }] of Object.entries(expected)) {
    const got = actual[name];
    if (!got || got.shape.join() !== shape.join()) {
      return `${name}: shape [${got?.shape.join(', ')}], wanted [${shape.join(', ')}]`;
    }
    let [error, largest, place] = [0, 0, 0];
    values.forEach((value, index) => {
      const distance = Math.abs(value - got.values[index]!);
      if (!(distance <= error)) [error, place] = [distance, index];
      largest = Math.max(largest, Math.abs(value));
    });
    if (!(error <= tolerance * largest + 1e-6)) {
      return `${name}[${place}] of [${shape.join(', ')}]: ${got.values[place]}, wanted ${values[place]} (largest ${largest})`;
    }
  }
  return undefined;
}
