// What tests of the dropout family share: a layer's values, and the random bits that they come from.
import { dispose, randomBits, randomNormal, sizeOf, streams, tensor, type RandomKey } from '@striate/core';
import type { LayerFunction } from '../layer-function.ts';
import { input } from '../layers/input.ts';
import { forward } from '../model/forward.ts';
import { initialize } from '../model/initialize.ts';
import { model } from '../model/model.ts';

/** Another one in each run. */
export const seed: number = Date.now() % 1_000_000;
export const random: { seed: number; step: number; sampleOffset: number } = { seed, step: 5, sampleOffset: 2 };
/** The key of the layer's bits: it is the second node of every model here. */
export const key: RandomKey = { seed, stream: streams.dropout, call: 1, step: random.step };
export const bitsOf = (sample: number, length: number): Uint32Array => randomBits(key, { sample, length });
export const isKept = (bits: number, rate: number): boolean => bits >= Math.floor(rate * 2 ** 32);
export const noise = (shape: readonly number[]): Float32Array =>
  randomNormal({ seed, stream: streams.noise, call: 0, step: 0 }, sizeOf(shape));

/** A layer's values in training, or else in inference. */
export async function run(
  layer: LayerFunction,
  shape: readonly number[],
  values: Float32Array,
  training: boolean = true,
  at: typeof random = random,
): Promise<Float32Array> {
  const x = input(shape.slice(1));
  const network = initialize(model({ inputs: x, outputs: layer(x) }), { seed });
  const images = tensor(values, [...shape]);
  const { outputs } = forward(network.model, {
    ...network,
    inputs: [images],
    training,
    ...(training && { random: at }),
  });
  const y = Float32Array.from(await outputs[0]!.data());
  dispose(images, outputs, network.parameters, network.state);
  return y;
}
