import type { Network } from '@striate/layers';
import { accuracy, crossEntropy, evaluate } from '@striate/train';
import type { Data } from './data.ts';

/** The share of the 10,000 test images that a network classifies rightly, 0 to 1. */
export async function testAccuracy(network: Network, { test: images }: Pick<Data, 'test'>): Promise<number> {
  const results = await evaluate(network, images, { loss: crossEntropy(), metrics: [accuracy()] });
  return results['accuracy']!;
}
