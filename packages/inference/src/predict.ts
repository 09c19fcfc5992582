import {
  OptionError,
  ShapeError,
  arrayKind,
  checkChoice,
  checkCounts,
  checkOptions,
  checkTensor,
  describe,
  dispose,
  isRecord,
  isTensor,
  sizeOf,
  tensor,
  tidy,
  type Shape,
  type Tensor,
} from '@striate/core';
import {
  forward,
  type ForwardOptions,
  type ModelGraph,
  type Network,
  outputNames,
  checkNetwork,
  type AnyNetwork,
} from '@striate/layers';
import { createTurn } from './event-loop.ts';
import { asFloat32Array } from './host-array.ts';
import { conversionOf } from './output-meaning.ts';

/** Options of {@link predict} and {@link predictOutputs}. */
export interface PredictOptions {
  /** Samples computed at once. Default 128. */
  batchSize?: number;
  /**
   * 'probabilities': the softmax of classes, the sigmoid of labels (also where nobody knows what the outputs mean: then they
   * are taken for classes), unless the model ends in one; 'logits': the outputs as they are. Default: what they mean, so
   * probabilities of classes and labels, and else the outputs as they are.
   */
  output?: 'probabilities' | 'logits';
}

/** What a model takes, or for one with several inputs that of each by its name. */
export type PredictInputs = Float32Array | Tensor | Readonly<Record<string, Float32Array | Tensor>>;

/** Samples on the host, one after another. */
interface Samples {
  values: Float32Array;
  shape: number[];
  count: number;
}

/**
 * What a network says of some samples, with layers in inference mode. Of several outputs it gives the first, as for a
 * model whose others were only there for training; see {@link predictOutputs}.
 *
 * A network that was trained knows what its outputs mean, from its loss, and so does one that was loaded: of classes it
 * gives the softmax, of labels the sigmoid of each, of numbers the numbers. One that nobody trained gives its outputs as
 * they are.
 *
 * @param inputs preprocessed samples one after another, [N, H, W, C] or a single one [H, W, C]: a Float32Array, or a
 * tensor, which is left alone; a record by the input's name if the model has several
 * @returns one array for each sample; what is NaN or infinite is given as it is
 * @throws {ShapeError} if the inputs do not fit the model
 * @throws {OptionError} for anything but a network or inputs, saying what to write; for unknown options; for probabilities
 * of a network that gives numbers
 * @throws {BackendError} if no backend is in use
 * @example
 * const [probabilities] = await predict(network, preprocess(pixels, preprocessing));
 */
export async function predict(
  network: Network,
  inputs: PredictInputs,
  options: PredictOptions = {},
): Promise<Float32Array[]> {
  return (await predictPlaces('predict', network, inputs, options, () => [0]))[0]!;
}

/**
 * All outputs of a network for some samples, by their names, as {@link predict} gives the first.
 *
 * @throws {ShapeError} {OptionError} {BackendError} as {@link predict}
 * @example
 * const { main, auxiliary } = await predictOutputs(network, images);
 */
export async function predictOutputs(
  network: Network,
  inputs: PredictInputs,
  options: PredictOptions = {},
): Promise<Record<string, Float32Array[]>> {
  const results = await predictPlaces('predictOutputs', network, inputs, options, ({ outputs }) => [...outputs.keys()]);
  const names = outputNames(network.model);
  return Object.fromEntries(names.map((name, place) => [name, results[place]!]));
}

/**
 * The outputs at some places of a model's list. With `random`, dropout and its like draw as in training: each sample has
 * numbers of its own, whatever batch it is in.
 */
export async function predictPlaces(
  where: string,
  network: AnyNetwork,
  inputs: PredictInputs,
  options: PredictOptions,
  placesOf: (model: ModelGraph) => readonly number[],
  random?: { seed: number; step: number },
): Promise<Float32Array[][]> {
  checkOptions(where, options, { batchSize: true, output: true }, `${where}(network, inputs, { batchSize: 32 })`);
  const { batchSize = 128, output } = options;
  checkCounts(where, { batchSize });
  if (output !== undefined) checkChoice(where, 'output', output, ['probabilities', 'logits']);
  checkNetwork(where, network);
  const outputs = placesOf(network.model).map((place) => ({
    place,
    convert: conversionOf(where, network, place, output ?? 'meant'),
  }));
  const samples = await readSamples(where, network, inputs);
  const { count } = samples[0]!;
  const results: Float32Array[][] = outputs.map(() => []);
  const turn = createTurn();
  for (let start = 0; start < count; start += batchSize) {
    const size = Math.min(batchSize, count - start);
    const tensors = predictBatch(
      network,
      samples,
      [start, size],
      outputs,
      random && { ...random, sampleOffset: start },
    );
    try {
      for (const [index, tensor] of tensors.entries()) {
        const numbers = await tensor.data<'float32'>();
        const length = numbers.length / size;
        for (let n = 0; n < size; n++) results[index]!.push(numbers.slice(n * length, (n + 1) * length));
      }
    } finally {
      dispose(tensors);
    }
    if (turn.isOver()) await turn.yield();
  }
  return results;
}

async function readSamples(where: string, { model }: AnyNetwork, given: PredictInputs): Promise<Samples[]> {
  const names = model.inputs.map(({ node }) => model.nodes[node]!.name);
  const isByName = isRecord(given);
  if (!isByName) checkInput(where, 'inputs', given);
  checkNoData(where, given);
  const byName: Readonly<Record<string, unknown>> = isByName ? given : { [names[0]!]: given };
  if (names.some((name) => byName[name] === undefined) || Object.keys(byName).length !== names.length) {
    const found = isByName ? describe(Object.keys(byName)) : 'one';
    throw new ShapeError(
      `${where}: the model has the inputs ${names.join(', ')}, but was given ${found}. Give { ${names.join(', ')} }.`,
    );
  }
  for (const name of names) checkInput(where, isByName ? `input '${name}'` : 'inputs', byName[name]);
  const samples = await Promise.all(
    names.map((name, place) =>
      readInput(where, name, byName[name] as Float32Array | Tensor, model.inputShapes[place]!),
    ), // checked
  );
  const other = samples.findIndex(({ count }) => count !== samples[0]!.count);
  if (other < 0) return samples;
  throw new ShapeError(
    `${where}: input '${names[0]}' has ${samples[0]!.count} samples, but '${names[other]}' has ${samples[other]!.count}.`,
  );
}

/** @throws {OptionError} for batches, a batch and a data set, which are records as inputs by name are */
function checkNoData(where: string, given: unknown): void {
  if (!isRecord(given)) return;
  const [found, advice] =
    typeof given['epoch'] === 'function'
      ? ['batches', `Write for await (const { inputs } of data.epoch(0)) await ${where}(network, inputs).`]
      : typeof given['get'] === 'function' && 'labels' in given
        ? ['a data set', `Write ${where}(network, preprocess(dataset.pixels, preprocessing)).`]
        : 'inputShape' in given && 'targets' in given
          ? ['a batch', `Write ${where}(network, batch.inputs).`]
          : [];
  if (found === undefined) return;
  throw new OptionError(
    `${where}: inputs is ${found}, but must be a Float32Array of prepared values, or a tensor. ${advice} For the accuracy: evaluate(network, data, { loss, metrics }).`,
  );
}

/** @throws {OptionError} unless it is a Float32Array or a tensor of numbers, saying what to write */
function checkInput(where: string, name: string, given: unknown): void {
  if (asFloat32Array(given)) return;
  if (isTensor(given)) {
    checkTensor(where, name, given);
    if (['float32', 'int32', 'bool'].includes(given.dtype)) return;
  }
  const kind = arrayKind(given);
  const advice =
    kind === 'Uint8Array' || kind === 'Uint8ClampedArray'
      ? 'Pixels become inputs by preprocess(pixels, preprocessing), with the preprocessing of the training or of load.'
      : kind !== undefined || Array.isArray(given)
        ? 'Write Float32Array.from(values), scaled as in training, or use preprocess(pixels, preprocessing).'
        : 'Give what preprocess(pixels, preprocessing) makes of pixels.';
  throw new OptionError(
    `${where}: ${name} is ${describe(given)}, but must be a Float32Array of prepared values, or a tensor. ${advice}`,
  );
}

async function readInput(where: string, name: string, given: Float32Array | Tensor, wanted: Shape): Promise<Samples> {
  const array = asFloat32Array(given);
  if (wanted.includes(null) && array) {
    throw new ShapeError(
      `${where}: the model takes images of any size, [${wanted.map((size) => size ?? 'any').join(', ')}], so give a tensor, which has a shape.`,
    );
  }
  const shape = array ? (wanted as number[]) : sampleShape(where, name, (given as Tensor).shape, wanted);
  const values = array ?? Float32Array.from(await (given as Tensor).data());
  const size = sizeOf(shape);
  if (values.length === 0 || values.length % size !== 0) {
    throw new ShapeError(
      `${where}: ${values.length} values do not make whole samples of [${shape.join(', ')}], which have ${size} each.`,
    );
  }
  return { values, shape, count: values.length / size };
}

/** The shape of one sample of a tensor that holds several, or one alone. */
function sampleShape(where: string, name: string, given: readonly number[], wanted: Shape): number[] {
  const shape = given.slice(given.length === wanted.length ? 0 : 1);
  const fits = shape.length === wanted.length && wanted.every((size, axis) => size === null || size === shape[axis]);
  if (fits) return shape;
  const form = wanted.map((size) => size ?? 'any').join(', ');
  throw new ShapeError(
    `${where}: input '${name}' is [${given.join(', ')}], but the model wants [N, ${form}], or one sample, [${form}].`,
  );
}

/** The outputs for `size` samples from `start` on, in the forms that are wanted. */
function predictBatch(
  { model, parameters, state }: AnyNetwork,
  samples: readonly Samples[],
  [start, size]: readonly [number, number],
  outputs: readonly { place: number; convert: ((x: Tensor) => Tensor) | undefined }[],
  random: ForwardOptions['random'],
): Tensor[] {
  return tidy(() => {
    const inputs = samples.map((input) => cut(input, start, size));
    const pass = forward(model, { parameters, state, inputs, ...(random && { random }) });
    return outputs.map(({ place, convert }) => {
      const output = pass.outputs[place]!;
      return convert ? convert(output) : output;
    });
  });
}

function cut({ values, shape }: Samples, start: number, count: number): Tensor {
  const size = sizeOf(shape);
  return tensor(values.slice(start * size, (start + count) * size), [count, ...shape], 'float32');
}
