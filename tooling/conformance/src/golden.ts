import { dispose, ops, tensor, tidy, valueAndGradients, type Tensor, type Values } from '@striate/core';
import { readSafetensors, type StoredTensor } from '@striate/weights';
import { weightedSum, type CaseResult } from './op-case.ts';
import { runByKernelName } from './op-by-kernel-name.ts';

/** A case of `tooling/golden`: an op's inputs and what PyTorch computes in float64. See tooling/golden/README.md. */
export interface GoldenCase {
  name: string;
  op: string;
  inputs: Record<string, string>;
  attributes: Record<string, unknown>;
  outputs: Record<string, string>;
  dy?: Record<string, string>;
  gradients?: Record<string, string>;
  /** Optimisers: how many updates. */
  steps?: number;
}

/** The cases of a golden file, with the tensors that they name. */
export interface GoldenFile {
  cases: GoldenCase[];
  tensors: Record<string, StoredTensor>;
  torch: string;
}

export function readGolden(bytes: Uint8Array, source: string): GoldenFile {
  const { tensors, metadata } = readSafetensors(bytes, source);
  return { cases: JSON.parse(metadata['cases']!) as GoldenCase[], tensors, torch: metadata['torch']! };
}

/** What the case should give, by the names that `runGolden` gives. */
export function expectedOf({ outputs, gradients = {} }: GoldenCase, { tensors }: GoldenFile): CaseResult {
  const stored = (name: string): CaseResult[string] => ({
    shape: tensors[name]!.shape,
    values: Float32Array.from(tensors[name]!.data as Float32Array),
  });
  return Object.fromEntries([
    ...Object.entries(outputs).map(([name, key]) => [name, stored(key)]),
    ...Object.entries(gradients).map(([name, key]) => [`d ${name}`, stored(key)]),
  ]) as CaseResult;
}

/** Runs a case on the backend in use. */
export async function runGolden(golden: GoldenCase, file: GoldenFile): Promise<CaseResult> {
  const onDevice = (key: string): Tensor => {
    const { shape, dtype, data } = file.tensors[key]!;
    return tensor(data as Float32Array, [...shape], dtype === 'I32' ? 'int32' : 'float32');
  };
  const inputs: Values = Object.fromEntries(Object.entries(golden.inputs).map(([name, key]) => [name, onDevice(key)]));
  const results = golden.steps === undefined ? runOnce(golden, inputs, onDevice) : runSteps(golden, file);
  const read = await Promise.all(
    Object.entries(results).map(async ([name, result]) => {
      return [name, { shape: result.shape, values: Float32Array.from(await result.data()) }] as const;
    }),
  );
  dispose(inputs, results);
  return Object.fromEntries(read);
}

function runOnce(
  { op, attributes, outputs, dy, gradients = {} }: GoldenCase,
  inputs: Values,
  onDevice: (key: string) => Tensor,
): Values {
  const names = Object.keys(outputs);
  const results: Values = {};
  tidy(() => runByKernelName(op, inputs, attributes)).forEach((output, index) => {
    if (names[index] === undefined) output.dispose();
    else results[names[index]] = output;
  });
  if (!dy) return results;
  const weights = onDevice(Object.values(dy)[0]!);
  const wanted = Object.fromEntries(Object.keys(gradients).map((name) => [name, inputs[name]!]));
  const { loss, gradients: found } = valueAndGradients(
    (given) => ({ loss: weightedSum(runByKernelName(op, { ...inputs, ...given }, attributes)[0]!, weights) }),
    wanted,
  );
  dispose(loss, weights);
  for (const [name, gradient] of Object.entries(found)) results[`d ${name}`] = gradient;
  return results;
}

/** An optimiser's updates, from a state of zeros. */
function runSteps({ op, inputs, attributes, steps }: GoldenCase, { tensors }: GoldenFile): Values {
  const names = Object.keys(inputs)
    .filter((name) => name.startsWith('parameter'))
    .map((name) => name.slice('parameter'.length));
  const slots = op === 'striate.Adam' ? ['mean', 'variance'] : ['velocity'];
  const host = (key: string): Float32Array => tensors[key]!.data as Float32Array;
  const byName = (make: (name: string) => Tensor): Values =>
    Object.fromEntries(names.map((name) => [name, make(name)]));
  const shapeOf = (name: string): number[] => [...tensors[inputs[`parameter${name}`]!]!.shape];
  return tidy(() => {
    let parameters = byName((name) => tensor(host(inputs[`parameter${name}`]!), shapeOf(name)));
    let state: Values[] = slots.map(() =>
      byName((name) =>
        tensor(
          host(inputs[`parameter${name}`]!).map(() => 0),
          shapeOf(name),
        ),
      ),
    );
    for (let step = 1; step <= steps!; step++) {
      const gradients = byName((name) => {
        const all = host(inputs[`gradient${name}`]!);
        const size = all.length / steps!;
        return tensor(all.slice((step - 1) * size, step * size), shapeOf(name));
      });
      if (op === 'striate.Adam') {
        const next = ops.adam({ parameters, gradients, means: state[0]!, variances: state[1]! }, {
          ...attributes,
          step,
        } as never);
        [parameters, state] = [next.parameters, [next.means, next.variances]];
      } else {
        const next = ops.sgd({ parameters, gradients, velocities: state[0]! }, attributes as never);
        [parameters, state] = [next.parameters, [next.velocities]];
      }
    }
    const lists = [['parameter', parameters] as const, ...slots.map((slot, index) => [slot, state[index]!] as const)];
    return Object.fromEntries(
      lists.flatMap(([role, values]) => Object.entries(values).map(([name, value]) => [`${role}${name}`, value])),
    );
  });
}
