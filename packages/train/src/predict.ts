import { OptionError, ShapeError, dispose, ops, sizeOf, tensor, tidy, type Tensor } from '@striate/core';
import { forward, type Network } from '@striate/layers';
import { endsInSoftmax } from './check-model.ts';
import { createTurn } from './event-loop.ts';

/** Options of {@link predict}. */
export interface PredictOptions {
  /** Samples computed at once. Default 128. */
  batchSize?: number;
  /** 'probabilities' (default): softmax of the outputs, unless the model ends in one; 'logits': the outputs as they are. */
  output?: 'probabilities' | 'logits';
}

/**
 * A network's outputs for some samples, with layers in inference mode.
 *
 * @param inputs preprocessed samples one after another, [N, H, W, C] or a single one [H, W, C]: a plain array, or a
 * tensor, which is left alone
 * @returns one array for each sample
 * @throws {ShapeError} if the inputs do not fit the model
 * @example
 * const [probabilities] = await predict(network, preprocess(pixels, preprocessing));
 */
export async function predict(
  network: Network,
  inputs: Float32Array | Tensor,
  { batchSize = 128, output = 'probabilities' }: PredictOptions = {},
): Promise<Float32Array[]> {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new OptionError(`predict: batchSize is ${batchSize}, but must be a whole number of at least 1.`);
  }
  const shape = network.model.inputShapes[0]!;
  if (shape.includes(null) && inputs instanceof Float32Array) {
    throw new ShapeError(
      `predict: the model takes images of any size, [${shape.join(', ')}], so give a tensor, which has a shape.`,
    );
  }
  const samples = inputs instanceof Float32Array ? inputs : await inputs.data<'float32'>();
  const sampleShape = inputs instanceof Float32Array ? (shape as number[]) : inputs.shape.slice(-shape.length);
  const sampleSize = sizeOf(sampleShape);
  if (samples.length === 0 || samples.length % sampleSize !== 0) {
    throw new ShapeError(
      `predict: ${samples.length} values do not make whole samples of [${sampleShape.join(', ')}], which have ${sampleSize} each.`,
    );
  }
  const results: Float32Array[] = [];
  const turn = createTurn();
  for (let start = 0; start < samples.length; start += batchSize * sampleSize) {
    const values = samples.slice(start, start + batchSize * sampleSize);
    const count = values.length / sampleSize;
    const batch = tensor(values, [count, ...sampleShape], 'float32');
    const outputs = predictBatch(network, batch, output);
    const numbers = await outputs.data<'float32'>();
    dispose(batch, outputs);
    const outputSize = numbers.length / count;
    for (let n = 0; n < count; n++) results.push(numbers.slice(n * outputSize, (n + 1) * outputSize));
    if (turn.isOver()) await turn.yield();
  }
  return results;
}

function predictBatch({ model, parameters, state }: Network, batch: Tensor, output: string): Tensor {
  return tidy(() => {
    const outputs = forward(model, { parameters, state, inputs: [batch] }).outputs[0]!;
    return output === 'logits' || endsInSoftmax(model) ? outputs : ops.activation(outputs, 'softmax');
  });
}
