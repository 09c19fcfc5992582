import type { Preprocessing } from '@striate/core';
import { preprocess } from '@striate/images';
import { predict } from '@striate/inference';
import type { Network } from '@striate/layers';

/**
 * What a network takes a picture for.
 *
 * @param pixels 28 x 28 values 0 to 255, white on black, row by row
 * @param preprocessing `data.train.preprocessing`, or what a saved model holds
 * @returns the probability of each digit
 */
export async function classify(
  network: Network,
  pixels: Uint8Array,
  preprocessing: Preprocessing,
): Promise<Float32Array> {
  const [probabilities] = await predict(network, preprocess(pixels, preprocessing));
  return probabilities!;
}
