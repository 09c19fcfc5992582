import { dispose, memory, ops, tensor, tidy, valueAndGradients, type Layer } from '@striate/core';
import type { Tensor, Values } from '@striate/core';
import { forward, modelFromJson, modelFormatVersion, parameterSpecs, type Model } from '@striate/layers';
import { constrain } from '@striate/regularizers';
import { readSafetensors, type StoredTensor } from '@striate/weights';
import { weightedSum, type CaseResult } from './op-case.ts';

/** A case of `tooling/golden/layers`: a layer's record, what goes in, and names of what must come out. See tooling/golden/README.md. */
export interface LayerCase {
  name: string;
  /** 'torch', 'keras', 'numpy' or 'formula'. */
  oracle: string;
  layer: { type: string; options: Layer['options'] };
  training: boolean;
  inputs: string[];
  parameters: Record<string, string>;
  state: Record<string, string>;
  output: string;
  dy: string;
  inputGradients: string[];
  gradients: Record<string, string>;
  /** Sum of the penalties. */
  penalty?: string;
  newState?: Record<string, string>;
  /** Parameters after their constraints. */
  constrained?: Record<string, string>;
}

/** The cases of a file, with the tensors that they name. */
export interface LayerGolden {
  cases: LayerCase[];
  tensors: Record<string, StoredTensor>;
  /** 'PyTorch 2.15.0, Keras 3.15.1' */
  made: string;
}

export function readLayerGolden(bytes: Uint8Array, source: string): LayerGolden {
  const { tensors, metadata } = readSafetensors(bytes, source);
  return {
    cases: JSON.parse(metadata['cases']!) as LayerCase[],
    tensors,
    made: `PyTorch ${metadata['torch']}, Keras ${metadata['keras']}`,
  };
}

/** What the case should give, by the names that `runLayerCase` gives. */
export function expectedOfLayer(layerCase: LayerCase, { tensors }: LayerGolden): CaseResult {
  const { output, inputGradients, gradients, penalty, newState = {}, constrained = {} } = layerCase;
  const named = {
    output,
    ...(penalty && { penalty }),
    ...prefixed('d input', Object.fromEntries(inputGradients.entries())),
    ...prefixed('d', gradients),
    ...prefixed('new', newState),
    ...prefixed('constrained', constrained),
  };
  return mapValues(named, (key) => {
    const { shape, data } = tensors[key]!;
    return { shape, values: Float32Array.from(data as Float32Array) };
  });
}

/** Makes the layer of its record, as a saved model's, and runs it on the backend in use. @throws if tensors are left behind. */
export async function runLayerCase(layerCase: LayerCase, { tensors }: LayerGolden): Promise<CaseResult> {
  const before = memory().numTensors;
  const { name, inputs, parameters, state, constrained = {} } = layerCase;
  const onDevice = (key: string): Tensor => tensor(tensors[key]!.data as Float32Array, [...tensors[key]!.shape]);
  const model = modelOf(
    layerCase,
    inputs.map((key) => tensors[key]!.shape.slice(1)),
  );
  const given = {
    ...mapValues(Object.fromEntries(inputs.entries()), onDevice),
    ...prefixed('layer', mapValues(parameters, onDevice), '/'),
  };
  const moving = prefixed('layer', mapValues(state, onDevice), '/');
  const dy = onDevice(layerCase.dy);
  checkShapes(model, layerCase, given);

  const computed = tidy(() => compute(model, layerCase, { given, moving, dy }));
  const limited = Object.fromEntries(
    Object.keys(constrained).map((parameter) => {
      const { constraint } = parameterSpecs(model)[`layer/${parameter}`]!;
      return [`constrained ${parameter}`, tidy(() => constrain(constraint!, given[`layer/${parameter}`]!))];
    }),
  );
  const results = { ...computed, ...limited };
  const read = await Promise.all(
    Object.entries(results).map(async ([key, result]) => {
      return [key, { shape: result.shape, values: Float32Array.from(await result.data()) }] as const;
    }),
  );
  dispose(given, moving, results, dy);
  const left = memory().numTensors - before;
  if (left !== 0) throw new Error(`${name}: ${left} tensors are left behind.`);
  return Object.fromEntries(read);
}

/** Output, penalty, new state, and the gradients of sum(dy * output) + penalty. */
function compute(
  model: Model,
  { training, inputs, penalty, newState = {} }: LayerCase,
  { given, moving, dy }: { given: Values; moving: Values; dy: Tensor },
): Values {
  const { auxiliary, gradients } = valueAndGradients((values) => {
    const images = inputs.map((_, index) => values[index]!);
    const { outputs, state, losses } = forward(model, { parameters: values, state: moving, inputs: images, training });
    const total = losses.reduce<Tensor | undefined>((sum, loss) => (sum ? ops.add(sum, loss) : loss), undefined);
    const weighted = weightedSum(outputs[0]!, dy);
    return {
      loss: total ? ops.add(weighted, total) : weighted,
      auxiliary: {
        output: outputs[0]!,
        ...(penalty && total && { penalty: total }),
        ...prefixed('new', Object.fromEntries(Object.keys(newState).map((name) => [name, state[`layer/${name}`]!]))),
      },
    };
  }, given);
  const renamed = Object.entries(gradients).map(([name, gradient]) => {
    return [name.startsWith('layer/') ? `d ${name.slice('layer/'.length)}` : `d input ${name}`, gradient] as const;
  });
  return { ...auxiliary, ...Object.fromEntries(renamed) };
}

function modelOf({ layer: { type, options } }: LayerCase, inputShapes: readonly (readonly number[])[]): Model {
  const inputs = inputShapes.map((shape, index) => ({ name: `input${index}`, type: 'input', options: { shape } }));
  const names = inputs.map(({ name }) => name);
  return modelFromJson({
    formatVersion: modelFormatVersion,
    layers: [...inputs, { name: 'layer', type, options }],
    nodes: [
      ...names.map((name) => ({ name, layer: name, inputs: [] })),
      { name: 'layer', layer: 'layer', inputs: names.map((name) => [name, 0]) },
    ],
    inputs: names,
    outputs: [['layer', 0]],
  });
}

/** @throws if the parameters that the layer wants are not those of the case. */
function checkShapes(model: Model, { name }: LayerCase, given: Values): void {
  const wanted = mapValues(parameterSpecs(model), ({ shape }) => shape.join());
  const got = Object.fromEntries(
    Object.entries(given).flatMap(([path, { shape }]) => (path.startsWith('layer/') ? [[path, shape.join()]] : [])),
  );
  const [first, second] = [wanted, got].map((shapes) =>
    JSON.stringify(Object.entries(shapes).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  );
  if (first !== second) throw new Error(`${name}: the layer's parameters are ${first}, those of the case ${second}.`);
}

function mapValues<From, To>(values: Record<string, From>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}

function prefixed<Value>(prefix: string, values: Record<string, Value>, separator = ' '): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${separator}${name}`, value]));
}
