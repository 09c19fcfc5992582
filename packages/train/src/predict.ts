import { OptionError, ShapeError, dispose, ops, sizeOf, tensor, tidy, type Shape, type Tensor } from '@striate/core';
import { forward, type ForwardOptions, type ModelGraph, type Network } from '@striate/layers';
import { createTurn } from './event-loop.ts';
import { isSoftmax, outputNames } from './tasks.ts';

/** Options of {@link predict} and {@link predictOutputs}. */
export interface PredictOptions {
  /** Samples computed at once. Default 128. */
  batchSize?: number;
  /** 'probabilities' (default): softmax of the outputs, unless the model ends in one; 'logits': the outputs as they are. */
  output?: 'probabilities' | 'logits';
}

/** What a model takes, or for one with several inputs that of each by its name. */
export type PredictInputs = Float32Array | Tensor | Readonly<Record<string, Float32Array | Tensor>>;

/** A network whose model need not be callable. */
type Predictor = Pick<Network, 'parameters' | 'state'> & { model: ModelGraph };

/** Samples on the host, one after another. */
interface Samples {
  values: Float32Array;
  shape: number[];
  count: number;
}

/**
 * A network's outputs for some samples, with layers in inference mode. Of several outputs it gives the first, as for a
 * model whose others were only there for training; see {@link predictOutputs}.
 *
 * @param inputs preprocessed samples one after another, [N, H, W, C] or a single one [H, W, C]: a plain array, or a
 * tensor, which is left alone; a record by the input's name if the model has several
 * @returns one array for each sample
 * @throws {ShapeError} if the inputs do not fit the model
 * @example
 * const [probabilities] = await predict(network, preprocess(pixels, preprocessing));
 */
export async function predict(
  network: Network,
  inputs: PredictInputs,
  options: PredictOptions = {},
): Promise<Float32Array[]> {
  return (await predictPlaces(network, inputs, options, [0]))[0]!;
}

/**
 * All outputs of a network for some samples, by their names, as {@link predict} gives the first.
 *
 * @throws {ShapeError} if the inputs do not fit the model
 * @example
 * const { main, auxiliary } = await predictOutputs(network, images);
 */
export async function predictOutputs(
  network: Network,
  inputs: PredictInputs,
  options: PredictOptions = {},
): Promise<Record<string, Float32Array[]>> {
  const names = outputNames(network.model);
  const results = await predictPlaces(network, inputs, options, [...names.keys()]);
  return Object.fromEntries(names.map((name, place) => [name, results[place]!]));
}

/**
 * The outputs at some places of a model's list. `random` is for models whose random layers draw in inference too: each
 * sample has numbers of its own, whatever batch it is in.
 */
export async function predictPlaces(
  network: Predictor,
  inputs: PredictInputs,
  { batchSize = 128, output = 'probabilities' }: PredictOptions,
  places: readonly number[],
  random: { seed: number; step: number } = { seed: 0, step: 0 },
): Promise<Float32Array[][]> {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new OptionError(`predict: batchSize is ${batchSize}, but must be a whole number of at least 1.`);
  }
  const samples = await readSamples(network, inputs);
  const { count } = samples[0]!;
  const results: Float32Array[][] = places.map(() => []);
  const turn = createTurn();
  for (let start = 0; start < count; start += batchSize) {
    const size = Math.min(batchSize, count - start);
    const batch = samples.map((input) => cut(input, start, size));
    const outputs = predictBatch(network, batch, places, output, { ...random, sampleOffset: start });
    for (const [place, tensors] of outputs.entries()) {
      const numbers = await tensors.data<'float32'>();
      const length = numbers.length / size;
      for (let n = 0; n < size; n++) results[place]!.push(numbers.slice(n * length, (n + 1) * length));
    }
    dispose(batch, outputs);
    if (turn.isOver()) await turn.yield();
  }
  return results;
}

async function readSamples({ model }: Predictor, given: PredictInputs): Promise<Samples[]> {
  const names = model.inputs.map(({ node }) => model.nodes[node]!.name);
  const isOne = given instanceof Float32Array || 'dtype' in given;
  const byName: Record<string, unknown> = isOne ? { [names[0]!]: given } : given;
  if (names.some((name) => !byName[name]) || Object.keys(byName).length !== names.length) {
    throw new ShapeError(
      `predict: the model has the inputs ${names.join(', ')}, but was given ${isOne ? 'one' : Object.keys(byName).join(', ')}. Give { ${names.join(', ')} }.`,
    );
  }
  const samples = await Promise.all(
    names.map((name, place) => readInput(byName[name] as Float32Array | Tensor, model.inputShapes[place]!)), // checked
  );
  const other = samples.findIndex(({ count }) => count !== samples[0]!.count);
  if (other < 0) return samples;
  throw new ShapeError(
    `predict: input '${names[0]}' has ${samples[0]!.count} samples, but '${names[other]}' has ${samples[other]!.count}.`,
  );
}

async function readInput(given: Float32Array | Tensor, wanted: Shape): Promise<Samples> {
  if (wanted.includes(null) && given instanceof Float32Array) {
    throw new ShapeError(
      `predict: the model takes images of any size, [${wanted.join(', ')}], so give a tensor, which has a shape.`,
    );
  }
  const values = given instanceof Float32Array ? given : await given.data<'float32'>();
  const shape = given instanceof Float32Array ? (wanted as number[]) : given.shape.slice(-wanted.length);
  const size = sizeOf(shape);
  if (values.length === 0 || values.length % size !== 0) {
    throw new ShapeError(
      `predict: ${values.length} values do not make whole samples of [${shape.join(', ')}], which have ${size} each.`,
    );
  }
  return { values, shape, count: values.length / size };
}

function cut({ values, shape }: Samples, start: number, count: number): Tensor {
  const size = sizeOf(shape);
  return tensor(values.slice(start * size, (start + count) * size), [count, ...shape], 'float32');
}

function predictBatch(
  { model, parameters, state }: Predictor,
  inputs: readonly Tensor[],
  places: readonly number[],
  output: string,
  random: NonNullable<ForwardOptions['random']>,
): Tensor[] {
  return tidy(() => {
    const { outputs } = forward(model, { parameters, state, inputs, random });
    return places.map((place) =>
      output === 'logits' || isSoftmax(model, model.outputs[place]!)
        ? outputs[place]!
        : ops.activation(outputs[place]!, 'softmax'),
    );
  });
}
